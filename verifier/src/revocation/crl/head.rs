//! What a list says of itself.

use der::{
    AnyRef, Decode as _, Encode as _, Enumerated,
    asn1::{IntRef, ObjectIdentifier},
};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, IssuingDistributionPoint, name::GeneralName, name::GeneralNames,
};

use super::CrlError;
use crate::{
    asn1::{Extension, cms::elements, crl::TbsCertList},
    moment::Moment,
    name::{Name, NormalName, check},
};

const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const REASON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
const HOLD_INSTRUCTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.23");
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
const DELTA: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const ISSUING_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

/// A list without its entries. The DER parts are kept, so that an index file can hold them.
///
/// Spec: RFC 5280 §5.1, §5.2.
#[derive(Clone, Debug)]
pub(in crate::revocation) struct Head {
    pub(in crate::revocation) fingerprint: [u8; 32],
    /// The SHA-256 of the SubjectPublicKeyInfo of the key that signed it.
    pub(in crate::revocation) signed_by: [u8; 32],
    pub(in crate::revocation) this_update: Moment,
    pub(in crate::revocation) next_update: Option<Moment>,
    /// How many entries it has; the table has one of those that are there twice.
    pub(in crate::revocation) entries: u64,
    pub(in crate::revocation) number: Option<Number>,
    /// The number of the base, if this is a delta.
    pub(in crate::revocation) base: Option<Number>,
    pub(in crate::revocation) point: Option<IssuingDistributionPoint>,
    pub(in crate::revocation) authority_key: Option<AuthorityKeyIdentifier>,
    /// The issuer of the list, then those of its entries.
    pub(in crate::revocation) issuers: Vec<NormalName>,
    /// The same names as DER.
    pub(super) issuer_names: Vec<Vec<u8>>,
    /// The extensions as they are in the list, each its OID's DER and its value.
    pub(super) raw: Vec<(Vec<u8>, Vec<u8>)>,
}

/// A CRLNumber: non-negative, up to 20 bytes.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(in crate::revocation) struct Number {
    // The length first, then the bytes: the order of numbers.
    length: usize,
    bytes: Vec<u8>,
}

impl Number {
    fn read(value: &[u8]) -> der::Result<Self> {
        let number = IntRef::from_der(value)?;
        let bytes = number.as_bytes();
        if bytes.first().is_none_or(|first| *first >= 0x80) {
            return Err(der::Tag::Integer.value_error().into());
        }
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let bytes = bytes.get(zeros..).unwrap_or_default().to_vec();
        Ok(Self {
            length: bytes.len(),
            bytes,
        })
    }
}

impl Head {
    pub(super) fn of(
        tbs: &TbsCertList<'_>,
        fingerprint: [u8; 32],
        signed_by: [u8; 32],
        issuer_names: Vec<Vec<u8>>,
        entries: u64,
    ) -> Result<Self, CrlError> {
        let raw = tbs.extensions.iter().map(read_extension);
        let raw = raw.collect::<Result<Vec<_>, _>>()?;
        Self::from_parts(
            fingerprint,
            signed_by,
            (tbs.this_update, tbs.next_update),
            (issuer_names, entries),
            raw,
        )
    }

    /// Puts a head together from what an index file holds.
    pub(super) fn from_parts(
        fingerprint: [u8; 32],
        signed_by: [u8; 32],
        (this_update, next_update): (Moment, Option<Moment>),
        (issuer_names, entries): (Vec<Vec<u8>>, u64),
        raw: Vec<(Vec<u8>, Vec<u8>)>,
    ) -> Result<Self, CrlError> {
        let mut head = Self {
            fingerprint,
            signed_by,
            this_update,
            next_update,
            entries,
            number: None,
            base: None,
            point: None,
            authority_key: None,
            issuers: issuer_names
                .iter()
                .map(|name| Name(name).normal())
                .collect(),
            issuer_names,
            raw: Vec::new(),
        };
        for (oid, value) in &raw {
            let oid = ObjectIdentifier::from_bytes(oid).map_err(|_| CrlError::Der)?;
            head.take(oid, value).map_err(|_| CrlError::Der)?;
        }
        head.raw = raw;
        Ok(head)
    }

