//! What openssl and webpki say of the template, and of certificates that somebody who had the
//! authority's key could forge with it (threat C-12). The key here is the test's own.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use rcgen::{Issuer, KeyPair, SanType};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, KeyUsage, ring::ECDSA_P256_SHA256};
use x509_cert::der::pem::{LineEnding, encode_string};

use super::*;

/// An authority of our template, with its key kept.
struct Forger {
    authority: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    validity: Validity,
}

impl Forger {
    fn new() -> Self {
        let now = OffsetDateTime::now_utc();
        let day = time::Duration::DAY;
        let validity = Validity {
            not_before: now - day,
            not_after: now + day,
        };
        let key = KeyPair::generate().unwrap();
        let params = authority("Chop localhost authority 00000000", validity);
        let authority = params.self_signed(&key).unwrap().der().clone();
        Self {
            authority,
            issuer: Issuer::new(params, key),
            validity,
        }
    }

    fn leaf(&self, names: Vec<SanType>) -> CertificateDer<'static> {
        let params = leaf(names, self.validity);
        params
            .signed_by(&KeyPair::generate().unwrap(), &self.issuer)
            .unwrap()
            .der()
            .clone()
    }

    fn openssl_accepts(&self, leaf: &CertificateDer<'_>, name: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let [authority, leaf] = [("authority.pem", &self.authority), ("leaf.pem", leaf)]
            .map(|(file, der)| write_pem(&folder.path().join(file), der));
        let check = if name.parse::<IpAddr>().is_ok() {
            "-verify_ip"
        } else {
            "-verify_hostname"
        };
        let arguments = [
            "verify",
            "-x509_strict",
            "-purpose",
            "sslserver",
            check,
            name,
        ];
        let output = openssl(&arguments, &["-CAfile", &authority, &leaf]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // A refusal must be openssl's verdict, not a file that it could not read.
        assert!(
            output.status.success() || said.contains("verification failed"),
            "{said}"
        );
        output.status.success()
    }

    fn webpki_accepts(&self, leaf: &CertificateDer<'_>, name: &str) -> bool {
        let anchor = webpki::anchor_from_trusted_cert(&self.authority).unwrap();
        let leaf = EndEntityCert::try_from(leaf).unwrap();
        let (algorithms, anchors) = ([ECDSA_P256_SHA256], [anchor]);
        let (now, usage) = (UnixTime::now(), KeyUsage::server_auth());
        let chain = leaf.verify_for_usage(&algorithms, &anchors, &[], now, usage, None, None);
        let name = ServerName::try_from(name).unwrap();
        chain.is_ok() && leaf.verify_is_valid_for_subject_name(&name).is_ok()
    }
}

fn write_pem(path: &Path, der: &CertificateDer<'_>) -> String {
    fs::write(
        path,
        encode_string("CERTIFICATE", LineEnding::LF, der).unwrap(),
    )
    .unwrap();
    path.to_str().unwrap().to_owned()
}

fn openssl(arguments: &[&str], more: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .args(more)
        .output()
        .expect("openssl is installed")
}

