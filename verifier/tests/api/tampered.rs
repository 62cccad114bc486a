//! Not one bit can be changed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::Assertion;
use chop_testpki::{Answer, KeyKind, List, Message, Responder, Status, signing_certificate_v2};
use chop_verifier::{
    Anchors, Content, Crl, Evidence, HipkiExpected, Occasion, OcspAnswer, Verifier,
};

use crate::{
    challenge, now, origin,
    scene::{COMPANIES, Plan, Scene, verify},
};

/// The parts of an assertion that count.
fn parts(text: &str) -> (Vec<u8>, Vec<u8>) {
    let assertion = Assertion::parse(text).unwrap();
    let decode = |text: &str| STANDARD.decode(text).unwrap();
    (
        decode(&assertion.unverified_certificate),
        decode(&assertion.signature),
    )
}

#[test]
fn a_changed_character_is_refused_or_changes_nothing() {
    let scene = Scene::company();
    let (text, verifier) = (scene.assertion(), scene.verifier());
    let original = parts(&text);
    let mut harmless = 0;
    for index in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[index] ^= 1;
        let Ok(changed) = String::from_utf8(bytes) else {
            continue;
        };
        if verify(&verifier, &changed).is_ok() {
            assert_eq!(parts(&changed), original, "{index}: {changed}");
            harmless += 1;
        }
    }
    // The minor version and the informative `appVersion`, key and value, are all that may change.
    assert!(
        harmless <= "1.0".len() + "\"appVersion\":\"urn:chop:agent:1\"".len(),
        "{harmless}"
    );
}

#[test]
fn a_flipped_bit_in_certificate_or_signature_is_refused() {
    let scene = Scene::company();
    let (card, verifier) = (&scene.card, scene.verifier());
    let assertion = Assertion::parse(&scene.assertion()).unwrap();
    let signature = STANDARD.decode(&assertion.signature).unwrap();
    let refused = |certificate: &[u8], signature: &[u8], place: usize| {
        let changed = Assertion::new(certificate, assertion.algorithm, signature);
        let verified = verify(&verifier, &serde_json::to_string(&changed).unwrap());
        assert!(verified.is_err(), "bit {place}: {verified:?}");
    };
    for bit in 0..card.certificate.len() * 8 {
        refused(&flipped(&card.certificate, bit), &signature, bit);
    }
    for bit in 0..signature.len() * 8 {
        refused(&card.certificate, &flipped(&signature, bit), bit);
    }
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

/// No bit of `original` can be flipped and be believed; itself it is.
fn every_bit_counts(original: &[u8], is_believed: impl Fn(&[u8]) -> bool) {
    assert!(is_believed(original));
    for bit in 0..original.len() * 8 {
        assert!(!is_believed(&flipped(original, bit)), "bit {bit}");
    }
    for length in 0..original.len() {
        assert!(!is_believed(&original[..length]), "length {length}");
    }
    assert!(!is_believed(&[original, b"\0"].concat()));
}

#[test]
fn a_flipped_bit_in_the_authority_between_is_refused() {
    let scene = Scene::company();
    let text = scene.assertion();
    every_bit_counts(scene.issuing.certificate(), |der| {
        let anchors = Anchors::from_der([scene.root.certificate()]).unwrap();
        let Ok(anchors) = anchors.with_intermediates_der([der]) else {
            return false;
        };
        verify(&Verifier::new(anchors).allow_unknown_revocation(), &text).is_ok()
    });
}

#[test]
fn a_flipped_bit_in_a_list_is_refused() {
    let scene = Scene::company();
    let (text, anchors) = (scene.assertion(), scene.anchors());
    let list = List::new(now()).revoking(&[0x12, 0x34], now()).unwrap();
    let verifier = Verifier::new(scene.anchors()).allow_unknown_revocation_of_authorities();
    every_bit_counts(&list.sign(&scene.issuing).unwrap(), |der| {
        let Ok(list) = Crl::from_der(der, &anchors) else {
            return false;
        };
        let verifier = verifier.with_evidence(Evidence::none().and_list(list));
        verify(&verifier, &text).is_ok()
    });
}

#[test]
fn a_flipped_bit_in_an_ocsp_answer_is_refused() {
    let scene = Scene::company();
    let text = scene.assertion();
    let issuer = scene.issuing.certificate();
    let answer = Answer::new(&scene.card.certificate, issuer, Status::Good, now());
    let responder = Responder {
        key: scene.issuing.key(),
        certificate: issuer,
        send_certificate: false,
    };
    let verifier = Verifier::new(scene.anchors()).allow_unknown_revocation_of_authorities();
    every_bit_counts(&answer.sign(responder).unwrap(), |der| {
        let Ok(answer) = OcspAnswer::from_der(der) else {
            return false;
        };
        let evidence = Evidence::none().and_answer(answer);
        let occasion = Occasion::at(now()).with(&evidence);
        verifier
            .sign_in(&text, &origin(), &challenge(), occasion)
            .is_ok()
    });
}

#[test]
fn a_flipped_bit_in_a_hipki_login_is_refused() {
    for kind in [KeyKind::Rsa(2048), KeyKind::P256] {
        let scene = Plan::of(COMPANIES).kind(kind).make();
        let message = Message::hipki(b"challenge", now());
        let (verifier, expected) = (scene.verifier(), HipkiExpected::new("challenge"));
        every_bit_counts(&message.sign(&scene.card).unwrap(), |der| {
            let posted = STANDARD.encode(der);
            verifier.hipki_sign_in(&posted, &expected, now()).is_ok()
        });
    }
}

#[test]
fn a_flipped_bit_in_a_signed_document_is_refused() {
    let scene = Scene::company();
    let named = signing_certificate_v2(&scene.card.certificate).unwrap();
    let message = Message::hipki(b"document", now()).with(named);
    let verifier = scene.verifier();
    every_bit_counts(&message.sign(&scene.card).unwrap(), |der| {
        verifier.document(der, Content::Attached, now()).is_ok()
    });
}
