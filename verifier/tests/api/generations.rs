//! Roots that certify their successors, as GRCA, GRCA2 and G3 do.

use chop_testpki::{Authority, Credential, Dn, KeyKind, List, assertion, extension};
use chop_verifier::{Anchors, ChainFault, Crl, Evidence, Place, RevocationFault, Verifier};

use crate::{
    DAY, challenge, now, origin,
    scene::{CLASS_3, Plan, authority, company, fault, issue, key, serial, verify},
};

/// Two generations of one root, each certifying the other's key; issuing authorities of both.
struct Generations {
    first: Authority,
    second: Authority,
    /// The second's key, certified by the first, and the other way round.
    new_with_old: Authority,
    old_with_new: Authority,
    issuing: Authority,
    card: Credential,
}

impl Generations {
    fn new() -> Self {
        let name = |generation: &str| {
            let name = Dn::new().c("TW").o("行政院");
            name.ou(&format!("測試總憑證管理中心{generation}"))
        };
        let root =
            |generation| Authority::root(&authority(name(generation)), key(KeyKind::P256)).unwrap();
        let (first, second) = (root(""), root(" - G2"));
        let new_with_old = first
            .subordinate(
                &authority(name(" - G2")).with(extension::policies(&["2.5.29.32.0"])),
                second.key().clone(),
            )
            .unwrap();
        let old_with_new = second
            .subordinate(
                &authority(name("")).with(extension::policies(&["2.5.29.32.0"])),
                first.key().clone(),
            )
            .unwrap();
        let template = authority(
            Dn::new()
                .c("TW")
                .o("行政院")
                .ou("測試工商憑證管理中心 - G2"),
        )
        .with(extension::policies(&[CLASS_3]));
        let issuing = second.subordinate(&template, key(KeyKind::P256)).unwrap();
        let card = issue(&issuing, &company("12345675"), KeyKind::P256);
        Self {
            first,
            second,
            new_with_old,
            old_with_new,
            issuing,
            card,
        }
    }

    fn anchors(&self, anchors: &[&Authority], between: &[&Authority]) -> Anchors {
        let of = |list: &[&Authority]| {
            let list = list.iter().map(|one| one.certificate().to_vec());
            list.collect::<Vec<_>>()
        };
        let anchors = Anchors::from_der(of(anchors)).unwrap();
        anchors.with_intermediates_der(of(between)).unwrap()
    }

    fn sign_in(
        &self,
        anchors: Anchors,
        lists: &[(&List, &Authority)],
    ) -> Option<(Place, ChainFault)> {
        let mut evidence = Evidence::none();
        for (list, by) in lists {
            let der = list.sign(by).unwrap();
            evidence = evidence.and_list(Crl::from_der(&der, &anchors).unwrap());
        }
        let verifier = Verifier::new(anchors).with_evidence(evidence);
        let text = assertion(&self.card, &origin(), &challenge()).unwrap();
        fault(verify(&verifier, &text))
    }
}

#[test]
fn a_card_of_the_second_generation_is_believed_by_whoever_trusts_the_first() {
    let all = Generations::new();
    let anchors = all.anchors(&[&all.first], &[&all.new_with_old, &all.issuing]);
    let list = List::new(now());
    let lists = [
        (&list, &all.first),
        (&list, &all.second),
        (&list, &all.issuing),
    ];
    assert_eq!(all.sign_in(anchors, &lists), None);
}

#[test]
fn roots_that_certify_each_other_are_no_circle() {
    let all = Generations::new();
    let between = [&all.new_with_old, &all.old_with_new, &all.issuing];
    let list = List::new(now());
    let lists = [
        (&list, &all.first),
        (&list, &all.second),
        (&list, &all.issuing),
    ];
    for anchors in [
        &[&all.first] as &[_],
        &[&all.second],
        &[&all.first, &all.second],
    ] {
        let anchors = all.anchors(anchors, &between);
        assert_eq!(all.sign_in(anchors, &lists), None);
    }
    // Without an anchor among them there is no way out.
    let other = Plan::of("別人").make();
    let anchors = all.anchors(&[&other.root], &between);
    let expected = (Place::Leaf, ChainFault::IssuerUnknown);
    let lists = [(&list, &all.issuing)];
    assert_eq!(all.sign_in(anchors, &lists), Some(expected));
}

#[test]
fn a_cross_certificate_that_was_revoked_leaves_the_other_way() {
    let all = Generations::new();
    let serial = serial(all.new_with_old.certificate());
    let (list, revoking) = (
        List::new(now()),
        List::new(now()).revoking(&serial, now() - DAY).unwrap(),
    );
    let lists = [
        (&revoking, &all.first),
        (&list, &all.second),
        (&list, &all.issuing),
    ];
    let between = [&all.new_with_old, &all.issuing];
    let anchors = all.anchors(&[&all.first], &between);
    let (place, fault) = all.sign_in(anchors, &lists).unwrap();
    assert_eq!(place, Place::Authority(1));
    assert!(matches!(
        fault,
        ChainFault::Revocation(RevocationFault::Revoked { .. })
    ));
    let anchors = all.anchors(&[&all.first, &all.second], &between);
    assert_eq!(all.sign_in(anchors, &lists), None);
}
