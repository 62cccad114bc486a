//! Keys, certificates and signatures that openssl made: another implementation than ours, and the
//! kinds of keys that ring cannot make.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::SystemTime,
};

use chop_protocol::{Algorithm, Assertion, signed_message};
use chop_verifier::{Anchors, ChainFault, Identity, Origin, Refusal, SignIn, Verifier};
use der::{Decode as _, Sequence, asn1::UintRef};

use crate::{challenge, origin, scene::fault};

const CONFIG: &str = "
[req]
distinguished_name = name
prompt = no
utf8 = yes
string_mask = utf8only
[name]
C = TW
O = 行政院
OU = 測試工商憑證管理中心
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
certificatePolicies = 2.16.886.101.0.3.3
2.5.29.9 = ASN1:SEQUENCE:attributes
[attributes]
number = SEQUENCE:number
[number]
type = OID:2.16.886.1.100.2.101
values = SET:numbers
[numbers]
value = UTF8:04595257
";

/// Options of `openssl genpkey`.
type Kind = [&'static str; 2];

const RSA_1024: Kind = ["RSA", "rsa_keygen_bits:1024"];
const RSA_2048: Kind = ["RSA", "rsa_keygen_bits:2048"];
const RSA_3072: Kind = ["RSA", "rsa_keygen_bits:3072"];
const P256: Kind = ["EC", "ec_paramgen_curve:P-256"];
const P384: Kind = ["EC", "ec_paramgen_curve:P-384"];
const P521: Kind = ["EC", "ec_paramgen_curve:P-521"];
const SECP256K1: Kind = ["EC", "ec_paramgen_curve:secp256k1"];

/// An authority and a card below it, as files in a folder of their own.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new(authority: Kind, digest: &str, card: Kind) -> Self {
        let scene = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(scene.folder.path().join("openssl.cnf"), CONFIG).unwrap();
        for (file, [algorithm, option]) in [("authority.key", authority), ("card.key", card)] {
            scene.openssl(
                &[
                    "genpkey",
                    "-algorithm",
                    algorithm,
                    "-pkeyopt",
                    option,
                    "-out",
                    file,
                ],
                b"",
            );
        }
        let subject = "/C=TW/O=測試股份有限公司/serialNumber=04595257";
        for command in [
            format!(
                "req -x509 -config openssl.cnf -extensions authority -{digest} -days 30 \
                 -key authority.key -out authority.pem"
            ),
            format!(
                "req -new -config openssl.cnf -utf8 -key card.key -subj {subject} -out card.csr"
            ),
            format!(
                "x509 -req -in card.csr -CA authority.pem -CAkey authority.key -set_serial 0x1234 \
                 -{digest} -days 20 -extfile openssl.cnf -extensions leaf -outform DER -out card.der"
            ),
        ] {
            scene.openssl(&command.split_whitespace().collect::<Vec<_>>(), b"");
        }
        scene
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn openssl(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        use std::io::Write as _;
        let mut child = Command::new("openssl")
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("openssl is installed");
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
        output.stdout
    }

    /// What the card signs for our origin and challenge.
    fn assertion(&self, algorithm: Algorithm) -> Assertion {
        let message = signed_message(&origin(), &challenge(), algorithm.hash());
        let name = serde_json::to_string(&algorithm).unwrap();
        let (padding, bits) = name.trim_matches('"').split_at(2);
        let digest = format!("-sha{bits}");
        let mut arguments = vec!["dgst", &digest, "-sign", "card.key"];
        if padding == "PS" {
            // A salt as long as the hash, as RFC 7518 §3.5 has it.
            arguments.extend([
                "-sigopt",
                "rsa_padding_mode:pss",
                "-sigopt",
                "rsa_pss_saltlen:-1",
            ]);
        }
        let signature = self.openssl(&arguments, &message);
        let signature = match bits {
            "256" if padding == "ES" => fixed(&signature, 32),
            "384" if padding == "ES" => fixed(&signature, 48),
            "512" if padding == "ES" => fixed(&signature, 66),
            _ => signature,
        };
        Assertion::new(
            &fs::read(self.path().join("card.der")).unwrap(),
            algorithm,
            &signature,
        )
    }

    fn verify(&self, assertion: &Assertion) -> Result<SignIn, Refusal> {
        self.verify_at(assertion, &origin())
    }

    fn verify_at(&self, assertion: &Assertion, origin: &Origin) -> Result<SignIn, Refusal> {
        let text = serde_json::to_string(assertion).unwrap();
        let authority = fs::read_to_string(self.path().join("authority.pem")).unwrap();
        let anchors = Anchors::from_pem(&authority).unwrap();
        let verifier = Verifier::new(anchors).allow_unknown_revocation();
        // openssl makes certificates of this very moment.
        verifier.sign_in(&text, origin, &challenge(), SystemTime::now())
    }
}

/// `r ‖ s` of an ECDSA signature in DER.
fn fixed(der: &[u8], width: usize) -> Vec<u8> {
    #[derive(Sequence)]
    struct Signature<'a> {
        r: UintRef<'a>,
        s: UintRef<'a>,
    }
    let signature = Signature::from_der(der).unwrap();
    let padded = |number: UintRef<'_>| {
        let bytes = number.as_bytes();
        [vec![0; width - bytes.len()], bytes.to_vec()].concat()
    };
    [padded(signature.r), padded(signature.s)].concat()
}

