//! What the two certificates say. The keys are elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints, SanType,
};
use time::OffsetDateTime;

/// From when and until when, both inclusive.
#[derive(Clone, Copy)]
pub(crate) struct Validity {
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
}

/// The addresses of the certificate; the name is `localhost`.
pub(crate) const ADDRESSES: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// The authority: it can name localhost and nothing else.
///
/// Types of names that constraints do not list are unrestricted, so both DNS and IP are listed.
///
/// Spec: RFC 5280 §4.2.1.10; threat C-12.
pub(crate) fn authority(common_name: &str, validity: Validity) -> CertificateParams {
    let mut params = plain(common_name, validity);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let address = |address: IpAddr| {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(address, bits))
    };
    let mut permitted_subtrees = vec![GeneralSubtree::DnsName("localhost".to_owned())];
    permitted_subtrees.extend(ADDRESSES.map(address));
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees,
        excluded_subtrees: Vec::new(),
    });
    params
}

/// The server's certificate, for `names`: those of localhost, or others in the test that forges.
pub(crate) fn leaf(names: Vec<SanType>, validity: Validity) -> CertificateParams {
    let mut params = plain("Chop localhost", validity);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    params.subject_alt_names = names;
    params
}

/// `localhost`, 127.0.0.1 and ::1.
pub(crate) fn localhost_names() -> Result<Vec<SanType>, rcgen::Error> {
    let mut names = vec![SanType::DnsName("localhost".try_into()?)];
    names.extend(ADDRESSES.map(SanType::IpAddress));
    Ok(names)
}

fn plain(common_name: &str, validity: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params
}

#[cfg(test)]
mod tests;
