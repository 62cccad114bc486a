# English. Every text of windows, menus and commands; zh-TW.ftl has the same messages.
# ".more" stands beneath a title; ".next" says what to do.

language-name = English

## Titles of windows: what it is at, and for which site

title-of = Chop – { $at } { $site }
title-looking = Looking for your card:
title-waiting = Waiting for a card:
title-sign-in = Sign in to
title-test = Test signature for
title-certificates = Read certificates for
title-sign = Sign documents for
title-access = Card use
title-decrypt = Decrypt for
title-wrong = Wrong PIN:
title-wrong-password = Wrong password:
title-length = PIN length:
title-locked = PIN locked:
title-on-reader = Enter the PIN on the reader:
title-signing = Signing for
title-reading = Reading for
title-decrypting = Decrypting for
title-ended = Ended:

## Who asks, and for what

who-sign-in = Sign-in request
who-test = Self-test
who-certificates = Certificate request
who-sign = Signature request
who-decrypt = Decryption request
who-access-site = A site asks for your card
who-access-program = A program asks for your card

asks-sign-in = asks you to sign in with your card
asks-test = asks your card for a test signature, which goes nowhere
asks-certificates = wants to read the names and numbers on your card
asks-sign = asks you to sign { $count ->
    [one] one document
   *[other] { $count } documents
}
asks-decrypt = asks your card to decrypt a message ({ $size })
asks-access-read = wants to read your card
asks-access-sign = wants to sign with your card
asks-access-decrypt = wants to decrypt with your card
asks-access-pin = wants to change your card’s PIN

accept-sign-in = Sign in
accept-test = Sign the test
accept-certificates = Allow
accept-sign = Sign
accept-decrypt = Decrypt
accept-access = Allow
block = Block
from-now-on = Allow from now on, do not ask again
cancel = Cancel
close = Close
stop = Stop

## Letting a site or program use cards

access-sees = It sees readers, card numbers, and the names and numbers on certificates.
access-signs = With the PIN that you give it, it can sign with your card.
access-decrypts = With the PIN that you give it, it can decrypt with your card.
access-changes-pin = It changes your card’s PIN to the new one that you gave it.
plain-page = This page is not secure
    .more = Others on the network may read or change it. Allow it only in a network that you trust.

## Documents

document-name = "{ $name }"
may-be-a-login = Elsewhere a signed text like this may count as your login. Read it carefully.

## Looking and waiting

looking = Looking for your card
    .more = One moment, please.
service-down = The smart card service is not running
    .more = This goes on by itself once it runs. How to start it: see the self-test in the menu, or run chop doctor.
no-reader = No card reader found
    .more = Plug it in. This goes on by itself.
no-card = Insert your card
    .more = Chip up, all the way in. This goes on by itself.
no-certificate-sign-in = This card cannot be used to sign in
    .more = It has no certificate for this, or its driver module is missing. You can try another card.
no-certificate-certificates = No certificate can be read
    .more = The card has none, or its driver module is missing. You can try another card.
no-certificate-sign = This card cannot be used to sign
    .more = It has no certificate for this, or its driver module is missing. You can try another card.
no-certificate-decrypt = This card cannot decrypt this message
    .more = It is meant for another card, or a driver module is missing. You can try another card.

## The card is at work

on-reader = Enter the PIN on the reader
    .more = Then press the reader's OK key.
working = { $done } of { $total } signed
    .more = Please leave the card in.
signing = Your card is signing
    .more = Please leave it in.
reading = Reading the certificates
    .more = Please leave the card in.
decrypting = Your card is decrypting
    .more = Please leave it in.

## The end

done-sign = Signed
    .more = Go on in your browser.
done-certificates = Read
    .more = Go on in your browser.
done-decrypt = Decrypted
    .more = Go on in your browser.
done-access = Done
    .more = Go on in your browser.
ended-unsupported = This card cannot do this
    .more = Neither the card nor its module can do what the website asks. Tell the site, or use another card.
ended-not-decrypted = The message did not decrypt
    .more = It may be damaged, or not for this card. Please tell the site.
ended-card-removed = The card was removed
    .more = It is not done. Insert the card and start again from the website.
ended-card-fault = The card did not finish
    .more = Take the card out, put it back in and try again from the website.

## Certificates

choose = Choose a certificate
hidden-holder = Certificate file
hidden-certificate = Its password shows what is inside
locked-tag = Locked
last-try-tag = Last try
valid-until = valid until { $day }
expired-on = expired on { $day }
details-show = Certificate details
details-hide = Hide details

kind-citizen = Citizen certificate
kind-company = Company certificate
kind-government = Government certificate
kind-organization = Organization certificate
kind-medical = Medical certificate

