//! What a site can ask for beyond the default, beside revocation, which has a file of its own.

use chop_testpki::extension;
use chop_verifier::{Assurance, ChainFault, ObjectIdentifier, Place, Refusal, Verifier};

use crate::scene::{CLASS_3, COMPANIES, Plan, Scene, fault, verify};

const CLASS_2: &str = "2.16.886.101.0.3.2";

fn strict(scene: &Scene, change: impl FnOnce(Verifier) -> Verifier) -> Result<(), Refusal> {
    verify(&change(scene.verifier()), &scene.assertion()).map(drop)
}

fn policy(oid: &str) -> ObjectIdentifier {
    ObjectIdentifier::new(oid).unwrap()
}

#[test]
fn a_level_that_is_required_has_to_hold_for_the_whole_chain() {
    let scene = Scene::company();
    for (level, good) in [
        (Assurance::One, true),
        (Assurance::Three, true),
        (Assurance::Four, false),
    ] {
        let found = Some(Assurance::Three);
        let expected = if good {
            Ok(())
        } else {
            Err(Refusal::AssuranceTooLow { found })
        };
        assert_eq!(strict(&scene, |one| one.require_assurance(level)), expected);
    }
    // An issuing authority of level 2 cannot give level 3.
    let scene = Plan::of(COMPANIES)
        .issuing(|issuing| issuing.replace(extension::policies(&[CLASS_2])))
        .make();
    let found = strict(&scene, |one| one.require_assurance(Assurance::Three));
    assert_eq!(found, Err(Refusal::AssuranceTooLow { found: None }));
}

#[test]
fn a_level_may_be_called_otherwise_below_and_count_in_the_anchors_words() {
    let scene = Plan::of(COMPANIES)
        .issuing(|issuing| issuing.with(extension::policy_mappings(&[(CLASS_3, "1.2.3.3")])))
        .leaf(|leaf| leaf.replace(extension::policies(&["1.2.3.3"])))
        .make();
    assert_eq!(
        strict(&scene, |one| one.require_assurance(Assurance::Three)),
        Ok(())
    );
}

#[test]
fn a_policy_that_is_required_has_to_hold_for_the_whole_chain() {
    let scene = Scene::company();
    assert_eq!(
        strict(&scene, |one| one.require_policy(policy(CLASS_3))),
        Ok(())
    );
    let found = verify(
        &scene.verifier().require_policy(policy(CLASS_2)),
        &scene.assertion(),
    );
    assert_eq!(fault(found), Some((Place::Leaf, ChainFault::Policy)));
    let either = |one: Verifier| {
        one.require_policy(policy(CLASS_2))
            .require_policy(policy(CLASS_3))
    };
    assert_eq!(strict(&scene, either), Ok(()));
}

#[test]
fn a_policy_and_a_level_can_be_required_together() {
    let other = &[CLASS_3, "1.2.3", "1.2.4"];
    let scene = Plan::of(COMPANIES)
        .issuing(|issuing| issuing.replace(extension::policies(other)))
        .leaf(|leaf| leaf.replace(extension::policies(other)))
        .make();
    let verifier = scene
        .verifier()
        .require_policy(policy("1.2.3"))
        .require_assurance(Assurance::Three);
    let signer = verify(&verifier, &scene.assertion()).unwrap().signer;
    assert_eq!(signer.assurance, Some(Assurance::Three));
    // All that hold, not only those that were asked for.
    let all = other.iter().map(|oid| policy(oid)).collect();
    assert_eq!(signer.policies, all);
}

#[test]
fn a_policy_can_be_refused() {
    let scene = Scene::company();
    let oid = policy(CLASS_3);
    let found = verify(&scene.verifier().refuse_policy(oid), &scene.assertion());
    let expected = ChainFault::PolicyRefused { oid };
    assert_eq!(fault(found), Some((Place::Leaf, expected)));
    assert_eq!(
        strict(&scene, |one| one.refuse_policy(policy(CLASS_2))),
        Ok(())
    );
}

#[test]
fn a_simulated_card_is_refused_unless_it_is_allowed_by_that_name() {
    let simulated = chop_protocol::SIMULATED_POLICY;
    let both = extension::policies(&[simulated, CLASS_3]);
    let scene = Plan::of(COMPANIES)
        .issuing(|issuing| issuing.replace(both.clone()))
        .leaf(|leaf| leaf.replace(both))
        .make();
    let refused = Some((Place::Leaf, ChainFault::Simulated));
    let fault_of = |verifier: &Verifier| fault(verify(verifier, &scene.assertion()));
    assert_eq!(fault_of(&scene.verifier()), refused);
    // No other relaxation lets it pass, nor does asking for it.
    let relaxed = scene.verifier().allow_unknown_revocation();
    assert_eq!(fault_of(&relaxed), refused);
    let required = scene.verifier().require_policy(policy(simulated));
    assert_eq!(fault_of(&required), refused);

    assert_eq!(strict(&scene, Verifier::allow_simulated_cards), Ok(()));
    let level = |one: Verifier| {
        one.allow_simulated_cards()
            .require_assurance(Assurance::Three)
    };
    assert_eq!(strict(&scene, level), Ok(()));
    // Whoever refuses it by its number still does.
    let again = |one: Verifier| one.allow_simulated_cards().refuse_policy(policy(simulated));
    assert!(strict(&scene, again).is_err());
}
