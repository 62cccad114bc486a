//! Lists: what they cover, when they count, and what is refused without them.

mod deltas;
mod index;
mod scopes;
mod signers;

use chop_testpki::{
    Authority, Dn, Entry, Extension, KeyKind, List, Time,
    extension::{self, Point, Scope},
};
use chop_verifier::{
    Certificate, ChainFault, Crl, CrlError, Evidence, Occasion, Place, Reason, Revocation,
    RevocationFault, Source, Verifier,
};

use crate::{
    DAY, challenge, now, origin,
    scene::{COMPANIES, Plan, Scene, authority, fault, key, serial, verify},
};

const FIRST: Place = Place::Authority(1);

/// What comes of a sign-in with this list of the issuing authority.
fn with_list(scene: &Scene, list: &List) -> Option<(Place, ChainFault)> {
    with_lists(scene, &[list])
}

fn with_lists(scene: &Scene, lists: &[&List]) -> Option<(Place, ChainFault)> {
    let root = scene.read(&List::new(now()), &scene.root);
    let mut evidence = Evidence::none().and_list(root);
    for list in lists {
        evidence = evidence.and_list(scene.read(list, &scene.issuing));
    }
    let verifier = Verifier::new(scene.anchors()).with_evidence(evidence);
    fault(verify(&verifier, &scene.assertion()))
}

fn is(fault: RevocationFault) -> Option<(Place, ChainFault)> {
    Some((Place::Leaf, ChainFault::Revocation(fault)))
}

fn revoked(reason: Reason) -> Option<(Place, ChainFault)> {
    let since = now() - DAY;
    is(RevocationFault::Revoked { since, reason })
}

fn scene_at(points: &[Point]) -> Scene {
    let points = extension::distribution_points(points);
    Plan::of(COMPANIES).leaf(|leaf| leaf.with(points)).make()
}

#[test]
fn a_revoked_card_is_refused_with_date_and_reason() {
    let scene = Scene::company();
    let serial = serial(&scene.card.certificate);
    let entry = Entry::new(&serial, now() - DAY);
    let list = List::new(now());
    let plain = list.clone().and(&entry).unwrap();
    assert_eq!(with_list(&scene, &plain), revoked(Reason::Unspecified));
    for (number, reason) in [
        (1, Reason::KeyCompromise),
        (2, Reason::AuthorityCompromise),
        (3, Reason::AffiliationChanged),
        (4, Reason::Superseded),
        (5, Reason::CessationOfOperation),
        (6, Reason::CertificateHold),
        (9, Reason::PrivilegeWithdrawn),
        (10, Reason::AttributeAuthorityCompromise),
    ] {
        let list = list.clone().and(&entry.clone().reason(number)).unwrap();
        assert_eq!(with_list(&scene, &list), revoked(reason));
    }
}

#[test]
fn a_revoked_authority_is_refused() {
    let scene = Scene::company();
    let serial = serial(scene.issuing.certificate());
    let list = List::new(now()).revoking(&serial, now() - DAY).unwrap();
    let evidence = Evidence::none()
        .and_list(scene.read(&list, &scene.root))
        .and_list(scene.read(&List::new(now()), &scene.issuing));
    let verifier = Verifier::new(scene.anchors()).with_evidence(evidence);
    let (place, fault) = fault(verify(&verifier, &scene.assertion())).unwrap();
    assert_eq!(place, FIRST);
    assert!(matches!(
        fault,
        ChainFault::Revocation(RevocationFault::Revoked { .. })
    ));
}

#[test]
fn without_a_list_nobody_is_believed() {
    let scene = Scene::company();
    let verifier = Verifier::new(scene.anchors());
    let unknown = ChainFault::Revocation(RevocationFault::Unknown);
    let text = scene.assertion();
    assert_eq!(
        fault(verify(&verifier, &text)),
        Some((FIRST, unknown.clone()))
    );

    let root = scene.read(&List::new(now()), &scene.root);
    let verifier = verifier.with_evidence(Evidence::none().and_list(root));
    assert_eq!(
        fault(verify(&verifier, &text)),
        Some((Place::Leaf, unknown))
    );
}

