//! Authorities: a name, a key, a certificate.

use std::sync::Arc;
#[cfg(feature = "keys")]
use std::time::SystemTime;

#[cfg(feature = "keys")]
use crate::KeyKind;
use crate::{Credential, Dn, Error, PrivateKey, Template};

/// Whoever issues certificates.
#[derive(Clone, Debug)]
pub struct Authority {
    name: Dn,
    key: Arc<PrivateKey>,
    certificate: Vec<u8>,
}

impl Authority {
    /// An authority that was made before.
    #[must_use]
    pub fn of(name: Dn, credential: Credential) -> Self {
        Self {
            name,
            key: Arc::new(credential.key),
            certificate: credential.certificate,
        }
    }

    /// A self-signed authority.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn root(template: &Template, key: Arc<PrivateKey>) -> Result<Self, Error> {
        let name = template.subject.clone();
        let certificate = template.sign(key.public_key(), &name, &key)?;
        Ok(Self {
            name,
            key,
            certificate,
        })
    }

    /// A self-signed authority of this name with a new key, ordinary in every way.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    #[cfg(feature = "keys")]
    pub fn ordinary_root(name: Dn, kind: KeyKind, now: SystemTime) -> Result<Self, Error> {
        let key = Arc::new(PrivateKey::generate(kind)?);
        Self::root(&Template::authority(name, now)?, key)
    }

    /// An authority whose certificate this one signs.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn subordinate(&self, template: &Template, key: Arc<PrivateKey>) -> Result<Self, Error> {
        Ok(Self {
            name: template.subject.clone(),
            certificate: self.issue(template, key.public_key())?,
            key,
        })
    }

    /// The certificate of `template` for this key (SubjectPublicKeyInfo, DER), DER.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn issue(&self, template: &Template, public_key: &[u8]) -> Result<Vec<u8>, Error> {
        template.sign(public_key, &self.name, &self.key)
    }

    /// The same name with another key, or the other way round: for what is signed by one authority
    /// and says that it is of another.
    #[must_use]
    pub fn posing_as(&self, name: Dn) -> Self {
        Self {
            name,
            ..self.clone()
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Dn {
        &self.name
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &Arc<PrivateKey> {
        &self.key
    }

    /// Its certificate, DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}
