//! What a person typed to unlock a card.

use zeroize::Zeroizing;

/// No PIN or password is longer, in bytes, whatever a token says.
pub(crate) const LONGEST: usize = 255;

/// A PIN or password: zeroed on drop, never printed, never serialized.
///
/// ```compile_fail
/// println!("{:?}", chop_token::Pin::from(b"0000".to_vec()));
/// ```
/// ```compile_fail
/// println!("{}", chop_token::Pin::from(b"0000".to_vec()));
/// ```
/// ```compile_fail
/// let one = chop_token::Pin::from(b"0000".to_vec());
/// let two = one.clone();
/// ```
pub struct Pin(Zeroizing<Vec<u8>>);

impl From<Vec<u8>> for Pin {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl Pin {
    /// Another copy, zeroed as this one is. Not `Clone`, so that each is made on purpose.
    pub(crate) fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    pub(crate) fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }

    /// The bytes to hand to a card. Copies must be zeroed by whoever makes them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}
