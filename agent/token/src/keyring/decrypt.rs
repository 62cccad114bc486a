//! Decryption, from the agent's side.

use zeroize::Zeroizing;

use super::{Keyring, operation::Step};
use crate::{
    Certificate, Error, KeyId, Padding, Pin, Use,
    wire::{Reply, Request},
};

impl Keyring {
    /// Decrypts one RSA block with the key of a certificate; `None` if it is none of this key's,
    /// or its padding is wrong. What to make of that is the caller's to decide, and the page's not
    /// to learn (RFC 3218 §2.3). The PIN is used for one try, whatever happens.
    ///
    /// A `None` takes a second more, whatever the reason: modules say the same of a card that was
    /// pulled, and PC/SC notices that later than they do.
    ///
    /// # Errors
    /// [`Error`], each variant as it says. Dropping the future ends the operation, and the worker
    /// with it.
    pub async fn decrypt(
        &self,
        key: &KeyId,
        certificate: &Certificate,
        pin: &Pin,
        padding: Padding,
        block: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        let (operation, wire) = self.operation_with(key, Some(certificate), Use::Decrypt)?;
        let request = Request::Decrypt(wire, padding, block.to_vec());
        let each = |reply, secret: Option<Pin>| match (reply, secret) {
            (Reply::Plaintext, Some(plaintext)) => Step::Last(Some(plaintext.into_bytes())),
            (Reply::NotDecrypted, None) => Step::Last(None),
            _ => Step::Nonsense,
        };
        match operation.ask(&request, &[pin], each).await? {
            None if operation.is_gone().await => Err(Error::CardRemoved),
            decrypted => Ok(decrypted),
        }
    }
}
