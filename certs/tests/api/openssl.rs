//! What openssl says of a pair as it is kept.

use std::{fs, process::Command};

use chop_certs::{Lifetime, store};

use crate::day;

fn openssl(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("openssl")
        .args(arguments)
        .output()
        .expect("openssl is installed");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// 4 October 2024, for 825 days: the leaf's file, the authority's, and their folder.
fn kept() -> (tempfile::TempDir, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let pair = store::load_or_create(folder.path(), day(20_000), Lifetime::PerPerson).unwrap();
    let authority = folder.path().join("authority.pem");
    fs::write(&authority, pair.authority_pem()).unwrap();
    let [leaf, authority] =
        [store::place(folder.path()), authority].map(|path| path.to_str().unwrap().to_owned());
    (folder, leaf, authority)
}

#[test]
fn both_certificates_have_the_dates_that_were_asked_for() {
    let (_folder, leaf, authority) = kept();
    for file in [leaf, authority] {
        let (_, dates) = openssl(&[
            "x509", "-noout", "-dates", "-dateopt", "iso_8601", "-in", &file,
        ]);
        assert_eq!(
            dates,
            "notBefore=2024-10-03 00:00:00Z\nnotAfter=2027-01-05 23:59:59Z\n"
        );
    }
}

#[test]
fn the_kept_authority_is_confined_and_may_only_issue_servers() {
    let (_folder, _, authority) = kept();
    let extensions = "basicConstraints,keyUsage,extendedKeyUsage,nameConstraints";
    let (_, text) = openssl(&["x509", "-noout", "-ext", extensions, "-in", &authority]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Basic Constraints: critical CA:TRUE, pathlen:0",
        "Key Usage: critical Certificate Sign",
        "Extended Key Usage: TLS Web Server Authentication",
        "Name Constraints: critical Permitted: DNS:localhost IP:127.0.0.1/255.255.255.255",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn the_kept_leaf_is_accepted_for_localhost_within_its_time_alone() {
    let (_folder, leaf, authority) = kept();
    let at = |day: u64| {
        let moment = (day * 86_400).to_string();
        let options = [
            "verify",
            "-purpose",
            "sslserver",
            "-verify_hostname",
            "localhost",
        ];
        let files = ["-attime", &moment, "-CAfile", &authority, &leaf];
        openssl(&[&options[..], &files].concat())
    };
    assert!(at(20_000).0 && at(20_823).0);
    for outside in [19_998, 20_825] {
        let (accepted, said) = at(outside);
        assert!(
            !accepted && said.contains("verification failed"),
            "{outside}: {said}"
        );
    }
}
