//! What a certificate shall say, whatever that is.

use std::time::{Duration, SystemTime};

use der::{
    Any, Decode as _, Encode as _, Sequence, Tag, TagMode, TagNumber,
    asn1::{BitString, ContextSpecific, Int, ObjectIdentifier, OctetString},
};

use crate::{Dn, Error, Extension, PrivateKey, Scheme, Time, extension};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A certificate before it is signed. Ordinary as it starts; each method makes it odd in one way,
/// and nothing is checked.
#[derive(Clone, Debug)]
pub struct Template {
    pub(crate) subject: Dn,
    version: u8,
    serial: Vec<u8>,
    validity: (Time, Time),
    issuer: Option<Dn>,
    scheme: Option<Scheme>,
    inner_scheme: Option<Scheme>,
    unique_ids: bool,
    key_ids: bool,
    extensions: Vec<Extension>,
}

/// Spec: RFC 5280 §4.1.
#[derive(Sequence)]
struct Tbs {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    version: Option<u8>,
    serial: Int,
    algorithm: Any,
    issuer: Any,
    validity: Vec<Any>,
    subject: Any,
    key: Any,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    issuer_unique_id: Option<BitString>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    subject_unique_id: Option<BitString>,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Written>>,
}

/// Spec: RFC 5280 §4.1.2.9.
#[derive(Sequence)]
pub(crate) struct Written {
    oid: ObjectIdentifier,
    critical: Option<bool>,
    value: OctetString,
}

/// A certificate, a list, an answer.
#[derive(Sequence)]
pub(crate) struct Signed {
    pub(crate) body: Any,
    pub(crate) algorithm: Any,
    pub(crate) signature: BitString,
}

impl Template {
    /// Of version 3, with a random serial number, valid from a month before `now` for five years, with
    /// the two key identifiers and no other extension.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn new(subject: Dn, now: SystemTime) -> Result<Self, Error> {
        let mut serial = vec![0; 16];
        getrandom::fill(&mut serial).map_err(|_| Error::Random)?;
        if let Some(first) = serial.first_mut() {
            // Positive, and without a leading zero.
            *first = (*first & 0x7F) | 0x40;
        }
        Ok(Self {
            subject,
            version: 3,
            serial,
            validity: ((now - 30 * DAY).into(), (now + 5 * 365 * DAY).into()),
            issuer: None,
            scheme: None,
            inner_scheme: None,
            unique_ids: false,
            key_ids: true,
            extensions: Vec::new(),
        })
    }

    /// An authority's: basicConstraints and keyUsage beside the key identifiers, valid for six years
    /// before `now` and ten after it.
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn authority(subject: Dn, now: SystemTime) -> Result<Self, Error> {
        let template = Self::new(subject, now)?
            .valid(now - 6 * 365 * DAY, now + 10 * 365 * DAY)
            .with(extension::basic_constraints(true, None))
            .with(extension::key_usage(&[5, 6]));
        Ok(template)
    }

    /// X.509's version, 1 to 3.
    #[must_use]
    pub fn version(mut self, version: u8) -> Self {
        self.version = version;
        self
    }

    /// The serial number's bytes, two's complement.
    #[must_use]
    pub fn serial(mut self, bytes: &[u8]) -> Self {
        self.serial = bytes.to_vec();
        self
    }

    /// The first and the last valid second.
    #[must_use]
    pub fn valid(mut self, from: impl Into<Time>, until: impl Into<Time>) -> Self {
        self.validity = (from.into(), until.into());
        self
    }

    /// Another name than the issuer's own.
    #[must_use]
    pub fn issuer(mut self, name: Dn) -> Self {
        self.issuer = Some(name);
        self
    }

    /// Another way of signing than the issuer's key's usual one.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// Names another algorithm inside than outside.
    #[must_use]
    pub fn inner_scheme(mut self, scheme: Scheme) -> Self {
        self.inner_scheme = Some(scheme);
        self
    }

    /// With issuerUniqueID and subjectUniqueID.
    #[must_use]
    pub fn with_unique_ids(mut self) -> Self {
        self.unique_ids = true;
        self
    }

    /// Without the two key identifiers.
    #[must_use]
    pub fn without_key_ids(mut self) -> Self {
        self.key_ids = false;
        self
    }

    /// Adds an extension; one of the same kind that is there already stays.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// An extension instead of those of its kind.
    #[must_use]
    pub fn replace(self, extension: Extension) -> Self {
        self.without(&extension.oid.clone()).with(extension)
    }

    /// Leaves extensions of this OID out.
    #[must_use]
    pub fn without(mut self, oid: &str) -> Self {
        self.extensions.retain(|one| one.oid != oid);
        self
    }

    /// Signs it: the certificate, DER.
    pub(crate) fn sign(
        &self,
        public_key: &[u8],
        issuer: &Dn,
        key: &PrivateKey,
    ) -> Result<Vec<u8>, Error> {
        let scheme = self.scheme.unwrap_or(key.scheme());
        let algorithm = Any::from_der(&scheme.algorithm()?)?;
        let inner = self.inner_scheme.unwrap_or(scheme).algorithm()?;
        let mut extensions = self.extensions.clone();
        if self.key_ids {
            extensions.insert(0, extension::subject_key(public_key)?);
            extensions.insert(0, extension::authority_key(key.public_key())?);
        }
        let unique = |byte| {
            self.unique_ids
                .then(|| BitString::from_bytes(&[byte]))
                .transpose()
        };
        let tbs = Tbs {
            version: self.version.checked_sub(1).filter(|version| *version > 0),
            serial: Int::new(&self.serial)?,
            algorithm: Any::from_der(&inner)?,
            issuer: Any::from_der(&self.issuer.as_ref().unwrap_or(issuer).der()?)?,
            validity: vec![self.validity.0.any()?, self.validity.1.any()?],
            subject: Any::from_der(&self.subject.der()?)?,
            key: Any::from_der(public_key)?,
            issuer_unique_id: unique(1)?,
            subject_unique_id: unique(2)?,
            extensions: (!extensions.is_empty())
                .then(|| written(&extensions))
                .transpose()?,
        };
        let body = tbs.to_der()?;
        let signature = key.sign(scheme, &body)?;
        signed(&body, algorithm, &signature)
    }
}

pub(crate) fn written(extensions: &[Extension]) -> Result<Vec<Written>, Error> {
    let write = |one: &Extension| {
        Ok(Written {
            oid: ObjectIdentifier::new(&one.oid).map_err(der::Error::from)?,
            critical: one.critical.then_some(true),
            value: OctetString::new(one.value.clone())?,
        })
    };
    extensions.iter().map(write).collect()
}

/// Puts what was signed together with its signature.
pub(crate) fn signed(body: &[u8], algorithm: Any, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let signed = Signed {
        body: Any::from_der(body)?,
        algorithm,
        signature: BitString::from_bytes(signature)?,
    };
    Ok(signed.to_der()?)
}

/// `value` under an explicit context-specific tag.
pub(crate) fn explicit(number: u32, value: Any) -> Result<Any, Error> {
    let tagged = ContextSpecific {
        tag_number: TagNumber(number),
        tag_mode: TagMode::Explicit,
        value,
    };
    Ok(Any::from_der(&tagged.to_der()?)?)
}

/// `contents` under another tag.
pub(crate) fn element(tag: Tag, contents: &[u8]) -> Result<Any, Error> {
    Ok(Any::new(tag, contents)?)
}
