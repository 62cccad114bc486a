//! Assertions that openssl made once and for all; `vectors/README.md` says how.

use std::time::{Duration, SystemTime};

use chop_verifier::{Algorithm, Anchors, ChainFault, Place, Verifier};

use crate::{challenge, origin, scene::fault};

const AUTHORITY: &str = include_str!("../../vectors/authority.pem");

const VECTORS: [(&str, Algorithm); 5] = [
    (include_str!("../../vectors/rs256.json"), Algorithm::Rs256),
    (include_str!("../../vectors/ps256.json"), Algorithm::Ps256),
    (include_str!("../../vectors/es256.json"), Algorithm::Es256),
    (include_str!("../../vectors/es384.json"), Algorithm::Es384),
    (include_str!("../../vectors/es512.json"), Algorithm::Es512),
];

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Nobody made lists for them.
fn verifier() -> Verifier {
    Verifier::new(Anchors::from_pem(AUTHORITY).unwrap()).allow_unknown_revocation()
}

#[test]
fn known_answers_are_believed() {
    let verifier = verifier();
    for (text, algorithm) in VECTORS {
        let then = at(1_800_000_000);
        let verified = verifier
            .sign_in(text, &origin(), &challenge(), then)
            .unwrap();
        assert_eq!(verified.algorithm, algorithm);
    }
}

#[test]
fn known_answers_are_refused_once_they_have_expired() {
    let verifier = verifier();
    for (text, algorithm) in VECTORS {
        let verified = verifier.sign_in(text, &origin(), &challenge(), at(4_000_000_000));
        assert!(
            matches!(
                fault(verified),
                Some((Place::Leaf, ChainFault::Expired { .. }))
            ),
            "{algorithm:?}"
        );
    }
}
