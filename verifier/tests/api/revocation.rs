//! Lists: what they cover, when they count, and what is refused without them.

use chop_testpki::{
    Authority, Dn, Entry, Extension, KeyKind, List, Time,
    extension::{self, Point, Scope},
};
use chop_verifier::{
    ChainFault, Crl, CrlError, Evidence, Occasion, Place, Reason, Revocation, RevocationFault,
    Source, Verifier,
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
fn a_partitioned_list_covers_the_certificates_of_its_point() {
    let (one, other) = (
        Point::at("http://l.example/1"),
        Point::at("http://l.example/2"),
    );
    let scene = scene_at(std::slice::from_ref(&one));
    let of =
        |point: &Point| List::new(now()).with(extension::issuing_point(point, Scope::default()));
    assert_eq!(with_list(&scene, &of(&one)), None);
    assert_eq!(with_list(&scene, &of(&other)), is(RevocationFault::Unknown));
    // The complete list has no point and covers all.
    assert_eq!(with_list(&scene, &List::new(now())), None);
    // A certificate that names no point is on no partition.
    let scene = Scene::company();
    assert_eq!(with_list(&scene, &of(&one)), is(RevocationFault::Unknown));
}

#[test]
fn any_name_of_a_point_will_do() {
    let both = Point {
        names: [
            Point::at("ldap://l.example/1"),
            Point::at("http://l.example/1"),
        ]
        .map(|point| point.names[0].clone())
        .to_vec(),
        ..Point::default()
    };
    let scene = scene_at(&[both]);
    let point = extension::issuing_point(&Point::at("http://l.example/1"), Scope::default());
    assert_eq!(with_list(&scene, &List::new(now()).with(point)), None);
}

#[test]
fn a_point_may_be_named_below_the_issuer() {
    let relative = |name: &str| Point {
        relative: Some(Dn::new().cn(name)),
        ..Point::default()
    };
    let scene = scene_at(&[relative("一號")]);
    let full = Point::named(scene.issuing.name().clone().cn("一號"));
    for (point, expected) in [
        (relative("一號"), None),
        (full, None),
        (relative("二號"), is(RevocationFault::Unknown)),
    ] {
        let point = extension::issuing_point(&point, Scope::default());
        assert_eq!(with_list(&scene, &List::new(now()).with(point)), expected);
    }
}

#[test]
fn a_list_of_one_kind_of_certificates_covers_that_kind() {
    let scene = Scene::company();
    let only = |scope| List::new(now()).with(extension::issuing_point(&Point::default(), scope));
    let users = only(Scope {
        only_users: true,
        ..Scope::default()
    });
    assert_eq!(with_list(&scene, &users), None);
    for scope in [
        Scope {
            only_authorities: true,
            ..Scope::default()
        },
        Scope {
            only_attributes: true,
            ..Scope::default()
        },
    ] {
        assert_eq!(
            with_list(&scene, &only(scope)),
            is(RevocationFault::Unknown)
        );
    }
}

#[test]
fn lists_for_some_reasons_count_together() {
    let scene = Scene::company();
    let only = |bits: &[u8]| {
        let point = Point {
            reasons: Some(bits.to_vec()),
            ..Point::default()
        };
        List::new(now()).with(extension::issuing_point(&point, Scope::default()))
    };
    let (first, second) = (only(&[1, 2, 3]), only(&[4, 5, 6, 7, 8]));
    assert_eq!(with_list(&scene, &first), is(RevocationFault::Unknown));
    assert_eq!(with_lists(&scene, &[&first, &second]), None);
    let serial = serial(&scene.card.certificate);
    let second = second
        .and(&Entry::new(&serial, now() - DAY).reason(6))
        .unwrap();
    assert_eq!(
        with_lists(&scene, &[&first, &second]),
        revoked(Reason::CertificateHold)
    );
}

#[test]
fn a_delta_adds_to_its_base_and_takes_back() {
    let scene = Scene::company();
    let serial = serial(&scene.card.certificate);
    let hold = Entry::new(&serial, now() - DAY).reason(6);
    let base = List::new(now()).number(Some(&[5]));
    let held = base.clone().and(&hold).unwrap();
    let delta = |number: u8, base: u8| {
        let list = List::new(now()).number(Some(&[number]));
        list.delta_to(&[base]).unwrap()
    };
    let adds = delta(6, 5).and(&hold).unwrap();
    let removes = delta(6, 5)
        .and(&Entry::new(&serial, now()).reason(8))
        .unwrap();

    assert_eq!(
        with_lists(&scene, &[&base, &adds]),
        revoked(Reason::CertificateHold)
    );
    assert_eq!(with_lists(&scene, &[&held, &removes]), None);
    assert_eq!(
        with_lists(&scene, &[&held, &delta(6, 5)]),
        revoked(Reason::CertificateHold)
    );
    // Of two deltas the newer one.
    let newer = delta(7, 5)
        .and(&Entry::new(&serial, now()).reason(8))
        .unwrap();
    assert_eq!(with_lists(&scene, &[&base, &adds, &newer]), None);
    // A delta by itself says nothing; neither does one to a later base, or an older one.
    assert_eq!(with_list(&scene, &removes), is(RevocationFault::Unknown));
    let later = delta(9, 8)
        .and(&Entry::new(&serial, now()).reason(8))
        .unwrap();
    assert_eq!(
        with_lists(&scene, &[&held, &later]),
        revoked(Reason::CertificateHold)
    );
    let older = delta(4, 3)
        .and(&Entry::new(&serial, now()).reason(8))
        .unwrap();
    assert_eq!(
        with_lists(&scene, &[&held, &older]),
        revoked(Reason::CertificateHold)
    );
}

#[test]
fn a_delta_for_another_scope_does_not_count() {
    let scene = Scene::company();
    let serial = serial(&scene.card.certificate);
    let hold = Entry::new(&serial, now() - DAY).reason(6);
    let held = List::new(now()).number(Some(&[5])).and(&hold).unwrap();
    let users = Scope {
        only_users: true,
        ..Scope::default()
    };
    let other = List::new(now())
        .number(Some(&[6]))
        .with(extension::issuing_point(&Point::default(), users))
        .delta_to(&[5])
        .unwrap()
        .and(&Entry::new(&serial, now()).reason(8))
        .unwrap();
    assert_eq!(
        with_lists(&scene, &[&held, &other]),
        revoked(Reason::CertificateHold)
    );
}

/// An authority for lists alone, below the root.
struct ListSigner {
    scene: Scene,
    signer: Authority,
}

impl ListSigner {
    fn new(name: Dn, point: Option<Point>) -> Self {
        let plan = Plan::of(COMPANIES);
        let scene = match point {
            Some(point) => plan
                .leaf(|leaf| leaf.with(extension::distribution_points(&[point])))
                .make(),
            None => plan.make(),
        };
        let template = authority(name)
            .without("2.5.29.19")
            .replace(extension::key_usage(&[6]));
        let signer = scene
            .root
            .subordinate(&template, key(KeyKind::P256))
            .unwrap();
        Self { scene, signer }
    }

    /// With this list by the list signer.
    fn with(&self, list: &List) -> Option<(Place, ChainFault)> {
        self.with_root_list(list, &List::new(now()))
    }

    fn with_root_list(&self, list: &List, root: &List) -> Option<(Place, ChainFault)> {
        let anchors = self.scene.anchors();
        let anchors = anchors
            .with_intermediates_der([self.signer.certificate()])
            .unwrap();
        let read =
            |list: &List, by: &Authority| Crl::from_der(&list.sign(by).unwrap(), &anchors).unwrap();
        let evidence = Evidence::none()
            .and_list(read(root, &self.scene.root))
            .and_list(read(list, &self.signer));
        let verifier = Verifier::new(anchors).with_evidence(evidence);
        fault(verify(&verifier, &self.scene.assertion()))
    }
}

#[test]
fn an_authority_may_have_another_key_for_lists() {
    let name = Dn::new().c("TW").o("行政院").ou(COMPANIES);
    let lists = ListSigner::new(name, None);
    assert_eq!(lists.with(&List::new(now())), None);
    let serial = serial(&lists.scene.card.certificate);
    let list = List::new(now()).revoking(&serial, now() - DAY).unwrap();
    assert_eq!(lists.with(&list), revoked(Reason::Unspecified));
}

#[test]
fn a_revoked_signer_of_lists_signs_none() {
    let name = Dn::new().c("TW").o("行政院").ou(COMPANIES);
    let lists = ListSigner::new(name, None);
    let serial = serial(lists.signer.certificate());
    let root = List::new(now()).revoking(&serial, now() - DAY).unwrap();
    let found = lists.with_root_list(&List::new(now()), &root);
    assert_eq!(found, is(RevocationFault::Unknown));
}

#[test]
fn an_indirect_list_counts_for_those_whose_certificates_name_its_issuer() {
    let name = Dn::new().c("TW").o("行政院").ou("清單");
    let point = Point {
        names: Point::at("http://l.example/all").names,
        crl_issuer: Some(name.clone()),
        ..Point::default()
    };
    let lists = ListSigner::new(name.clone(), Some(point));
    let indirect = Scope {
        indirect: true,
        ..Scope::default()
    };
    let at = |scope| {
        let point = Point::at("http://l.example/all");
        List::new(now()).with(extension::issuing_point(&point, scope))
    };
    assert_eq!(lists.with(&at(indirect)), None);
    // One that does not say that it is indirect does not count.
    assert_eq!(
        lists.with(&at(Scope::default())),
        is(RevocationFault::Unknown)
    );

    // An entry is of the list's own issuer until one names another.
    let serial = serial(&lists.scene.card.certificate);
    let entry = Entry::new(&serial, now() - DAY);
    let own = at(indirect).and(&entry).unwrap();
    assert_eq!(lists.with(&own), None);
    let issuer = lists.scene.issuing.name();
    let theirs = entry.with(extension::certificate_issuer(issuer));
    let list = at(indirect).and(&theirs).unwrap();
    assert_eq!(lists.with(&list), revoked(Reason::Unspecified));
    // The next entry is of the same issuer, without saying it again.
    let other = Entry::new(&[1], now() - DAY).with(extension::certificate_issuer(issuer));
    let list = at(indirect).and(&other).unwrap();
    let list = list.revoking(&serial, now() - DAY).unwrap();
    assert_eq!(lists.with(&list), revoked(Reason::Unspecified));
}

#[test]
fn an_indirect_list_does_not_count_for_certificates_that_do_not_name_it() {
    let name = Dn::new().c("TW").o("行政院").ou("清單");
    let lists = ListSigner::new(name, None);
    let indirect = Scope {
        indirect: true,
        ..Scope::default()
    };
    let list = List::new(now()).with(extension::issuing_point(&Point::default(), indirect));
    assert_eq!(lists.with(&list), is(RevocationFault::Unknown));
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
