//! Extensions of certificates and lists, right or wrong.

use std::net::IpAddr;

use der::{
    Any, Decode as _, Encode, Tag, TagNumber,
    asn1::{Ia5String, ObjectIdentifier, OctetString, SetOfVec},
    flagset::FlagSet,
};
use sha1::{Digest as _, Sha1};
use x509_cert::{
    attr::Attribute,
    ext::pkix::{
        AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, NameConstraints,
        PolicyConstraints, SubjectDirectoryAttributes,
        certpolicy::PolicyInformation,
        constraints::name::GeneralSubtree,
        crl::dp::{DistributionPoint, IssuingDistributionPoint, Reasons},
        name::{DistributionPointName, GeneralName},
    },
    name::{Name, RelativeDistinguishedName},
    spki::SubjectPublicKeyInfoOwned,
};

use crate::{Dn, Error};

/// An extension.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Extension {
    /// Dotted.
    pub oid: String,
    /// Whether it is critical; ordinary as the functions here make it.
    pub critical: bool,
    /// Inside the OCTET STRING.
    pub value: Vec<u8>,
}

impl Extension {
    /// Any extension with any value.
    #[must_use]
    pub fn new(oid: &str, critical: bool, value: impl Into<Vec<u8>>) -> Self {
        Self {
            oid: oid.to_owned(),
            critical,
            value: value.into(),
        }
    }

    /// The same, critical or not.
    #[must_use]
    pub fn critical(mut self, critical: bool) -> Self {
        self.critical = critical;
        self
    }

    fn of(oid: &str, critical: bool, value: &impl Encode) -> Self {
        Self::new(oid, critical, der(value))
    }
}

fn der(value: &impl Encode) -> Vec<u8> {
    value.to_der().expect("it is far smaller than DER allows")
}

fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(text).expect("OIDs are written in the source")
}

/// basicConstraints, critical.
#[must_use]
pub fn basic_constraints(ca: bool, path_length: Option<u8>) -> Extension {
    let value = BasicConstraints {
        ca,
        path_len_constraint: path_length,
    };
    Extension::of("2.5.29.19", true, &value)
}

/// keyUsage, critical, with these bits: 0 is digitalSignature, 5 keyCertSign, 6 cRLSign.
#[must_use]
pub fn key_usage(bits: &[u8]) -> Extension {
    let bits = bits.iter().fold(0, |all, bit| all | 1 << bit);
    let flags: FlagSet<KeyUsages> = FlagSet::new_truncated(bits);
    Extension::of("2.5.29.15", true, &KeyUsage(flags))
}

/// extendedKeyUsage, by OID; `1.3.6.1.5.5.7.3.2` is clientAuth.
#[must_use]
pub fn extended_key_usage(oids: &[&str]) -> Extension {
    let oids: Vec<_> = oids.iter().map(|one| oid(one)).collect();
    Extension::of("2.5.29.37", false, &oids)
}

/// certificatePolicies.
#[must_use]
pub fn policies(oids: &[&str]) -> Extension {
    let policy = |one: &&str| PolicyInformation {
        policy_identifier: oid(one),
        policy_qualifiers: None,
    };
    let policies: Vec<_> = oids.iter().map(policy).collect();
    Extension::of("2.5.29.32", false, &policies)
}

/// policyMappings, from the issuer's word to the subject's; critical.
#[must_use]
pub fn policy_mappings(pairs: &[(&str, &str)]) -> Extension {
    let pair = |(from, to): &(&str, &str)| vec![oid(from), oid(to)];
    let pairs: Vec<_> = pairs.iter().map(pair).collect();
    Extension::of("2.5.29.33", true, &pairs)
}

/// policyConstraints, critical: requireExplicitPolicy, inhibitPolicyMapping.
#[must_use]
pub fn policy_constraints(explicit: Option<u32>, mapping: Option<u32>) -> Extension {
    let value = PolicyConstraints {
        require_explicit_policy: explicit,
        inhibit_policy_mapping: mapping,
    };
    Extension::of("2.5.29.36", true, &value)
}

/// inhibitAnyPolicy, critical.
#[must_use]
pub fn inhibit_any_policy(skip: u32) -> Extension {
    Extension::of("2.5.29.54", true, &skip)
}

/// A name of the kinds that constraints and alternative names are about.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // RFC 5280's own kinds
pub enum SomeName {
    Dns(String),
    Email(String),
    Uri(String),
    Directory(Dn),
    /// An address, or address and mask.
    Ip(Vec<u8>),
    RegisteredId(String),
}

