//! The command, with openssl as whoever uses what it makes.

#![allow(
    clippy::unwrap_used,
    reason = "a panic is how a test fails; clippy knows helpers outside `#[test]` not as tests"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

/// A folder that was made, with keys that are made quickly.
struct Made {
    _above: TempDir,
    folder: PathBuf,
}

impl Made {
    fn new() -> Self {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("pki");
        let output = tool(&["new", path(&folder), "--keys", "p256"]);
        assert!(output.status.success(), "{output:?}");
        Self {
            _above: above,
            folder,
        }
    }

    fn file(&self, name: &str) -> String {
        path(&self.folder.join(name)).to_owned()
    }

    fn openssl(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new("openssl")
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (output.status.success(), said)
    }

    /// What openssl says of a card, with the lists in the folder.
    fn verify(&self, card: &str) -> (bool, String) {
        let mut lists = String::new();
        for name in ["root", "companies"] {
            let list = format!("lists/{name}.crl");
            let (good, pem) = self.openssl(&["crl", "-inform", "DER", "-in", &list]);
            assert!(good, "{pem}");
            lists.push_str(&pem);
        }
        fs::write(self.folder.join("lists.pem"), lists).unwrap();
        let card = format!("cards/{card}.pem");
        let trust = ["-CAfile", "anchors.pem", "-untrusted", "intermediates.pem"];
        let check = ["-crl_check_all", "-CRLfile", "lists.pem", &card];
        self.openssl(&[&["verify"][..], &trust, &check].concat())
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn tool(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chop-testpki"))
        .args(arguments)
        .output()
        .unwrap()
}

/// `serve`, until it is dropped.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(made: &Made) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chop-testpki"))
            .args(["serve", path(&made.folder), "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim().to_owned();
        Self { child, address }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn openssl_believes_the_cards_but_for_the_lost_and_the_expired_one() {
    let made = Made::new();
    assert!(made.verify("company").0);
    let (good, said) = made.verify("lost");
    assert!(!good && said.contains("revoked"), "{said}");
    let (good, said) = made.verify("expired");
    assert!(!good && said.contains("expired"), "{said}");
}

#[test]
fn a_card_that_is_written_into_the_file_is_on_the_next_lists() {
    let made = Made::new();
    fs::write(made.file("revoked.txt"), "company\n").unwrap();
    assert!(made.verify("company").0);
    assert!(tool(&["lists", path(&made.folder)]).status.success());
    assert!(!made.verify("company").0);
    assert!(made.verify("lost").0);
}

#[test]
fn a_cards_file_opens_with_the_password_and_holds_its_chain() {
    let made = Made::new();
    let open = |password: &str| {
        let password = format!("pass:{password}");
        made.openssl(&[
            "pkcs12",
            "-nodes",
            "-in",
            "cards/company.p12",
            "-passin",
            &password,
        ])
    };
    let (good, text) = open("135790");
    assert!(good, "{text}");
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2);
    assert_eq!(text.matches("BEGIN PRIVATE KEY").count(), 1);
    assert!(!open("135791").0);
}

#[test]
fn ocsp_and_lists_are_served_as_of_now() {
    let made = Made::new();
    let serving = Serving::start(&made);
    let ask = |card: &str| {
        let (card, url) = (
            format!("cards/{card}.pem"),
            format!("{}ocsp", serving.address),
        );
        let trust = ["-CAfile", "anchors.pem", "-issuer", "keys/companies.pem"];
        let question = ["-cert", &card, "-url", &url];
        let other = ["-verify_other", "keys/companies.pem"];
        made.openssl(&[&["ocsp"][..], &trust, &question, &other].concat())
    };
    let (good, said) = ask("company");
    assert!(good && said.contains("company.pem: good"), "{said}");
    assert!(said.contains("Response verify OK"), "{said}");
    let (_, said) = ask("lost");
    assert!(said.contains("lost.pem: revoked"), "{said}");

    fs::write(made.file("revoked.txt"), "company\n").unwrap();
    let (_, said) = ask("company");
    assert!(said.contains("company.pem: revoked"), "{said}");
}

#[test]
fn a_folder_that_is_there_is_not_written_over() {
    let made = Made::new();
    let output = tool(&["new", path(&made.folder)]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot be made"), "{said}");
}

#[test]
fn a_folder_that_is_none_of_ours_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let output = tool(&["lists", path(folder.path())]);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("`new` makes such a folder"), "{said}");
}
