//! Assertions that openssl made once and for all; `vectors/README.md` says how.

use std::time::{Duration, SystemTime};

use chop_verifier::{Algorithm, Anchors, Refusal, verify};

use crate::{challenge, origin};

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

#[test]
fn known_answers_are_believed() {
    let anchors = Anchors::from_pem(AUTHORITY).unwrap();
    for (text, algorithm) in VECTORS {
        let verified = verify(text, &origin(), &challenge(), &anchors, at(1_800_000_000)).unwrap();
        assert_eq!(verified.algorithm, algorithm);
    }
}

#[test]
fn known_answers_are_refused_once_they_have_expired() {
    let anchors = Anchors::from_pem(AUTHORITY).unwrap();
    for (text, algorithm) in VECTORS {
        let verified = verify(text, &origin(), &challenge(), &anchors, at(4_000_000_000));
        assert!(
            matches!(verified, Err(Refusal::Expired { .. })),
            "{algorithm:?}"
        );
    }
}