impl SomeName {
    /// dNSName.
    #[must_use]
    pub fn dns(text: &str) -> Self {
        Self::Dns(text.to_owned())
    }

    /// rfc822Name.
    #[must_use]
    pub fn email(text: &str) -> Self {
        Self::Email(text.to_owned())
    }

    /// uniformResourceIdentifier.
    #[must_use]
    pub fn uri(text: &str) -> Self {
        Self::Uri(text.to_owned())
    }

    /// iPAddress.
    #[must_use]
    pub fn ip(address: IpAddr) -> Self {
        Self::Ip(match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        })
    }

    fn general(&self) -> GeneralName {
        let ia5 = |text: &str| Ia5String::new(text).expect("such names are ASCII");
        match self {
            Self::Dns(text) => GeneralName::DnsName(ia5(text)),
            Self::Email(text) => GeneralName::Rfc822Name(ia5(text)),
            Self::Uri(text) => GeneralName::UniformResourceIdentifier(ia5(text)),
            Self::Directory(dn) => GeneralName::DirectoryName(name(dn)),
            Self::Ip(bytes) => GeneralName::IpAddress(octets(bytes)),
            Self::RegisteredId(text) => GeneralName::RegisteredId(oid(text)),
        }
    }
}

fn name(dn: &Dn) -> Name {
    let der = dn.der().expect("names are short");
    Name::from_der(&der).expect("it was written as one")
}

fn octets(bytes: &[u8]) -> OctetString {
    OctetString::new(bytes).expect("it is far smaller than DER allows")
}

/// subjectAltName.
#[must_use]
pub fn alternative_names(names: &[SomeName]) -> Extension {
    let names: Vec<_> = names.iter().map(SomeName::general).collect();
    Extension::of("2.5.29.17", false, &names)
}

/// nameConstraints, critical.
#[must_use]
pub fn name_constraints(permitted: &[SomeName], excluded: &[SomeName]) -> Extension {
    let subtrees = |names: &[SomeName]| {
        let subtree = |name: &SomeName| GeneralSubtree {
            base: name.general(),
            minimum: 0,
            maximum: None,
        };
        (!names.is_empty()).then(|| names.iter().map(subtree).collect())
    };
    let value = NameConstraints {
        permitted_subtrees: subtrees(permitted),
        excluded_subtrees: subtrees(excluded),
    };
    Extension::of("2.5.29.30", true, &value)
}

/// The SHA-1 of a key, as both key identifiers have it. Spec: RFC 5280 §4.2.1.2 (1).
fn key_id(public_key: &[u8]) -> Result<OctetString, Error> {
    let key = SubjectPublicKeyInfoOwned::from_der(public_key)?;
    let hash = Sha1::digest(key.subject_public_key.raw_bytes());
    Ok(OctetString::new(hash.as_slice())?)
}

/// subjectKeyIdentifier of a SubjectPublicKeyInfo.
///
/// # Errors
/// [`Error::Der`] if it is none.
pub fn subject_key(public_key: &[u8]) -> Result<Extension, Error> {
    Ok(Extension::of("2.5.29.14", false, &key_id(public_key)?))
}

/// authorityKeyIdentifier of a SubjectPublicKeyInfo.
///
/// # Errors
/// [`Error::Der`] if it is none.
pub fn authority_key(public_key: &[u8]) -> Result<Extension, Error> {
    let value = AuthorityKeyIdentifier {
        key_identifier: Some(key_id(public_key)?),
        ..AuthorityKeyIdentifier::default()
    };
    Ok(Extension::of("2.5.29.35", false, &value))
}

/// Where lists are published, and for what.
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// The full names, any of which will do.
    pub names: Vec<SomeName>,
    /// Instead of full names, one part below the issuer of the list: the last of this name.
    pub relative: Option<Dn>,
    /// Bits: 1 is keyCompromise, 2 cACompromise, … 8 aACompromise.
    pub reasons: Option<Vec<u8>>,
    /// Who signs the list, if not the certificate's issuer.
    pub crl_issuer: Option<Dn>,
}

impl Point {
    /// At this address.
    #[must_use]
    pub fn at(uri: &str) -> Self {
        Self {
            names: vec![SomeName::uri(uri)],
            ..Self::default()
        }
    }

    /// At this directory name.
    #[must_use]
    pub fn named(dn: Dn) -> Self {
        Self {
            names: vec![SomeName::Directory(dn)],
            ..Self::default()
        }
    }

