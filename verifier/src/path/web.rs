//! What the web's PKI asks beyond RFC 5280's path validation: for servers' names only.
//!
//! Cards are not held to it: GPKI is older than most of it.
//!
//! Spec: RFC 5280 §4.1, §4.2; CA/Browser Forum, TLS Baseline Requirements 2.0 §6.1, §7.1.

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::name::GeneralName;

use crate::{
    asn1::certificate::public_key,
    certificate::{Certificate, Known},
    name::{COMMON_NAME, text},
    path::{ChainFault, server_name::is_dns_name},
    signature::{KeyKind, key_kind},
};

/// An anchor, as far as a root certificate can be wrong.
pub(super) fn check_anchor(anchor: &Certificate) -> Result<(), ChainFault> {
    check_any(anchor)?;
    check_issuing(anchor)?;
    absent(anchor, Known::EXTENDED_KEY_USAGE)?;
    if let Some(key) = &anchor.extensions.authority_key {
        // A root's authorityKeyIdentifier, if it has one, is its own key's and no more.
        let own = key
            .key_identifier
            .as_ref()
            .is_some_and(|id| Some(id.as_bytes()) == anchor.extensions.subject_key.as_deref());
        let bare =
            key.authority_cert_issuer.is_none() && key.authority_cert_serial_number.is_none();
        if anchor.is_self_issued() && !(own && bare) {
            return Err(wrong(Known::AUTHORITY_KEY));
        }
    }
    Ok(())
}

/// An authority below the anchor.
pub(super) fn check_authority(authority: &Certificate) -> Result<(), ChainFault> {
    check_any(authority)?;
    check_issuing(authority)?;
    authority_key(authority)
}

/// The server's certificate.
pub(super) fn check_leaf(leaf: &Certificate) -> Result<(), ChainFault> {
    check_any(leaf)?;
    authority_key(leaf)?;
    let extensions = &leaf.extensions;
    if extensions
        .basic_constraints
        .as_ref()
        .is_some_and(|basic| basic.ca)
    {
        return Err(ChainFault::Authority);
    }
    if extensions
        .key_usage
        .is_some_and(|usage| usage.key_cert_sign())
    {
        return Err(ChainFault::KeyUsage);
    }
    absent(leaf, Known::NAME_CONSTRAINTS)?;
    match extensions.find(Known::EXTENDED_KEY_USAGE) {
        Some((false, _)) => {}
        _ => return Err(ChainFault::ExtendedKeyUsage),
    }
    // Who it is for stands in the alternative names, which are critical exactly without a subject.
    let empty = leaf.subject_name().is_empty();
    match extensions.find(Known::ALTERNATIVE_NAMES) {
        Some((critical, _)) if critical == empty => {}
        _ => return Err(wrong(Known::ALTERNATIVE_NAMES)),
    }
    common_names(leaf)
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

/// A common name that stands in the subject stands in the alternative names as well, letter for
/// letter.
///
/// Spec: Baseline Requirements §7.1.4.3.
fn common_names(leaf: &Certificate) -> Result<(), ChainFault> {
    let names = leaf.subject_name().attributes();
    for pair in names.filter(|pair| pair.oid == COMMON_NAME) {
        let name = text(pair.value).ok_or(ChainFault::Name)?;
        let stands = leaf.extensions.names().iter().any(|other| match other {
            GeneralName::DnsName(other) => name == other.as_str(),
            GeneralName::IpAddress(bytes) => address(bytes.as_bytes()).as_ref() == Some(&name),
            _ => false,
        });
        // A text that can be no name of a server is taken for a remark.
        let is_name = is_dns_name(name.trim_start_matches("*.")) || is_address(&name);
        if is_name && name.contains(['.', ':']) && !stands {
            return Err(ChainFault::Name);
        }
    }
    Ok(())
}

/// An address as RFC 5952 writes it.
fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| std::net::Ipv4Addr::from(bytes).to_string());
    let v6 = <[u8; 16]>::try_from(bytes).map(|bytes| std::net::Ipv6Addr::from(bytes).to_string());
    v4.or(v6).ok()
}

fn is_address(text: &str) -> bool {
    let hexadecimal = |char: char| char.is_ascii_hexdigit() || matches!(char, ':' | '.' | 'x');
    text.parse::<std::net::IpAddr>().is_ok()
        || (!text.is_empty() && text.chars().all(hexadecimal) && text.contains(['.', ':']))
}

fn absent(certificate: &Certificate, oid: ObjectIdentifier) -> Result<(), ChainFault> {
    match certificate.extensions.find(oid) {
        Some(_) => Err(wrong(oid)),
        None => Ok(()),
    }
}

fn wrong(oid: ObjectIdentifier) -> ChainFault {
    ChainFault::Extension { oid }
}
