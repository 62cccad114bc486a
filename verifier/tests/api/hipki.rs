//! Logins of the HiPKI form.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_testpki::{KeyKind, Message, Scheme, attribute, pkcs1, signing_certificate_v2};
use chop_verifier::{
    ChainFault, HipkiExpected, HipkiSignIn, Identity, Pkcs1Hash, Place, Refusal, Verifier,
};
use der::{Any, Encode as _, Tag};

use crate::{
    now,
    scene::{COMPANIES, Plan, Scene, fault, serial},
};

const CHALLENGE: &str = "登入:5f2b7c0e";
const NONCE: &str = "1.2.840.113549.1.9.25.3";
const CARD_NUMBER: &str = "2.16.886.1.100.2.204";

fn rsa() -> Scene {
    Plan::of(COMPANIES).kind(KeyKind::Rsa(2048)).make()
}

fn message() -> Message<'static> {
    Message::hipki(CHALLENGE.as_bytes(), now())
}

fn expected() -> HipkiExpected<'static> {
    HipkiExpected::new(CHALLENGE)
}

fn post(scene: &Scene, message: &Message<'_>) -> String {
    STANDARD.encode(message.sign(&scene.card).unwrap())
}

/// What comes of this message for our challenge.
fn sign_in(scene: &Scene, message: &Message<'_>) -> Result<HipkiSignIn, Refusal> {
    let verifier = scene.verifier();
    verifier.hipki_sign_in(&post(scene, message), &expected(), now())
}

fn refusal(scene: &Scene, message: &Message<'_>) -> Option<Refusal> {
    sign_in(scene, message).err()
}

#[test]
fn a_pkcs7_login_is_believed_and_says_that_it_is_not_bound_to_the_origin() {
    for kind in [KeyKind::Rsa(2048), KeyKind::P256, KeyKind::P384] {
        let scene = Plan::of(COMPANIES).kind(kind).make();
        let hash = match kind {
            KeyKind::P384 => Scheme::EcdsaSha384,
            _ => Scheme::RsaSha256,
        };
        let verified = sign_in(&scene, &message().hash(hash)).unwrap();
        assert!(!verified.origin_bound);
        assert_eq!(verified.signing_time, Some(now()));
        let Identity::Company(company) = verified.signer.identity else {
            panic!("{verified:?}")
        };
        assert_eq!(company.ban.as_str(), "12345675");
    }
}

#[test]
fn other_ways_of_naming_the_same_algorithm_are_fine() {
    let scene = rsa();
    for message in [
        message().named_algorithm(),
        message().hash(Scheme::RsaSha384),
        message().hash(Scheme::RsaSha512).named_algorithm(),
        message().hash(Scheme::PssSha256),
    ] {
        assert_eq!(refusal(&scene, &message), None);
    }
}

#[test]
fn line_breaks_in_what_is_posted_do_not_matter() {
    let scene = rsa();
    let lines: Vec<_> = post(&scene, &message())
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let posted = lines.join("\r\n");
    assert!(
        scene
            .verifier()
            .hipki_sign_in(&posted, &expected(), now())
            .is_ok()
    );
}

#[test]
fn another_challenge_is_refused() {
    let scene = rsa();
    for other in ["", "登入:5f2b7c0f", "登入:5f2b7c0e "] {
        let found = refusal(&scene, &Message::hipki(other.as_bytes(), now()));
        assert_eq!(found, Some(Refusal::ContentMismatch), "{other}");
    }
}

#[test]
fn a_login_whose_content_is_elsewhere_is_refused() {
    let found = refusal(&rsa(), &message().detached());
    assert_eq!(found, Some(Refusal::ContentPlace));
}

/// Design D6: a document's signature is no login.
#[test]
fn a_documents_signature_is_refused() {
    let scene = rsa();
    let named = signing_certificate_v2(&scene.card.certificate).unwrap();
    let found = refusal(&scene, &message().with(named));
    assert_eq!(found, Some(Refusal::IsADocument));
    let old = attribute("1.2.840.113549.1.9.16.2.12", [0x30, 0x00]);
    assert_eq!(
        refusal(&scene, &message().with(old)),
        Some(Refusal::IsADocument)
    );
}

#[test]
fn a_nonce_has_to_be_the_one_that_was_given() {
    let scene = rsa();
    let with = message().with(attribute(NONCE, "A1B2"));
    let check = |message: &Message<'_>, nonce: &'static str| {
        let (posted, expected) = (post(&scene, message), expected().with_nonce(nonce));
        scene
            .verifier()
            .hipki_sign_in(&posted, &expected, now())
            .err()
    };
    assert_eq!(check(&with, "A1B2"), None);
    assert_eq!(check(&with, "A1B3"), Some(Refusal::NonceMismatch));
    assert_eq!(check(&message(), "A1B2"), Some(Refusal::NonceMismatch));
    // Not asked for, it does not matter.
    assert_eq!(refusal(&scene, &with), None);
}

