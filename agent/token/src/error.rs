//! Why a card operation failed.

use crate::FileFault;

/// Why a card operation failed. Never carries a PIN or card data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The PIN did not match; the card counted one try.
    #[error("wrong PIN")]
    PinWrong {
        /// Tries left before the card locks; `None` on cards that hide the counter.
        left: Option<u8>,
    },
    /// The card's PIN is locked.
    #[error("the PIN is locked")]
    PinLocked,
    /// The PIN is shorter or longer than the card takes; no try was lost.
    #[error("the card does not take a PIN of this length")]
    PinLength,
    /// The card does not take the new PIN: too short, too long, or too simple.
    #[error("the card does not take the new PIN")]
    PinRefused,
    /// The PUK did not match; the card counted one try.
    #[error("wrong PUK")]
    PukWrong {
        /// Tries left before the PUK locks; `None` on cards that hide the counter.
        left: Option<u8>,
    },
    /// The PUK is locked.
    #[error("the PUK is locked")]
    PukLocked,
    /// The person pressed cancel on the reader's keypad; no try was lost.
    #[error("cancelled on the reader's keypad")]
    Cancelled,
    /// Another program holds the card.
    #[error("another program is using the card")]
    NotFree,
    /// Neither the key nor its module can do what was asked.
    #[error("the card or its module cannot do this")]
    Unsupported,
    /// The card left the reader before or while it was used.
    #[error("the card was removed")]
    CardRemoved,
    /// The key that was chosen is no longer there.
    #[error("the key is no longer on the card")]
    KeyGone,
    /// The module did not answer in time and was stopped.
    #[error("the PKCS #11 module did not answer within {seconds} s")]
    Deadline {
        /// How long it was given.
        seconds: u64,
    },
    /// The module's process ended by itself: a crash.
    #[error("the PKCS #11 module's process ended")]
    WorkerEnded,
    /// The module, or the card itself, returned a code that this crate does not name.
    #[error("{call} failed in the PKCS #11 module or on the card ({code:#010x})")]
    Module {
        /// The PKCS #11 function, such as `C_Sign`, or the card's command.
        call: &'static str,
        /// The `CK_RV`, or the card's status word, that it returned.
        code: u64,
    },
    /// What the module returned is not a signature by the chosen certificate's key.
    #[error("the PKCS #11 module returned what is not a signature by this key")]
    NotASignature,
    /// The PKCS #12 file cannot be read or used.
    #[error("the PKCS #12 file cannot be used: {0}")]
    Pkcs12(FileFault),
    /// The worker process could not be started.
    #[error("the worker process could not be started")]
    Spawn(#[source] std::io::Error),
}

impl Error {
    /// Whether a PIN that was handed over may have cost the card a try: whatever does not say that
    /// the card never had it.
    #[must_use]
    pub fn may_have_cost_a_try(&self) -> bool {
        match self {
            Self::PinLength
            | Self::Cancelled
            | Self::NotFree
            | Self::Unsupported
            | Self::KeyGone
            | Self::PukWrong { .. }
            | Self::PukLocked
            | Self::Pkcs12(_)
            | Self::Spawn(_) => false,
            // The module says itself that it got further than the PIN.
            Self::Module { call, .. } => matches!(*call, "C_Login" | "C_SetPIN" | "C_InitPIN"),
            Self::NotASignature => false,
            Self::PinWrong { .. }
            | Self::PinLocked
            | Self::PinRefused
            | Self::CardRemoved
            | Self::Deadline { .. }
            | Self::WorkerEnded => true,
        }
    }
}
