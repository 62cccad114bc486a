//! A certificate, read once. What is read is believed only after its chain has been checked.

mod extensions;

use std::{fmt, ops::Range, sync::OnceLock, time::SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use der::{Decode as _, asn1::ObjectIdentifier};
use ring::digest::{SHA256, digest};

use crate::{
    asn1::{
        Signed,
        certificate::{TbsCertificate, Validity, public_key},
        contents, span,
    },
    name::{self, Name, NormalName},
};

pub(crate) use extensions::{Extensions, Known};

/// The longest certificate that is read, in bytes; those of cards have one or two thousand.
const MOST_BYTES: usize = 64 * 1024;

/// An X.509 certificate, read and not yet believed.
#[derive(Clone)]
pub struct Certificate {
    der: Box<[u8]>,
    parts: Parts,
    version: u8,
    validity: Validity,
    pub(crate) extensions: Extensions,
    made: Made,
}

/// Where things are in the DER.
#[derive(Clone)]
struct Parts {
    tbs: Range<usize>,
    algorithm: Range<usize>,
    inner_algorithm: Range<usize>,
    signature: Range<usize>,
    serial: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    key: Range<usize>,
}

/// What is made of a certificate when it is first asked for: authorities are asked with every card.
#[derive(Clone, Default)]
struct Made {
    fingerprint: OnceLock<[u8; 32]>,
    key_hash: OnceLock<[u8; 32]>,
    subject: OnceLock<NormalName>,
    issuer: OnceLock<NormalName>,
}

/// Why bytes are not a certificate that can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not standard base64.
    #[error("it is not base64")]
    Base64,
    /// Not a certificate in DER.
    #[error("it is not a certificate in DER")]
    Der,
    /// Longer than 64 KiB.
    #[error("{length} bytes are too many for a certificate")]
    TooLong {
        /// How many bytes it has.
        length: usize,
    },
    /// More than 64 extensions.
    #[error("{found} extensions are too many")]
    TooManyExtensions {
        /// How many there are.
        found: usize,
    },
    /// One extension stands in it twice.
    #[error("extension {oid} is in it twice")]
    ExtensionTwice {
        /// Which.
        oid: ObjectIdentifier,
    },
    /// An extension that we know is not what it has to be.
    #[error("extension {oid} is malformed")]
    ExtensionMalformed {
        /// Which.
        oid: ObjectIdentifier,
    },
}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// [`CertificateError`], but for its `Base64`.
    pub fn from_der(der: impl Into<Box<[u8]>>) -> Result<Self, CertificateError> {
        let der = der.into();
        // Whoever made it decides how much work it is to read, and nobody has vouched for it yet.
        if der.len() > MOST_BYTES {
            let length = der.len();
            return Err(CertificateError::TooLong { length });
        }
        let unreadable = |_| CertificateError::Der;
        let signed = Signed::from_der(&der).map_err(unreadable)?;
        let tbs = TbsCertificate::from_der(signed.body.0).map_err(unreadable)?;
        let at = |part: &[u8]| span(&der, part);
        for name in [tbs.issuer, tbs.subject] {
            name::check(name.0).map_err(unreadable)?;
        }
        public_key(tbs.key.0).map_err(unreadable)?;
        // A signature is of whole bytes.
        let signature = signed.signature.as_bytes().ok_or(CertificateError::Der)?;
        let parts = Parts {
            tbs: at(signed.body.0),
            algorithm: at(signed.algorithm.0),
            inner_algorithm: at(tbs.algorithm.0),
            signature: at(signature),
            serial: at(tbs.serial.as_bytes()),
            issuer: at(tbs.issuer.0),
            subject: at(tbs.subject.0),
            key: at(tbs.key.0),
        };
        let (version, validity) = (tbs.version, tbs.validity);
        let extensions = Extensions::read(&tbs.extensions.unwrap_or_default(), &der)?;
        Ok(Self {
            parts,
            version,
            validity,
            extensions,
            made: Made::default(),
            der,
        })
    }

    /// Reads standard base64 of DER.
    pub(crate) fn from_base64(text: &str) -> Result<Self, CertificateError> {
        let der = STANDARD
            .decode(text)
            .map_err(|_| CertificateError::Base64)?;
        Self::from_der(der)
    }

    /// The bytes it was read from.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The SHA-256 of its bytes, by which people name certificates.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.made.fingerprint.get_or_init(|| sha256(&self.der))
    }

    /// Its serial number, lower-case hexadecimal, two characters a byte.
    #[must_use]
    pub fn serial(&self) -> String {
        let bytes = self.serial_bytes();
        // The zero that only keeps a number from being negative is not written.
        let digits = match bytes {
            [0, rest @ ..] if !rest.is_empty() => rest,
            _ => bytes,
        };
        hex(digits)
    }

    /// Who it is about, such as `C=TW, O=測試股份有限公司, serialNumber=12345675`: the attributes in
    /// the certificate's own order. To show and to log, not to parse.
    #[must_use]
    pub fn subject(&self) -> String {
        self.subject_name().to_string()
    }

    /// Who issued it, written like [`Self::subject`].
    #[must_use]
    pub fn issuer(&self) -> String {
        self.issuer_name().to_string()
    }

    /// Its first valid second.
    #[must_use]
    pub fn not_before(&self) -> SystemTime {
        self.validity.not_before.to_system_time()
    }

    /// Its last valid second.
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.validity.not_after.to_system_time()
    }
}

