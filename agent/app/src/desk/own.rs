//! What the pages and the tray need of the running service, whoever opens its windows.

use std::{future::Future, pin::Pin};

use chop_service::{Asked, Consent, Error, Grants, Keys, Service, TestSignature};
use tokio::sync::watch;

/// The running service, for the person whose it is.
pub(crate) trait Own: Send + Sync {
    /// See [`Service::test_signature`].
    fn test_signature(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<TestSignature, Error>> + Send + '_>>;

    /// What was asked lately, and each change.
    fn recent(&self) -> watch::Receiver<Vec<Asked>>;

    /// What was allowed.
    fn grants(&self) -> &Grants;
}

impl<C: Consent, K: Keys> Own for Service<C, K> {
    fn test_signature(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<TestSignature, Error>> + Send + '_>> {
        Box::pin(Service::test_signature(self))
    }

    fn recent(&self) -> watch::Receiver<Vec<Asked>> {
        Service::recent(self).watch()
    }

    fn grants(&self) -> &Grants {
        self.memory().grants()
    }
}
