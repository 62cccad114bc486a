//! The invented certificates, as the verifier reads them: fixtures and reader agree.

use std::time::SystemTime;

use chop_protocol::{Algorithm, Assertion, Challenge, Hash, Origin, signed_message};
use chop_verifier::{Anchors, ChainFault, CompanyCard, Identity, Refusal, SignIn, Verifier};
use e2e::pki::{Credential, Holder, Issuer, KeyKind, Pki, Request};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};

#[test]
fn a_companys_card_is_the_companys() {
    let holder = Holder::company();

    let identity = sign_in(&Request::of(&holder)).unwrap().signer.identity;

    let Identity::Company(company) = identity else {
        panic!("{identity:?}");
    };
    assert_eq!(company.ban.as_str(), holder.number);
    assert_eq!(company.name, holder.name);
    assert_eq!(company.card, CompanyCard::Primary);
}

#[test]
fn a_secondary_card_is_known_as_one() {
    let holder = Holder::other_company();

    let identity = sign_in(&Request::of(&holder).of_secondary_card())
        .unwrap()
        .signer
        .identity;

    let Identity::Company(company) = identity else {
        panic!("{identity:?}");
    };
    assert_eq!(company.card, CompanyCard::Secondary);
}

#[test]
fn a_citizens_card_is_the_citizens() {
    let holder = Holder::citizen();

    let identity = sign_in(&Request::of(&holder)).unwrap().signer.identity;

    let Identity::Citizen(citizen) = identity else {
        panic!("{identity:?}");
    };
    assert_eq!(citizen.name, holder.name);
    assert_eq!(citizen.last_four.as_deref(), Some("5678"));
}

#[test]
fn a_company_without_attributes_is_known_by_its_subject() {
    let holder = Holder::company();

    let verified = sign_in(&Request::of(&holder).without_attributes());

    assert!(matches!(
        verified.unwrap().signer.identity,
        Identity::Company(_)
    ));
}

#[test]
fn numbers_that_disagree_are_refused() {
    let holder = Holder::company();
    let request = Request::of(&holder).attribute_says("00000022");

    assert_eq!(refusal(&request), Refusal::CompanyNumbersDiffer);
}

#[test]
fn a_wrong_check_digit_is_refused() {
    let holder = Holder::company_with_wrong_check_digit();

    assert_eq!(refusal(&Request::of(&holder)), Refusal::CompanyNumber);
}

#[test]
fn an_encryption_certificate_is_refused() {
    let holder = Holder::company();

    assert_eq!(
        fault(&Request::of(&holder).for_encryption()),
        ChainFault::KeyUsage
    );
}

#[test]
fn an_expired_certificate_is_refused() {
    let holder = Holder::company();
    let fault = fault(&Request::of(&holder).expired());

    assert!(matches!(fault, ChainFault::Expired { .. }), "{fault:?}");
}

#[test]
fn a_certificate_of_tomorrow_is_refused() {
    let holder = Holder::company();
    let fault = fault(&Request::of(&holder).not_yet_valid());

    assert!(matches!(fault, ChainFault::NotYetValid { .. }), "{fault:?}");
}

fn refusal(request: &Request<'_>) -> Refusal {
    sign_in(request).unwrap_err()
}

/// What is wrong with the certificate where it stands.
fn fault(request: &Request<'_>) -> ChainFault {
    match refusal(request) {
        Refusal::Chain(chain) => chain.fault,
        other => panic!("{other:?}"),
    }
}

/// What the server says to an assertion that is right but for its certificate.
fn sign_in(request: &Request<'_>) -> Result<SignIn, Refusal> {
    let pki = Pki::shared();
    let credential = pki.credential(request, KeyKind::P256).unwrap();
    let origin: Origin = "https://site.test".parse().unwrap();
    let challenge = Challenge::from_random([7; 32]);
    let anchors = Anchors::from_der([pki.root()])
        .unwrap()
        .with_intermediates_der(
            [Issuer::Companies, Issuer::Citizens].map(|one| pki.intermediate(one)),
        )
        .unwrap();

    let assertion = serde_json::to_string(&assertion(&credential, &origin, &challenge)).unwrap();

    // Whether cards of a test were revoked is for the verifier's own tests.
    let verifier = Verifier::new(anchors).allow_unknown_revocation();
    verifier.sign_in(&assertion, &origin, &challenge, SystemTime::now())
}

fn assertion(credential: &Credential, origin: &Origin, challenge: &Challenge) -> Assertion {
    let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let key = EcdsaKeyPair::from_pkcs8(algorithm, credential.key.pkcs8(), &random).unwrap();
    let message = signed_message(origin, challenge, Hash::Sha256);
    let signature = key.sign(&random, &message).unwrap();
    Assertion::new(
        &credential.certificate,
        Algorithm::Es256,
        signature.as_ref(),
    )
}
