//! What sites verify signatures with, and what it has to read in them.
//!
//! `tests/peers` has what does the reading. Its Python also lays out the whole structure anew by
//! hand, as docs/hicos.md says it is, and compares it byte by byte.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::pki::{Holder, Pki, pem};
use ring::digest;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(crate) const HASHES: [&str; 4] = ["SHA1", "SHA256", "SHA384", "SHA512"];
const NONCE: &str = "1.2.840.113549.1.9.25.3";
const CARD_NUMBER: &str = "2.16.886.1.100.2.204";
const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";

/// One signature.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) form: &'static str,
    pub(crate) hash: &'static str,
    pub(crate) content: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) is_rsa: bool,
    pub(crate) nonce: String,
    pub(crate) number: String,
    pub(crate) time: bool,
    pub(crate) embedded: bool,
}

impl Case {
    /// For the peers.
    fn line(&self) -> String {
        let base64 = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
        let columns = [
            &*self.name,
            self.form,
            self.hash,
            &base64(&self.content),
            &base64(&self.signature),
            &base64(&self.certificate),
            &self.nonce,
            &self.number,
            &self.time.to_string(),
            &self.embedded.to_string(),
        ];
        columns.join("\t") + "\n"
    }

    /// What they have to say, but for the time.
    fn expected(&self) -> String {
        if self.form != "cms" {
            return self.name.clone();
        }
        let (digest, ecdsa) = match self.hash {
            "SHA1" => ("1.3.14.3.2.26", "1.2.840.10045.4.1"),
            "SHA256" => ("2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"),
            "SHA384" => ("2.16.840.1.101.3.4.2.2", "1.2.840.10045.4.3.3"),
            _ => ("2.16.840.1.101.3.4.2.3", "1.2.840.10045.4.3.4"),
        };
        let or_none = |text: &str| if text.is_empty() { "-" } else { text }.to_owned();
        // DER's order of a SET OF is that of the encodings: shorter ones come first.
        let mut attributes = vec![(24, CONTENT_TYPE)];
        let length = digest::Algorithm::output_len(match self.hash {
            "SHA1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            "SHA256" => &digest::SHA256,
            "SHA384" => &digest::SHA384,
            _ => &digest::SHA512,
        });
        attributes.push((15 + length, MESSAGE_DIGEST));
        attributes.extend(self.time.then_some((28, SIGNING_TIME)));
        // The object identifier's 12 bytes, or 10, and the heads of set and text.
        let text = |value: &str, kind: usize| match value.len() {
            0..128 => kind + 4 + value.len(),
            length => kind + 6 + length,
        };
        if !self.nonce.is_empty() {
            attributes.push((text(&self.nonce, 12), NONCE));
        }
        if !self.number.is_empty() {
            attributes.push((text(&self.number, 10), CARD_NUMBER));
        }
        attributes.sort_by_key(|(length, _)| *length);
        let attributes: Vec<_> = attributes.into_iter().map(|(_, oid)| oid).collect();
        [
            self.name.clone(),
            format!("content={}", BASE64_STANDARD.encode(&self.content)),
            format!("digest={digest}"),
            format!(
                "signed={}",
                if self.is_rsa {
                    "1.2.840.113549.1.1.1"
                } else {
                    ecdsa
                }
            ),
            format!("certificates={}", u8::from(self.embedded)),
            format!("attributes={}", attributes.join(",")),
            format!("nonce={}", or_none(&self.nonce)),
            format!("card={}", or_none(&self.number)),
        ]
        .join("\t")
    }

    /// What openssl says: both of its commands for CMS, and its check of bare signatures.
    fn openssl_verifies(&self, folder: &Path) {
        let pki = Pki::shared();
        let issuer = pki.intermediate(Holder::company().issuer);
        let authorities = pem(pki.root()).unwrap() + &pem(issuer).unwrap();
        let authorities = write(folder, "authorities.pem", authorities.as_bytes());
        let signer = write(
            folder,
            "signer.pem",
            pem(&self.certificate).unwrap().as_bytes(),
        );
        let signature = write(folder, "signature.der", &self.signature);
        if self.form == "cms" {
            for command in ["cms", "smime"] {
                let verify = [command, "-verify", "-binary", "-purpose", "any", "-inform"];
                let about = ["DER", "-in", &signature, "-CAfile", &authorities];
                let with = ["-certfile", &signer];
                let with = if self.embedded { &[][..] } else { &with };
                let content = run("openssl", &[&verify[..], &about, with].concat());
                assert_eq!(content, self.content, "{command} {}", self.name);
            }
        } else if self.form == "bare" {
            let content = write(folder, "content", &self.content);
            let key = run("openssl", &["x509", "-in", &signer, "-noout", "-pubkey"]);
            let key = write(folder, "key.pem", &key);
            let hash = format!("-{}", self.hash.to_lowercase());
            let verify = ["dgst", &hash, "-verify", &key, "-signature", &signature];
            run("openssl", &[&verify[..], &[&content]].concat());
        }
    }
}

fn write(folder: &Path, name: &str, content: &[u8]) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.into_os_string().into_string().unwrap()
}

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let ran = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{program} {arguments:?}: {said}");
    ran.stdout
}

/// What each peer says of these signatures.
fn peers(cases: &str) -> [(&'static str, String); 3] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let file = |name: &str| folder.join(name).into_os_string().into_string().unwrap();
    let jars = ["bcprov", "bcutil", "bcpkix"].map(|jar| format!("/usr/share/java/{jar}.jar"));
    let said = |output: Vec<u8>| String::from_utf8(output).unwrap();
    let python = run("/usr/bin/python3", &[&file("verify.py"), cases]);
    let java = ["--class-path", &jars.join(":"), &file("Verify.java"), cases];
    [
        ("Python", said(python)),
        ("BouncyCastle", said(run("java", &java))),
        ("pkijs", said(run("node", &[&file("verify.mjs"), cases]))),
    ]
}

/// What a peer said, without the time, which has to lie within the test's.
fn without_time(line: &str, started: SystemTime) -> &str {
    let Some((rest, time)) = line.rsplit_once("\ttime=") else {
        return line;
    };
    if time != "-" {
        let time = OffsetDateTime::parse(time, &Rfc3339).unwrap();
        let seconds = |moment: SystemTime| OffsetDateTime::from(moment).unix_timestamp();
        let range = seconds(started)..=seconds(SystemTime::now());
        assert!(range.contains(&time.unix_timestamp()), "{line}");
    }
    rest
}

/// Each peer says that every signature is good, and reads in it what was asked for.
pub(crate) fn all_agree(folder: &Path, cases: &[Case], started: SystemTime) {
    for case in cases {
        case.openssl_verifies(folder);
    }
    let lines: String = cases.iter().map(Case::line).collect();
    let file = write(folder, "cases", lines.as_bytes());
    for (peer, said) in peers(&file) {
        let said: Vec<_> = said.lines().map(|it| without_time(it, started)).collect();
        // pkijs has no way to look into a block.
        let read = cases
            .iter()
            .filter(|it| peer != "pkijs" || it.form != "block");
        let expected: Vec<_> = read.map(Case::expected).collect();
        for (said, expected) in said.iter().zip(&expected) {
            assert_eq!(said, expected, "{peer}");
        }
        assert_eq!(said.len(), expected.len(), "{peer}");
    }
}
