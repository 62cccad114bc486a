//! Assertions a second, beside the two signature checks that they cannot do without.
//!
//! The authorities' verdict and the indexed lists are there, as in a server that has run for a
//! minute; nothing is kept of a card. Cards take turns, so that no processor cache flatters us.

use std::time::SystemTime;

use anyhow::{Context as _, Result};
use chop_protocol::{Algorithm, Challenge, Origin, Plain, signed_message};
use chop_testpki::{Credential, Holder, Issuer, KeyKind, Pki, Request, assertion};
use chop_verifier::{Anchors, Crl, Evidence, Occasion, Verifier};
use der::{Decode as _, Encode as _};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use x509_cert::Certificate;

use super::core_time;
use crate::figure::{Figure, Times};

const CARDS: u8 = 8;
const ROUNDS: usize = 60;
/// Of each card in a round.
const REPEATS: usize = 8;

/// A kind of key, with what has to come of it.
struct Case {
    name: &'static str,
    kind: KeyKind,
    /// Of certificates, as ring has it.
    certificates: &'static dyn VerificationAlgorithm,
    /// Of assertions.
    assertions: &'static dyn VerificationAlgorithm,
    algorithm: Algorithm,
    /// Least share of the two signature checks' pace.
    share: f64,
    /// Sign-ins a second, where somebody has published what another does.
    least: Option<f64>,
}

/// The official Java validator verifies 5,950 RS256 and 655 ES256 a second on a machine of this
/// kind; we want twice and ten times that.
const CASES: [Case; 3] = [
    Case {
        name: "RSA-2048",
        kind: KeyKind::Rsa(2048),
        certificates: &RSA_PKCS1_2048_8192_SHA256,
        assertions: &RSA_PKCS1_2048_8192_SHA256,
        algorithm: Algorithm::Rs256,
        share: 0.6,
        least: Some(2.0 * 5950.0),
    },
    Case {
        name: "P-256",
        kind: KeyKind::P256,
        certificates: &ECDSA_P256_SHA256_ASN1,
        assertions: &ECDSA_P256_SHA256_FIXED,
        algorithm: Algorithm::Es256,
        share: 0.85,
        least: Some(10.0 * 655.0),
    },
    Case {
        name: "P-384",
        kind: KeyKind::P384,
        certificates: &ECDSA_P384_SHA384_ASN1,
        assertions: &ECDSA_P384_SHA384_FIXED,
        algorithm: Algorithm::Es384,
        share: 0.85,
        least: None,
    },
];

pub(crate) fn measure() -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    for case in &CASES {
        figures.extend(measure_case(case)?);
    }
    Ok(figures)
}

fn measure_case(case: &Case) -> Result<Vec<Figure>> {
    let now = SystemTime::now();
    let pki = Pki::with_keys(now, case.kind)?;
    let verifier = verifier(&pki, now)?;
    let origin = Origin::parse("https://example.gov.tw", Plain::Never)?;
    let cards = (0..CARDS)
        .map(|number| Posted::new(case, &pki, &origin, number))
        .collect::<Result<Vec<_>>>()?;

    let (mut ours, mut floor) = (Times::default(), Times::default());
    for round in 0..ROUNDS {
        let start = core_time::now()?;
        for card in cards.iter().cycle().take(cards.len() * REPEATS) {
            let occasion = Occasion::at(SystemTime::now());
            let verdict = verifier.sign_in(&card.assertion, &origin, &card.challenge, occasion);
            verdict.context("a card of ours was refused")?;
        }
        let ended = core_time::now()?;
        for card in cards.iter().cycle().take(cards.len() * REPEATS) {
            card.check(case)?;
        }
        // The first rounds find caches cold, and nothing known of the authorities.
        if round >= ROUNDS / 10 {
            ours.push(ended - start);
            floor.push(core_time::now()? - ended);
        }
    }
    #[allow(clippy::cast_precision_loss)]
    let each = (cards.len() * REPEATS) as f64 * 1000.0;
    let (pace, limit) = (each / ours.percentile(0.5), each / floor.percentile(0.5));
    let name = format!("sign-ins verified, {}", case.name);
    let mut figures = vec![
        Figure::new(&name, pace, "1/s")
            .beside(limit)
            .at_least_times(case.share)
            .note("floor: ring's two signature checks alone, certificate and assertion"),
    ];
    if let Some(least) = case.least {
        let name = format!("{name}, beside Java");
        figures.push(Figure::new(name, pace, "1/s").at_least(least));
    }
    Ok(figures)
}

/// Strict, with an indexed list of each authority.
pub(super) fn verifier(pki: &Pki, now: SystemTime) -> Result<Verifier> {
    let anchors = Anchors::from_der([pki.root()])?
        .with_intermediates_der([pki.intermediate(Issuer::Companies)])?;
    let serials: Vec<[u8; 16]> = (0..10_000_u128)
        .map(|number| ((0x40 << 120) | (number * 0x9E37_79B9_7F4A_7C15)).to_be_bytes())
        .collect();
    let serials: Vec<&[u8]> = serials.iter().map(<[u8; 16]>::as_slice).collect();
    let mut evidence = Evidence::none();
    for list in [
        pki.authority_list(now)?,
        pki.list(Issuer::Companies, &serials, now)?,
    ] {
        evidence = evidence.and_list(Crl::from_der(&list, &anchors)?);
    }
    Ok(Verifier::new(anchors).with_evidence(evidence))
}

/// What a page posted, and what its two signature checks are made of.
struct Posted {
    assertion: String,
    challenge: Challenge,
    issuer: Vec<u8>,
    to_be_signed: Vec<u8>,
    certified: Vec<u8>,
    key: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Posted {
    fn new(case: &Case, pki: &Pki, origin: &Origin, number: u8) -> Result<Self> {
        let company = Holder::company();
        let card: Credential = pki.credential(&Request::of(&company), case.kind)?;
        let challenge = Challenge::from_random([number; 32]);
        let assertion = assertion(&card, origin, &challenge)?;
        let certificate = Certificate::from_der(&card.certificate)?;
        let to_be_signed = certificate.tbs_certificate();
        let message = signed_message(origin, &challenge, case.algorithm.hash());
        Ok(Self {
            assertion,
            challenge,
            issuer: key_of(&Certificate::from_der(pki.intermediate(Issuer::Companies))?),
            to_be_signed: to_be_signed.to_der()?,
            certified: certificate.signature().raw_bytes().to_vec(),
            key: key_of(&certificate),
            signature: card.key.sign_fixed(card.key.scheme(), &message)?,
            message,
        })
    }

    fn check(&self, case: &Case) -> Result<()> {
        UnparsedPublicKey::new(case.certificates, &self.issuer)
            .verify(&self.to_be_signed, &self.certified)
            .ok()
            .context("the certificate's signature")?;
        UnparsedPublicKey::new(case.assertions, &self.key)
            .verify(&self.message, &self.signature)
            .ok()
            .context("the assertion's signature")
    }
}

/// The bits of a certificate's key.
fn key_of(certificate: &Certificate) -> Vec<u8> {
    let info = certificate.tbs_certificate().subject_public_key_info();
    info.subject_public_key.raw_bytes().to_vec()
}