#[test]
fn the_cards_number_is_what_was_signed() {
    let scene = rsa();
    assert_eq!(sign_in(&scene, &message()).unwrap().card_number, None);
    for tag in [Tag::PrintableString, Tag::Utf8String] {
        let value = Any::new(tag, b"TP00000000000000".as_slice()).unwrap();
        let with = message().with(attribute(CARD_NUMBER, value.to_der().unwrap()));
        let number = sign_in(&scene, &with).unwrap().card_number;
        assert_eq!(number.as_deref(), Some("TP00000000000000"));
    }
    let odd = message().with(attribute(CARD_NUMBER, [0x02, 0x01, 0x07]));
    let attribute = "cardNumber";
    assert_eq!(
        refusal(&scene, &odd),
        Some(Refusal::Attribute { attribute })
    );
}

#[test]
fn the_signing_time_is_of_now() {
    let scene = rsa();
    let minutes = |count: u64| Duration::from_secs(count * 60);
    let at = |time: SystemTime| refusal(&scene, &message().signing_time(Some(time)));
    for said in [now() - minutes(10), now() + minutes(10)] {
        assert_eq!(at(said), None);
    }
    for said in [now() - minutes(11), now() + minutes(11)] {
        assert_eq!(at(said), Some(Refusal::SigningTime { said }));
    }
    let without = message().signing_time(None);
    let attribute = "signingTime";
    assert_eq!(
        refusal(&scene, &without),
        Some(Refusal::Attribute { attribute })
    );

    // Unless the caller has let that go.
    let old = message().signing_time(Some(now() - minutes(600)));
    for message in [old, without] {
        let (posted, expected) = (post(&scene, &message), expected().allow_any_signing_time());
        assert!(
            scene
                .verifier()
                .hipki_sign_in(&posted, &expected, now())
                .is_ok()
        );
    }
}

#[test]
fn attributes_that_are_absent_twice_or_wrong_are_refused() {
    let scene = rsa();
    let kind = "1.2.840.113549.1.9.3";
    let digest = "1.2.840.113549.1.9.4";
    for (message, attribute) in [
        (
            message().with(attribute(kind, [0x06, 0x01, 0x2A])),
            "contentType",
        ),
        (
            message().with(attribute(digest, [0x04, 0x00])),
            "messageDigest",
        ),
        (
            message()
                .with(attribute(NONCE, "a"))
                .with(attribute(NONCE, "b")),
            "nonce",
        ),
        (message().unsorted(), "signedAttrs"),
    ] {
        let expected = Refusal::Attribute { attribute };
        assert_eq!(refusal(&scene, &message), Some(expected));
    }
}

#[test]
fn sha1_is_refused_unless_the_caller_allows_it() {
    let scene = rsa();
    let message = message().hash(Scheme::RsaSha1);
    assert_eq!(refusal(&scene, &message), Some(Refusal::HashUnsupported));
    let verifier = scene.verifier().allow_sha1_in_hipki_sign_ins();
    let posted = post(&scene, &message);
    assert!(verifier.hipki_sign_in(&posted, &expected(), now()).is_ok());
    let named = post(&scene, &message.named_algorithm());
    let found = verifier.hipki_sign_in(&named, &expected(), now());
    assert_eq!(found.err(), Some(Refusal::HashUnsupported));
}

#[test]
fn a_login_by_a_revoked_or_unknown_card_is_refused() {
    let scene = rsa();
    let serial = serial(&scene.card.certificate);
    let verifier = Verifier::new(scene.anchors()).with_evidence(scene.evidence(&[&serial]));
    let verified = verifier.hipki_sign_in(&post(&scene, &message()), &expected(), now());
    let (place, found) = fault(verified).unwrap();
    assert_eq!(place, Place::Leaf);
    assert!(matches!(found, ChainFault::Revocation(_)), "{found:?}");

    let other = Plan::of("別人").make();
    let verified = other
        .verifier()
        .hipki_sign_in(&post(&scene, &message()), &expected(), now());
    assert_eq!(fault(verified).unwrap().1, ChainFault::IssuerUnknown);
}

#[test]
fn the_signature_of_another_card_is_refused() {
    let (mut scene, other) = (rsa(), rsa());
    scene.card.key = other.card.key;
    assert_eq!(
        refusal(&scene, &message()),
        Some(Refusal::SignatureMismatch)
    );
}

