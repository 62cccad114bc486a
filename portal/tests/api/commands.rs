//! The program's commands, as an operator types them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use chop_testpki::{Pki, pem};

/// What operators start from.
const SHIPPED: &str = include_str!("../../deploy/portal.toml");

fn portal(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.args(arguments).current_dir(folder);
    command.output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn from_a_folder_without_the_database_nothing_is_copied_and_nothing_made() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["backup", "copy.db"][..],
        &["account", "list"],
        &["mail", "list"],
        &["exemption", "export"],
        &["audit", "export"],
    ] {
        let output = portal(folder.path(), arguments);

        let error = said(&output.stderr);
        assert!(!output.status.success(), "{arguments:?}");
        let file = folder.path().join("portal.db");
        let named = format!("there is no database at {}", file.display());
        assert!(error.contains(&named), "{arguments:?}: {error}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{arguments:?}");
    }
}

#[test]
fn a_database_of_another_kind_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let output = portal(
        folder.path(),
        &["--database", "mysql://a", "account", "list"],
    );
    let error = said(&output.stderr);
    assert!(error.contains("sqlite:FILE or postgres://"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
}

#[test]
fn check_names_the_password_that_systemd_has_not_put_there_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let anchor = pem(Pki::shared().root()).unwrap();
    fs::write(folder.path().join("root.pem"), anchor).unwrap();
    let text = SHIPPED
        .replace("/etc/portal/anchors", &at("root.pem"))
        .replace("/var/lib/portal", &at("data"))
        // Nobody listens there.
        .replace("http://ca.example.gov.tw", "http://127.0.0.1:9")
        .replace("http://root.example.gov.tw", "http://127.0.0.1:9");
    fs::write(folder.path().join("portal.toml"), text).unwrap();

    let output = portal(folder.path(), &["--settings", "portal.toml", "check"]);

    let (shown, error) = (said(&output.stdout), said(&output.stderr));
    for words in [
        "anchor     ",
        "list       http://127.0.0.1:9/complete.crl (missing",
        "its password cannot be read: /run/credentials/portal.service/mail-password",
        "portal.db is not there yet",
    ] {
        assert!(shown.contains(words), "{words}: {shown}{error}");
    }
    // Only what would keep cards out is left.
    assert!(error.contains("no list of revoked cards"), "{error}");
    assert!(!folder.path().join("data/portal.db").exists());
}
