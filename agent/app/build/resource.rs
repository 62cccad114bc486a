//! What Windows shows of the program and has to know of it: icon, version, manifest.
//!
//! Spec: Microsoft, "Application manifests", "VERSIONINFO resource".

use std::{env, fs, io, path::Path};

use winresource::WindowsResource;

use super::icon;

/// No rights asked for, text in UTF-8, sharp on every screen, controls of today, long paths.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security><requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges></security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <dpiAware xmlns="http://schemas.microsoft.com/SMI/2005/WindowsSettings">true/pm</dpiAware>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2, PerMonitor</dpiAwareness>
      <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
    </windowsSettings>
  </application>
  <dependency>
    <dependentAssembly>
      <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
    </dependentAssembly>
  </dependency>
</assembly>
"#;

/// The programs, and what each is to whoever looks at its file.
const PROGRAMS: [(&str, &str); 2] = [
    ("chop", "Chop 憑證簽章"),
    ("chopw", "Chop 憑證簽章 (without a console)"),
];

/// English (United States), which every Windows can read.
const LANGUAGE: u16 = 0x0409;

pub(super) fn compile(out: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed=build/resource.rs");
    println!("cargo::rerun-if-changed=src/seal.rs");
    let icon = out.join("chop.ico");
    fs::write(&icon, icon::ico())?;
    let launcher = env::var_os("CARGO_FEATURE_LAUNCHER").is_some();
    for (program, description) in PROGRAMS {
        if program == "chopw" && !launcher {
            continue;
        }
        WindowsResource::new()
            .set_icon(&icon.to_string_lossy())
            .set_manifest(MANIFEST)
            .set_language(LANGUAGE)
            .set("ProductName", "Chop")
            .set("FileDescription", description)
            .set("OriginalFilename", &format!("{program}.exe"))
            .set("LegalCopyright", "MIT OR Apache-2.0")
            .compile_for(program)?;
    }
    Ok(())
}
