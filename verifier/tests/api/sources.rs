//! Where a certificate says that it can be asked about.

use chop_testpki::extension::{self, Point, SomeName};
use chop_verifier::{Certificate, ChainFault, Place, Sources, Verifier, unverified_certificate};

use crate::{
    now,
    scene::{COMPANIES, Plan, Scene, fault},
};

fn scene() -> Scene {
    let point = Point {
        names: vec![
            SomeName::uri("http://lists.example/part-7.crl"),
            SomeName::uri("ldap://lists.example/part-7"),
        ],
        ..Point::default()
    };
    let points = [point, Point::at("https://lists.example/complete.crl")];
    Plan::of(COMPANIES)
        .leaf(|leaf| {
            leaf.with(extension::distribution_points(&points))
                .with(extension::freshest_crl(&[Point::at(
                    "http://lists.example/delta.crl",
                )]))
                .with(extension::ocsp_at(&["http://ocsp.example"]))
        })
        .make()
}

fn sources(verifier: &Verifier, assertion: &str) -> Result<Sources, chop_verifier::Refusal> {
    verifier.sources(&unverified_certificate(assertion).unwrap(), now())
}

#[test]
fn a_verified_certificate_says_where_to_ask() {
    let scene = scene();
    // No evidence is needed to learn where there is some.
    let found = sources(&Verifier::new(scene.anchors()), &scene.assertion()).unwrap();
    assert_eq!(
        found.lists,
        [
            "http://lists.example/part-7.crl",
            "https://lists.example/complete.crl"
        ]
    );
    assert_eq!(found.deltas, ["http://lists.example/delta.crl"]);
    assert_eq!(found.ocsp, ["http://ocsp.example"]);
    let issuer = Certificate::from_der(scene.issuing.certificate()).unwrap();
    assert_eq!(*found.issuer, issuer);
}

#[test]
fn nobody_elses_certificate_sends_us_anywhere() {
    let (ours, theirs) = (Scene::company(), scene());
    let found = sources(&Verifier::new(ours.anchors()), &theirs.assertion());
    assert_eq!(fault(found), Some((Place::Leaf, ChainFault::Signature)));
}
