//! Assertions as another implementation sees them: pyca/cryptography, which knows nothing of us.

use std::{fs, path::Path, process::Command};

use chop_testpki::{KeyKind, pem};
use serde_json::json;

use crate::{
    challenge,
    scene::{COMPANIES, Plan},
};

/// Whether it holds, and what was said if not.
fn verify(kind: KeyKind, origin: &str) -> Result<(), String> {
    let scene = Plan::of(COMPANIES).kind(kind).make();
    let folder = tempfile::tempdir().unwrap();
    let question = json!({
        "assertion": scene.assertion(),
        "authority": pem(scene.issuing.certificate()).unwrap(),
        "origin": origin,
        "challenge": challenge().as_str(),
    });
    let path = folder.path().join("question.json");
    fs::write(&path, question.to_string()).unwrap();
    // Debian's own Python, whose package of that name is installed with it.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/independent.py");
    let output = Command::new("/usr/bin/python3")
        .arg(script)
        .arg(path)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(String::from_utf8(output.stderr).unwrap())
    }
}

#[test]
fn an_assertion_holds_for_an_implementation_that_is_not_ours() {
    for kind in [
        KeyKind::Rsa(2048),
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
    ] {
        assert_eq!(verify(kind, "https://portal.example"), Ok(()), "{kind:?}");
    }
}

#[test]
fn nor_does_it_hold_there_for_another_origin() {
    for kind in [KeyKind::Rsa(2048), KeyKind::P256] {
        let said = verify(kind, "https://evil.example").unwrap_err();
        assert!(said.contains("the signature does not hold"), "{said}");
    }
}