#[test]
fn the_caller_can_allow_what_nobody_knows_but_not_what_is_revoked() {
    let scene = Scene::company();
    let text = scene.assertion();
    let verifier = Verifier::new(scene.anchors()).allow_unknown_revocation();
    let signer = verify(&verifier, &text).unwrap().signer;
    assert_eq!(signer.revocation, Revocation::Unknown);

    let serial = serial(&scene.card.certificate);
    let verifier = verifier.with_evidence(scene.evidence(&[&serial]));
    assert!(fault(verify(&verifier, &text)).is_some());
}

#[test]
fn the_caller_can_allow_it_for_authorities_alone() {
    let scene = Scene::company();
    let text = scene.assertion();
    let verifier = Verifier::new(scene.anchors()).allow_unknown_revocation_of_authorities();
    assert_eq!(
        fault(verify(&verifier, &text)),
        is(RevocationFault::Unknown)
    );
    let list = scene.read(&List::new(now()), &scene.issuing);
    let verifier = verifier.with_evidence(Evidence::none().and_list(list));
    assert!(verify(&verifier, &text).is_ok());
}

#[test]
fn a_list_counts_from_its_first_to_its_last_second() {
    let scene = Scene::company();
    let list = List::new(now()).between(now(), Some(now().into()));
    assert_eq!(with_list(&scene, &list), None);
    let tomorrow = List::new(now()).between(now() + DAY, Some((now() + 2 * DAY).into()));
    assert_eq!(with_list(&scene, &tomorrow), is(RevocationFault::Unknown));
    let until = now() - DAY;
    let old = List::new(now()).between(now() - 9 * DAY, Some(until.into()));
    assert_eq!(
        with_list(&scene, &old),
        is(RevocationFault::Stale { until })
    );
    let endless = List::new(now()).between(now(), None);
    assert_eq!(with_list(&scene, &endless), is(RevocationFault::Unknown));
}

#[test]
fn the_caller_can_go_on_with_an_old_list_for_a_while() {
    let scene = Scene::company();
    let old = List::new(now()).between(now() - 9 * DAY, Some((now() - DAY).into()));
    let evidence = Evidence::none()
        .and_list(scene.read(&old, &scene.root))
        .and_list(scene.read(&old, &scene.issuing));
    let verifier = Verifier::new(scene.anchors()).with_evidence(evidence);
    let (text, verifier) = (scene.assertion(), verifier.allow_stale_lists(2 * DAY));
    assert!(verify(&verifier, &text).is_ok());
    // The verdict on the authorities was kept, and ends with the last second of the grace.
    for (later, good) in [
        (DAY, true),
        (DAY + std::time::Duration::from_secs(1), false),
    ] {
        let verified = verifier.sign_in(&text, &origin(), &challenge(), now() + later);
        assert_eq!(verified.is_ok(), good, "{later:?}");
    }
}

#[test]
fn a_newer_list_beside_an_older_one_has_the_last_word() {
    let scene = Scene::company();
    let serial = serial(&scene.card.certificate);
    let held = List::new(now())
        .between(now() - 2 * DAY, Some((now() + DAY).into()))
        .and(&Entry::new(&serial, now() - DAY).reason(6))
        .unwrap();
    let released = List::new(now()).number(Some(&[2]));
    assert_eq!(with_lists(&scene, &[&held, &released]), None);
    assert_eq!(with_lists(&scene, &[&released, &held]), None);
    assert_eq!(with_list(&scene, &held), revoked(Reason::CertificateHold));
}

