//! The cards, behind a small trait: `chop-token` implements it, tests script it.

use std::{future::Future, sync::Arc};

use chop_token::{
    Certificate, Error, Inventory, KeyId, Keyring, Messages, Padding, Pin, Signed, Signing,
    TokenId, Use,
};
use tokio::sync::watch;
use zeroize::Zeroizing;

/// The cards of the person whose agent this is.
///
/// The PIN is used once, whatever happens. Dropping a future stops the operation.
pub trait Keys: Send + Sync + 'static {
    /// Whether these are cards of nobody, made to try sites with. Then every answer says so: it
    /// follows from the type, so no agent with such cards can leave it out.
    ///
    /// Spec: docs/protocol.md, "Simulated cards".
    const SIMULATED: bool = false;

    /// What is plugged in: the value now, and each change.
    fn inventory(&self) -> watch::Receiver<Arc<Inventory>>;

    /// Makes sure that the inventory is fresh, because somebody is about to look at it.
    fn look(&self);

    /// Signs a login: see [`Keyring::sign_in`].
    ///
    /// # Errors
    /// [`Error`], each variant as it says; so with the others.
    fn sign_in(
        &self,
        key: &KeyId,
        pin: &Pin,
        messages: &Messages,
    ) -> impl Future<Output = Result<Signed, Error>> + Send;

    /// Signs messages under one entry of the PIN: see [`Keyring::sign`].
    ///
    /// # Errors
    /// As [`Keys::sign_in`].
    fn sign(
        &self,
        key: &KeyId,
        certificate: &Certificate,
        pin: &Pin,
        messages: &[Signing],
        progress: impl FnMut(usize) + Send,
    ) -> impl Future<Output = Result<Vec<Vec<u8>>, Error>> + Send;

    /// Decrypts one block: see [`Keyring::decrypt`].
    ///
    /// # Errors
    /// As [`Keys::sign_in`].
    fn decrypt(
        &self,
        key: &KeyId,
        certificate: &Certificate,
        pin: &Pin,
        padding: Padding,
        block: &[u8],
    ) -> impl Future<Output = Result<Option<Zeroizing<Vec<u8>>>, Error>> + Send;

    /// Changes a token's PIN: see [`Keyring::change_pin`].
    ///
    /// # Errors
    /// As [`Keys::sign_in`].
    fn change_pin(
        &self,
        token: &TokenId,
        old: &Pin,
        new: &Pin,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Tells the certificate of a file that hides it: see [`Keyring::reveal`].
    ///
    /// # Errors
    /// As [`Keys::sign_in`].
    fn reveal(
        &self,
        key: &KeyId,
        pin: &Pin,
        wanted: Use,
    ) -> impl Future<Output = Result<Certificate, Error>> + Send;
}

impl Keys for Keyring {
    fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        Self::inventory(self)
    }

    fn look(&self) {
        Self::look(self);
    }

    async fn sign_in(&self, key: &KeyId, pin: &Pin, messages: &Messages) -> Result<Signed, Error> {
        Self::sign_in(self, key, pin, messages).await
    }

    async fn sign(
        &self,
        key: &KeyId,
        certificate: &Certificate,
        pin: &Pin,
        messages: &[Signing],
        progress: impl FnMut(usize) + Send,
    ) -> Result<Vec<Vec<u8>>, Error> {
        Self::sign(self, key, certificate, pin, messages, progress).await
    }

    async fn decrypt(
        &self,
        key: &KeyId,
        certificate: &Certificate,
        pin: &Pin,
        padding: Padding,
        block: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        Self::decrypt(self, key, certificate, pin, padding, block).await
    }

    async fn change_pin(&self, token: &TokenId, old: &Pin, new: &Pin) -> Result<(), Error> {
        Self::change_pin(self, token, old, new).await
    }

    async fn reveal(&self, key: &KeyId, pin: &Pin, wanted: Use) -> Result<Certificate, Error> {
        Self::reveal(self, key, pin, wanted).await
    }
}
