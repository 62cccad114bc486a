//! What is refused, each by its own cause; the chain, the identity and the keys have their own files.

use chop_protocol::{Algorithm, Assertion, Challenge};
use chop_verifier::{Refusal, Verified, verify};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};

use crate::{
    DAY, challenge, now, origin,
    pki::{self, COMPANIES, Pki},
    sign_in, verify_here,
};

/// What comes of a certificate that is ordinary but for `change`.
fn with(change: impl FnOnce(&mut CertificateParams)) -> Result<Verified, Refusal> {
    let pki = Pki::of(COMPANIES);
    let mut params = pki::company("12345675");
    change(&mut params);
    sign_in(&pki, &pki.issue(params))
}

/// What comes of an assertion that is ordinary but for `change`.
fn edited(change: impl FnOnce(&mut Assertion)) -> Result<Verified, Refusal> {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    let mut assertion = card.unserialized_assertion(&origin(), &challenge());
    change(&mut assertion);
    verify_here(&serde_json::to_string(&assertion).unwrap(), &pki.anchors())
}

#[test]
fn an_assertion_for_another_origin_is_refused() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    for other in [
        "https://evil.example",
        "https://portal.example:8443",
        "https://a.portal.example",
    ] {
        let assertion = card.assertion(&other.parse().unwrap(), &challenge());
        let verified = verify_here(&assertion, &pki.anchors());
        assert_eq!(verified, Err(Refusal::SignatureMismatch), "{other}");
    }
}

#[test]
fn an_assertion_for_another_challenge_is_refused() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    let assertion = card.assertion(&origin(), &Challenge::from_random([8; 32]));
    assert_eq!(
        verify_here(&assertion, &pki.anchors()),
        Err(Refusal::SignatureMismatch)
    );
}

#[test]
fn the_signature_of_another_card_is_refused() {
    let pki = Pki::of(COMPANIES);
    let (victim, thief) = (
        pki.issue(pki::company("12345675")),
        pki.issue(pki::company("04595257")),
    );
    let mut assertion = thief.unserialized_assertion(&origin(), &challenge());
    assertion.unverified_certificate = victim
        .unserialized_assertion(&origin(), &challenge())
        .unverified_certificate;
    let text = serde_json::to_string(&assertion).unwrap();
    assert_eq!(
        verify_here(&text, &pki.anchors()),
        Err(Refusal::SignatureMismatch)
    );
}

#[test]
fn a_text_of_a_wrong_size_is_refused() {
    let anchors = Pki::of(COMPANIES).anchors();
    assert_eq!(
        verify_here("{}", &anchors),
        Err(Refusal::Length { length: 2 })
    );
    let long = " ".repeat(10_001);
    assert_eq!(
        verify_here(&long, &anchors),
        Err(Refusal::Length { length: 10_001 })
    );
}

#[test]
fn what_is_not_the_formats_json_is_refused() {
    let anchors = Pki::of(COMPANIES).anchors();
    assert_eq!(verify_here(&"x".repeat(200), &anchors), Err(Refusal::Json));
    let pki = Pki::of(COMPANIES);
    let text = pki
        .issue(pki::company("12345675"))
        .assertion(&origin(), &challenge());
    for (from, to) in [
        ("\"ES256\"", "\"none\""),
        ("\"ES256\"", "\"HS256\""),
        ("\"ES256\"", "null"),
        ("{\"", "{\"algorithm\":\"ES256\",\""),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_eq!(
            verify_here(&changed, &pki.anchors()),
            Err(Refusal::Json),
            "{to}"
        );
    }
}

#[test]
fn another_format_is_refused() {
    for format in ["web-eid:2", "web-eid:10", "chop:1"] {
        let verified = edited(|assertion| format.clone_into(&mut assertion.format));
        assert_eq!(verified, Err(Refusal::Format), "{format}");
    }
}

#[test]
fn a_certificate_that_cannot_be_read_is_refused() {
    for text in ["", "?", "MAA=", "-----BEGIN CERTIFICATE-----"] {
        let verified = edited(|assertion| text.clone_into(&mut assertion.unverified_certificate));
        assert_eq!(verified, Err(Refusal::CertificateUnreadable), "{text}");
    }
    let verified = edited(|assertion| {
        assertion.unverified_certificate = assertion.unverified_certificate.replace('/', "_");
        assertion.unverified_certificate.insert(0, '_');
    });
    assert_eq!(verified, Err(Refusal::CertificateUnreadable));
}

#[test]
fn a_certificate_for_encryption_is_refused() {
    use KeyUsagePurpose::{DataEncipherment, KeyEncipherment};
    let verified = with(|params| params.key_usages = vec![KeyEncipherment, DataEncipherment]);
    assert_eq!(verified, Err(Refusal::KeyUsage));
}

#[test]
fn a_certificate_without_key_usage_is_refused() {
    assert_eq!(
        with(|params| params.key_usages.clear()),
        Err(Refusal::KeyUsage)
    );
}

#[test]
fn a_certificate_for_other_purposes_is_refused() {
    use ExtendedKeyUsagePurpose::{Any, CodeSigning, ServerAuth};
    for purpose in [Any, CodeSigning, ServerAuth] {
        let verified = with(|params| pki::purposes(params, std::slice::from_ref(&purpose)));
        assert_eq!(verified, Err(Refusal::ExtendedKeyUsage), "{purpose:?}");
    }
}

#[test]
fn an_authority_cannot_sign_in() {
    let verified = with(|params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
    });
    assert_eq!(verified, Err(Refusal::Authority));
}

#[test]
fn a_certificate_of_tomorrow_is_refused() {
    let not_before = now() + DAY;
    let verified = with(|params| pki::valid(params, not_before, now() + 2 * DAY));
    assert_eq!(verified, Err(Refusal::NotYetValid { not_before }));
}

#[test]
fn an_expired_certificate_is_refused() {
    let not_after = now() - DAY;
    let verified = with(|params| pki::valid(params, now() - 2 * DAY, not_after));
    assert_eq!(verified, Err(Refusal::Expired { not_after }));
}

#[test]
fn an_algorithm_of_another_kind_of_key_is_refused() {
    for algorithm in [
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::Rs256,
        Algorithm::Ps256,
    ] {
        let verified = edited(|assertion| assertion.algorithm = algorithm);
        assert_eq!(verified, Err(Refusal::AlgorithmMismatch), "{algorithm:?}");
    }
}

#[test]
fn a_signature_that_is_not_base64_is_refused() {
    let verified = edited(|assertion| assertion.signature.push('-'));
    assert_eq!(verified, Err(Refusal::SignatureUnreadable));
}

#[test]
fn a_signature_of_another_length_or_form_is_refused() {
    for signature in ["", "AAAA", &"A".repeat(88), &"A".repeat(128)] {
        let verified = edited(|assertion| signature.clone_into(&mut assertion.signature));
        assert_eq!(verified, Err(Refusal::SignatureMismatch), "{signature}");
    }
}

#[test]
fn a_moment_before_1970_is_refused_and_does_no_harm() {
    let pki = Pki::of(COMPANIES);
    let text = pki
        .issue(pki::company("12345675"))
        .assertion(&origin(), &challenge());
    let long_ago = std::time::SystemTime::UNIX_EPOCH - 10_000 * DAY;
    let verified = verify(&text, &origin(), &challenge(), &pki.anchors(), long_ago);
    assert!(matches!(verified, Err(Refusal::NotYetValid { .. })));
}