#[test]
fn every_algorithm_of_an_rsa_key_is_believed() {
    use Algorithm::{Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
    let scene = Scene::new(RSA_2048, "sha256", RSA_2048);
    for algorithm in [Rs256, Rs384, Rs512, Ps256, Ps384, Ps512] {
        let verified = scene.verify(&scene.assertion(algorithm)).unwrap();
        let Identity::Company(company) = verified.signer.identity else {
            panic!("{algorithm:?}")
        };
        assert_eq!(company.ban.as_str(), "04595257");
        assert_eq!(verified.signer.certificate.serial(), "1234");
    }
}

#[test]
fn an_rsa_signature_for_another_origin_is_refused() {
    let scene = Scene::new(RSA_2048, "sha256", RSA_2048);
    let assertion = scene.assertion(Algorithm::Rs256);
    let other = "https://evil.example".parse().unwrap();
    let verified = scene.verify_at(&assertion, &other);
    assert_eq!(verified, Err(Refusal::SignatureMismatch));
}

#[test]
fn one_padding_or_hash_of_rsa_does_not_pass_for_another() {
    use Algorithm::{Ps256, Rs256, Rs384};
    let scene = Scene::new(RSA_2048, "sha256", RSA_3072);
    for (made, named) in [(Rs256, Ps256), (Ps256, Rs256), (Rs256, Rs384)] {
        let assertion = Assertion {
            algorithm: named,
            ..scene.assertion(made)
        };
        let verified = scene.verify(&assertion);
        assert_eq!(
            verified,
            Err(Refusal::SignatureMismatch),
            "{made:?} as {named:?}"
        );
    }
}

#[test]
fn every_curve_is_believed_under_authorities_of_every_kind() {
    for (authority, digest, card, algorithm) in [
        (RSA_3072, "sha512", P256, Algorithm::Es256),
        (P256, "sha256", P384, Algorithm::Es384),
        (P384, "sha384", P521, Algorithm::Es512),
        (P521, "sha512", P521, Algorithm::Es512),
        (P521, "sha512", RSA_2048, Algorithm::Rs256),
    ] {
        let scene = Scene::new(authority, digest, card);
        let verified = scene.verify(&scene.assertion(algorithm));
        assert!(verified.is_ok(), "{authority:?} {card:?}: {verified:?}");
    }
}

#[test]
fn a_p521_signature_in_der_or_of_another_key_is_refused() {
    let (scene, other) = (
        Scene::new(P521, "sha512", P521),
        Scene::new(P521, "sha512", P521),
    );
    let theirs = other.assertion(Algorithm::Es512);
    let ours = scene.assertion(Algorithm::Es512);
    let signature = theirs.signature;
    let assertion = Assertion { signature, ..ours };
    assert_eq!(scene.verify(&assertion), Err(Refusal::SignatureMismatch));

    let message = signed_message(&origin(), &challenge(), Algorithm::Es512.hash());
    let der = scene.openssl(&["dgst", "-sha512", "-sign", "card.key"], &message);
    let certificate = fs::read(scene.path().join("card.der")).unwrap();
    let assertion = Assertion::new(&certificate, Algorithm::Es512, &der);
    assert_eq!(scene.verify(&assertion), Err(Refusal::SignatureMismatch));
}

#[test]
fn a_certificate_by_another_p521_authority_of_the_same_name_is_refused() {
    let (scene, other) = (
        Scene::new(P521, "sha512", P256),
        Scene::new(P521, "sha512", P256),
    );
    let verified = scene.verify(&other.assertion(Algorithm::Es256));
    assert_eq!(fault(verified).unwrap().1, ChainFault::Signature);
}

#[test]
fn a_weak_rsa_key_is_refused() {
    let scene = Scene::new(RSA_2048, "sha256", RSA_1024);
    let verified = scene.verify(&scene.assertion(Algorithm::Rs256));
    assert_eq!(verified, Err(Refusal::KeyTooWeak { bits: 1024 }));
}

#[test]
fn a_curve_of_another_family_is_refused() {
    let scene = Scene::new(RSA_2048, "sha256", SECP256K1);
    let verified = scene.verify(&scene.assertion(Algorithm::Es256));
    assert_eq!(verified, Err(Refusal::KeyUnsupported));
}

#[test]
fn a_certificate_signed_with_sha1_is_refused() {
    let scene = Scene::new(RSA_2048, "sha1", RSA_2048);
    let verified = scene.verify(&scene.assertion(Algorithm::Rs256));
    assert_eq!(fault(verified).unwrap().1, ChainFault::Sha1);
}

#[test]
fn sha1_counts_for_the_one_authority_that_was_named() {
    let scene = Scene::new(RSA_2048, "sha1", RSA_2048);
    let authority = fs::read_to_string(scene.path().join("authority.pem")).unwrap();
    let text = serde_json::to_string(&scene.assertion(Algorithm::Rs256)).unwrap();
    let verify = |anchors| {
        let verifier = Verifier::new(anchors).allow_unknown_revocation();
        verifier.sign_in(&text, &origin(), &challenge(), SystemTime::now())
    };
    let anchors = Anchors::from_pem(&authority).unwrap();
    let fingerprint = anchors.certificates().next().unwrap().fingerprint();
    let named = anchors.clone().allow_sha1_signatures_of(fingerprint);
    assert!(verify(named).is_ok());
    let other = anchors.allow_sha1_signatures_of([7; 32]);
    assert_eq!(fault(verify(other)).unwrap().1, ChainFault::Sha1);
}

#[test]
fn a_certificate_by_a_weak_authority_is_refused() {
    let scene = Scene::new(RSA_1024, "sha256", RSA_2048);
    let verified = scene.verify(&scene.assertion(Algorithm::Rs256));
    assert_eq!(fault(verified).unwrap().1, ChainFault::Signature);
}