/// What the rest of the crate reads. No part can be missing: the spans were cut from these bytes.
impl Certificate {
    fn part(&self, range: &Range<usize>) -> &[u8] {
        self.der.get(range.clone()).unwrap_or_default()
    }

    /// The value of an extension, inside its OCTET STRING.
    pub(crate) fn extension_value(&self, oid: ObjectIdentifier) -> Option<&[u8]> {
        let (_, range) = self.extensions.find(oid)?;
        Some(self.part(&range))
    }

    /// What was signed.
    pub(crate) fn tbs(&self) -> &[u8] {
        self.part(&self.parts.tbs)
    }

    /// The signature's algorithm as the contents of its AlgorithmIdentifier; `None` if the
    /// certificate gives two different ones (RFC 5280 §4.1.1.2).
    pub(crate) fn signature_algorithm(&self) -> Option<&[u8]> {
        let outer = self.part(&self.parts.algorithm);
        (outer == self.part(&self.parts.inner_algorithm))
            .then(|| contents(outer).ok())
            .flatten()
    }

    pub(crate) fn signature(&self) -> &[u8] {
        self.part(&self.parts.signature)
    }

    /// The INTEGER's contents.
    pub(crate) fn serial_bytes(&self) -> &[u8] {
        self.part(&self.parts.serial)
    }

    pub(crate) fn subject_name(&self) -> Name<'_> {
        Name(self.part(&self.parts.subject))
    }

    pub(crate) fn issuer_name(&self) -> Name<'_> {
        Name(self.part(&self.parts.issuer))
    }

    pub(crate) fn normal_subject(&self) -> &NormalName {
        let make = || self.subject_name().normal();
        self.made.subject.get_or_init(make)
    }

    pub(crate) fn normal_issuer(&self) -> &NormalName {
        let make = || self.issuer_name().normal();
        self.made.issuer.get_or_init(make)
    }

    /// The SubjectPublicKeyInfo, DER.
    pub(crate) fn key(&self) -> &[u8] {
        self.part(&self.parts.key)
    }

    /// The SHA-256 of [`Self::key`]: two certificates of one key have the same.
    pub(crate) fn key_hash(&self) -> [u8; 32] {
        *self.made.key_hash.get_or_init(|| sha256(self.key()))
    }

    pub(crate) fn validity(&self) -> Validity {
        self.validity
    }

    /// Version 1, 2 or 3.
    pub(crate) fn version(&self) -> u8 {
        self.version.saturating_add(1)
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject_name().0 == self.issuer_name().0
            || self.normal_subject() == self.normal_issuer()
    }

    /// The same name and the same key, whoever certified them.
    pub(crate) fn is_same_authority(&self, other: &Self) -> bool {
        self.key() == other.key() && self.normal_subject() == other.normal_subject()
    }

    /// This certificate names `issuer` as its issuer.
    pub(crate) fn names_as_issuer(&self, issuer: &Self) -> bool {
        self.issuer_name().0 == issuer.subject_name().0
            || self.normal_issuer() == issuer.normal_subject()
    }

    /// The subjectKeyIdentifier of `issuer` is the one that this certificate asks for. `None` where
    /// one of the two does not say.
    pub(crate) fn asks_for_key_of(&self, issuer: &Self) -> Option<bool> {
        let asked = self.extensions.authority_key.as_ref()?;
        let asked = asked.key_identifier.as_ref()?;
        let has = issuer.extensions.subject_key.as_ref()?;
        Some(asked.as_bytes() == &**has)
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.subject())
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let hash = digest(&SHA256, bytes);
    // SHA-256 gives 32 bytes.
    hash.as_ref().try_into().unwrap_or_default()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