detail-subject = Holder
detail-issuer = Issuer
detail-serial = Serial number
detail-from = Valid from
detail-until = Valid until
detail-key = Key
detail-uses = Good for
detail-fingerprint = SHA-256 fingerprint
detail-place = Where it is
use-sign-in = signing in
use-sign = signing
use-decrypt = decrypting
use-none = nothing
key-other = other
unreadable-certificate = The contents of this certificate cannot be shown.

## Entering the PIN

pin = PIN
password = File password
keypad = Press the button, then enter the PIN on the reader's keypad.
pin-wrong = Wrong PIN, please enter it again
password-wrong = Wrong password, please enter it again
pin-wrong-left = Wrong PIN, { $left ->
    [one] 1 try left
   *[other] { $left } tries left
}
pin-length = The card does not take a PIN of this length; no try was lost
tries-left = { $left ->
    [one] 1 try left
   *[other] { $left } tries left
}
length-exactly = { $longest } characters
length-between = { $shortest } to { $longest } characters
last-try = Last try
    .more = One more wrong PIN locks the card.
i-understand = I understand that this is the last try
seconds-left = { $seconds ->
    [one] 1 second left
   *[other] { $seconds } seconds left
}
minutes-left = about { $minutes } minutes left

locked = This card is locked
locked-citizen =
    Too many wrong PINs. Unlock it at moica.nat.gov.tw (鎖卡解碼) with your user code, or take your identity card and this card to a household registration office.
locked-company =
    Too many wrong PINs. Unlock it at moeaca.nat.gov.tw (鎖卡解碼) with the user code that was set when you applied.
locked-government =
    Too many wrong PINs. Unlock it at gca.nat.gov.tw (鎖卡解碼), or ask your agency's certificate officer.
locked-organization =
    Too many wrong PINs. Unlock it at xca.nat.gov.tw (鎖卡解碼) with the user code that was set when you applied.
locked-medical =
    Too many wrong PINs. Unlock it at hca.nat.gov.tw, or ask the medical certification authority.
locked-other =
    Too many wrong PINs. If its issuer gave you a PUK, unlock it with chop pin; otherwise ask the issuer.

## What the website was told, and what to do

code-invalid-request = The website's request is malformed
    .next = The fault is the website's: please tell it.
code-wrong-host = The request was not meant for Chop on this computer
    .next = Close that page; if you trust the website, tell it.
code-origin-refused = This page may not ask
    .next = Only https websites may. Check the address, or tell the website.
code-not-found = The website asked for something that Chop has not
    .next = Update Chop; if it is the newest, tell the website.
code-method-not-allowed = The website asked in a wrong way
    .next = The fault is the website's: please tell it.
code-unsupported-media-type = The website sent a wrong type of data
    .next = The fault is the website's: please tell it.
code-too-large = The website sent too much at once
    .next = Do it in several steps, or tell the website.
code-ticket-refused = The pass of the browser's small window has expired
    .next = Close the small window and click again on the website.
code-busy = Another window is open
    .next = Answer that window first, then start again from the website.
code-cooling-down = This website opened too many windows and has to wait
    .next = Wait as long as the website says, then start again.
code-no-display = There is no display to show a window on
    .next = Start Chop from within the desktop session.
code-no-agent = Chop does not run for this person
    .next = Start Chop from the menu of programs, or sign out of the computer and in again.
code-agent-fault = Chop failed
    .next = Try again; if that does not help, run chop doctor.
code-user-refused = You cancelled it
    .next = To go on, start again from the website.
code-user-timeout = Nobody answered in time
    .next = Start again from the website.
code-no-reader = No card reader was found
    .next = Plug in a reader, then start again from the website.
code-no-card = No card was inserted
    .next = Insert your card, then start again from the website.
code-no-certificate = The card has no certificate for this
    .next = Use another card, or run chop doctor to check its driver module.
code-pin-wrong = The PIN was wrong
    .next = Make sure of the PIN, then start again from the website; too many wrong ones lock the card.
code-pin-locked = The card is locked
    .next = Have its issuer unlock it; with a PUK you can do it with chop pin.
code-card-removed = The card was taken out
    .next = Insert the card, then start again from the website.
code-card-fault = The card did not finish
    .next = Take the card out, put it back in and start again from the website.
code-unsupported = This card cannot do what the website asks
    .next = Tell the website, or use another card.
code-not-decrypted = The message did not decrypt
    .next = Tell the website, or use the recipient's card.

## Commands and their errors

error-running = Chop is running already
    .next = It need not be started again.
error-lock = { $path } cannot be locked
    .next = Check who may write this file and its folder: { $reason }
