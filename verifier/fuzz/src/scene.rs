//! A root, an issuing authority and a company's card: the same in every run, so that what a fuzzer
//! finds can be found again. Their keys are small numbers and worth nothing.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};
use chop_testpki::{
    Authority, Credential, Dn, List, PrivateKey, Template,
    extension::{self, Value},
};
use chop_verifier::{Anchors, Crl, Evidence, Verifier};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};

/// What was made, and who trusts it.
pub struct Scene {
    pub root: Authority,
    pub issuing: Authority,
    pub card: Credential,
    /// Nothing relaxed, nobody revoked.
    pub verifier: Verifier,
    /// The list of the root alone.
    pub root_list: Evidence,
    signers: [EcdsaKeyPair; 3],
    card_signer: EcdsaKeyPair,
}

/// Who signs what the fuzzer wrote.
#[derive(Clone, Copy)]
pub enum By {
    Root,
    Issuing,
    Card,
}

/// The moment of everything: 1 November 2026, 00:00 UTC.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_491_200)
}

pub fn origin() -> Origin {
    "https://portal.example".parse().expect("it is an origin")
}

pub fn challenge() -> Challenge {
    Challenge::from_random([7; 32])
}

/// The document of the seeds.
pub const DOCUMENT: &[u8] = b"a document";

/// The HiPKI challenge of the seeds.
pub const TBS: &str = "hipki challenge";

pub fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(|| make().expect("nothing in it is odd"))
}

/// The template of the issuing authority, and that of the card.
pub fn templates() -> Result<[Template; 2], chop_testpki::Error> {
    let number = "12345675";
    let subject = Dn::new().c("TW").o("測試股份有限公司").number(number);
    let own = extension::directory_attributes(&[("2.16.886.1.100.2.101", Value::Utf8(number))]);
    let policy = "2.16.886.101.0.3.3";
    let issuing = base().ou("測試工商憑證管理中心");
    Ok([
        Template::authority(issuing, now())?
            .serial(&[0x42])
            .with(extension::policies(&[policy])),
        Template::new(subject, now())?
            .serial(&[0x43])
            .with(extension::key_usage(&[0]))
            .with(extension::policies(&[policy]))
            .with(own),
    ])
}

fn base() -> Dn {
    Dn::new().c("TW").o("行政院")
}

fn make() -> Result<Scene, Box<dyn std::error::Error>> {
    let keys = [1, 2, 3].map(|number| PrivateKey::p256_of(&[number; 32]));
    let [root_key, issuing_key, card_key] = keys;
    let (root_key, issuing_key, card_key) =
        (Arc::new(root_key?), Arc::new(issuing_key?), card_key?);
    let [issuing, card] = templates()?;
    let template = Template::authority(base().ou("測試根憑證管理中心"), now())?.serial(&[0x41]);
    let root = Authority::root(&template, root_key.clone())?;
    let issuing = root.subordinate(&issuing, issuing_key.clone())?;
    let certificate = issuing.issue(&card, card_key.public_key())?;
    let anchors = anchors(&root, &issuing)?;
    let list = |issuer: &Authority| -> Result<Crl, Box<dyn std::error::Error>> {
        Ok(Crl::from_der(&List::new(now()).sign(issuer)?, &anchors)?)
    };
    let root_list = Evidence::none().and_list(list(&root)?);
    let evidence = root_list.clone().and_list(list(&issuing)?);
    let pair = |key: &PrivateKey, kind| {
        EcdsaKeyPair::from_pkcs8(kind, key.pkcs8(), &SystemRandom::new())
            .map_err(|error| error.to_string())
    };
    let signer = |key: &PrivateKey| pair(key, &ECDSA_P256_SHA256_ASN1_SIGNING);
    Ok(Scene {
        signers: [
            signer(&root_key)?,
            signer(&issuing_key)?,
            signer(&card_key)?,
        ],
        card_signer: pair(&card_key, &ECDSA_P256_SHA256_FIXED_SIGNING)?,
        verifier: Verifier::new(anchors).with_evidence(evidence),
        card: Credential {
            key: card_key,
            certificate,
        },
        root,
        issuing,
        root_list,
    })
}

fn anchors(root: &Authority, issuing: &Authority) -> Result<Anchors, chop_verifier::AnchorError> {
    Anchors::from_der([root.certificate()])?.with_intermediates_der([issuing.certificate()])
}

impl Scene {
    /// The list, certificate or answer whose inside the fuzzer wrote.
    pub fn signed(&self, body: &[u8], by: By) -> Vec<u8> {
        let [root, issuing, card] = &self.signers;
        let signer = match by {
            By::Root => root,
            By::Issuing => issuing,
            By::Card => card,
        };
        let signature = signer
            .sign(&SystemRandom::new(), body)
            .expect("there is randomness");
        let bits = [&[0], signature.as_ref()].concat();
        // ecdsa-with-SHA256.
        let algorithm = [0x06, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];
        let parts = [body, &element(0x30, &algorithm), &element(0x03, &bits)];
        element(0x30, &parts.concat())
    }

    /// What the card says of itself with this certificate.
    pub fn assertion(&self, certificate: &[u8]) -> String {
        let algorithm = Algorithm::Es256;
        let message = signed_message(&origin(), &challenge(), algorithm.hash());
        let signature = self
            .card_signer
            .sign(&SystemRandom::new(), &message)
            .expect("there is randomness");
        let assertion = Assertion::new(certificate, algorithm, signature.as_ref());
        serde_json::to_string(&assertion).expect("it is JSON")
    }

    pub fn anchors(&self) -> &Anchors {
        self.verifier.anchors()
    }
}

/// Tag, length and contents.
pub fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let length = length.get(zeros..).unwrap_or_default();
    let mut out = vec![tag];
    match length {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).expect("at most eight"));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(contents);
    out
}
