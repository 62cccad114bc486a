//! What the keyring and its workers say to each other, as JSON in frames.
//!
//! The worker is not trusted more than a module is: a reply decides what is shown and signed with
//! that module's cards, and nothing else.

use serde::{Deserialize, Serialize};

use crate::{Certificate, KeyKind, Messages};

/// To the worker. A secret frame with the PIN follows the last two.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Request {
    /// What is there?
    List,
    /// Sign with a card.
    Sign(Order),
    /// Sign with the key in the file.
    SignWithFile {
        /// The certificate that was shown, DER; `None` if the file hides it.
        shown: Option<Vec<u8>>,
        /// To be signed.
        messages: Messages,
    },
}

/// What to sign, and with which key.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Order {
    pub(crate) slot: u64,
    /// The token's serial number.
    pub(crate) token: String,
    /// `CKA_ID`.
    pub(crate) id: Vec<u8>,
    pub(crate) kind: KeyKind,
    /// Whether the PIN is entered on the reader, so that the one given here is not used.
    pub(crate) keypad: bool,
    /// To be hashed and signed.
    pub(crate) message: Vec<u8>,
}

/// From the worker.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Reply {
    /// To [`Request::List`].
    Listing(Listing),
    /// To [`Request::Sign`]: a PKCS #1 v1.5 block, or `r ‖ s` of fixed width.
    Signature(Vec<u8>),
    /// To [`Request::SignWithFile`].
    Signed {
        certificate: Vec<u8>,
        kind: KeyKind,
        /// As in [`Reply::Signature`].
        signature: Vec<u8>,
    },
    /// To both.
    Failed(Failure),
    /// To any: the module or the file cannot be used at all; why, in English.
    Unusable(String),
}

/// What is there.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Listing {
    /// Keys that can sign a login.
    pub(crate) found: Vec<Found>,
    /// Whether a token may change without PC/SC telling: a slot that is no reader.
    pub(crate) fixed: bool,
}

/// A key that can sign a login.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Found {
    pub(crate) slot: u64,
    /// The slot's description: often the reader's PC/SC name, cut to 64 bytes.
    pub(crate) place: String,
    /// The token's serial number.
    pub(crate) token: String,
    pub(crate) label: String,
    pub(crate) id: Vec<u8>,
    /// `None` if the file hides it.
    pub(crate) certificate: Option<Certificate>,
    pub(crate) shortest_pin: usize,
    pub(crate) longest_pin: usize,
    pub(crate) locked: bool,
    pub(crate) keypad: bool,
}

/// Why a signature was not made.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Failure {
    PinWrong,
    PinLocked,
    PinLength,
    /// The module itself says that the card is gone.
    CardRemoved,
    KeyGone,
    /// What the module returned is no signature by the certificate's key.
    NotASignature,
    /// A `CK_RV` that is none of the others.
    Module {
        call: Call,
        code: u64,
    },
    File(FileFault),
}

impl Failure {
    /// Whether card and module are as before: only then is the worker used again.
    pub(crate) fn is_about_the_pin(&self) -> bool {
        matches!(self, Self::PinWrong | Self::PinLocked | Self::PinLength)
    }
}

/// PKCS #11 functions that a signature needs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Call {
    GetTokenInfo,
    OpenSession,
    Login,
    Logout,
    FindObjects,
    GetAttributeValue,
    SignInit,
    Sign,
    SignUpdate,
    SignFinal,
    Other,
}

impl Call {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::GetTokenInfo => "C_GetTokenInfo",
            Self::OpenSession => "C_OpenSession",
            Self::Login => "C_Login",
            Self::Logout => "C_Logout",
            Self::FindObjects => "C_FindObjects",
            Self::GetAttributeValue => "C_GetAttributeValue",
            Self::SignInit => "C_SignInit",
            Self::Sign => "C_Sign",
            Self::SignUpdate => "C_SignUpdate",
            Self::SignFinal => "C_SignFinal",
            Self::Other => "a function",
        }
    }
}

/// What is wrong with a PKCS #12 file.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum FileFault {
    Unreadable,
    TooLong,
    NotPkcs12,
    Unsupported,
    NoKey,
    Changed,
}

impl FileFault {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Unreadable => "it cannot be read",
            Self::TooLong => "it is longer than 1 MiB",
            Self::NotPkcs12 => "it is not a whole PKCS #12 file",
            Self::Unsupported => "its encryption is not supported, or costs too much to undo",
            Self::NoKey => "it has no key whose certificate can sign a login",
            Self::Changed => "its certificate is not the one that was shown",
        }
    }
}