error-certificate = The localhost certificate cannot be used
    .next = chop doctor says why: { $reason }
error-server = The server on this computer cannot be set up
    .next = chop doctor says why: { $reason }
error-ports = The ports { $ports } are all taken by other programs
    .next = Close that program, or choose other ports in the settings. chop doctor says which it is.
error-system = The system does not let Chop start
    .next = Log in again and try once more: { $reason }
error-settings-read = The settings file { $path } cannot be read
    .next = Check who may read it: { $reason }
error-settings-content = The settings file { $path } is not understood
    .next = Correct or delete it: { $reason }
error-settings-key = { $setting } in the settings file { $path } is no setting
    .next = Correct or delete it; chop doctor lists all settings.
error-settings-value = { $setting } in the settings file { $path } is not right
    .next = It must be { $wanted }
error-settings-policy-only = { $setting } cannot stand in your own settings file { $path }
    .next = Take it out of that file; it is set by the machine’s policy, and browsers’ policies are made of it.
wanted-some-ports = one or more ports from 1024 on
wanted-ports = a list of ports from 1024 on
wanted-modules = a list of absolute paths, or of tables with path, parameters and writable
wanted-paths = a list of absolute paths
wanted-names = a list of names
wanted-yes-or-no = true or false
wanted-seconds = a number between 10 and 600
wanted-language = "system", "zh-TW" or "en"
wanted-theme = "system", "light" or "dark"
wanted-log = "off", "error", "warn", "info", "debug" or "trace"
wanted-version = digits and dots
wanted-pin-from = "page" or "ask"
wanted-unknown = "constant" or "true"
wanted-origins = a list of origins
wanted-https-origins = a list of https origins; http ones need the machine’s policy
wanted-keys = a list of keys of the settings
wanted-left-to-policy = left to the machine’s policy; browsers’ policies are made of it
error-home = You have no home folder
    .next = Chop keeps its settings and certificate there; set HOME.
error-no-grant = There is no grant for { $caller }
    .next = chop grants lists all.
error-other = Chop could not do it
    .next = { $reason }

## The tray

tray-name = Chop card signing
tray-ready = Ready
tray-card-in = Card in
tray-readers = Readers and cards
tray-language = 中文 / Language
tray-all = All…
tray-port-taken = Port { $port } is taken by { $owner }
tray-busy = In use
tray-problem = Problem: see the self-test
tray-with-cards = { $state } ({ $cards })
tray-and = { ", " }
tray-pin = Change PIN…
tray-quit = Quit

## Changing and unblocking the PIN

program = Chop card signing
pin-window-change = Chop – Change PIN
pin-window-unblock = Chop – Unblock with PUK
pin-change = Change the PIN
pin-unblock = Set a new PIN with the PUK
pin-by-yourself = You opened this window yourself; no website asks for it.
pin-choose = Choose a card
pin-old = Present PIN
pin-puk = PUK
pin-new = New PIN
pin-again = New PIN once more
pin-differ = The two new PINs differ
pin-same = The new PIN is the present one
pin-forgotten = Forgotten the PIN? Use the PUK
pin-known = Use the present PIN
pin-keypad = This reader has a keypad of its own
    .more = The PIN can be entered on the reader alone: change it with the program of the reader's maker.
pin-locked = This card is locked
    .more = Enter the PUK that its issuer gave you, and a new PIN.
pin-no-puk = Cards of this kind are not unlocked with a PUK
pin-accept-change = Change
pin-accept-unblock = Set
puk-wrong = Wrong PUK, please enter it again
puk-wrong-left = Wrong PUK, { $left ->
    [one] 1 try left
   *[other] { $left } tries left
}
puk-last-try = Last try
    .more = One more wrong PUK locks it too; then the card's issuer alone can help.
puk-locked = The PUK is locked too; ask the card's issuer
pin-refused = The card does not take the new PIN; choose another
pin-not-free = Another program is using the card; try again in a moment
pin-unsupported = The card or its module cannot do this; use the issuer's program
pin-no-module = This card cannot be managed
    .more = No driver module knows it. You can try another card, or run chop doctor.
pin-working = The card is changing its PIN
    .more = Please leave it in.
pin-changed = The PIN is changed
    .more = Use the new PIN from now on.
pin-unblocked = The new PIN is set
    .more = The card is unlocked. Use the new PIN from now on.
pin-removed = The card was removed
    .more = It may or may not be done. Insert the card and try the old PIN once.
pin-fault = The card did not finish
    .more = The PIN may be the same as before. Take the card out, put it back in and try again.
pin-open = The window for the PIN is open already
    .next = Finish it there.

