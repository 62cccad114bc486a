//! The extensions that we understand, read when the certificate is.
//!
//! A malformed one makes the whole certificate unreadable: it could have said anything.

use std::ops::Range;

use der::{
    Decode as _, Sequence,
    asn1::{ObjectIdentifier, UintRef},
};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, CertificatePolicies, CrlDistributionPoints,
    ExtendedKeyUsage, InhibitAnyPolicy, KeyUsage, NameConstraints, PolicyConstraints,
    PolicyMappings, SubjectAltName, SubjectKeyIdentifier,
    crl::dp::DistributionPoint,
    name::{GeneralName, GeneralNames},
};

use super::CertificateError;
use crate::asn1::{self, span};

/// How many extensions a certificate may have: each is compared with those before it. The standards
/// together know fewer than thirty.
const MOST: usize = 64;

/// Those whose meaning we apply, so that they may be critical. Spec: RFC 5280 §4.2.
pub(crate) const UNDERSTOOD: [ObjectIdentifier; 10] = [
    Known::KEY_USAGE,
    Known::ALTERNATIVE_NAMES,
    Known::BASIC_CONSTRAINTS,
    Known::NAME_CONSTRAINTS,
    Known::DISTRIBUTION_POINTS,
    Known::POLICIES,
    Known::POLICY_MAPPINGS,
    Known::POLICY_CONSTRAINTS,
    Known::EXTENDED_KEY_USAGE,
    Known::INHIBIT_ANY_POLICY,
];

/// OIDs of extensions.
pub(crate) struct Known;

#[rustfmt::skip]
impl Known {
    pub(crate) const DIRECTORY_ATTRIBUTES: ObjectIdentifier = oid("2.5.29.9");
    pub(crate) const SUBJECT_KEY: ObjectIdentifier = oid("2.5.29.14");
    pub(crate) const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
    pub(crate) const ALTERNATIVE_NAMES: ObjectIdentifier = oid("2.5.29.17");
    pub(crate) const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
    pub(crate) const NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
    pub(crate) const DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
    pub(crate) const POLICIES: ObjectIdentifier = oid("2.5.29.32");
    pub(crate) const POLICY_MAPPINGS: ObjectIdentifier = oid("2.5.29.33");
    pub(crate) const AUTHORITY_KEY: ObjectIdentifier = oid("2.5.29.35");
    pub(crate) const POLICY_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.36");
    pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
    pub(crate) const FRESHEST_CRL: ObjectIdentifier = oid("2.5.29.46");
    pub(crate) const INHIBIT_ANY_POLICY: ObjectIdentifier = oid("2.5.29.54");
    pub(crate) const AUTHORITY_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
    pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// Spec: RFC 5280 §4.2.1.9.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    /// How many authorities may follow; no chain is as long as the largest number.
    pub(crate) length: Option<u32>,
}

#[derive(Sequence)]
struct BasicConstraintsDer<'a> {
    #[asn1(default = "Default::default")]
    ca: bool,
    /// Has no upper bound.
    length: Option<UintRef<'a>>,
}

impl From<BasicConstraintsDer<'_>> for BasicConstraints {
    fn from(read: BasicConstraintsDer<'_>) -> Self {
        let number = |length: UintRef<'_>| {
            let number = length.as_bytes().iter().try_fold(0_u32, |sum, byte| {
                sum.checked_mul(256)?.checked_add(u32::from(*byte))
            });
            number.unwrap_or(u32::MAX)
        };
        Self {
            ca: read.ca,
            length: read.length.map(number),
        }
    }
}

/// What a certificate's extensions say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extensions {
    /// Every one there is: which, whether critical, and where its value lies in the certificate.
    pub(crate) all: Vec<(ObjectIdentifier, bool, Range<usize>)>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<Vec<ObjectIdentifier>>,
    pub(crate) policies: Option<Vec<ObjectIdentifier>>,
    pub(crate) policy_mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    pub(crate) policy_constraints: Option<PolicyConstraints>,
    pub(crate) inhibit_any_policy: Option<u32>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) alternative_names: Option<GeneralNames>,
    pub(crate) authority_key: Option<AuthorityKeyIdentifier>,
    pub(crate) subject_key: Option<Box<[u8]>>,
    pub(crate) distribution_points: Vec<DistributionPoint>,
    pub(crate) authority_access: Option<AuthorityInfoAccessSyntax>,
    pub(crate) ocsp_no_check: bool,
}

