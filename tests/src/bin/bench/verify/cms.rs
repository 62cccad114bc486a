//! Logins of the HiPKI form a second, beside OpenSSL's own `CMS_verify` over the same message.
//!
//! The message has three RSA certificates: the card's, its authority's, the root's. OpenSSL checks
//! all of their signatures each time; it looks at no list, we do.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_testpki::{Holder, Issuer, KeyKind, Message, Pki, Request, pem};
use chop_verifier::{HipkiExpected, Occasion};

use super::{core_time, sign_in::verifier};
use crate::figure::{Figure, Times};

const CHALLENGE: &[u8] = b"0123456789abcdef0123456789abcdef";
const ROUNDS: usize = 60;
const REPEATS: u32 = 60;
/// Of OpenSSL.
const PEER_ROUNDS: u32 = 3000;

pub(crate) fn measure(folder: &Path) -> Result<Vec<Figure>> {
    let now = SystemTime::now();
    let pki = Pki::with_keys(now, KeyKind::Rsa(2048))?;
    let company = Holder::company();
    let card = pki.credential(&Request::of(&company), KeyKind::Rsa(2048))?;
    let message = Message::hipki(CHALLENGE, now)
        .and_certificate(pki.intermediate(Issuer::Companies))
        .and_certificate(pki.root())
        .sign(&card)?;

    let (verifier, text) = (verifier(&pki, now)?, STANDARD.encode(&message));
    let expected = HipkiExpected::new(CHALLENGE);
    let mut times = Times::default();
    for round in 0..ROUNDS {
        let start = core_time::now()?;
        for _ in 0..REPEATS {
            let verified = verifier.hipki_sign_in(&text, &expected, Occasion::at(now));
            verified.context("a card of ours was refused")?;
        }
        if round >= ROUNDS / 10 {
            times.push(core_time::now()? - start);
        }
    }
    let pace = f64::from(REPEATS) * 1000.0 / times.percentile(0.5);
    let peer = openssl(folder, &pem(pki.root())?, &message, now)?;
    Ok(vec![
        Figure::new(
            "CMS logins verified, three RSA-2048 certificates",
            pace,
            "1/s",
        )
        .beside(peer)
        .at_least(6000.0)
        .note("floor: OpenSSL's CMS_verify over the same message, without revocation"),
    ])
}

/// What OpenSSL does in a second.
fn openssl(folder: &Path, root: &str, message: &[u8], now: SystemTime) -> Result<f64> {
    let path = |name: &str| folder.join(name);
    fs::write(path("cms.c"), include_str!("cms.c"))?;
    fs::write(path("cms.pem"), root)?;
    fs::write(path("cms.der"), message)?;
    let status = Command::new("cc")
        .args(["-O2", "-o"])
        .args([path("cms"), path("cms.c")])
        .arg("-lcrypto")
        .status()
        .context("cc")?;
    ensure!(
        status.success(),
        "the peer does not compile: is libssl-dev installed?"
    );
    let now = now.duration_since(UNIX_EPOCH)?.as_secs();
    let output = Command::new(path("cms"))
        .args([path("cms.pem"), path("cms.der")])
        .args([PEER_ROUNDS.to_string(), now.to_string()])
        .output()?;
    ensure!(output.status.success(), "OpenSSL refuses the message");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}
