//! What a policy decides about this room.

use chop_protocol::Origin;

use crate::Scope;

/// What a policy decides about the room for HiCOS pages.
///
/// Spec: docs/hicos.md, "Settings".
#[derive(Clone, Debug)]
pub struct HipkiSettings {
    /// `serverVersion`: pages compare it, as a string, with the least that they want.
    pub version: String,
    /// Who takes the PIN.
    pub pin: PinFrom,
    /// What a caller may see who has not been let in.
    pub unknown: Unknown,
    /// Sites that may do things without asking the person: https, or http in an intranet.
    pub allow: Vec<(Origin, Scope)>,
    /// Sites that may not, and about which nobody is asked.
    pub block: Vec<Origin>,
    /// Sites that may ask by requests of their own, beside the popup; they have to be let in too.
    pub direct: Vec<Origin>,
    /// Sites that may have a hash signed that they made themselves.
    pub hashed: Vec<Origin>,
    /// Programs that may do things without asking the person, by their files.
    pub programs: Vec<String>,
    /// Whether signatures over SHA-1 are made.
    pub sha1: bool,
}

/// Who takes the PIN.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PinFrom {
    /// The page: that is how those pages are.
    #[default]
    Page,
    /// The agent's window; what the page sends is dropped.
    Window,
}

/// What a caller may see who has not been let in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Unknown {
    /// One reader with a card, always the same, whatever is plugged in.
    #[default]
    Constant,
    /// The true readers and card numbers, as the component shows them to everybody.
    True,
}

impl Default for HipkiSettings {
    fn default() -> Self {
        Self {
            version: default_version().to_owned(),
            pin: PinFrom::default(),
            unknown: Unknown::default(),
            allow: Vec::new(),
            block: Vec::new(),
            direct: Vec::new(),
            hashed: Vec::new(),
            programs: Vec::new(),
            sha1: true,
        }
    }
}

/// A version that passes every comparison that pages are known to make. They compare strings, and
/// what they compare with depends on the system.
const fn default_version() -> &'static str {
    if cfg!(windows) {
        "1.3.4.103349"
    } else if cfg!(target_os = "macos") {
        "1.3.4.25"
    } else {
        "1.3.4.5"
    }
}
