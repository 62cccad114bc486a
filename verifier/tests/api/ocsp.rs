//! OCSP answers: who may give them, for whom, and for how long.

use std::time::{Duration, SystemTime};

use chop_testpki::{
    Answer, Credential, Dn, Extension, KeyKind, List, Responder, Status, Template, extension,
};
use chop_verifier::{
    Certificate, ChainFault, Evidence, Occasion, OcspAnswer, OcspError, OcspRequest, Place,
    Revocation, RevocationFault, Source, Verifier,
};

use crate::{
    DAY, challenge, now, origin,
    scene::{Scene, fault, issue},
};

const OCSP_SIGNING: &str = "1.3.6.1.5.5.7.3.9";
const MINUTE: Duration = Duration::from_secs(60);

type Outcome = Result<Revocation, (Place, ChainFault)>;

/// What comes of a sign-in with this answer, when no list covers the card.
fn with(scene: &Scene, der: Vec<u8>) -> Outcome {
    judge(
        scene,
        Evidence::none().and_answer(OcspAnswer::from_der(der).unwrap()),
    )
}

fn judge(scene: &Scene, own: Evidence) -> Outcome {
    let root = scene.read(&List::new(now()), &scene.root);
    let verifier = Verifier::new(scene.anchors()).with_evidence(Evidence::none().and_list(root));
    let occasion = Occasion::at(now()).with(&own);
    let verified = verifier.sign_in(&scene.assertion(), &origin(), &challenge(), occasion);
    match verified {
        Ok(verified) => Ok(verified.signer.revocation),
        Err(refusal) => Err(fault::<()>(Err(refusal)).unwrap()),
    }
}

fn good() -> Outcome {
    let by = Source::Ocsp;
    Ok(Revocation::Good { as_of: now(), by })
}

fn is(fault: RevocationFault) -> Outcome {
    Err((Place::Leaf, ChainFault::Revocation(fault)))
}

fn answer(scene: &Scene, status: Status) -> Answer<'_> {
    let issuer = scene.issuing.certificate();
    Answer::new(&scene.card.certificate, issuer, status, now())
}

/// Signed by the issuer itself.
fn by_issuer(scene: &Scene, answer: &Answer<'_>) -> Vec<u8> {
    let responder = Responder {
        key: scene.issuing.key(),
        certificate: scene.issuing.certificate(),
        send_certificate: false,
    };
    answer.sign(responder).unwrap()
}

fn by(responder: &Credential, answer: &Answer<'_>) -> Vec<u8> {
    let responder = Responder {
        key: &responder.key,
        certificate: &responder.certificate,
        send_certificate: true,
    };
    answer.sign(responder).unwrap()
}

/// A responder's certificate, of which nobody needs to ask.
fn responder() -> Template {
    Template::new(Dn::new().c("TW").o("行政院").cn("測試回應伺服器"), now())
        .unwrap()
        .with(extension::key_usage(&[0]))
        .with(extension::extended_key_usage(&[OCSP_SIGNING]))
        .with(extension::ocsp_no_check())
}

#[test]
fn the_issuer_itself_may_answer() {
    let scene = Scene::company();
    assert_eq!(
        with(&scene, by_issuer(&scene, &answer(&scene, Status::Good))),
        good()
    );
    let since = now() - DAY;
    let der = by_issuer(&scene, &answer(&scene, Status::Revoked(since)));
    assert!(matches!(
        with(&scene, der),
        Err((Place::Leaf, ChainFault::Revocation(RevocationFault::Revoked { since: at, .. }))) if at == since
    ));
    let der = by_issuer(&scene, &answer(&scene, Status::Unknown));
    assert_eq!(with(&scene, der), is(RevocationFault::NotIssued));
}

#[test]
fn whom_the_issuer_has_certified_for_it_may_answer() {
    let scene = Scene::company();
    let responder = issue(&scene.issuing, &responder(), KeyKind::P384);
    assert_eq!(
        with(&scene, by(&responder, &answer(&scene, Status::Good))),
        good()
    );
}

