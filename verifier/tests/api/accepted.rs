//! What is believed.

use chop_protocol::Algorithm;
use chop_testpki::{KeyKind, extension};
use chop_verifier::{Anchors, Assurance, Evidence, Identity, Revocation, Source, Verifier};

use crate::{
    DAY, now,
    scene::{CLIENT, COMPANIES, Plan, Scene, verify},
};

#[test]
fn a_companys_card_signs_in() {
    let scene = Scene::company();

    let verified = scene.sign_in().unwrap();

    let signer = &verified.signer;
    let Identity::Company(company) = &signer.identity else {
        panic!("{verified:?}")
    };
    assert_eq!(company.ban.as_str(), "12345675");
    assert_eq!(company.name, "測試股份有限公司");
    let certificate = &signer.certificate;
    assert_eq!(
        certificate.subject(),
        "C=TW, O=測試股份有限公司, serialNumber=12345675"
    );
    assert_eq!(
        certificate.issuer(),
        "C=TW, O=行政院, OU=測試工商憑證管理中心"
    );
    assert_eq!(certificate.der(), scene.card.certificate);
    assert_eq!(certificate.not_after(), now() + 5 * 365 * DAY);
    assert_eq!(certificate.serial().len(), 32);
    assert_eq!(verified.algorithm, Algorithm::Es256);
    assert!(verified.origin_bound);
}

#[test]
fn the_subject_comes_field_by_field_in_its_own_order() {
    let fields = Scene::company().sign_in().unwrap().signer.subject;
    let fields: Vec<_> = fields
        .iter()
        .map(|field| (field.name.as_str(), field.value.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("C", "TW"),
            ("O", "測試股份有限公司"),
            ("serialNumber", "12345675")
        ]
    );
}

#[test]
fn the_verdict_says_how_the_revocation_is_known() {
    let revocation = Scene::company().sign_in().unwrap().signer.revocation;
    let by = Source::List;
    assert_eq!(revocation, Revocation::Good { as_of: now(), by });
}

#[test]
fn the_verdict_names_the_anchor_and_the_level() {
    let scene = Scene::company();
    let signer = scene.sign_in().unwrap().signer;
    let anchors = scene.anchors();
    let root = anchors.certificates().next().unwrap();
    assert_eq!(signer.anchor, root.fingerprint());
    assert_eq!(signer.assurance, Some(Assurance::Three));
}

/// A validator that is in use fails on it.
#[test]
fn a_certificate_without_policies_has_a_clean_verdict() {
    let signer = Plan::of(COMPANIES)
        .leaf(|leaf| leaf.without("2.5.29.32"))
        .sign_in()
        .unwrap()
        .signer;
    assert_eq!(signer.assurance, None);
    assert!(signer.policies.is_empty());
}

#[test]
fn every_kind_of_key_signs_in() {
    for (kind, algorithm) in [
        (KeyKind::Rsa(2048), Algorithm::Rs256),
        (KeyKind::P384, Algorithm::Es384),
        (KeyKind::P521, Algorithm::Es512),
    ] {
        let verified = Plan::of(COMPANIES).kind(kind).sign_in().unwrap();
        assert_eq!(verified.algorithm, algorithm);
    }
}

#[test]
fn an_issuing_authority_alone_can_be_the_anchor() {
    let scene = Scene::company();
    let anchors = Anchors::from_der([scene.issuing.certificate()]).unwrap();
    // Nobody above it is asked whether it was revoked.
    let list = chop_testpki::List::new(now()).sign(&scene.issuing).unwrap();
    let list = chop_verifier::Crl::from_der(&list, &anchors).unwrap();
    let verifier = Verifier::new(anchors).with_evidence(Evidence::none().and_list(list));
    assert!(verify(&verifier, &scene.assertion()).is_ok());
}

#[test]
fn an_extended_key_usage_with_client_authentication_is_fine() {
    let usage = extension::extended_key_usage(&["1.3.6.1.5.5.7.3.4", CLIENT]);
    let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.with(usage));
    assert!(plan.sign_in().is_ok());
}

#[test]
fn the_first_and_the_last_second_of_the_validity_count() {
    for (from, until) in [(now(), now() + DAY), (now() - DAY, now())] {
        let plan = Plan::of(COMPANIES).leaf(|leaf| leaf.valid(from, until));
        assert!(plan.sign_in().is_ok(), "{from:?} {until:?}");
    }
}

#[test]
fn format_1_1_and_fields_that_we_do_not_know_are_fine() {
    let scene = Scene::company();
    let mut json: serde_json::Value = serde_json::from_str(&scene.assertion()).unwrap();
    json["format"] = "web-eid:1.1".into();
    json["unverifiedSigningCertificates"] = serde_json::json!([]);
    json["identity"] = "who I say I am".into();
    assert!(verify(&scene.verifier(), &json.to_string()).is_ok());
}

#[test]
fn a_verdict_can_be_asked_for_again_and_by_many_at_once() {
    let scene = Scene::company();
    let (verifier, assertion) = (scene.verifier(), scene.assertion());
    let first = verify(&verifier, &assertion).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(verify(&verifier, &assertion).as_ref(), Ok(&first)));
        }
    });
}
