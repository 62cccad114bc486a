//! Chains that do not hold.

use chop_verifier::{Anchors, Refusal, webpki::Error};
use rcgen::{
    BasicConstraints, CustomExtension, ExtendedKeyUsagePurpose, IsCa, PKCS_ECDSA_P256_SHA256,
};

use crate::{
    DAY, challenge, now, origin,
    pki::{self, AuthorityParams, COMPANIES, Pki},
    sign_in, verify_here,
};

/// What comes of an ordinary card of authorities that are ordinary but for `change`.
fn with(change: impl FnOnce(&mut AuthorityParams)) -> Option<Refusal> {
    let mut params = AuthorityParams::new(COMPANIES);
    change(&mut params);
    let pki = params.make();
    sign_in(&pki, &pki.issue(pki::company("12345675"))).err()
}

#[test]
fn authorities_as_they_are_hold() {
    assert_eq!(with(|_| ()), None);
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    let (ours, theirs) = (Pki::of("一家公司"), Pki::of(COMPANIES));
    let card = theirs.issue(pki::company("12345675"));
    let verified = verify_here(&card.assertion(&origin(), &challenge()), &ours.anchors());
    assert_eq!(verified, Err(Refusal::IssuerUnknown));
}

#[test]
fn an_authority_that_only_has_the_name_of_a_trusted_one_is_refused() {
    let (ours, theirs) = (Pki::of(COMPANIES), Pki::of(COMPANIES));
    let card = theirs.issue(pki::company("12345675"));
    let verified = verify_here(&card.assertion(&origin(), &challenge()), &ours.anchors());
    let broken = Refusal::Chain(Error::InvalidSignatureForPublicKey);
    assert_eq!(verified, Err(broken));
}

#[test]
fn a_self_made_certificate_is_refused() {
    let pki = Pki::of(COMPANIES);
    let key = rcgen::KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = pki::company("12345675")
        .self_signed(&key)
        .unwrap()
        .der()
        .to_vec();
    let card = pki::Card { certificate, key };
    assert_eq!(sign_in(&pki, &card), Err(Refusal::IssuerUnknown));
}

#[test]
fn without_the_authority_in_between_there_is_no_chain() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    let anchors = Anchors::from_der([pki.root.clone()]).unwrap();
    let verified = verify_here(&card.assertion(&origin(), &challenge()), &anchors);
    assert_eq!(verified, Err(Refusal::IssuerUnknown));
}

#[test]
fn without_anchors_nobody_is_believed() {
    let pki = Pki::of(COMPANIES);
    let assertion = pki
        .issue(pki::company("12345675"))
        .assertion(&origin(), &challenge());
    assert_eq!(
        verify_here(&assertion, &Anchors::default()),
        Err(Refusal::IssuerUnknown)
    );
}

#[test]
fn an_expired_authority_in_between_is_refused() {
    let until = now() - DAY;
    let refusal = with(|params| pki::valid(&mut params.issuing, now() - 9 * DAY, until));
    assert!(
        matches!(refusal, Some(Refusal::Chain(Error::CertExpired { .. }))),
        "{refusal:?}"
    );
}

#[test]
fn an_anchor_counts_only_while_it_is_valid() {
    let refusal = with(|params| pki::valid(&mut params.root, now() - 9 * DAY, now() - DAY));
    assert_eq!(refusal, Some(Refusal::IssuerUnknown));
    let refusal = with(|params| pki::valid(&mut params.root, now() + DAY, now() + 9 * DAY));
    assert_eq!(refusal, Some(Refusal::IssuerUnknown));
}

#[test]
fn the_path_length_of_an_anchor_counts() {
    let confined = |length| IsCa::Ca(BasicConstraints::Constrained(length));
    assert_eq!(with(|params| params.root.is_ca = confined(1)), None);
    let refusal = with(|params| params.root.is_ca = confined(0));
    assert_eq!(
        refusal,
        Some(Refusal::Chain(Error::PathLenConstraintViolated))
    );
}

#[test]
fn an_authority_for_other_purposes_is_refused() {
    let purposes = [ExtendedKeyUsagePurpose::ServerAuth];
    let refusal = with(|params| pki::purposes(&mut params.issuing, &purposes));
    assert!(
        matches!(
            refusal,
            Some(Refusal::Chain(Error::RequiredEkuNotFoundContext(_)))
        ),
        "{refusal:?}"
    );
}

#[test]
fn a_critical_extension_that_nobody_knows_is_refused() {
    let pki = Pki::of(COMPANIES);
    let mut params = pki::company("12345675");
    let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
    unknown.set_criticality(true);
    params.custom_extensions.push(unknown);
    let verified = sign_in(&pki, &pki.issue(params));
    assert_eq!(
        verified,
        Err(Refusal::Chain(Error::UnsupportedCriticalExtension))
    );
}