#[test]
fn a_responder_of_which_a_list_speaks_may_answer_while_it_is_not_on_it() {
    let scene = Scene::company();
    let template = responder().without("1.3.6.1.5.5.7.48.1.5");
    let responder = issue(&scene.issuing, &template, KeyKind::P256);
    let der = by(&responder, &answer(&scene, Status::Good));
    assert_eq!(with(&scene, der.clone()), is(RevocationFault::Unknown));

    let answer = OcspAnswer::from_der(der).unwrap();
    let serial = crate::scene::serial(&responder.certificate);
    let list = List::new(now()).revoking(&serial, now() - DAY).unwrap();
    let own = Evidence::none()
        .and_answer(answer.clone())
        .and_list(scene.read(&List::new(now()), &scene.issuing));
    assert_eq!(judge(&scene, own), good());
    // Revoked, the responder is not heard: the list decides about the card.
    let own = Evidence::none()
        .and_answer(answer)
        .and_list(scene.read(&list, &scene.issuing));
    let by = Source::List;
    assert_eq!(
        judge(&scene, own),
        Ok(Revocation::Good { as_of: now(), by })
    );
}

#[test]
fn nobody_else_may_answer() {
    let scene = Scene::company();
    let answer = answer(&scene, Status::Good);
    let client = responder().replace(extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2"]));
    for template in [
        responder().without("2.5.29.37"),
        client,
        responder().valid(now() - 9 * DAY, now() - DAY),
        responder().with(Extension::new("1.2.3.4", true, [5, 0])),
    ] {
        let responder = issue(&scene.issuing, &template, KeyKind::P256);
        let found = with(&scene, by(&responder, &answer));
        assert_eq!(found, is(RevocationFault::Unknown), "{template:?}");
    }
    // Certified by the root, not by the issuer; by another authority of the issuer's name; the card.
    let root = issue(&scene.root, &responder(), KeyKind::P256);
    let other = issue(&Scene::company().issuing, &responder(), KeyKind::P256);
    for responder in [&root, &other, &scene.card] {
        assert_eq!(
            with(&scene, by(responder, &answer)),
            is(RevocationFault::Unknown)
        );
    }
}

#[test]
fn an_answer_about_another_certificate_does_not_count() {
    let scene = Scene::company();
    let other = Scene::company();
    let issuer = scene.issuing.certificate();
    let wrong_serial = Answer::new(&other.card.certificate, issuer, Status::Good, now());
    let card = &scene.card.certificate;
    let wrong_key = Answer::new(card, other.issuing.certificate(), Status::Good, now());
    let wrong_name = Answer::new(card, scene.root.certificate(), Status::Good, now());
    for answer in [wrong_serial, wrong_key, wrong_name] {
        let der = by_issuer(&scene, &answer);
        assert_eq!(with(&scene, der), is(RevocationFault::Unknown));
    }
}

#[test]
fn an_answer_counts_while_it_is_fresh() {
    let scene = Scene::company();
    let between = |this: SystemTime, next: Option<SystemTime>| {
        let answer = answer(&scene, Status::Good).between(this, next.map(Into::into));
        with(&scene, by_issuer(&scene, &answer)).is_ok()
    };
    let second = Duration::from_secs(1);
    assert!(between(now() - DAY, Some(now())));
    assert!(!between(now() - DAY, Some(now() - second)));
    // A clock that is a little ahead.
    assert!(between(now() + 5 * MINUTE, Some(now() + DAY)));
    assert!(!between(now() + 5 * MINUTE + second, Some(now() + DAY)));
    // Without an end, two minutes.
    assert!(between(now() - 2 * MINUTE, None));
    assert!(!between(now() - 2 * MINUTE - second, None));
}

#[test]
fn the_answer_to_a_request_has_its_nonce() {
    let scene = Scene::company();
    let read = |der: &[u8]| Certificate::from_der(der).unwrap();
    let (card, issuer) = (
        read(&scene.card.certificate),
        read(scene.issuing.certificate()),
    );
    let request = OcspRequest::new(&card, &issuer, [7; 32]);
    let with_nonce = |nonce: Option<[u8; 32]>| {
        let mut answer = answer(&scene, Status::Good);
        if let Some(nonce) = nonce {
            answer = answer.nonce(&nonce);
        }
        let answer = OcspAnswer::from_der(by_issuer(&scene, &answer)).unwrap();
        judge(&scene, Evidence::none().and_answer(answer.to(&request)))
    };
    assert_eq!(with_nonce(Some([7; 32])), good());
    assert_eq!(with_nonce(Some([8; 32])), is(RevocationFault::Unknown));
    assert_eq!(with_nonce(None), is(RevocationFault::Unknown));
}

#[test]
fn good_news_of_one_does_not_outweigh_a_revocation_by_another() {
    let scene = Scene::company();
    let good = OcspAnswer::from_der(by_issuer(&scene, &answer(&scene, Status::Good))).unwrap();
    let revoked = answer(&scene, Status::Revoked(now() - DAY));
    let revoked = OcspAnswer::from_der(by_issuer(&scene, &revoked)).unwrap();
    let serial = crate::scene::serial(&scene.card.certificate);
    let list = List::new(now()).revoking(&serial, now() - DAY).unwrap();
    let list = scene.read(&list, &scene.issuing);
    for own in [
        Evidence::none()
            .and_answer(good.clone())
            .and_answer(revoked.clone()),
        Evidence::none()
            .and_answer(revoked)
            .and_answer(good.clone()),
        Evidence::none().and_answer(good).and_list(list),
    ] {
        assert!(matches!(
            judge(&scene, own),
            Err((_, ChainFault::Revocation(RevocationFault::Revoked { .. })))
        ));
    }
}

#[test]
fn what_is_no_answer_is_not_read() {
    let scene = Scene::company();
    let good = by_issuer(&scene, &answer(&scene, Status::Good));
    for odd in [b"".as_slice(), b"\x30\x00", &good[..good.len() - 1]] {
        assert_eq!(OcspAnswer::from_der(odd).err(), Some(OcspError::Der));
    }
    for status in [1, 2, 3, 5, 6] {
        let refused = [0x30, 0x03, 0x0A, 0x01, status];
        let error = OcspError::Responder { status };
        assert_eq!(OcspAnswer::from_der(refused).err(), Some(error));
    }
    let unknown = Extension::new("1.2.3.4", true, [5, 0]);
    let der = by_issuer(&scene, &answer(&scene, Status::Good).with(unknown));
    assert!(matches!(
        OcspAnswer::from_der(der),
        Err(OcspError::ExtensionNotUnderstood { .. })
    ));
}

/// The verdict on an authority is kept, and no longer than its responder's certificate is valid.
#[test]
fn a_verdict_on_an_authority_ends_with_its_responders_certificate() {
    let scene = Scene::company();
    let hour = 60 * MINUTE;
    let template = responder().valid(now() - hour, now() + hour);
    let responder = issue(&scene.root, &template, KeyKind::P256);
    let (root, issuing) = (scene.root.certificate(), scene.issuing.certificate());
    let answer =
        Answer::new(issuing, root, Status::Good, now()).between(now(), Some((now() + DAY).into()));
    let answer = OcspAnswer::from_der(by(&responder, &answer)).unwrap();
    let evidence = Evidence::none()
        .and_answer(answer)
        .and_list(scene.read(&List::new(now()), &scene.issuing));
    let verifier = Verifier::new(scene.anchors()).with_evidence(evidence);
    let at = |later: Duration| {
        let occasion = Occasion::at(now() + later);
        verifier.sign_in(&scene.assertion(), &origin(), &challenge(), occasion)
    };
    assert!(at(30 * MINUTE).is_ok());
    let unknown = ChainFault::Revocation(RevocationFault::Unknown);
    let expected = Some((Place::Authority(1), unknown));
    assert_eq!(fault(at(2 * hour)), expected);
    // And the other way round: what was refused is not refused for ever.
    assert!(at(30 * MINUTE).is_ok());
}
