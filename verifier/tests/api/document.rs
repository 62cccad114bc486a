//! Signed documents.

use std::time::{Duration, Instant};

use chop_testpki::{
    Authority, KeyKind, Message, Scheme, attribute, extension, signing_certificate_v2,
};
use chop_verifier::{ChainFault, Content, DigestKind, Document, Place, Refusal};
use der::{Encode as _, Tag, asn1::Any};
use ring::digest::{SHA256, digest};

use crate::{
    DAY, now,
    scene::{COMPANIES, Plan, Scene, authority, company, fault, issue, key},
};

const DOCUMENT: &[u8] = "免稅證明申請書".as_bytes();

/// A document's signature, as the agent makes it.
fn message(scene: &Scene) -> Message<'static> {
    let named = signing_certificate_v2(&scene.card.certificate).unwrap();
    Message::hipki(DOCUMENT, now()).with(named)
}

fn check(scene: &Scene, message: &Message<'_>, content: Content<'_>) -> Result<Document, Refusal> {
    let der = message.sign(&scene.card).unwrap();
    scene.verifier().document(&der, content, now())
}

#[test]
fn a_document_inside_its_signature_is_believed_and_given_back() {
    for kind in [KeyKind::Rsa(2048), KeyKind::P256] {
        let scene = Plan::of(COMPANIES).kind(kind).make();
        let document = check(&scene, &message(&scene), Content::Attached).unwrap();
        assert_eq!(document.content.as_deref(), Some(DOCUMENT));
        let [signature] = document.signatures.as_slice() else {
            panic!("{document:?}")
        };
        assert_eq!(signature.signing_time, Some(now()));
        assert_eq!(signature.signer.certificate.der(), scene.card.certificate);
    }
}

#[test]
fn a_document_beside_its_signature_is_believed_by_itself_or_by_its_hash() {
    let scene = Scene::company();
    let detached = message(&scene).detached();
    let hash = digest(&SHA256, DOCUMENT);
    for content in [
        Content::Beside(DOCUMENT),
        Content::Digest(DigestKind::Sha256, hash.as_ref()),
    ] {
        let document = check(&scene, &detached, content).unwrap();
        assert_eq!(document.content, None);
    }
}

#[test]
fn another_document_or_hash_is_refused() {
    let scene = Scene::company();
    let detached = message(&scene).detached();
    let hash = digest(&SHA256, b"another");
    for (content, refusal) in [
        (Content::Beside(b"another"), Refusal::ContentMismatch),
        (
            Content::Digest(DigestKind::Sha256, hash.as_ref()),
            Refusal::ContentMismatch,
        ),
        (
            Content::Digest(DigestKind::Sha384, hash.as_ref()),
            Refusal::HashUnsupported,
        ),
        (Content::Attached, Refusal::ContentPlace),
    ] {
        assert_eq!(check(&scene, &detached, content), Err(refusal));
    }
    let attached = message(&scene);
    for content in [
        Content::Beside(DOCUMENT),
        Content::Digest(DigestKind::Sha256, hash.as_ref()),
    ] {
        assert_eq!(
            check(&scene, &attached, content),
            Err(Refusal::ContentPlace)
        );
    }
}

/// Design D6: a login is no document.
#[test]
fn a_logins_signature_is_refused() {
    let scene = Scene::company();
    let login = Message::hipki(DOCUMENT, now());
    assert_eq!(
        check(&scene, &login, Content::Attached),
        Err(Refusal::IsALogin)
    );
}

#[test]
fn a_signature_that_names_another_certificate_is_refused() {
    let (scene, other) = (Scene::company(), Scene::company());
    let attribute_name = "signingCertificateV2";
    let refusal = Refusal::Attribute {
        attribute: attribute_name,
    };
    let named = signing_certificate_v2(&other.card.certificate).unwrap();
    let message = Message::hipki(DOCUMENT, now()).with(named);
    assert_eq!(
        check(&scene, &message, Content::Attached),
        Err(refusal.clone())
    );
    let empty = attribute("1.2.840.113549.1.9.16.2.47", [0x30, 0x02, 0x30, 0x00]);
    let message = Message::hipki(DOCUMENT, now()).with(empty);
    assert_eq!(check(&scene, &message, Content::Attached), Err(refusal));
}

#[test]
fn the_named_certificate_may_come_with_its_issuer_and_serial_number() {
    let (scene, other) = (Scene::company(), Scene::company());
    for (of, good) in [(&scene, true), (&other, false)] {
        let named = with_issuer_serial(&scene.card.certificate, &of.card.certificate);
        let message = Message::hipki(DOCUMENT, now()).with(named);
        assert_eq!(check(&scene, &message, Content::Attached).is_ok(), good);
    }
}

