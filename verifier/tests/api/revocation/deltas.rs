//! Deltas and their bases.

use super::*;

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
