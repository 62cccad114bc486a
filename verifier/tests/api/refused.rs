//! What is refused, each by its own cause; chains, revocation and identity have their own files.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::{Algorithm, Assertion, Challenge};
use chop_testpki::{KeyKind, Template, assertion, extension};
use chop_verifier::{Certificate, CertificateError, ChainFault, Place, Refusal, SignIn};

use crate::{
    DAY, challenge, now, origin,
    scene::{COMPANIES, Plan, Scene, company, fault, issue, verify},
};

/// What comes of an assertion that is ordinary but for `change`.
fn edited(change: impl FnOnce(&mut Assertion)) -> Result<SignIn, Refusal> {
    let scene = Scene::company();
    let mut assertion = Assertion::parse(&scene.assertion()).unwrap();
    change(&mut assertion);
    let text = serde_json::to_string(&assertion).unwrap();
    verify(&scene.verifier(), &text)
}

#[test]
fn an_assertion_for_another_origin_is_refused() {
    let scene = Scene::company();
    for other in [
        "https://evil.example",
        "https://portal.example:8443",
        "https://a.portal.example",
    ] {
        let text = assertion(&scene.card, &other.parse().unwrap(), &challenge()).unwrap();
        let verified = verify(&scene.verifier(), &text);
        assert_eq!(verified, Err(Refusal::SignatureMismatch), "{other}");
    }
}

#[test]
fn an_assertion_for_another_challenge_is_refused() {
    let scene = Scene::company();
    let other = Challenge::from_random([8; 32]);
    let text = assertion(&scene.card, &origin(), &other).unwrap();
    let verified = verify(&scene.verifier(), &text);
    assert_eq!(verified, Err(Refusal::SignatureMismatch));
}

#[test]
fn the_signature_of_another_card_is_refused() {
    let scene = Scene::company();
    let thief = issue(&scene.issuing, &company("04595257"), scene.card.key.kind());
    let text = assertion(&thief, &origin(), &challenge()).unwrap();
    let mut stolen = Assertion::parse(&text).unwrap();
    stolen.unverified_certificate = STANDARD.encode(&scene.card.certificate);
    let text = serde_json::to_string(&stolen).unwrap();
    let verified = verify(&scene.verifier(), &text);
    assert_eq!(verified, Err(Refusal::SignatureMismatch));
}

#[test]
fn a_text_of_a_wrong_size_is_refused() {
    let verifier = Scene::company().verifier();
    let refusal = Refusal::Length { length: 2 };
    assert_eq!(verify(&verifier, "{}"), Err(refusal));
    let refusal = Refusal::Length { length: 10_001 };
    assert_eq!(verify(&verifier, &" ".repeat(10_001)), Err(refusal));
}