## Pages for the person alone (self-test, requests, permissions, settings)

desk-skip = Skip to content
desk-what = card signing
desk-pages = Pages
desk-only-you = Only you see this page: it is on your own computer, and no site can read or open it.
desk-self-test = Self-test
desk-requests = Recent requests
    .more = What sites and programs have asked for lately, and what came of it. Kept in memory alone and forgotten when Chop ends; at most 50.
desk-sites = Permissions
    .more = Which pages written for HiCOS, and which programs, may use your card without asking you again, and which are blocked. Sign-in always asks you and is not listed.
desk-settings = Settings
desk-about = About Chop
desk-again = Test again
desk-test = Test signature
    .more = Goes through every step of a sign-in: the window, your PIN, the card’s signature, its verification. What is signed is of no use to anybody and goes nowhere.
desk-test-button = Sign a test
desk-signed = The card signs: { $holder } ({ $issuer }), { $algorithm }
desk-report = Report for whoever helps you
    .more = The same as above, without names, card numbers, file names, user names and your sites: you can hand it on.
desk-copy = Copy
desk-copied = Copied.
desk-no-requests = Nothing was asked since Chop was started.
desk-when = When
desk-who = Who
desk-act = Asked for
desk-outcome = Result
desk-no-sites = No permission, and no block.
desk-by-policy = Decided by policy
desk-take-back = Take back
desk-take-back-of = Take back what { $caller } may do
desk-lift-block = Unblock
desk-lift-block-of = Unblock { $caller }
desk-take-back-all = Take all back
desk-taken-back = Taken back: { $caller }. You will be asked next time.
desk-all-taken-back = All taken back. You will be asked next time.
desk-looks = Language and appearance
desk-language = Language
desk-theme = Appearance
desk-system = As the system
desk-save = Save
desk-saved = Saved. Windows, menu and these pages follow.
desk-files = Certificates in files
    .more = A certificate that was saved as a file (PKCS #12, named .p12 or .pfx) can be used as a card. The file stays where it is; a window asks for its password each time.
desk-no-files = No file is used as a card.
desk-file-well = In use
desk-found-files = In your folders there are also:
desk-use = Use
desk-use-file = Use { $file }
desk-stop-using = Stop using
desk-stop-file = Stop using { $file }
desk-path = Or type the full path of a file
desk-file-used = { $file } can be used as a card now.
desk-file-stopped = { $file } is no longer used. The file was not deleted.
desk-no-such-file = There is no certificate file “{ $file }”; nothing has changed. Check that the file is still there, and type its full path.
desk-all-settings = All settings
    .more = What each setting is now, and who decided it. Change others with a command, such as chop settings set window_seconds 60, or in the file below; they hold once Chop is started again.
desk-key = Setting
desk-value = Value
desk-source = Decided by
desk-no-agent = Chop is not running
    .next = Start it first: chop run

desk-no-browser = The browser could not be opened
    .next = Within a minute, open { $address } yourself.

act-sign-in = sign-in
act-read = reading certificates
act-sign = signing documents
act-decrypt = decrypting
act-change-pin = another PIN
act-test = test signature
outcome-done = done
outcome-left = left before the answer

source-built-in = built in
source-policy = policy
source-locked = policy, locked
source-person = you
theme-light = Light
theme-dark = Dark

error-setting-locked = { $setting } is locked by your organization’s policy
    .next = Ask your IT department.
error-setting-unknown = There is no setting { $setting }
    .next = chop doctor lists all settings.
error-settings-write = The settings file { $path } cannot be written
    .next = Check who may write the file and its folder: { $reason }
## Simulated cards

simulate-cards = Simulated cards: { $cards }. PIN: { $pin }
simulate-empty = A simulated reader without a card
simulate-nobody = They belong to nobody, and every answer says so (chop-simulated: true). Pages on http://localhost may ask.
simulate-windows = Windows open as always.
simulate-script = No window opens; each is answered in turn, the last answer for ever: { $answers }
simulate-folder = For your site’s verifier, until this ends: { $path } (anchors.pem, intermediates.pem, lists)
    .next = It takes these cards with allow_simulated_cards alone: never on the site itself. Test browsers have to trust localhost.pem there.
simulate-no-folder = Your site’s verifier does not know these cards.
    .next = Start again with --out FOLDER: their authorities are written there.
simulate-end = Ctrl-C ends it.
error-managed = This installation is managed by an administrator, so there are no simulated cards here
    .next = Test your site on a machine, or in a container, without a policy and without Chop’s package: chop simulate needs neither.
error-folder-in-use = { $path } is not empty
    .next = Name a folder that is not there yet; it is taken out again at the end.
