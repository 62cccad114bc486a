-- What wixl cannot say of chop.wxs, a query a line, for msibuild of msitools.

-- Components that are installed only if.
UPDATE `Component` SET `Condition` = 'NOT AUTOSTART="0"' WHERE `Component` = 'Autostart'
UPDATE `Component` SET `Condition` = 'AUTOSTART="0"' WHERE `Component` = 'NoAutostart'
UPDATE `Component` SET `Condition` = 'BROWSER_POLICIES="0"' WHERE `Component` = 'NoBrowserPolicies'
UPDATE `Component` SET `Condition` = 'HIPKI="0"' WHERE `Component` = 'NoHipki'
UPDATE `Component` SET `Condition` = 'HIPKI_PIN' WHERE `Component` = 'HipkiPin'
UPDATE `Component` SET `Condition` = 'LANGUAGE' WHERE `Component` = 'SettingLanguage'
UPDATE `Component` SET `Condition` = 'LOG' WHERE `Component` = 'Log'
UPDATE `Component` SET `Condition` = 'PORTS' WHERE `Component` = 'Ports'
UPDATE `Component` SET `Condition` = 'SITES' WHERE `Component` = 'Sites'
UPDATE `Component` SET `Condition` = 'TRAY="0"' WHERE `Component` = 'NoTray'

-- What was said is found again before anything is decided.
UPDATE `InstallExecuteSequence` SET `Sequence` = 51 WHERE `Action` = 'KeepInstallDir'
UPDATE `InstallExecuteSequence` SET `Sequence` = 52 WHERE `Action` = 'KeepAutostart'
UPDATE `InstallExecuteSequence` SET `Sequence` = 53 WHERE `Action` = 'KeepBrowserPolicies'
UPDATE `InstallExecuteSequence` SET `Sequence` = 54 WHERE `Action` = 'KeepHipki'
UPDATE `InstallExecuteSequence` SET `Sequence` = 55 WHERE `Action` = 'KeepHipkiPin'
UPDATE `InstallExecuteSequence` SET `Sequence` = 56 WHERE `Action` = 'KeepLanguage'
UPDATE `InstallExecuteSequence` SET `Sequence` = 57 WHERE `Action` = 'KeepLog'
UPDATE `InstallExecuteSequence` SET `Sequence` = 58 WHERE `Action` = 'KeepPorts'
UPDATE `InstallExecuteSequence` SET `Sequence` = 59 WHERE `Action` = 'KeepSites'
UPDATE `InstallExecuteSequence` SET `Sequence` = 60 WHERE `Action` = 'KeepTray'

-- Agents end, and what was done for everybody is taken back, before anything of this version goes.
UPDATE `InstallExecuteSequence` SET `Sequence` = 1601 WHERE `Action` = 'Leave'

-- Kinds of actions: a property that is set; a program that is started as the person, and not waited for.
UPDATE `CustomAction` SET `Type` = 51 WHERE `Type` = 2099
UPDATE `CustomAction` SET `Type` = 210 WHERE `Action` = 'Launch'

UPDATE `Property` SET `Value` = 'OLDERVERSION;NEWERVERSION;INSTALLDIR;AUTOSTART;BROWSER_POLICIES;HIPKI;HIPKI_PIN;LANGUAGE;LAUNCH;LOG;PORTS;SITES;TRAY' WHERE `Property` = 'SecureCustomProperties'

-- Why an older version is not installed over a newer one.
UPDATE `LaunchCondition` SET `Description` = '這台電腦已安裝較新版本的 Chop，因此不安裝這個較舊的版本。若確實需要舊版，請先在「設定 › 應用程式」移除新版。 / A newer version of Chop is installed on this computer, so this older one was not. If you do need it, remove the newer one first (Settings, Apps).' WHERE `Condition` = 'NOT NEWERVERSION'
