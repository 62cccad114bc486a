//! `chop-verify chain …`; the rules themselves are in the verifier's `tests/suite`.

use std::{path::PathBuf, time::Duration, time::SystemTime};

use chop_testpki::{Authority, Dn, KeyKind, List, Template, extension, pem, pem_of};
use tempfile::TempDir;

use crate::command::{run, text};

const DAY: Duration = Duration::from_secs(86_400);
/// 1 November 2026, 00:00 UTC.
const AT: &str = "2026-11-01T00:00:00Z";

fn at() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_491_200)
}

/// A root, an authority and a server's certificate, as files.
struct Files {
    folder: TempDir,
    root: Authority,
    between: Authority,
    leaf: Vec<u8>,
}

impl Files {
    fn new(change: impl FnOnce(Template) -> Template) -> Self {
        let root = Authority::ordinary_root(Dn::of("根"), KeyKind::P256, at()).unwrap();
        let key = chop_testpki::PrivateKey::generate(KeyKind::P256).unwrap();
        let template = Template::authority(Dn::of("發證"), at()).unwrap();
        let between = root.subordinate(&template, key.clone().into()).unwrap();
        let template = Template::new(Dn::of("測試終端"), at()).unwrap();
        let names = [
            extension::SomeName::dns("a.site.example"),
            extension::SomeName::ip("192.0.2.1".parse().unwrap()),
        ];
        let template = template
            .with(extension::key_usage(&[0]))
            .with(extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"]))
            .with(extension::alternative_names(&names));
        let leaf = between.issue(&change(template), key.public_key()).unwrap();
        let files = Self {
            folder: tempfile::tempdir().unwrap(),
            root,
            between,
            leaf,
        };
        files.write("root.pem", pem(files.root.certificate()).unwrap());
        files.write("between.pem", pem(files.between.certificate()).unwrap());
        files.write("leaf.pem", pem(&files.leaf).unwrap());
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// The exit code and what was printed.
    fn judge(&self, more: &[&str]) -> (i32, String) {
        let (root, between, leaf) = (
            self.path("root.pem"),
            self.path("between.pem"),
            self.path("leaf.pem"),
        );
        let arguments = [
            "chain",
            "--anchors",
            text(&root),
            "--intermediates",
            text(&between),
            "--leaf",
            text(&leaf),
            "--at",
            AT,
        ];
        let output = run(&[&arguments, more].concat());
        let printed = String::from_utf8(output.stdout).unwrap();
        (output.status.code().unwrap(), printed.trim_end().to_owned())
    }
}

fn ordinary() -> Files {
    Files::new(|leaf| leaf)
}

#[test]
fn a_chain_that_holds_is_accepted() {
    let files = ordinary();
    assert_eq!(files.judge(&[]), (0, "accepted".to_owned()));
    for more in [
        &["--purpose", "any"] as &[_],
        &["--purpose", "serverAuth"],
        &["--purpose", "server", "--name", "a.site.example"],
        &["--name", "192.0.2.1"],
        &["--name", "192.0.2.1", "--name", "a.site.example"],
        &["--purpose", "1.3.6.1.5.5.7.3.1"],
        &["--profile", "web", "--purpose", "server"],
        &["--profile", "rfc5280", "--name", "a.site.example"],
    ] {
        assert_eq!(files.judge(more).0, 0, "{more:?}");
    }
}

#[test]
fn a_chain_that_does_not_hold_is_refused_with_the_reason() {
    let files = ordinary();
    for (more, reason) in [
        (
            &["--purpose", "clientAuth"] as &[&str],
            "(extended_key_usage)",
        ),
        (&["--name", "b.site.example"], "(name)"),
        (&["--name", "192.0.2.2"], "(name)"),
        (
            &["--name", "a.site.example", "--name", "b.site.example"],
            "(name)",
        ),
        (&["--name", "somebody@site.example"], "(extended_key_usage)"),
        (
            &["--policy", "1.2.3", "--require-explicit-policy"],
            "(policy)",
        ),
        (&["--purpose", "codeSigning"], "(extended_key_usage)"),
    ] {
        let (code, printed) = files.judge(more);
        assert_eq!(code, 1, "{more:?}");
        assert!(printed.starts_with("refused: "), "{printed}");
        assert!(printed.ends_with(reason), "{more:?}: {printed}");
    }
    let expired = Files::new(|leaf| leaf.valid(at() - 9 * DAY, at() - DAY));
    let words = "refused: the certificate: it has expired (expired)";
    assert_eq!(expired.judge(&[]), (1, words.to_owned()));
}

#[test]
fn the_web_is_held_to_more_than_rfc_5280() {
    let files = Files::new(|leaf| leaf.serial(&[0]));
    assert_eq!(files.judge(&[]).0, 0);
    let (code, printed) = files.judge(&["--name", "a.site.example"]);
    assert_eq!(
        (code, printed.ends_with("(serial_number)")),
        (1, true),
        "{printed}"
    );
    let rfc = ["--name", "a.site.example", "--profile", "rfc5280"];
    assert_eq!(files.judge(&rfc).0, 0);
}

#[test]
fn lists_make_revocation_count_for_the_whole_chain() {
    let files = ordinary();
    let list = |list: List, by: &Authority| list.sign(by).unwrap();
    let root = files.write("root.crl", list(List::new(at()), &files.root));
    let pem = pem_of("X509 CRL", &list(List::new(at()), &files.between)).unwrap();
    let between = files.write("between.crl", pem);
    let serial = {
        let certificate = chop_verifier::Certificate::from_der(files.leaf.clone()).unwrap();
        let digits = certificate.serial();
        let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
        (0..digits.len()).step_by(2).map(byte).collect::<Vec<_>>()
    };
    let revoking = List::new(at()).revoking(&serial, at() - DAY).unwrap();
    let revoking = files.write("revoking.crl", list(revoking, &files.between));
    assert_eq!(
        files
            .judge(&["--crl", text(&root), "--crl", text(&between)])
            .0,
        0
    );
    for (lists, reason) in [
        (
            vec![&between],
            "authority 1 below the anchor: nothing says whether it was revoked (revocation_unknown)",
        ),
        (
            vec![&root],
            "the certificate: nothing says whether it was revoked (revocation_unknown)",
        ),
        (
            vec![&root, &revoking],
            "the certificate: it was revoked (revoked)",
        ),
    ] {
        let arguments: Vec<_> = lists
            .iter()
            .flat_map(|path| ["--crl", text(path)])
            .collect();
        assert_eq!(files.judge(&arguments), (1, format!("refused: {reason}")));
    }
}

#[test]
fn files_may_hold_several_certificates_and_other_text() {
    let files = ordinary();
    let all = format!(
        "subject=/CN=somebody\n{}\nissuer=…\n{}",
        pem(files.between.certificate()).unwrap(),
        pem(files.root.certificate()).unwrap(),
    );
    let all = files.write("all.pem", all);
    let leaf = files.write("leaf.der", &files.leaf);
    let root = files.path("root.pem");
    let arguments = [
        "chain",
        "--anchors",
        text(&root),
        "--intermediates",
        text(&all),
        "--leaf",
        text(&leaf),
        "--at",
        AT,
    ];
    assert_eq!(run(&arguments).status.code(), Some(0));
    // What comes behind the leaf counts as intermediates.
    let bundle = format!(
        "{}{}",
        pem(&files.leaf).unwrap(),
        pem(files.between.certificate()).unwrap()
    );
    let bundle = files.write("bundle.pem", bundle);
    let arguments = [
        "chain",
        "--anchors",
        text(&root),
        "--leaf",
        text(&bundle),
        "--at",
        AT,
    ];
    assert_eq!(run(&arguments).status.code(), Some(0));
}

#[test]
fn what_cannot_be_read_is_refused_or_left_out() {
    let files = ordinary();
    let torn = pem(&files.leaf[..files.leaf.len() - 1]).unwrap();
    let good = std::fs::read_to_string(files.path("between.pem")).unwrap();
    // A broken one among others is left out, with a line on standard error.
    let mixed = files.write("mixed.pem", format!("{torn}{good}"));
    let (root, leaf) = (files.path("root.pem"), files.path("leaf.pem"));
    let arguments = [
        "chain",
        "--anchors",
        text(&root),
        "--intermediates",
        text(&mixed),
        "--leaf",
        text(&leaf),
        "--at",
        AT,
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("certificate 1"));
    // The leaf, or the only anchor, cannot be left out.
    files.write("leaf.pem", &torn);
    let (code, printed) = files.judge(&[]);
    assert_eq!(
        (code, printed.ends_with("(certificate_unreadable)")),
        (1, true),
        "{printed}"
    );
    let files = ordinary();
    files.write("root.pem", &torn);
    assert_eq!(
        files.judge(&[]),
        (
            1,
            "refused: the certificate: no trusted authority issued it (issuer_unknown)".to_owned()
        )
    );
}

#[test]
fn a_question_that_cannot_be_asked_ends_with_two() {
    let files = ordinary();
    for odd in [
        &["--at", "yesterday"] as &[&str],
        &["--purpose", "nonsense"],
        &["--name", "a..b"],
        &["--policy", "x"],
        &["--crl", "/none"],
    ] {
        assert_eq!(files.judge(odd).0, 2, "{odd:?}");
    }
    files.write("leaf.pem", "no certificate");
    assert_eq!(files.judge(&[]).0, 2);
}

#[test]
fn more_is_said_when_more_is_asked() {
    let (code, printed) = ordinary().judge(&["--explain"]);
    assert_eq!(code, 0);
    for line in [
        "accepted",
        "anchor     C=TW, O=測試憑證機構, CN=根",
        "leaf       C=TW, O=測試憑證機構, CN=測試終端",
    ] {
        assert!(printed.lines().any(|one| one == line), "{printed}");
    }
}
