//! Invented authorities and the certificates of invented people, shaped like those of GPKI.
//!
//! Every run makes its own keys, so that nothing in the tree can expire or be taken for real.
//! A [`Credential`] can be put on a card, into SoftHSM or into a PKCS #12 file.

mod leaf;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

#[cfg(feature = "keys")]
use crate::KeyKind;
use crate::{Authority, Dn, Error, Issuer, List, PrivateKey, Request, Template, extension};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A root, and an authority for each kind of holder below it.
pub struct Pki {
    now: SystemTime,
    root: Authority,
    issuers: Vec<(Issuer, Authority)>,
    /// Of every certificate, beside what is usual.
    policy: Option<&'static str>,
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
    /// Makes the authorities with RSA keys of 2,048 bits. Certificates are issued as of `now`.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    #[cfg(feature = "keys")]
    pub fn new(now: SystemTime) -> Result<Self, Error> {
        Self::with_keys(now, KeyKind::Rsa(2048))
    }

    /// Makes the authorities with keys of this kind.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    #[cfg(feature = "keys")]
    pub fn with_keys(now: SystemTime, kind: KeyKind) -> Result<Self, Error> {
        Self::make(now, &Issuer::ALL, None, || PrivateKey::generate(kind))
    }

    /// The authorities of simulated cards, with keys that the caller makes: those of companies and
    /// citizens. Every certificate, theirs too, has the policy that verifiers refuse
    /// ([`chop_protocol::SIMULATED_POLICY`]).
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn simulated(
        now: SystemTime,
        key: impl FnMut() -> Result<PrivateKey, Error>,
    ) -> Result<Self, Error> {
        let issuers = [Issuer::Companies, Issuer::Citizens];
        Self::make(now, &issuers, Some(chop_protocol::SIMULATED_POLICY), key)
    }

    fn make(
        now: SystemTime,
        wanted: &[Issuer],
        policy: Option<&'static str>,
        mut key: impl FnMut() -> Result<PrivateKey, Error>,
    ) -> Result<Self, Error> {
        let levels = [
            "2.16.886.101.0.3.1",
            "2.16.886.101.0.3.2",
            "2.16.886.101.0.3.3",
        ];
        let policies: Vec<_> = levels.into_iter().chain(policy).collect();
        let policies = extension::policies(&policies);
        let mut template = Template::authority(root_name(), now)?;
        if policy.is_some() {
            template = template.with(policies.clone());
        }
        let root = Authority::root(&template, Arc::new(key()?))?;
        let mut issuers = Vec::new();
        for issuer in wanted {
            let template = Template::authority(issuer_name(*issuer), now)?
                .replace(extension::basic_constraints(true, Some(0)))
                .with(policies.clone());
            issuers.push((*issuer, root.subordinate(&template, Arc::new(key()?))?));
        }
        Ok(Self {
            now,
            root,
            issuers,
            policy,
        })
    }

    /// Authorities that were made before, from their keys and certificates; what they issue is as of
    /// `now`.
    #[must_use]
    pub fn of(root: Credential, issuers: Vec<(Issuer, Credential)>, now: SystemTime) -> Self {
        let issuers = issuers
            .into_iter()
            .map(|(issuer, it)| (issuer, Authority::of(issuer_name(issuer), it)));
        Self {
            now,
            root: Authority::of(root_name(), root),
            issuers: issuers.collect(),
            policy: None,
        }
    }

    /// The authorities that all tests of one process share: RSA keys take their time.
    ///
    /// # Panics
    /// When no keys can be made: then no test can do anything.
    #[cfg(feature = "keys")]
    pub fn shared() -> &'static Self {
        use std::sync::OnceLock;
        static SHARED: OnceLock<Pki> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(SystemTime::now()).expect("there is randomness"))
    }

    /// The trust anchor, DER.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        self.root.certificate()
    }

    /// The trust anchor itself.
    #[must_use]
    pub fn root_authority(&self) -> &Authority {
        &self.root
    }

    /// The certificate of the authority that issues for `issuer`, DER.
    #[must_use]
    pub fn intermediate(&self, issuer: Issuer) -> &[u8] {
        self.authority(issuer).certificate()
    }

    /// The authority that issues for `issuer`.
    #[must_use]
    pub fn authority(&self, issuer: Issuer) -> &Authority {
        let found = self.issuers.iter().find(|(one, _)| *one == issuer);
        found.map_or(&self.root, |(_, authority)| authority)
    }

    /// The certificate that `request` describes, DER, for the key with this
    /// SubjectPublicKeyInfo (DER; of any kind, it is copied as it is).
    ///
    /// # Errors
    /// When the public key is no DER.
    pub fn issue(&self, request: &Request<'_>, public_key: &[u8]) -> Result<Vec<u8>, Error> {
        let issuer = self.authority(request.holder().issuer);
        issuer.issue(&leaf::template(request, self.policy, self.now)?, public_key)
    }

    /// A new key and the certificate that `request` describes.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    #[cfg(feature = "keys")]
    pub fn credential(&self, request: &Request<'_>, kind: KeyKind) -> Result<Credential, Error> {
        let key = PrivateKey::generate(kind)?;
        let certificate = self.issue(request, key.public_key())?;
        Ok(Credential { key, certificate })
    }

    /// The list of the root, on which no authority is, made at `now` for a month.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn authority_list(&self, now: SystemTime) -> Result<Vec<u8>, Error> {
        List::new(now)
            .between(now - DAY, Some((now + 30 * DAY).into()))
            .sign(&self.root)
    }

    /// The complete list of the authority for `issuer`, made at `now` for a week, with these serial
    /// numbers on it since a day ago.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn list(
        &self,
        issuer: Issuer,
        revoked: &[&[u8]],
        now: SystemTime,
    ) -> Result<Vec<u8>, Error> {
        let mut list = List::new(now);
        for serial in revoked {
            list = list.revoking(serial, now - DAY)?;
        }
        list.sign(self.authority(issuer))
    }
}

fn root_name() -> Dn {
    base_name().ou("測試總憑證管理中心")
}

fn issuer_name(issuer: Issuer) -> Dn {
    base_name().ou(issuer.unit())
}

fn base_name() -> Dn {
    Dn::new().c("TW").o("測試憑證機構")
}

#[cfg(test)]
mod tests;
