//! Invented authorities and the certificates of invented people, shaped like those of GPKI.
//!
//! Every run makes its own keys, so that nothing in the tree can expire or be taken for real.
//! What lives here is the same for every kind of card: a [`Credential`] can be put on the
//! emulated PIV card, into SoftHSM or into a PKCS #12 file.

mod authority;
mod holder;
mod key;
mod leaf;
mod request;

use std::{sync::OnceLock, time::SystemTime};

use anyhow::Result;
use der::pem::LineEnding;

use authority::Authority;

pub use chop_token::KeyKind;
pub use holder::{Holder, Issuer};
pub use key::PrivateKey;
pub(crate) use key::openssl;
pub use request::{Request, Usage};

/// A root, an authority for companies and one for citizens.
pub struct Pki {
    now: SystemTime,
    root: Authority,
    companies: Authority,
    citizens: Authority,
}

/// A private key and the certificate that goes with it.
#[derive(Clone)]
pub struct Credential {
    /// The key.
    pub key: PrivateKey,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
}

impl Pki {
    /// Makes the three authorities. Certificates are issued as of `now`.
    ///
    /// # Errors
    /// When openssl cannot make keys.
    pub fn new(now: SystemTime) -> Result<Self> {
        let root = Authority::root(now)?;
        Ok(Self {
            now,
            companies: root.subordinate("測試工商憑證管理中心", now)?,
            citizens: root.subordinate("測試內政部憑證管理中心", now)?,
            root,
        })
    }

    /// The authorities that all tests of one process share: RSA keys take their time.
    ///
    /// # Panics
    /// When openssl cannot make keys: then no test can do anything.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Pki> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(SystemTime::now()).expect("openssl makes RSA keys"))
    }

    /// The trust anchor, DER.
    pub fn root(&self) -> &[u8] {
        self.root.certificate()
    }

    /// The certificate of the authority that issues for `issuer`, DER.
    pub fn intermediate(&self, issuer: Issuer) -> &[u8] {
        self.authority(issuer).certificate()
    }

    /// The certificate that `request` describes, DER, for the key with this
    /// SubjectPublicKeyInfo (DER; of any kind, it is copied as it is).
    ///
    /// # Errors
    /// When the public key is no DER.
    pub fn issue(&self, request: &Request<'_>, public_key: &[u8]) -> Result<Vec<u8>> {
        let issuer = self.authority(request.holder().issuer);
        leaf::issue(issuer, request, public_key, self.now)
    }

    /// A new key and the certificate that `request` describes.
    ///
    /// # Errors
    /// When openssl cannot make the key.
    pub fn credential(&self, request: &Request<'_>, kind: KeyKind) -> Result<Credential> {
        let key = PrivateKey::generate(kind)?;
        let certificate = self.issue(request, key.public_key())?;
        Ok(Credential { key, certificate })
    }

    fn authority(&self, issuer: Issuer) -> &Authority {
        match issuer {
            Issuer::Companies => &self.companies,
            Issuer::Citizens => &self.citizens,
        }
    }
}

/// A DER certificate in PEM.
///
/// # Errors
/// Never for a certificate of ours: it is short enough.
pub fn pem(certificate: &[u8]) -> Result<String> {
    Ok(der::pem::encode_string(
        "CERTIFICATE",
        LineEnding::LF,
        certificate,
    )?)
}

#[cfg(test)]
mod tests;