/// signingCertificateV2 with the hash of one certificate and the issuerSerial of another.
fn with_issuer_serial(hashed: &[u8], named: &[u8]) -> chop_testpki::Attribute {
    use der::Decode as _;
    let element = |tag, contents: &[u8]| Any::new(tag, contents).unwrap().to_der().unwrap();
    let certificate = x509_cert::Certificate::from_der(named).unwrap();
    let certificate = certificate.tbs_certificate();
    let issuer = certificate.issuer().to_der().unwrap();
    let directory = Tag::ContextSpecific {
        constructed: true,
        number: der::TagNumber(4),
    };
    let names = element(Tag::Sequence, &element(directory, &issuer));
    let serial = certificate.serial_number().to_der().unwrap();
    let issuer_serial = element(Tag::Sequence, &[names, serial].concat());
    let hash = element(Tag::OctetString, digest(&SHA256, hashed).as_ref());
    let id = element(Tag::Sequence, &[hash, issuer_serial].concat());
    let value = element(Tag::Sequence, &element(Tag::Sequence, &id));
    attribute("1.2.840.113549.1.9.16.2.47", value)
}

#[test]
fn a_certificate_for_non_repudiation_signs_documents() {
    let scene = Plan::of(COMPANIES)
        .leaf(|leaf| leaf.replace(extension::key_usage(&[1])))
        .make();
    assert!(check(&scene, &message(&scene), Content::Attached).is_ok());
}

#[test]
fn a_certificate_for_other_purposes_does_not() {
    for (usage, expected) in [
        (extension::key_usage(&[2, 3]), ChainFault::KeyUsage),
        (
            extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2"]),
            ChainFault::ExtendedKeyUsage,
        ),
    ] {
        let scene = Plan::of(COMPANIES).leaf(|leaf| leaf.replace(usage)).make();
        let found = check(&scene, &message(&scene), Content::Attached);
        assert_eq!(fault(found), Some((Place::Leaf, expected)));
    }
}

#[test]
fn sha1_never_counts_for_documents() {
    let scene = Plan::of(COMPANIES).kind(KeyKind::Rsa(2048)).make();
    let verifier = scene.verifier().allow_sha1_in_hipki_sign_ins();
    let der = message(&scene)
        .hash(Scheme::RsaSha1)
        .sign(&scene.card)
        .unwrap();
    let found = verifier.document(&der, Content::Attached, now());
    assert_eq!(found, Err(Refusal::HashUnsupported));
}

#[test]
fn the_certificate_has_to_be_valid_when_the_caller_says() {
    let scene = Scene::company();
    let der = message(&scene).sign(&scene.card).unwrap();
    let verifier = scene.verifier().allow_unknown_revocation();
    let later = now() + 6 * 365 * DAY;
    let found = verifier.document(&der, Content::Attached, later);
    assert!(matches!(
        fault(found),
        Some((Place::Leaf, ChainFault::Expired { .. }))
    ));
}

#[test]
fn authorities_that_came_with_it_lead_to_an_anchor() {
    let scene = Scene::company();
    let der = message(&scene)
        .and_certificate(scene.issuing.certificate())
        .and_certificate(scene.root.certificate())
        .sign(&scene.card)
        .unwrap();
    let root_only = chop_verifier::Anchors::from_der([scene.root.certificate()]).unwrap();
    let verifier = chop_verifier::Verifier::new(root_only).allow_unknown_revocation();
    assert!(verifier.document(&der, Content::Attached, now()).is_ok());
    // Nobody vouches for them if the anchor does not.
    let other = Scene::company().anchors();
    let verifier = chop_verifier::Verifier::new(other).allow_unknown_revocation();
    assert!(verifier.document(&der, Content::Attached, now()).is_err());
}

/// Fifteen authorities that nobody knows, each with the name of the real root, a key of its own and
/// as many policies as go into it: nothing in them may be looked at before somebody has vouched for it.
#[test]
fn a_crowd_of_huge_authorities_is_not_looked_into() {
    let scene = Scene::company();
    let root = scene.root.name();
    let policies: Vec<_> = (0..3_000).map(|number| format!("1.2.{number}")).collect();
    let policies: Vec<_> = policies.iter().map(String::as_str).collect();
    let crowd: Vec<_> = (0..15)
        .map(|_| {
            let template = authority(root.clone()).with(extension::policies(&policies));
            Authority::root(&template, key(KeyKind::P256)).unwrap()
        })
        .collect();
    let stranger = issue(&crowd[0], &company("12345675"), KeyKind::P256);
    let named = signing_certificate_v2(&stranger.certificate).unwrap();
    let message = Message::hipki(DOCUMENT, now()).with(named);
    let message = crowd.iter().fold(message, |message, one| {
        message.and_certificate(one.certificate())
    });
    let der = message.sign(&stranger).unwrap();
    let verifier = scene.verifier();
    let start = Instant::now();
    let verified = verifier.document(&der, Content::Attached, now());
    let took = start.elapsed();
    assert_eq!(fault(verified).unwrap().1, ChainFault::TooMuchWork);
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn a_message_that_is_too_long_beside_its_content_is_refused() {
    let scene = Scene::company();
    let long = attribute("1.2.3.4", vec![b'x'; 5 * 1024 * 1024]);
    let refused = check(&scene, &message(&scene).with(long), Content::Attached);
    assert!(
        matches!(refused, Err(Refusal::Length { .. })),
        "{refused:?}"
    );
    // The content itself may be longer.
    let content = vec![b'x'; 5 * 1024 * 1024];
    let named = signing_certificate_v2(&scene.card.certificate).unwrap();
    let message = Message::hipki(&content, now()).with(named);
    assert!(check(&scene, &message, Content::Attached).is_ok());
}
