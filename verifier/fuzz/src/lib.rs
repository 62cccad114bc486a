//! What each fuzz target feeds to the verifier.
//!
//! What has to be signed before anybody looks into it is signed here, with keys that everybody knows:
//! the fuzzer writes the inside. So nothing of the verifier has to be switched off for it.
//!
//! `cargo test -p chop-verifier` replays the corpora without a fuzzer.

pub mod scene;

use std::{path::PathBuf, sync::OnceLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_verifier::{
    Anchors, Certificate, ChainCheck, Content, Crl, DigestKind, Evidence, ExpectedName,
    HipkiExpected, Occasion, OcspAnswer, OcspRequest, Pkcs1Hash, Purpose,
};

use scene::{By, DOCUMENT, TBS, challenge, element, now, origin, scene};

/// A certificate as such.
pub fn certificate(data: &[u8]) {
    let Ok(certificate) = Certificate::from_der(data) else {
        return;
    };
    assert_eq!(certificate.der(), data);
    let _ = (certificate.serial(), format!("{certificate:?}"));
    let _ = (certificate.subject(), certificate.issuer());
    let _ = (certificate.not_before(), certificate.not_after());
    let request = OcspRequest::new(&certificate, &certificate, [0; 32]);
    assert!(!request.der().is_empty());
    let _ = scene().verifier.sources(&certificate, now());
    let lists = Anchors::from_certificates(vec![certificate.clone()], vec![certificate]);
    let _ = Crl::from_der(data, &lists);
}

/// An authority and a certificate of it, both signed by whoever should: the length of the first in
/// two bytes, the first, the second, each without its signature.
pub fn chain(data: &[u8]) {
    let Some((length, rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let Some((issuing, leaf)) = rest.split_at_checked(u16::from_be_bytes(*length).into()) else {
        return;
    };
    let scene = scene();
    let [issuing, leaf] = [
        scene.signed(issuing, By::Root),
        scene.signed(leaf, By::Issuing),
    ];
    let root = Certificate::from_der(scene.root.certificate()).expect("it is one");
    let (Ok(issuing), Ok(leaf_read)) = (
        Certificate::from_der(issuing),
        Certificate::from_der(leaf.clone()),
    ) else {
        return;
    };
    // The usual authority beside the odd one: then the odd leaf is judged, too.
    let usual = Certificate::from_der(scene.issuing.certificate()).expect("it is one");
    let anchors = Anchors::from_certificates(vec![root], vec![issuing, usual]);
    let name = ExpectedName::read("portal.example").expect("it is a name");
    for check in [
        ChainCheck::new(Purpose::Any).without_revocation(),
        ChainCheck::new(Purpose::Server)
            .by_web_rules()
            .for_name(name)
            .without_revocation(),
        ChainCheck::new(Purpose::Any).require_explicit_policy(),
        ChainCheck::new(Purpose::Lists).inhibit_any_policy(),
    ] {
        let _ = check.run(&anchors, &leaf_read, &scene.root_list, now());
    }
    let verifier = chop_verifier::Verifier::new(anchors).allow_unknown_revocation();
    let _ = verifier.sources(&leaf_read, now());
    let _ = verifier.sign_in(&scene.assertion(&leaf), &origin(), &challenge(), now());
}

/// The inside of a list of the issuing authority, which then says what it says of the card.
pub fn list(data: &[u8]) {
    let scene = scene();
    if let Ok(list) = Crl::from_der(&scene.signed(data, By::Issuing), scene.anchors()) {
        with_list(list);
    }
    let _ = Crl::from_der(data, scene.anchors());
}

/// An index file of a list, whoever damaged it.
pub fn list_index(data: &[u8]) {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let folder = tempfile::tempdir().expect("there is a place for files");
        folder.keep().join("index")
    });
    std::fs::write(path, data).expect("there is a place for files");
    if let Ok(list) = Crl::open(path) {
        with_list(list);
    }
}

fn with_list(list: Crl) {
    let scene = scene();
    let _ = (list.issuer(), list.entries(), list.next_update());
    let evidence = scene.root_list.clone().and_list(list);
    let assertion = scene.assertion(&scene.card.certificate);
    let verifier = scene.verifier.with_evidence(evidence);
    let _ = verifier.sign_in(&assertion, &origin(), &challenge(), now());
}

/// An OCSP answer: as it is; and the inside of one that the issuing authority signed, with the
/// card's certificate as that of a responder.
pub fn answer(data: &[u8]) {
    let scene = scene();
    for by in [By::Issuing, By::Card] {
        let basic = scene.signed(data, by);
        // Behind the signature: a certificate, maybe of the responder.
        let (_, header) = split(&basic);
        let certificates = element(0xA0, &element(0x30, &scene.card.certificate));
        let basic = element(0x30, &[header, &certificates].concat());
        let kind = [0x06, 9, 0x2B, 6, 1, 5, 5, 7, 0x30, 1, 1];
        let bytes = element(0x30, &[&kind[..], &element(0x04, &basic)].concat());
        let response = [&[0x0A, 1, 0][..], &element(0xA0, &bytes)].concat();
        with_answer(&element(0x30, &response));
    }
    with_answer(data);
}

/// Tag and length, and the contents, of an element of ours.
fn split(element: &[u8]) -> (&[u8], &[u8]) {
    let header = match element.get(1) {
        Some(length) if *length >= 0x80 => 2 + usize::from(length & 0x7F),
        _ => 2,
    };
    element.split_at(header)
}

fn with_answer(der: &[u8]) {
    let Ok(answer) = OcspAnswer::from_der(der) else {
        return;
    };
    let scene = scene();
    let own = Evidence::none().and_answer(answer);
    let assertion = scene.assertion(&scene.card.certificate);
    let verifier = scene.verifier.with_evidence(scene.root_list.clone());
    let occasion = Occasion::at(now()).with(&own);
    let _ = verifier.sign_in(&assertion, &origin(), &challenge(), occasion);
}

/// A signed document: only the one of the seeds can be believed, because nobody else signs.
pub fn document(data: &[u8]) {
    let verifier = &scene().verifier;
    if let Ok(document) = verifier.document(data, Content::Attached, now()) {
        assert_eq!(document.content.as_deref(), Some(DOCUMENT));
    }
    if let Ok(document) = verifier.document(data, Content::Beside(DOCUMENT), now()) {
        assert_eq!(document.content, None);
    }
    let another = Content::Beside(b"another");
    assert!(verifier.document(data, another, now()).is_err());
    let digest = Content::Digest(DigestKind::Sha256, &[7; 32]);
    assert!(verifier.document(data, digest, now()).is_err());
}

/// A login of the HiPKI form: only the one of the seeds can be believed.
pub fn hipki_sign_in(data: &[u8]) {
    let scene = scene();
    let text = STANDARD.encode(data);
    let expected = HipkiExpected::new(TBS).with_nonce("1");
    if let Ok(verified) = scene.verifier.hipki_sign_in(&text, &expected, now()) {
        assert!(!verified.origin_bound);
        let certificate = verified.signer.certificate;
        assert_eq!(certificate.der(), scene.card.certificate);
    }
    let another = HipkiExpected::new("another");
    assert!(
        scene
            .verifier
            .hipki_sign_in(&text, &another, now())
            .is_err()
    );
    let certificate = STANDARD.encode(&scene.card.certificate);
    for (signature, certificate) in [(&text, &certificate), (&certificate, &text)] {
        let hash = Pkcs1Hash::Sha256;
        let verified = scene
            .verifier
            .hipki_pkcs1_sign_in(signature, certificate, hash, TBS, now());
        assert!(verified.is_err());
    }
}

/// An assertion, as a page posted it: only the card's own can be believed.
pub fn sign_in(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let scene = scene();
    let verified = scene.verifier.sign_in(text, &origin(), &challenge(), now());
    if let Ok(verified) = verified {
        assert_eq!(verified.signer.certificate.der(), scene.card.certificate);
    }
    let _ = chop_verifier::unverified_certificate(text);
    let other = chop_protocol::Challenge::from_random([8; 32]);
    assert!(
        scene
            .verifier
            .sign_in(text, &origin(), &other, now())
            .is_err()
    );
}
