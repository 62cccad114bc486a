//! Chains that do not hold, as a sign-in meets them; all the rules one by one are in `tests/suite`.

use chop_testpki::{Authority, Extension, KeyKind, extension};
use chop_verifier::{Anchors, ChainFault, Place, Verifier};

use crate::{
    DAY, now,
    scene::{COMPANIES, Plan, Scene, company, fault, key, verify},
};

const FIRST: Place = Place::Authority(1);
const UNKNOWN: Option<(Place, ChainFault)> = Some((Place::Leaf, ChainFault::IssuerUnknown));

#[test]
fn authorities_as_they_are_hold() {
    assert_eq!(Plan::of(COMPANIES).fault(), None);
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    let (ours, theirs) = (Plan::of("一家公司").make(), Scene::company());
    let verified = verify(&ours.verifier(), &theirs.assertion());
    assert_eq!(fault(verified), UNKNOWN);
}

#[test]
fn an_authority_that_only_has_the_name_of_a_trusted_one_is_refused() {
    let (ours, theirs) = (Scene::company(), Scene::company());
    let verified = verify(&ours.verifier(), &theirs.assertion());
    assert_eq!(fault(verified), Some((Place::Leaf, ChainFault::Signature)));
}

#[test]
fn a_self_made_certificate_is_refused() {
    let ours = Scene::company();
    let mut theirs = Scene::company();
    let own = Authority::root(&company("12345675"), key(KeyKind::P256)).unwrap();
    theirs.card.key = (**own.key()).clone();
    theirs.card.certificate = own.certificate().to_vec();
    let verified = verify(&ours.verifier(), &theirs.assertion());
    assert_eq!(fault(verified), UNKNOWN);
}

#[test]
fn without_the_authority_in_between_there_is_no_chain() {
    let scene = Scene::company();
    let anchors = Anchors::from_der([scene.root.certificate()]).unwrap();
    let verified = verify(&Verifier::new(anchors), &scene.assertion());
    assert_eq!(fault(verified), UNKNOWN);
}

#[test]
fn without_anchors_nobody_is_believed() {
    let verifier = Verifier::new(Anchors::default()).allow_unknown_revocation();
    let verified = verify(&verifier, &Scene::company().assertion());
    assert_eq!(fault(verified), UNKNOWN);
}

#[test]
fn an_expired_authority_in_between_is_refused() {
    let not_after = now() - DAY;
    let plan = Plan::of(COMPANIES).issuing(|issuing| issuing.valid(now() - 9 * DAY, not_after));
    let expected = ChainFault::Expired { not_after };
    assert_eq!(plan.fault(), Some((FIRST, expected)));
}

#[test]
fn an_anchor_counts_only_while_it_is_valid() {
    for (from, until) in [
        (now() - 9 * DAY, now() - DAY),
        (now() + DAY, now() + 9 * DAY),
    ] {
        let plan = Plan::of(COMPANIES).root(|root| root.valid(from, until));
        let (place, _) = plan.fault().unwrap();
        assert_eq!(place, Place::Anchor);
    }
}

#[test]
fn the_path_length_of_an_anchor_counts() {
    let confined = |length| {
        let length = extension::basic_constraints(true, Some(length));
        Plan::of(COMPANIES).root(|root| root.replace(length))
    };
    assert_eq!(confined(1).fault(), None);
    assert_eq!(confined(0).fault(), Some((FIRST, ChainFault::PathLength)));
}

#[test]
fn an_authority_for_other_purposes_is_refused() {
    let usage = extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"]);
    let plan = Plan::of(COMPANIES).issuing(|issuing| issuing.with(usage));
    assert_eq!(plan.fault(), Some((FIRST, ChainFault::ExtendedKeyUsage)));
}

#[test]
fn a_critical_extension_that_nobody_knows_is_refused() {
    let unknown = || Extension::new("1.2.3.4", true, [5, 0]);
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.with(unknown()));
    assert!(matches!(
        plan.fault(),
        Some((Place::Leaf, ChainFault::ExtensionNotUnderstood { .. }))
    ));
    let plan = Plan::of(COMPANIES).issuing(|issuing| issuing.with(unknown()));
    assert!(matches!(
        plan.fault(),
        Some((FIRST, ChainFault::ExtensionNotUnderstood { .. }))
    ));
}

#[test]
fn what_came_to_an_end_is_noticed_although_the_verdict_was_kept() {
    let scene = Plan::of(COMPANIES)
        .issuing(|issuing| issuing.valid(now() - DAY, now()))
        .make();
    let (verifier, text) = (scene.verifier(), scene.assertion());
    assert!(verify(&verifier, &text).is_ok());
    let later = now() + std::time::Duration::from_secs(1);
    let verified = verifier.sign_in(&text, &crate::origin(), &crate::challenge(), later);
    let expected = ChainFault::Expired { not_after: now() };
    assert_eq!(fault(verified), Some((FIRST, expected)));
    assert!(verify(&verifier, &text).is_ok());
}
