//! `chop-verify hipki signature.b64 --challenge … --anchors …`

use std::path::PathBuf;

use anyhow::Result;
use chop_verifier::{HipkiExpected, Pkcs1Hash};
use clap::{Args, ValueEnum};

use super::{Answer, files, files::Trust, sign_in::json};
use crate::verdict::Verdict;

/// A login of the HiPKI form.
#[derive(Args)]
pub(super) struct Arguments {
    /// The `signature` that the page posted, base64: PKCS #7, or PKCS #1 with --certificate.
    #[arg(value_name = "SIGNATURE")]
    signature: PathBuf,
    /// What the page was given as `tbs`.
    #[arg(long)]
    challenge: String,
    /// What the page was given as `nonce`.
    #[arg(long, conflicts_with = "certificate")]
    nonce: Option<String>,
    /// For PKCS #1: the `certb64` that the page posted.
    #[arg(long, value_name = "FILE", requires = "hash")]
    certificate: Option<PathBuf>,
    /// For PKCS #1: what it was hashed with.
    #[arg(long, requires = "certificate")]
    hash: Option<Hash>,
    #[command(flatten)]
    trust: Trust,
}

#[derive(Clone, Copy, ValueEnum)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer> {
    let (verifier, now) = (arguments.trust.verifier()?, arguments.trust.now());
    let text = |path| files::bytes(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let signature = text(&arguments.signature)?;
    let verified = match (&arguments.certificate, arguments.hash) {
        (Some(certificate), Some(hash)) => {
            let hash = match hash {
                Hash::Sha256 => Pkcs1Hash::Sha256,
                Hash::Sha384 => Pkcs1Hash::Sha384,
                Hash::Sha512 => Pkcs1Hash::Sha512,
            };
            let (certificate, challenge) = (text(certificate)?, &arguments.challenge);
            verifier.hipki_pkcs1_sign_in(&signature, &certificate, hash, challenge, now)
        }
        _ => {
            let mut expected = HipkiExpected::new(&arguments.challenge);
            if let Some(nonce) = &arguments.nonce {
                expected = expected.with_nonce(nonce);
            }
            verifier.hipki_sign_in(&signature, &expected, now)
        }
    };
    Ok(match verified {
        Ok(verified) => Answer::Accepted(json(&Verdict::of_hipki(&verified))?),
        Err(refusal) => Answer::Refused(json(&Verdict::of_refusal(&refusal))?),
    })
}
