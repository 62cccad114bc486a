//! What can be trusted.

use chop_testpki::{extension, pem};
use chop_verifier::{AnchorError, Anchors, CertificateError};

use crate::scene::{COMPANIES, Plan, Scene};

fn pems(certificates: &[&[u8]]) -> String {
    certificates.iter().map(|der| pem(der).unwrap()).collect()
}

#[test]
fn every_authority_of_a_pem_text_is_read() {
    let scene = Scene::company();
    let both = [scene.root.certificate(), scene.issuing.certificate()];
    let text = format!("# GRCA\n{}", pems(&both));
    assert_eq!(Anchors::from_pem(&text).unwrap().certificates().count(), 2);
    let between = Anchors::default().with_intermediates_pem(&text).unwrap();
    assert_eq!(between.certificates().count(), 2);
}

#[test]
fn a_persons_certificate_is_no_anchor() {
    let scene = Scene::company();
    let text = pems(&[scene.root.certificate(), &scene.card.certificate]);
    let error = AnchorError::NotAnAuthority { number: 2 };
    assert_eq!(Anchors::from_pem(&text).err(), Some(error));
    assert_eq!(
        Anchors::default().with_intermediates_pem(&text).err(),
        Some(error)
    );
}

#[test]
fn an_authority_that_may_not_sign_certificates_is_no_anchor() {
    let plan = Plan::of(COMPANIES);
    let scene = plan
        .root(|root| root.replace(extension::key_usage(&[0])))
        .make();
    let error = AnchorError::NotAnAuthority { number: 1 };
    assert_eq!(
        Anchors::from_der([scene.root.certificate()]).err(),
        Some(error)
    );
}

#[test]
fn a_text_without_certificates_is_refused_rather_than_trusting_nobody() {
    for text in ["", "nothing here"] {
        assert_eq!(Anchors::from_pem(text).err(), Some(AnchorError::None));
    }
}

#[test]
fn what_is_broken_is_named() {
    let torn = "-----BEGIN CERTIFICATE-----\nMIIB";
    assert_eq!(Anchors::from_pem(torn).err(), Some(AnchorError::NotPem));
    let cause = CertificateError::Der;
    let error = AnchorError::NotACertificate { number: 1, cause };
    assert_eq!(Anchors::from_pem(&pems(&[b"\x30\x00"])).err(), Some(error));
}
