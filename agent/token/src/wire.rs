//! What the keyring and its workers say to each other, in postcard, in frames.
//!
//! The worker is not trusted more than a module is: a reply decides what is shown and signed with
//! that module's cards, and nothing else.

use serde::{Deserialize, Serialize};

use crate::{Certificate, Fault, FileFault, Hash, KeyKind, Library, Messages, Signing, Use};

/// A message as it goes over the pipe.
pub(crate) fn encoded(message: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(message).expect("plain structures of known length can be written")
}

/// The message in a frame.
pub(crate) fn decoded<'a, T: Deserialize<'a>>(frame: &'a [u8]) -> postcard::Result<T> {
    match postcard::take_from_bytes(frame)? {
        (message, []) => Ok(message),
        _ => Err(postcard::Error::DeserializeBadEncoding),
    }
}

/// To the worker. As many secret frames as [`Request::secrets`] says follow.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Request {
    /// What is there? The cards in `unchanged` slots have not moved since this was last asked.
    List { unchanged: Vec<u64> },
    /// Sign. Each signature is a reply of its own.
    Sign(Key, What),
    /// Decrypt an RSA block.
    Decrypt(Key, Padding, Vec<u8>),
    /// Tell the certificate of a file that hides it, if there is one that fits.
    Reveal(Use),
    /// Change the PIN: the old one and the new one follow.
    ChangePin(Place),
    /// Set a new PIN: the PUK and the new PIN follow.
    Unblock(Place),
}

impl Request {
    /// How many secrets follow.
    pub(crate) fn secrets(&self) -> usize {
        match self {
            Self::List { .. } => 0,
            Self::Sign(..) | Self::Decrypt(..) | Self::Reveal(_) => 1,
            Self::ChangePin(_) | Self::Unblock(_) => 2,
        }
    }
}

/// A token of a module.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Place {
    pub(crate) slot: u64,
    /// The token's serial number.
    pub(crate) serial: String,
    /// Whether the PIN is entered on the reader, so that the one given here is not used.
    pub(crate) keypad: bool,
}

/// Which key.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) enum Key {
    /// Of a module.
    Card {
        place: Place,
        /// `CKA_ID`.
        id: Vec<u8>,
        kind: KeyKind,
    },
    /// Of a file.
    File {
        /// The certificate that was shown, DER; `None` if the file hides it: then it is the first
        /// that fits.
        shown: Option<Vec<u8>>,
        wanted: Use,
    },
}

/// What to sign.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum What {
    /// A login, with whatever key there is; the reply is [`Reply::Signed`].
    Login(Messages),
    /// These, one after the other; each has a [`Reply::Signature`].
    Each(Vec<Signing>),
}

/// How an RSA block is padded.
///
/// Spec: RFC 8017 §7.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Padding {
    /// RSAES-PKCS1-v1_5.
    Pkcs1,
    /// RSAES-OAEP with MGF1, both with this hash, and no label.
    Oaep(Hash),
}

/// From the worker.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) enum Reply {
    /// To [`Request::List`].
    Listing(Listing),
    /// To [`What::Each`]: a PKCS #1 block, or `r ‖ s` of fixed width.
    Signature(Vec<u8>),
    /// To [`What::Login`].
    Signed {
        certificate: Vec<u8>,
        kind: KeyKind,
        /// As in [`Reply::Signature`].
        signature: Vec<u8>,
    },
    /// To [`Request::Decrypt`]: what was encrypted follows, as a secret frame.
    Plaintext,
    /// To [`Request::Decrypt`]: it is no block that this key decrypts, or its padding is wrong.
    NotDecrypted,
    /// To [`Request::Reveal`].
    Revealed(Box<Certificate>),
    /// To what asks for a change.
    Done,
    /// To all but a listing.
    Failed(Failure),
    /// To any: the module or the file cannot be used at all.
    Unusable(Fault),
}

/// What is there.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Listing {
    /// What the module says of itself.
    pub(crate) library: Option<Library>,
    pub(crate) tokens: Vec<Found>,
    /// Whether a token may change without PC/SC telling: a slot that is no reader.
    pub(crate) fixed: bool,
}

/// So many tokens, and certificates of one, a listing has at most.
pub(crate) const MOST: usize = 64;

/// So many bytes of certificates, all tokens together, a listing has at most.
const ALL_CERTIFICATES: usize = 256 * 1024;

impl Listing {
    /// Without what is too much; what comes first stays.
    pub(crate) fn cut(mut self) -> Self {
        self.tokens.truncate(MOST);
        let mut left = ALL_CERTIFICATES;
        for found in &mut self.tokens {
            found.certificates.truncate(MOST);
            found.certificates.retain(|certificate| {
                let rest = left.checked_sub(certificate.der.len());
                left = rest.unwrap_or(left);
                rest.is_some()
            });
        }
        self
    }

    /// Whether nothing would be cut. A module shares its process with the worker that cuts, so the
    /// agent takes no listing that has more: it would be busy with it.
    pub(crate) fn is_bounded(&self) -> bool {
        let certificates = self.tokens.iter().flat_map(|found| &found.certificates);
        let bytes: usize = certificates.map(|it| it.der.len()).sum();
        let few = |found: &Found| found.certificates.len() <= MOST;
        self.tokens.len() <= MOST && bytes <= ALL_CERTIFICATES && self.tokens.iter().all(few)
    }
}

/// A token.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Found {
    pub(crate) slot: u64,
    /// The slot's description: often the reader's PC/SC name, cut to 64 bytes.
    pub(crate) place: String,
    pub(crate) serial: String,
    pub(crate) label: String,
    pub(crate) manufacturer: String,
    pub(crate) model: String,
    pub(crate) certificates: Vec<Certificate>,
    /// Whether a file hides its certificates.
    pub(crate) hidden: bool,
    pub(crate) shortest_pin: usize,
    pub(crate) longest_pin: usize,
    pub(crate) locked: bool,
    pub(crate) keypad: bool,
}

/// Why something was not done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) enum Failure {
    PinWrong {
        /// Tries left, where the module itself says.
        left: Option<u8>,
    },
    PinLocked,
    PinLength,
    /// The card does not take the new PIN.
    PinRefused,
    /// The person's no, on the reader's keypad.
    Cancelled,
    /// The module itself says that the card is gone.
    CardRemoved,
    KeyGone,
    /// Neither card nor module can do it so.
    Unsupported,
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
    /// Whether nobody was logged in by what failed. Of the others it may be: a module that finds out
    /// that it cannot sign does so after the login.
    pub(crate) fn leaves_no_login(&self) -> bool {
        matches!(
            self,
            Self::PinWrong { .. } | Self::PinLocked | Self::PinLength
        )
    }

    /// Whether the module is as before: only then is the worker used again.
    pub(crate) fn is_harmless(&self) -> bool {
        matches!(
            self,
            Self::PinWrong { .. }
                | Self::PinLocked
                | Self::PinLength
                | Self::PinRefused
                | Self::Cancelled
                | Self::Unsupported
        )
    }
}

/// PKCS #11 functions.
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
    DecryptInit,
    Decrypt,
    SetPin,
    InitPin,
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
            Self::DecryptInit => "C_DecryptInit",
            Self::Decrypt => "C_Decrypt",
            Self::SetPin => "C_SetPIN",
            Self::InitPin => "C_InitPIN",
            Self::Other => "a function",
        }
    }
}
