//! Lists for some certificates or some reasons.

use super::*;

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
