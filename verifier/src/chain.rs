//! From the certificate to an authority that the site trusts, by rustls-webpki.

use std::time::SystemTime;

use rustls_pki_types::{SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, KeyUsage, VerifiedPath, ring as with_ring};

use crate::{
    Refusal,
    anchors::{Anchor, Anchors},
    certificate::Certificate,
    p521,
};

/// What authorities may sign certificates with: SHA-2 alone, RSA from 2,048 bits (threat C-23).
static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    with_ring::ECDSA_P256_SHA256,
    with_ring::ECDSA_P256_SHA384,
    with_ring::ECDSA_P384_SHA256,
    with_ring::ECDSA_P384_SHA384,
    p521::ECDSA_P521_SHA512,
    with_ring::RSA_PKCS1_2048_8192_SHA256,
    with_ring::RSA_PKCS1_2048_8192_SHA384,
    with_ring::RSA_PKCS1_2048_8192_SHA512,
    with_ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    with_ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    with_ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

/// Builds and checks a chain to an anchor that is itself valid at `now`.
///
/// webpki looks at neither the validity nor the path length of an anchor; both are looked at here.
pub(crate) fn check(
    certificate: &Certificate,
    anchors: &Anchors,
    now: SystemTime,
) -> Result<(), Refusal> {
    let valid: Vec<&Anchor> = anchors
        .anchors
        .iter()
        .filter(|anchor| (anchor.not_before..=anchor.not_after).contains(&now))
        .collect();
    let trusted: Vec<TrustAnchor<'_>> = valid.iter().map(|anchor| anchor.trust.clone()).collect();
    let short_enough = |path: &VerifiedPath<'_>| {
        let length = path.intermediate_certificates().count();
        // Of the same authority given twice, with two path lengths, either will do.
        let fits = valid.iter().any(|anchor| {
            anchor.trust == *path.anchor()
                && anchor
                    .path_length
                    .is_none_or(|most| length <= usize::from(most))
        });
        if fits {
            Ok(())
        } else {
            Err(Error::PathLenConstraintViolated)
        }
    };
    let since_1970 = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let end_entity = EndEntityCert::try_from(certificate.der()).map_err(Refusal::Chain)?;
    let path = end_entity.verify_for_usage(
        ALGORITHMS,
        &trusted,
        &anchors.intermediates,
        UnixTime::since_unix_epoch(since_1970),
        // clientAuth where an extendedKeyUsage is there at all: GPKI has none.
        KeyUsage::client_auth(),
        None,
        Some(&short_enough),
    );
    match path {
        Ok(_) => Ok(()),
        Err(Error::UnknownIssuer) => Err(Refusal::IssuerUnknown),
        Err(error) => Err(Refusal::Chain(error)),
    }
}