    fn take(&mut self, oid: ObjectIdentifier, value: &[u8]) -> der::Result<()> {
        let twice = match oid {
            CRL_NUMBER => self.number.replace(Number::read(value)?).is_some(),
            DELTA => self.base.replace(Number::read(value)?).is_some(),
            ISSUING_POINT => {
                let point = IssuingDistributionPoint::from_der(value)?;
                self.point.replace(point).is_some()
            }
            AUTHORITY_KEY => {
                let key = AuthorityKeyIdentifier::from_der(value)?;
                self.authority_key.replace(key).is_some()
            }
            _ => false,
        };
        if twice {
            Err(der::Tag::Sequence.value_error().into())
        } else {
            Ok(())
        }
    }

    pub(super) fn issuer_text(&self) -> String {
        let name = self.issuer_names.first();
        name.map(|name| Name(name).to_string()).unwrap_or_default()
    }

    /// Whose list it is.
    pub(in crate::revocation) fn issuer(&self) -> Option<&NormalName> {
        self.issuers.first()
    }

    pub(in crate::revocation) fn is_indirect(&self) -> bool {
        self.point.as_ref().is_some_and(|point| point.indirect_crl)
    }
}

/// An extension of the list. Those that say what the list covers must be understood; those that say
/// which list it is may not be critical, which would hide that.
fn read_extension(extension: &Extension<'_>) -> Result<(Vec<u8>, Vec<u8>), CrlError> {
    let oid = extension.oid;
    match (oid, extension.critical) {
        (CRL_NUMBER | AUTHORITY_KEY, true) => return Err(CrlError::Der),
        (ISSUING_POINT | DELTA, _) | (_, false) => {}
        (_, true) => return Err(CrlError::ExtensionNotUnderstood { oid }),
    }
    let value = extension.value.as_bytes().to_vec();
    Ok((oid.as_bytes().to_vec(), value))
}

/// What the extensions of an entry say.
#[derive(Default)]
pub(super) struct Said {
    pub(super) reason: u8,
    /// The name of the certificate's issuer, DER.
    pub(super) issuer: Option<Vec<u8>>,
}

/// Spec: RFC 5280 §5.3.1.
#[derive(Clone, Copy, Debug, Enumerated, Eq, PartialEq)]
#[asn1(type = "ENUMERATED")]
#[repr(u8)]
enum Reason {
    Unspecified = 0,
    KeyCompromise = 1,
    CaCompromise = 2,
    AffiliationChanged = 3,
    Superseded = 4,
    CessationOfOperation = 5,
    CertificateHold = 6,
    RemoveFromCrl = 8,
    PrivilegeWithdrawn = 9,
    AaCompromise = 10,
}

/// Spec: RFC 5280 §5.3.
pub(super) fn entry_extensions(extensions: AnyRef<'_>) -> Result<Said, CrlError> {
    let unreadable = |_| CrlError::Der;
    let mut said = Said::default();
    for extension in elements::<Extension<'_>>(extensions.value()).map_err(unreadable)? {
        let value = extension.value.as_bytes();
        match extension.oid {
            REASON => said.reason = Reason::from_der(value).map_err(unreadable)? as u8,
            CERTIFICATE_ISSUER => said.issuer = Some(directory_name(value).ok_or(CrlError::Der)?),
            HOLD_INSTRUCTION | INVALIDITY_DATE => {}
            oid if extension.critical => return Err(CrlError::ExtensionNotUnderstood { oid }),
            _ => {}
        }
    }
    Ok(said)
}

/// The directoryName among GeneralNames, as DER.
fn directory_name(value: &[u8]) -> Option<Vec<u8>> {
    let names = GeneralNames::from_der(value).ok()?;
    names.iter().find_map(|name| match name {
        GeneralName::DirectoryName(name) => {
            let der = name.to_der().ok()?;
            check(&der).is_ok().then_some(der)
        }
        _ => None,
    })
}
