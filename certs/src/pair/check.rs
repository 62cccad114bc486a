//! What is made and what is read goes through the same checks.

use std::{net::Ipv6Addr, time::SystemTime};

use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _,
        UnparsedPublicKey,
    },
};
use rustls_pki_types::{CertificateDer, IpAddr, ServerName, UnixTime};
use webpki::{EndEntityCert, KeyUsage, ring as algorithms};
use x509_cert::{
    Certificate,
    der::{Decode as _, Encode as _},
    ext::pkix::{NameConstraints, name::GeneralName},
};
use zeroize::Zeroizing;

use super::LocalhostPair;
use crate::{Error, template::ADDRESSES};

impl LocalhostPair {
    /// Puts a pair together if, at `now`, it is one that we would serve.
    pub(crate) fn checked(
        authority: CertificateDer<'static>,
        leaf: CertificateDer<'static>,
        key: Zeroizing<Vec<u8>>,
        now: SystemTime,
    ) -> Result<Self, Error> {
        let read_authority = read(&authority, "its authority is not a certificate")?;
        let read_leaf = read(&leaf, "its leaf is not a certificate")?;
        check_key(&key, &read_leaf)?;
        check_confined(&read_authority)?;
        check_whole(&read_authority)?;

        let validities = [&read_authority, &read_leaf].map(|one| *one.tbs_certificate().validity());
        let not_before = validities
            .map(|one| one.not_before.to_system_time())
            .into_iter()
            .max();
        let not_after = validities
            .map(|one| one.not_after.to_system_time())
            .into_iter()
            .min();
        let (Some(not_before), Some(not_after)) = (not_before, not_after) else {
            return Err(Error::Damaged {
                what: "it has no validity",
            });
        };
        if now < not_before {
            return Err(Error::NotYetValid { not_before });
        }
        if now > not_after {
            return Err(Error::Expired { not_after });
        }
        check_chain(&authority, &leaf, now).map_err(Error::Chain)?;

        let name = read_authority
            .tbs_certificate()
            .subject()
            .common_name()
            .ok()
            .flatten();
        let name = name.ok_or(Error::Damaged {
            what: "its authority has no name",
        })?;
        let name = name.value().into_owned();
        Ok(Self {
            authority,
            leaf,
            key,
            name,
            not_before,
            not_after,
        })
    }
}

fn read(der: &CertificateDer<'_>, what: &'static str) -> Result<Certificate, Error> {
    Certificate::from_der(der).map_err(|_| Error::Damaged { what })
}

/// The key is a P-256 key, and the leaf's.
fn check_key(pkcs8: &[u8], leaf: &Certificate) -> Result<(), Error> {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &SystemRandom::new()).map_err(|_| {
        Error::Damaged {
            what: "its key is not a P-256 key",
        }
    })?;
    let certified = &leaf
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key;
    match certified.as_bytes() {
        Some(point) if point == key.public_key().as_ref() => Ok(()),
        _ => Err(Error::KeyMismatch),
    }
}

/// The authority carries exactly our name constraints, critical: the one thing that must never be
/// missing.
fn check_confined(authority: &Certificate) -> Result<(), Error> {
    let found = authority
        .tbs_certificate()
        .get_extension::<NameConstraints>();
    let Ok(Some((
        true,
        NameConstraints {
            permitted_subtrees,
            excluded_subtrees: None,
        },
    ))) = found
    else {
        return Err(Error::Unconfined);
    };
    let mut names = 0;
    let mut addresses = Vec::new();
    for subtree in permitted_subtrees.unwrap_or_default() {
        match subtree.base {
            GeneralName::DnsName(name) if name.as_str() == "localhost" => names += 1,
            GeneralName::IpAddress(range) => addresses.push(range.into_bytes().into_vec()),
            _ => return Err(Error::Unconfined),
        }
    }
    let v4 = [&[127, 0, 0, 1][..], &[0xFF; 4]].concat();
    let v6 = [&Ipv6Addr::LOCALHOST.octets()[..], &[0xFF; 16]].concat();
    let confined = names == 1 && addresses == [v4, v6];
    if confined {
        Ok(())
    } else {
        Err(Error::Unconfined)
    }
}

/// The authority is as it was signed by itself: nobody else looks at that signature, and trust
/// stores hold every byte of it.
fn check_whole(authority: &Certificate) -> Result<(), Error> {
    let damaged = || Error::Damaged {
        what: "its authority is not as it was made",
    };
    let tbs = authority.tbs_certificate();
    let point = tbs
        .subject_public_key_info()
        .subject_public_key
        .as_bytes()
        .ok_or_else(damaged)?;
    let signature = authority.signature().as_bytes().ok_or_else(damaged)?;
    let signed = tbs.to_der().map_err(|_| damaged())?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(&signed, signature)
        .map_err(|_| damaged())
}

/// The leaf comes from the authority and names localhost and both its addresses.
fn check_chain(
    authority: &CertificateDer<'_>,
    leaf: &CertificateDer<'_>,
    now: SystemTime,
) -> Result<(), webpki::Error> {
    let anchor = webpki::anchor_from_trusted_cert(authority)?;
    let leaf = EndEntityCert::try_from(leaf)?;
    let since_1970 = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    leaf.verify_for_usage(
        &[algorithms::ECDSA_P256_SHA256],
        &[anchor],
        &[],
        UnixTime::since_unix_epoch(since_1970),
        KeyUsage::server_auth(),
        None,
        None,
    )?;
    let localhost = ServerName::try_from("localhost").map_err(|_| webpki::Error::BadDer)?;
    leaf.verify_is_valid_for_subject_name(&localhost)?;
    for address in ADDRESSES {
        leaf.verify_is_valid_for_subject_name(&ServerName::IpAddress(IpAddr::from(address)))?;
    }
    Ok(())
}
