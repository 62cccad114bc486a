//! The cards, behind a small trait: `chop-token` implements it, tests script it.

use std::{future::Future, sync::Arc};

use chop_token::{Inventory, KeyId, Keyring, Messages, Pin, Signed};
use tokio::sync::watch;

/// The cards of the person whose agent this is.
pub trait Keys: Send + Sync + 'static {
    /// What is plugged in: the value now, and each change.
    fn inventory(&self) -> watch::Receiver<Arc<Inventory>>;

    /// Makes sure that the inventory is fresh, because somebody is about to look at it.
    fn look(&self);

    /// Logs in, signs a login and logs out. The PIN is used once, whatever happens.
    ///
    /// # Errors
    /// [`chop_token::Error`], each variant as it says. Dropping the future stops the operation.
    fn sign_in(
        &self,
        key: &KeyId,
        pin: &Pin,
        messages: &Messages,
    ) -> impl Future<Output = Result<Signed, chop_token::Error>> + Send;
}

impl Keys for Keyring {
    fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        Self::inventory(self)
    }

    fn look(&self) {
        Self::look(self);
    }

    async fn sign_in(
        &self,
        key: &KeyId,
        pin: &Pin,
        messages: &Messages,
    ) -> Result<Signed, chop_token::Error> {
        Self::sign_in(self, key, pin, messages).await
    }
}