#[test]
fn what_is_no_message_is_refused() {
    let scene = rsa();
    let verifier = scene.verifier();
    let check = |posted: &str| verifier.hipki_sign_in(posted, &expected(), now()).err();
    assert_eq!(check("?"), Some(Refusal::SignatureUnreadable));
    assert_eq!(check(""), Some(Refusal::CmsUnreadable));
    assert_eq!(
        check(&STANDARD.encode(scene.root.certificate())),
        Some(Refusal::CmsUnreadable)
    );
    let length = 256 * 1024 + 1;
    assert_eq!(check(&"A".repeat(length)), Some(Refusal::Length { length }));
    let der = message().sign(&scene.card).unwrap();
    let cut = STANDARD.encode(&der[..der.len() - 1]);
    assert_eq!(check(&cut), Some(Refusal::CmsUnreadable));
}

fn pkcs1_sign_in(
    scene: &Scene,
    verifier: &Verifier,
    made: Scheme,
    said: Pkcs1Hash,
    challenge: &str,
) -> Result<HipkiSignIn, Refusal> {
    let signature = STANDARD.encode(pkcs1(&scene.card, made, CHALLENGE.as_bytes()).unwrap());
    let certificate = STANDARD.encode(&scene.card.certificate);
    verifier.hipki_pkcs1_sign_in(&signature, &certificate, said, challenge, now())
}

#[test]
fn a_pkcs1_login_is_believed_and_says_that_it_is_not_bound_to_the_origin() {
    let scene = rsa();
    for (made, said) in [
        (Scheme::RsaSha256, Pkcs1Hash::Sha256),
        (Scheme::RsaSha384, Pkcs1Hash::Sha384),
        (Scheme::RsaSha512, Pkcs1Hash::Sha512),
    ] {
        let verified = pkcs1_sign_in(&scene, &scene.verifier(), made, said, CHALLENGE).unwrap();
        assert!(!verified.origin_bound);
        assert_eq!(verified.signing_time, None);
    }
}

#[test]
fn a_pkcs1_login_of_another_challenge_hash_or_key_is_refused() {
    use Scheme::{RsaSha1, RsaSha256};
    let (scene, verifier) = (rsa(), rsa().verifier());
    let untrusted = pkcs1_sign_in(&scene, &verifier, RsaSha256, Pkcs1Hash::Sha256, CHALLENGE);
    assert_eq!(fault(untrusted).unwrap().1, ChainFault::Signature);

    let verifier = scene.verifier();
    let check =
        |made, said, challenge| pkcs1_sign_in(&scene, &verifier, made, said, challenge).err();
    let mismatch = Some(Refusal::SignatureMismatch);
    assert_eq!(check(RsaSha256, Pkcs1Hash::Sha256, "other"), mismatch);
    assert_eq!(check(RsaSha256, Pkcs1Hash::Sha384, CHALLENGE), mismatch);
    let unsupported = Some(Refusal::HashUnsupported);
    assert_eq!(check(RsaSha1, Pkcs1Hash::Sha1, CHALLENGE), unsupported);
    let allowing = scene.verifier().allow_sha1_in_hipki_sign_ins();
    let verified = pkcs1_sign_in(&scene, &allowing, RsaSha1, Pkcs1Hash::Sha1, CHALLENGE);
    assert!(verified.is_ok());
}

/// PKCS #1 is for RSA; what an EC key signs has other forms.
#[test]
fn a_pkcs1_login_with_an_ec_key_is_refused() {
    let scene = Scene::company();
    let signature = STANDARD.encode([0; 256]);
    let certificate = STANDARD.encode(&scene.card.certificate);
    let hash = Pkcs1Hash::Sha256;
    let verifier = scene.verifier();
    let found = verifier.hipki_pkcs1_sign_in(&signature, &certificate, hash, CHALLENGE, now());
    assert_eq!(found.err(), Some(Refusal::AlgorithmMismatch));
}

/// What a native login signs cannot be posted as one of this form, and the other way round.
#[test]
fn the_two_forms_do_not_pass_for_each_other() {
    let scene = rsa();
    let posted = scene.assertion();
    let assertion = chop_protocol::Assertion::parse(&posted).unwrap();
    let verifier = scene.verifier();
    let found = verifier.hipki_sign_in(&assertion.signature, &expected(), now());
    assert_eq!(found.err(), Some(Refusal::CmsUnreadable));
    let found = verifier.hipki_pkcs1_sign_in(
        &assertion.signature,
        &assertion.unverified_certificate,
        Pkcs1Hash::Sha256,
        crate::challenge().as_str(),
        now(),
    );
    assert_eq!(found.err(), Some(Refusal::SignatureMismatch));
}