/// What `openssl x509 -text` prints, with runs of white space made one space.
fn text(der: &CertificateDer<'_>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = write_pem(&folder.path().join("certificate.pem"), der);
    let output = openssl(&["x509", "-noout", "-text", "-in"], &[&path]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn openssl_reads_the_authority_as_confined_to_localhost() {
    let text = text(&Forger::new().authority);
    for part in [
        "X509v3 Basic Constraints: critical CA:TRUE, pathlen:0",
        "X509v3 Key Usage: critical Certificate Sign X509v3",
        "X509v3 Extended Key Usage: TLS Web Server Authentication X509v3",
        "X509v3 Name Constraints: critical Permitted: DNS:localhost IP:127.0.0.1/255.255.255.255 \
         IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF",
        "NIST CURVE: P-256",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn openssl_reads_the_leaf_as_a_server_for_localhost() {
    let forger = Forger::new();
    let text = text(&forger.leaf(localhost_names().unwrap()));
    for part in [
        "X509v3 Basic Constraints: critical CA:FALSE",
        "X509v3 Key Usage: critical Digital Signature X509v3",
        "X509v3 Extended Key Usage: TLS Web Server Authentication X509v3",
        "X509v3 Subject Alternative Name: DNS:localhost, IP Address:127.0.0.1, \
         IP Address:0:0:0:0:0:0:0:1 X509v3",
        "NIST CURVE: P-256",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn the_leaf_is_accepted_for_localhost_and_both_addresses_and_nothing_else() {
    let forger = Forger::new();
    let leaf = forger.leaf(localhost_names().unwrap());
    for name in ["localhost", "127.0.0.1", "::1"] {
        assert!(forger.openssl_accepts(&leaf, name), "openssl, {name}");
        assert!(forger.webpki_accepts(&leaf, name), "webpki, {name}");
    }
    for name in ["evil.example", "127.0.0.2", "localhost.evil.example"] {
        assert!(!forger.openssl_accepts(&leaf, name), "openssl, {name}");
        assert!(!forger.webpki_accepts(&leaf, name), "webpki, {name}");
    }
}

#[test]
fn a_certificate_for_another_name_is_refused_even_with_the_authoritys_key() {
    let forger = Forger::new();
    let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
    let ip = |address: &str| SanType::IpAddress(address.parse().unwrap());
    for (names, asked) in [
        (vec![dns("evil.example")], "evil.example"),
        (vec![dns("localhost"), dns("evil.example")], "evil.example"),
        // Not even for localhost, once another name is in it.
        (vec![dns("localhost"), dns("evil.example")], "localhost"),
        (
            vec![dns("localhost.evil.example")],
            "localhost.evil.example",
        ),
        (vec![ip("127.0.0.2")], "127.0.0.2"),
        (vec![dns("localhost"), ip("127.0.0.2")], "localhost"),
        (vec![ip("::2")], "::2"),
    ] {
        let leaf = forger.leaf(names.clone());
        assert!(
            !forger.openssl_accepts(&leaf, asked),
            "openssl, {asked} of {names:?}"
        );
        assert!(
            !forger.webpki_accepts(&leaf, asked),
            "webpki, {asked} of {names:?}"
        );
    }
}

/// webpki does not look at the path length of an anchor, so there the names must hold by themselves.
#[test]
fn what_a_second_authority_under_it_signs_is_refused() {
    let forger = Forger::new();
    let second_key = KeyPair::generate().unwrap();
    let second = authority("second", forger.validity);
    let second_der = second
        .signed_by(&second_key, &forger.issuer)
        .unwrap()
        .der()
        .clone();
    // The second one has no constraints of its own.
    let mut free = second;
    free.name_constraints = None;
    let free_der = free
        .signed_by(&second_key, &forger.issuer)
        .unwrap()
        .der()
        .clone();
    let issuer = Issuer::new(free, second_key);
    let leaf_of = |names| {
        let params = leaf(names, forger.validity);
        params
            .signed_by(&KeyPair::generate().unwrap(), &issuer)
            .unwrap()
            .der()
            .clone()
    };
    let honest = leaf_of(localhost_names().unwrap());
    let evil = leaf_of(vec![SanType::DnsName("evil.example".try_into().unwrap())]);

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, der| write_pem(&folder.path().join(name), der);
    let (root, middle) = (file("root", &forger.authority), file("middle", &second_der));
    let arguments = ["verify", "-CAfile", &root, "-untrusted", &middle];
    let output = openssl(&arguments, &[&file("leaf", &honest)]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("path length constraint exceeded"),
        "{said}"
    );

    let anchors = [webpki::anchor_from_trusted_cert(&forger.authority).unwrap()];
    let (end, chain) = (EndEntityCert::try_from(&evil).unwrap(), [free_der]);
    let (now, usage) = (UnixTime::now(), KeyUsage::server_auth());
    let verified = end.verify_for_usage(
        &[ECDSA_P256_SHA256],
        &anchors,
        &chain,
        now,
        usage,
        None,
        None,
    );
    assert_eq!(verified.err(), Some(webpki::Error::NameConstraintViolation));
}

/// NSS and its `vfychain` stand for Firefox's and Chromium's stores here.
#[test]
fn nss_accepts_the_leaf_and_refuses_a_forged_one() {
    let forger = Forger::new();
    let folder = tempfile::tempdir().unwrap();
    let database = crate::nss::Database::at(folder.path());
    database.create_if_missing().unwrap();
    database.add("template", &forger.authority).unwrap();
    let accepts = |leaf: &CertificateDer<'_>| {
        let path = folder.path().join("leaf.der");
        fs::write(&path, leaf).unwrap();
        // -u 1: a TLS server's certificate; -pp: the path checks of RFC 5280.
        let database = format!("sql:{}", folder.path().display());
        let arguments = ["-d", &database, "-u", "1", "-pp", path.to_str().unwrap()];
        let output = Command::new("vfychain")
            .args(arguments)
            .output()
            .expect("vfychain");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(
            said.contains("Chain is good!") != said.contains("Chain is bad!"),
            "{said}"
        );
        said.contains("Chain is good!")
    };
    assert!(accepts(&forger.leaf(localhost_names().unwrap())));
    let evil = vec![SanType::DnsName("evil.example".try_into().unwrap())];
    assert!(!accepts(&forger.leaf(evil)));
}
