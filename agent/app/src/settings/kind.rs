//! What the table of settings says of each: for policy templates, and for the registry.

/// A setting, described.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its key in the files.
    pub key: &'static str,
    /// What kind of value it has.
    pub kind: Kind,
}

/// Kinds of values, as an administrator fills them in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Yes or no. In the registry a `REG_DWORD`, 1 or 0.
    Switch,
    /// A whole number. In the registry a `REG_DWORD`.
    Number,
    /// A text. In the registry a `REG_SZ`.
    Text,
    /// A text out of these. In the registry a `REG_SZ`.
    Word(&'static [&'static str]),
    /// Texts. In the registry a key of the setting's name, with a `REG_SZ` for each.
    Texts,
    /// Whole numbers. In the registry as texts.
    Numbers,
}
