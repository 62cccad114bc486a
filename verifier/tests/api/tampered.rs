//! Not one bit can be changed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::Assertion;

use crate::scene::{Scene, verify};

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
    let flipped = |bytes: &[u8], bit: usize| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    };
    for bit in 0..card.certificate.len() * 8 {
        refused(&flipped(&card.certificate, bit), &signature, bit);
    }
    for bit in 0..signature.len() * 8 {
        refused(&card.certificate, &flipped(&signature, bit), bit);
    }
}