    fn name(&self) -> Option<DistributionPointName> {
        if let Some(dn) = &self.relative {
            let set = dn.last_rdn().expect("names are short");
            let rdn = RelativeDistinguishedName::from_der(&set).expect("it was written as one");
            return Some(DistributionPointName::NameRelativeToCRLIssuer(rdn));
        }
        let names: Vec<_> = self.names.iter().map(SomeName::general).collect();
        (!names.is_empty()).then_some(DistributionPointName::FullName(names))
    }

    fn reasons(&self) -> Option<FlagSet<Reasons>> {
        let bits = self.reasons.as_ref()?;
        Some(FlagSet::new_truncated(
            bits.iter().fold(0, |all, bit| all | 1 << bit),
        ))
    }

    fn general(&self) -> DistributionPoint {
        let issuer = self.crl_issuer.as_ref();
        DistributionPoint {
            distribution_point: self.name(),
            reasons: self.reasons(),
            crl_issuer: issuer.map(|dn| vec![GeneralName::DirectoryName(name(dn))]),
        }
    }
}

/// cRLDistributionPoints.
#[must_use]
pub fn distribution_points(points: &[Point]) -> Extension {
    let points: Vec<_> = points.iter().map(Point::general).collect();
    Extension::of("2.5.29.31", false, &points)
}

/// freshestCRL: where deltas are.
#[must_use]
pub fn freshest_crl(points: &[Point]) -> Extension {
    let points: Vec<_> = points.iter().map(Point::general).collect();
    Extension::of("2.5.29.46", false, &points)
}

/// What a list covers, beside its point.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// Certificates of no authority.
    pub only_users: bool,
    /// Certificates of authorities.
    pub only_authorities: bool,
    /// Attribute certificates.
    pub only_attributes: bool,
    /// Of other issuers too.
    pub indirect: bool,
}

/// issuingDistributionPoint, critical.
#[must_use]
pub fn issuing_point(point: &Point, scope: Scope) -> Extension {
    let value = IssuingDistributionPoint {
        distribution_point: point.name(),
        only_contains_user_certs: scope.only_users,
        only_contains_ca_certs: scope.only_authorities,
        only_some_reasons: point.reasons(),
        indirect_crl: scope.indirect,
        only_contains_attribute_certs: scope.only_attributes,
    };
    Extension::of("2.5.29.28", true, &value)
}

/// certificateIssuer of an entry, critical.
#[must_use]
pub fn certificate_issuer(dn: &Dn) -> Extension {
    let names = vec![GeneralName::DirectoryName(name(dn))];
    Extension::of("2.5.29.29", true, &names)
}

/// authorityInfoAccess: addresses of OCSP responders.
#[must_use]
pub fn ocsp_at(uris: &[&str]) -> Extension {
    let access = |uri: &&str| {
        let name = Any::new(
            Tag::ContextSpecific {
                constructed: false,
                number: TagNumber(6),
            },
            uri.as_bytes(),
        );
        let method = Any::encode_from(&oid("1.3.6.1.5.5.7.48.1"));
        vec![
            method.expect("an OID is short"),
            name.expect("a URI is short"),
        ]
    };
    let list: Vec<_> = uris.iter().map(access).collect();
    Extension::of("1.3.6.1.5.5.7.1.1", false, &list)
}

/// id-pkix-ocsp-nocheck.
#[must_use]
pub fn ocsp_no_check() -> Extension {
    Extension::new("1.3.6.1.5.5.7.48.1.5", false, [5, 0])
}

/// A value in subjectDirectoryAttributes.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)] // ASN.1's own words
pub enum Value<'a> {
    Utf8(&'a str),
    Oid(&'a str),
    /// Any tag with any bytes.
    Other(Tag, &'a [u8]),
}

/// subjectDirectoryAttributes: types and values.
#[must_use]
pub fn directory_attributes(list: &[(&str, Value<'_>)]) -> Extension {
    let attribute = |(kind, value): &(&str, Value<'_>)| {
        let value = match value {
            Value::Utf8(text) => Any::new(Tag::Utf8String, text.as_bytes()),
            Value::Oid(text) => Any::encode_from(&oid(text)),
            Value::Other(tag, bytes) => Any::new(*tag, *bytes),
        };
        let value = value.expect("values are short");
        Attribute {
            oid: oid(kind),
            values: SetOfVec::try_from(vec![value]).expect("one value is a set"),
        }
    };
    let list: Vec<_> = list.iter().map(attribute).collect();
    Extension::of("2.5.29.9", false, &SubjectDirectoryAttributes(list))
}
