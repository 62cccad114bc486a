//! What the fuzzers start from, and what they have found: without a fuzzer.

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "it is a crate of its own, too")]
mod fuzz;

use std::{fs, path::Path};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 8] = [
    ("answer", fuzz::answer),
    ("certificate", fuzz::certificate),
    ("chain", fuzz::chain),
    ("document", fuzz::document),
    ("hipki_sign_in", fuzz::hipki_sign_in),
    ("list", fuzz::list),
    ("list_index", fuzz::list_index),
    ("sign_in", fuzz::sign_in),
];

fn corpus() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus"))
}

#[test]
fn every_corpus_is_replayed_without_a_panic() {
    let folders = fs::read_dir(corpus()).unwrap();
    let mut names: Vec<_> = folders
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, TARGETS.map(|(name, _)| name));
    for (name, target) in TARGETS {
        for file in fs::read_dir(corpus().join(name)).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            target(&bytes);
            // As a fuzzer begins: a byte less, a byte more, a byte changed.
            target(bytes.get(1..).unwrap_or_default());
            target(&[&bytes[..], b"\0"].concat());
            for place in (0..bytes.len()).step_by(7) {
                let mut changed = bytes.clone();
                changed[place] ^= 0xFF;
                target(&changed);
            }
        }
    }
}

/// Otherwise the fuzzers would search at the door.
#[test]
fn the_seeds_are_believed_that_should_be() {
    use chop_verifier::{Content, HipkiExpected};
    use fuzz::scene::{TBS, challenge, now, origin, scene};
    let read = |name: &str| fs::read(corpus().join(name)).unwrap();
    let verifier = &scene().verifier;
    let document = verifier.document(&read("document/attached"), Content::Attached, now());
    assert!(document.is_ok(), "{document:?}");
    let text = String::from_utf8(read("sign_in/card")).unwrap();
    let verified = verifier.sign_in(&text, &origin(), &challenge(), now());
    assert!(verified.is_ok(), "{verified:?}");
    let login = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        read("hipki_sign_in/card"),
    );
    let expected = HipkiExpected::new(TBS).with_nonce("1");
    let verified = verifier.hipki_sign_in(&login, &expected, now());
    assert!(verified.is_ok(), "{verified:?}");
}
