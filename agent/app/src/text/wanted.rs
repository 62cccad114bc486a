//! What a setting's value must be.

use super::{Message, message};

/// One or more ports.
pub const SOME_PORTS: Message = message("wanted-some-ports");
/// Ports, or none.
pub const PORTS: Message = message("wanted-ports");
/// PKCS #11 modules.
pub const MODULES: Message = message("wanted-modules");
/// Files or folders.
pub const PATHS: Message = message("wanted-paths");
/// Names.
pub const NAMES: Message = message("wanted-names");
/// Yes or no.
pub const YES_OR_NO: Message = message("wanted-yes-or-no");
/// How long a window waits.
pub const SECONDS: Message = message("wanted-seconds");
/// What is spoken.
pub const LANGUAGE: Message = message("wanted-language");
/// Light or dark.
pub const THEME: Message = message("wanted-theme");
/// How much is logged.
pub const LOG: Message = message("wanted-log");
/// A version.
pub const VERSION: Message = message("wanted-version");
/// Who takes the PIN.
pub const PIN_FROM: Message = message("wanted-pin-from");
/// What an unknown page sees.
pub const UNKNOWN: Message = message("wanted-unknown");
/// Sites.
pub const ORIGINS: Message = message("wanted-origins");
/// Sites over https.
pub const HTTPS_ORIGINS: Message = message("wanted-https-origins");
/// Nothing of the person's.
pub const LEFT_TO_POLICY: Message = message("wanted-left-to-policy");
/// Settings.
pub const KEYS: Message = message("wanted-keys");
