//! What can be trusted.

use chop_verifier::{AnchorError, Anchors};
use der::pem::{LineEnding, encode_string};

use crate::pki::{self, COMPANIES, Pki};

fn pem(certificates: &[&[u8]]) -> String {
    let block = |der: &&[u8]| encode_string("CERTIFICATE", LineEnding::LF, der).unwrap();
    certificates.iter().map(block).collect()
}

#[test]
fn every_authority_of_a_pem_text_is_read() {
    let pki = Pki::of(COMPANIES);
    let text = format!("# GRCA\n{}", pem(&[&pki.root, &pki.issuing]));
    assert!(Anchors::from_pem(&text).is_ok());
    assert!(Anchors::default().with_intermediates_pem(&text).is_ok());
}

#[test]
fn a_persons_certificate_is_no_anchor() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    let text = pem(&[&pki.root, &card.certificate]);
    let error = AnchorError::NotAnAuthority { number: 2 };
    assert_eq!(Anchors::from_pem(&text).err(), Some(error));
    assert_eq!(
        Anchors::default().with_intermediates_pem(&text).err(),
        Some(error)
    );
}

#[test]
fn an_authority_that_may_not_sign_certificates_is_no_anchor() {
    let mut params = pki::AuthorityParams::new(COMPANIES);
    params.root.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    let pki = params.make();
    let error = AnchorError::NotAnAuthority { number: 1 };
    assert_eq!(Anchors::from_der([pki.root]).err(), Some(error));
}

#[test]
fn a_text_without_certificates_is_refused_rather_than_trusting_nobody() {
    assert_eq!(Anchors::from_pem("").err(), Some(AnchorError::None));
    assert_eq!(
        Anchors::from_pem("nothing here").err(),
        Some(AnchorError::None)
    );
}

#[test]
fn what_is_broken_is_named() {
    let torn = "-----BEGIN CERTIFICATE-----\nMIIB";
    assert_eq!(Anchors::from_pem(torn).err(), Some(AnchorError::NotPem));
    let error = AnchorError::NotACertificate { number: 1 };
    assert_eq!(Anchors::from_pem(&pem(&[b"\x30\x00"])).err(), Some(error));
}