impl Extensions {
    pub(super) fn read(
        list: &[asn1::Extension<'_>],
        certificate: &[u8],
    ) -> Result<Self, CertificateError> {
        if list.len() > MOST {
            let found = list.len();
            return Err(CertificateError::TooManyExtensions { found });
        }
        let mut read = Self::default();
        for extension in list {
            let oid = extension.oid;
            if read.find(oid).is_some() {
                return Err(CertificateError::ExtensionTwice { oid });
            }
            let value = extension.value.as_bytes();
            read.all
                .push((oid, extension.critical, span(certificate, value)));
            read.take(oid, value)
                .map_err(|_| CertificateError::ExtensionMalformed { oid })?;
        }
        Ok(read)
    }

    fn take(&mut self, oid: ObjectIdentifier, value: &[u8]) -> der::Result<()> {
        match oid {
            Known::SUBJECT_KEY => {
                let key = SubjectKeyIdentifier::from_der(value)?;
                self.subject_key = Some(key.0.into_bytes());
            }
            Known::KEY_USAGE => self.key_usage = Some(KeyUsage::from_der(value)?),
            Known::ALTERNATIVE_NAMES => {
                self.alternative_names = Some(filled(SubjectAltName::from_der(value)?.0)?);
            }
            Known::BASIC_CONSTRAINTS => {
                let read = BasicConstraintsDer::from_der(value)?;
                self.basic_constraints = Some(read.into());
            }
            Known::NAME_CONSTRAINTS => {
                self.name_constraints = Some(NameConstraints::from_der(value)?);
            }
            Known::DISTRIBUTION_POINTS => {
                self.distribution_points = filled(CrlDistributionPoints::from_der(value)?.0)?;
            }
            Known::POLICIES => {
                let policies = filled(CertificatePolicies::from_der(value)?.0)?;
                let policies = policies.iter().map(|policy| policy.policy_identifier);
                self.policies = Some(policies.collect());
            }
            Known::POLICY_MAPPINGS => {
                let mappings = filled(PolicyMappings::from_der(value)?.0)?;
                let pairs = mappings
                    .iter()
                    .map(|pair| (pair.issuer_domain_policy, pair.subject_domain_policy));
                self.policy_mappings = pairs.collect();
            }
            Known::AUTHORITY_KEY => {
                self.authority_key = Some(AuthorityKeyIdentifier::from_der(value)?);
            }
            Known::POLICY_CONSTRAINTS => {
                self.policy_constraints = Some(PolicyConstraints::from_der(value)?);
            }
            Known::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(filled(ExtendedKeyUsage::from_der(value)?.0)?);
            }
            Known::INHIBIT_ANY_POLICY => {
                self.inhibit_any_policy = Some(InhibitAnyPolicy::from_der(value)?.0);
            }
            Known::AUTHORITY_ACCESS => {
                let access = AuthorityInfoAccessSyntax::from_der(value)?;
                filled(access.0.clone())?;
                self.authority_access = Some(access);
            }
            Known::OCSP_NO_CHECK => self.ocsp_no_check = true,
            _ => {}
        }
        Ok(())
    }

    /// Whether it is critical and where its value lies.
    pub(crate) fn find(&self, oid: ObjectIdentifier) -> Option<(bool, Range<usize>)> {
        let found = self.all.iter().find(|(known, ..)| *known == oid);
        found.map(|(_, critical, range)| (*critical, range.clone()))
    }

    /// A critical extension whose meaning we do not apply.
    pub(crate) fn not_understood(&self) -> Option<ObjectIdentifier> {
        let critical = self.all.iter().filter(|(_, critical, _)| *critical);
        critical
            .map(|(oid, ..)| *oid)
            .find(|oid| !UNDERSTOOD.contains(oid))
    }

    /// It may issue certificates, as far as basicConstraints and keyUsage go.
    pub(crate) fn is_authority(&self) -> bool {
        self.basic_constraints
            .as_ref()
            .is_some_and(|basic| basic.ca)
            && self.key_usage.is_none_or(|usage| usage.key_cert_sign())
    }

    /// It may sign lists, as far as its keyUsage goes.
    pub(crate) fn signs_lists(&self) -> bool {
        self.key_usage.is_none_or(|usage| usage.crl_sign())
    }

    /// The alternative names, none if there are none.
    pub(crate) fn names(&self) -> &[GeneralName] {
        self.alternative_names.as_deref().unwrap_or_default()
    }
}

/// Lists in extensions have at least one entry.
fn filled<T>(list: Vec<T>) -> der::Result<Vec<T>> {
    if list.is_empty() {
        Err(der::Tag::Sequence.length_error().into())
    } else {
        Ok(list)
    }
}