#[test]
fn a_list_by_another_authority_of_the_same_name_is_not_read() {
    let scene = Scene::company();
    let other = Authority::root(&authority(scene.issuing.name().clone()), key(KeyKind::P256));
    let list = List::new(now()).sign(&other.unwrap()).unwrap();
    let read = Crl::from_der(&list, &scene.anchors());
    assert!(matches!(read, Err(CrlError::Signature)));
}

#[test]
fn a_list_of_nobody_we_know_is_not_read() {
    let (ours, theirs) = (Scene::company(), Plan::of("別人").make());
    let list = List::new(now()).sign(&theirs.issuing).unwrap();
    let read = Crl::from_der(&list, &ours.anchors());
    assert!(matches!(read, Err(CrlError::IssuerUnknown)));
}

#[test]
fn an_authority_that_may_not_sign_lists_signs_none() {
    let scene = Plan::of(COMPANIES)
        .issuing(|issuing| issuing.replace(extension::key_usage(&[5])))
        .make();
    let list = List::new(now()).sign(&scene.issuing).unwrap();
    let read = Crl::from_der(&list, &scene.anchors());
    assert!(matches!(read, Err(CrlError::IssuerUnknown)));
}

#[test]
fn a_list_that_says_something_we_do_not_understand_is_not_read() {
    let scene = Scene::company();
    let unknown = || Extension::new("1.2.3.4", true, [5, 0]);
    let entry = Entry::new(&[1], now()).with(unknown());
    for list in [
        List::new(now()).with(unknown()),
        List::new(now()).and(&entry).unwrap(),
    ] {
        let der = list.sign(&scene.issuing).unwrap();
        let read = Crl::from_der(&der, &scene.anchors());
        assert!(matches!(read, Err(CrlError::ExtensionNotUnderstood { .. })));
    }
    // Not critical, it does not matter.
    let list = List::new(now()).with(unknown().critical(false));
    assert_eq!(with_list(&scene, &list), None);
}

#[test]
fn what_is_no_list_is_not_read() {
    let scene = Scene::company();
    let good = List::new(now()).sign(&scene.issuing).unwrap();
    for odd in [b"".as_slice(), b"\x30\x00", &good[..good.len() - 1]] {
        let read = Crl::from_der(odd, &scene.anchors());
        assert!(matches!(read, Err(CrlError::Der)), "{odd:?}");
    }
    let local = Time::utc("261101000000+0800");
    let list = List::new(now()).between(local, None);
    let der = list.sign(&scene.issuing).unwrap();
    assert!(matches!(
        Crl::from_der(&der, &scene.anchors()),
        Err(CrlError::Der)
    ));
}

#[test]
fn evidence_for_one_check_counts_for_that_check() {
    let scene = Scene::company();
    let (text, verifier) = (scene.assertion(), Verifier::new(scene.anchors()));
    let evidence = scene.evidence(&[]);
    let occasion = Occasion::at(now()).with(&evidence);
    let verified = verifier
        .sign_in(&text, &origin(), &challenge(), occasion)
        .unwrap();
    let by = Source::List;
    assert_eq!(
        verified.signer.revocation,
        Revocation::Good { as_of: now(), by }
    );
    assert!(verify(&verifier, &text).is_err());
}

/// Also where the verifier has found the authority good a moment before.
#[test]
fn evidence_for_one_check_may_revoke_an_authority() {
    let scene = Scene::company();
    let (text, verifier) = (scene.assertion(), scene.verifier());
    assert!(verify(&verifier, &text).is_ok());
    let issuing = serial(scene.issuing.certificate());
    let list = List::new(now()).revoking(&issuing, now() - DAY).unwrap();
    let evidence = Evidence::none().and_list(scene.read(&list, &scene.root));
    let occasion = Occasion::at(now()).with(&evidence);
    let verified = verifier.sign_in(&text, &origin(), &challenge(), occasion);
    let (since, reason) = (now() - DAY, Reason::Unspecified);
    let revoked = ChainFault::Revocation(RevocationFault::Revoked { since, reason });
    assert_eq!(fault(verified), Some((FIRST, revoked)));
}
