//! What is believed.

use chop_protocol::Algorithm;
use chop_verifier::{Anchors, Identity, Revocation};
use rcgen::{ExtendedKeyUsagePurpose, PKCS_ECDSA_P384_SHA384};

use crate::{
    DAY, challenge, now, origin,
    pki::{self, COMPANIES, Pki},
    sign_in, verify_here,
};

#[test]
fn a_companys_card_signs_in() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));

    let verified = sign_in(&pki, &card).unwrap();

    let Identity::Company(company) = &verified.identity else {
        panic!("{verified:?}")
    };
    assert_eq!(company.ban.as_str(), "12345675");
    assert_eq!(company.name, "測試股份有限公司");
    assert_eq!(
        verified.subject,
        "C=TW, O=測試股份有限公司, serialNumber=12345675"
    );
    assert_eq!(verified.issuer, "C=TW, O=行政院, OU=測試工商憑證管理中心");
    assert_eq!(verified.certificate, card.certificate);
    assert_eq!(verified.not_after, now() + 1800 * DAY);
    assert_eq!(verified.algorithm, Algorithm::Es256);
    assert_eq!(verified.serial.len() % 2, 0);
    assert!(verified.serial.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn nobody_claims_that_revocation_was_checked() {
    let pki = Pki::of(COMPANIES);
    let verified = sign_in(&pki, &pki.issue(pki::company("12345675"))).unwrap();
    assert_eq!(verified.revocation, Revocation::NotChecked);
}

#[test]
fn a_p384_key_signs_in_with_es384() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue_with(pki::company("12345675"), &PKCS_ECDSA_P384_SHA384);
    assert_eq!(sign_in(&pki, &card).unwrap().algorithm, Algorithm::Es384);
}

#[test]
fn an_issuing_authority_alone_can_be_the_anchor() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    let anchors = Anchors::from_der([pki.issuing.clone()]).unwrap();
    assert!(verify_here(&card.assertion(&origin(), &challenge()), &anchors).is_ok());
}

#[test]
fn an_extended_key_usage_with_client_authentication_is_fine() {
    use ExtendedKeyUsagePurpose::{ClientAuth, EmailProtection};
    let pki = Pki::of(COMPANIES);
    let mut params = pki::company("12345675");
    pki::purposes(&mut params, &[EmailProtection, ClientAuth]);
    assert!(sign_in(&pki, &pki.issue(params)).is_ok());
}

#[test]
fn the_first_and_the_last_second_of_the_validity_count() {
    let pki = Pki::of(COMPANIES);
    for (from, until) in [(now(), now() + DAY), (now() - DAY, now())] {
        let mut params = pki::company("12345675");
        pki::valid(&mut params, from, until);
        assert!(
            sign_in(&pki, &pki.issue(params)).is_ok(),
            "{from:?} {until:?}"
        );
    }
}

#[test]
fn format_1_1_and_fields_that_we_do_not_know_are_fine() {
    let pki = Pki::of(COMPANIES);
    let card = pki.issue(pki::company("12345675"));
    let assertion = card.unserialized_assertion(&origin(), &challenge());
    let mut json = serde_json::to_value(assertion).unwrap();
    json["format"] = "web-eid:1.1".into();
    json["unverifiedSigningCertificates"] = serde_json::json!([]);
    json["identity"] = "who I say I am".into();
    assert!(verify_here(&json.to_string(), &pki.anchors()).is_ok());
}
