//! What the web's PKI asks beyond RFC 5280's path validation: for servers' names only.
//!
//! Spec: RFC 5280 §4.1, §4.2; CA/Browser Forum, TLS Baseline Requirements 2.0 §6.1, §7.1.

use std::net::IpAddr;

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{
    crl::dp::DistributionPoint,
    name::{DistributionPointName, GeneralName},
};

use super::{
    ANY, CODE_SIGNING, EMAIL_PROTECTION, OCSP_SIGNING, TIME_STAMPING, absent, alternative_names,
    no_authority, none_of, wrong,
};
use crate::{
    asn1::certificate::public_key,
    certificate::{Certificate, Known},
    name::{COMMON_NAME, text},
    path::{ChainFault, server_name::is_dns_name},
    signature::{KeyKind, key_kind},
};

/// Precertificate signing. Spec: RFC 6962 §3.1.
const PRECERTIFICATES: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.4.4");

/// Purposes that a server's certificate may not have beside its own. Spec: BR §7.1.2.7.10.
const OTHERS: [ObjectIdentifier; 6] = [
    ANY,
    CODE_SIGNING,
    EMAIL_PROTECTION,
    TIME_STAMPING,
    OCSP_SIGNING,
    PRECERTIFICATES,
];

/// An anchor, as far as a root certificate can be wrong.
pub(super) fn check_anchor(anchor: &Certificate) -> Result<(), ChainFault> {
    check_any(anchor)?;
    check_issuing(anchor)?;
    absent(anchor, Known::EXTENDED_KEY_USAGE)?;
    if !anchor.is_self_issued() {
        return authority_key(anchor);
    }
    if let Some(key) = &anchor.extensions.authority_key {
        // A root's authorityKeyIdentifier, if it has one, is its own key's and no more.
        let own = key
            .key_identifier
            .as_ref()
            .is_some_and(|id| Some(id.as_bytes()) == anchor.extensions.subject_key.as_deref());
        let bare =
            key.authority_cert_issuer.is_none() && key.authority_cert_serial_number.is_none();
        if !(own && bare) {
            return Err(wrong(Known::AUTHORITY_KEY));
        }
    }
    Ok(())
}

/// An authority below the anchor.
pub(super) fn check_authority(authority: &Certificate) -> Result<(), ChainFault> {
    check_any(authority)?;
    check_issuing(authority)?;
    points(authority)?;
    authority_key(authority)
}

/// The server's certificate.
pub(super) fn check_leaf(leaf: &Certificate) -> Result<(), ChainFault> {
    check_any(leaf)?;
    authority_key(leaf)?;
    points(leaf)?;
    no_authority(leaf)?;
    absent(leaf, Known::NAME_CONSTRAINTS)?;
    match leaf.extensions.find(Known::EXTENDED_KEY_USAGE) {
        Some((false, _)) => none_of(leaf, &OTHERS)?,
        _ => return Err(ChainFault::ExtendedKeyUsage),
    }
    alternative_names(leaf)?;
    hosts(leaf)?;
    common_names(leaf)
}

/// Hosts among its names are written as hosts are: letters, digits and hyphens. A star has at least two
/// labels behind it. Of longer names that many register under (`*.com.tw`) a list would have to tell;
/// its private part names hosts that their owners do have certificates for (`*.s3.amazonaws.com`).
///
/// Spec: RFC 5280 §4.2.1.6 (preferred name syntax); BR §3.2.2.6.
fn hosts(leaf: &Certificate) -> Result<(), ChainFault> {
    for name in leaf.extensions.names() {
        let GeneralName::DnsName(name) = name else {
            continue;
        };
        let (starred, host) = match name.as_str().strip_prefix("*.") {
            Some(parent) => (true, parent),
            None => (false, name.as_str()),
        };
        let too_wide = starred && !host.contains('.');
        if !is_dns_name(host) || host.contains('_') || too_wide {
            return Err(ChainFault::Name);
        }
    }
    Ok(())
}

/// What the web asks of every certificate.
fn check_any(certificate: &Certificate) -> Result<(), ChainFault> {
    match certificate.serial_bytes() {
        [] | [0] => return Err(ChainFault::SerialNumber),
        [first, ..] if *first >= 0x80 => return Err(ChainFault::SerialNumber),
        bytes if bytes.len() > 20 => return Err(ChainFault::SerialNumber),
        _ => {}
    }
    for oid in [
        Known::SUBJECT_KEY,
        Known::AUTHORITY_KEY,
        Known::AUTHORITY_ACCESS,
    ] {
        if certificate
            .extensions
            .find(oid)
            .is_some_and(|(critical, _)| critical)
        {
            return Err(wrong(oid));
        }
    }
    for oid in [
        Known::POLICY_CONSTRAINTS,
        Known::NAME_CONSTRAINTS,
        Known::INHIBIT_ANY_POLICY,
    ] {
        if certificate
            .extensions
            .find(oid)
            .is_some_and(|(critical, _)| !critical)
        {
            return Err(wrong(oid));
        }
    }
    check_key(certificate)
}

