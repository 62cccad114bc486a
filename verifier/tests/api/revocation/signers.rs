//! Lists that somebody else signed.

use super::*;

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