#[test]
fn what_is_not_the_formats_json_is_refused() {
    let scene = Scene::company();
    let (verifier, text) = (scene.verifier(), scene.assertion());
    assert_eq!(verify(&verifier, &"x".repeat(200)), Err(Refusal::Json));
    for (from, to) in [
        ("\"ES256\"", "\"none\""),
        ("\"ES256\"", "\"HS256\""),
        ("\"ES256\"", "null"),
        ("{\"", "{\"algorithm\":\"ES256\",\""),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_eq!(verify(&verifier, &changed), Err(Refusal::Json), "{to}");
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
    for (text, cause) in [
        ("", CertificateError::Der),
        ("?", CertificateError::Base64),
        ("MAA=", CertificateError::Der),
        ("-----BEGIN CERTIFICATE-----", CertificateError::Base64),
    ] {
        let verified = edited(|assertion| text.clone_into(&mut assertion.unverified_certificate));
        assert_eq!(verified, Err(Refusal::Certificate(cause)), "{text}");
    }
}

#[test]
fn a_certificate_with_an_extension_twice_is_refused() {
    let usage = extension::key_usage(&[0]);
    let verified = Plan::of(COMPANIES).leaf(|leaf| leaf.with(usage)).sign_in();
    assert!(
        matches!(
            verified,
            Err(Refusal::Certificate(
                CertificateError::ExtensionTwice { .. }
            ))
        ),
        "{verified:?}"
    );
}

/// Whoever made it has not been vouched for yet: reading it must not take long, whatever it is.
#[test]
fn a_certificate_that_would_be_much_work_to_read_is_refused_at_once() {
    let many = |count: u32| {
        (0..count).fold(company("12345675"), |leaf, number| {
            let oid = format!("1.3.6.1.4.1.99999.{number}");
            leaf.with(extension::Extension::new(&oid, false, [5, 0]))
        })
    };
    let issue = |template: Template| {
        let scene = Scene::company();
        issue(&scene.issuing, &template, KeyKind::P256).certificate
    };
    let huge = issue(many(20_000));
    let length = huge.len();
    let start = Instant::now();
    let read = Certificate::from_der(huge);
    assert_eq!(read.unwrap_err(), CertificateError::TooLong { length });
    // As many as go into 64 KiB.
    let read = Certificate::from_der(issue(many(3_000)));
    assert!(
        matches!(
            read,
            Err(CertificateError::TooManyExtensions { found: 3_000.. })
        ),
        "{read:?}"
    );
    let took = start.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(Certificate::from_der(issue(many(50))).is_ok());
}

#[test]
fn a_certificate_with_a_malformed_extension_is_refused() {
    for oid in [
        "2.5.29.14",
        "2.5.29.15",
        "2.5.29.17",
        "2.5.29.19",
        "2.5.29.30",
        "2.5.29.31",
        "2.5.29.32",
        "2.5.29.33",
        "2.5.29.35",
        "2.5.29.36",
        "2.5.29.37",
        "2.5.29.54",
        "1.3.6.1.5.5.7.1.1",
    ] {
        let broken = extension::Extension::new(oid, false, [0x04, 0x05, 0x00]);
        let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.without_key_ids().replace(broken));
        let verified = plan.sign_in();
        assert!(
            matches!(
                verified,
                Err(Refusal::Certificate(
                    CertificateError::ExtensionMalformed { .. }
                ))
            ),
            "{oid}: {verified:?}"
        );
    }
}

#[test]
fn a_certificate_for_encryption_is_refused() {
    let usage = extension::key_usage(&[2, 3]);
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.replace(usage));
    assert_eq!(plan.fault(), Some((Place::Leaf, ChainFault::KeyUsage)));
}

/// Non-repudiation is for documents.
#[test]
fn a_certificate_for_documents_alone_is_refused() {
    let usage = extension::key_usage(&[1]);
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.replace(usage));
    assert_eq!(plan.fault(), Some((Place::Leaf, ChainFault::KeyUsage)));
}

#[test]
fn a_certificate_without_key_usage_is_refused() {
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.without("2.5.29.15"));
    assert_eq!(plan.fault(), Some((Place::Leaf, ChainFault::KeyUsage)));
}

#[test]
fn a_certificate_for_other_purposes_is_refused() {
    for purpose in ["2.5.29.37.0", "1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.1"] {
        let usage = extension::extended_key_usage(&[purpose]);
        let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.with(usage));
        let expected = (Place::Leaf, ChainFault::ExtendedKeyUsage);
        assert_eq!(plan.fault(), Some(expected), "{purpose}");
    }
}

#[test]
fn an_authority_cannot_sign_in() {
    let plan = Plan::of(COMPANIES).leaf(|leaf| {
        leaf.replace(extension::key_usage(&[0, 5]))
            .with(extension::basic_constraints(true, None))
    });
    assert_eq!(plan.fault(), Some((Place::Leaf, ChainFault::Authority)));
}

#[test]
fn a_certificate_of_tomorrow_is_refused() {
    let not_before = now() + DAY;
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.valid(not_before, now() + 2 * DAY));
    let expected = ChainFault::NotYetValid { not_before };
    assert_eq!(plan.fault(), Some((Place::Leaf, expected)));
}

#[test]
fn an_expired_certificate_is_refused() {
    let not_after = now() - DAY;
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.valid(now() - 2 * DAY, not_after));
    let expected = ChainFault::Expired { not_after };
    assert_eq!(plan.fault(), Some((Place::Leaf, expected)));
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
    let scene = Scene::company();
    let long_ago = std::time::SystemTime::UNIX_EPOCH - 10_000 * DAY;
    let (text, verifier) = (scene.assertion(), scene.verifier());
    let verified = verifier.sign_in(&text, &origin(), &challenge(), long_ago);
    assert!(matches!(
        fault(verified),
        Some((Place::Leaf, ChainFault::NotYetValid { .. }))
    ));
}