/// What it asks of authorities.
fn check_issuing(authority: &Certificate) -> Result<(), ChainFault> {
    if authority.subject_name().is_empty() {
        return Err(ChainFault::SubjectEmpty);
    }
    if authority.extensions.subject_key.is_none() {
        return Err(wrong(Known::SUBJECT_KEY));
    }
    match authority.extensions.find(Known::BASIC_CONSTRAINTS) {
        Some((true, _)) => {}
        _ => return Err(wrong(Known::BASIC_CONSTRAINTS)),
    }
    let usage = authority.extensions.key_usage;
    if usage.is_some_and(|usage| !usage.key_cert_sign()) {
        return Err(ChainFault::KeyUsage);
    }
    Ok(())
}

fn authority_key(certificate: &Certificate) -> Result<(), ChainFault> {
    let key = certificate.extensions.authority_key.as_ref();
    if key.is_some_and(|key| key.key_identifier.is_some()) {
        Ok(())
    } else {
        Err(wrong(Known::AUTHORITY_KEY))
    }
}

/// RSA of 2,048 bits or more, whole bytes; P-256, P-384, P-521.
fn check_key(certificate: &Certificate) -> Result<(), ChainFault> {
    let info = public_key(certificate.key()).map_err(|_| ChainFault::Key)?;
    match key_kind(&info) {
        Ok(KeyKind::Rsa { bits }) if bits >= 2048 && bits % 8 == 0 => Ok(()),
        Ok(KeyKind::P256 | KeyKind::P384 | KeyKind::P521) => Ok(()),
        _ => Err(ChainFault::Key),
    }
}

/// Where lists are published is said in URIs alone. Spec: BR §7.1.2.11.2.
fn points(certificate: &Certificate) -> Result<(), ChainFault> {
    let plain = |point: &DistributionPoint| {
        let names = point.distribution_point.as_ref();
        names.is_some_and(by_uris) && point.reasons.is_none() && point.crl_issuer.is_none()
    };
    let points = &certificate.extensions.distribution_points;
    if points.iter().all(plain) {
        Ok(())
    } else {
        Err(wrong(Known::DISTRIBUTION_POINTS))
    }
}

/// A point that is named by URIs and nothing else.
pub(crate) fn by_uris(name: &DistributionPointName) -> bool {
    let is_uri = |name: &GeneralName| matches!(name, GeneralName::UniformResourceIdentifier(_));
    match name {
        DistributionPointName::FullName(names) => names.iter().all(is_uri),
        DistributionPointName::NameRelativeToCRLIssuer(_) => false,
    }
}

/// A common name that is a host or an address is written as the alternative names have it: hosts
/// letter for letter and in ASCII, addresses in their one form.
///
/// That it stands among the alternative names as well, which the requirements ask for too, is checked
/// only of internationalized hosts: nobody is found by it, and most other verifiers pass over it.
///
/// Spec: BR §7.1.4.3.
fn common_names(leaf: &Certificate) -> Result<(), ChainFault> {
    let names = leaf.subject_name().attributes();
    for pair in names.filter(|pair| pair.oid == COMMON_NAME) {
        let name = text(pair.value).ok_or(ChainFault::Name)?;
        let mut others = leaf.extensions.names().iter();
        let otherwise = others.any(|other| match other {
            GeneralName::DnsName(other) => {
                name != other.as_str() && name.eq_ignore_ascii_case(other.as_str())
            }
            _ => false,
        });
        let mut others = leaf.extensions.names().iter();
        let is_there = others.any(|other| match other {
            GeneralName::DnsName(other) => name == other.as_str(),
            _ => false,
        });
        let foreign = !is_there && has_punycode(&name);
        let odd = is_address(&name) && !is_canonical(&name);
        if otherwise || foreign || odd || is_unicode_host(&name) {
            return Err(ChainFault::Name);
        }
    }
    Ok(())
}

/// A host with a label that stands for one in Unicode (RFC 5890 §2.3.2.1).
fn has_punycode(text: &str) -> bool {
    let is = |label: &str| {
        let start = label.get(..4);
        start.is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
    };
    is_dns_name(text) && text.split('.').any(is)
}

/// An address in any of the ways in which people have written them: with a colon, or all its parts
/// numbers, of which at least one is hexadecimal if there is only one.
fn is_address(text: &str) -> bool {
    let hexadecimal = |part: &str| {
        let digits = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X"));
        digits.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let decimal = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let of_six = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    match text.contains(['.', ':']) {
        false => hexadecimal(text),
        true if text.contains(':') => text.bytes().all(of_six),
        true => text
            .split('.')
            .all(|part| decimal(part) || hexadecimal(part)),
    }
}

/// As RFC 3986 §3.2.2 and RFC 5952 §4 write it.
fn is_canonical(text: &str) -> bool {
    let read: Result<IpAddr, _> = text.parse();
    read.is_ok_and(|address| address.to_string() == text)
}

/// A host whose letters are not those that names are written with.
fn is_unicode_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|char| char.is_alphanumeric() || char == '-')
    };
    !text.is_ascii() && text.contains('.') && text.trim_start_matches("*.").split('.').all(label)
}
