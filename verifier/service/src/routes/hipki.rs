//! `POST /v1/hipki-sign-ins`

use std::time::SystemTime;

use axum::{extract::State, response::IntoResponse};
use chop_verifier::{HipkiExpected, Pkcs1Hash};
use serde::Deserialize;

use super::{Answered, Json};
use crate::{problem::Problem, service::Site, verdict::Verdict};

#[derive(Deserialize)]
pub(super) struct Question {
    #[serde(flatten)]
    answered: Answered,
    /// PKCS #7 with the challenge inside, or PKCS #1; base64.
    signature: String,
    /// For PKCS #1: the signer's certificate, base64.
    certificate: Option<String>,
    /// For PKCS #1: what it was hashed with.
    hash: Option<Hash>,
    /// For PKCS #7: the nonce that the page was given.
    nonce: Option<String>,
}

/// As pages name them.
#[derive(Clone, Copy, Deserialize)]
enum Hash {
    #[serde(rename = "SHA1")]
    Sha1,
    #[serde(rename = "SHA256")]
    Sha256,
    #[serde(rename = "SHA384")]
    Sha384,
    #[serde(rename = "SHA512")]
    Sha512,
}

/// Who signed in by a page written for HiCOS. The challenge is what the page gave as `tbs`.
pub(super) async fn check(
    State(site): State<Site>,
    Json(question): Json<Question>,
) -> Result<impl IntoResponse, Problem> {
    let now = SystemTime::now();
    // The challenge is taken out first, whatever comes of it.
    let challenge = question.answered.take(&site, now).await?;
    let signature = question.signature;
    let verified = match (question.certificate, question.hash, question.nonce) {
        (None, None, nonce) => {
            site.verifying(move |verifier| {
                let mut expected = HipkiExpected::new(challenge.as_str());
                if let Some(nonce) = &nonce {
                    expected = expected.with_nonce(nonce);
                }
                verifier.hipki_sign_in(&signature, &expected, now)
            })
            .await?
        }
        (Some(certificate), Some(hash), None) => {
            let hash = match hash {
                Hash::Sha1 => Pkcs1Hash::Sha1,
                Hash::Sha256 => Pkcs1Hash::Sha256,
                Hash::Sha384 => Pkcs1Hash::Sha384,
                Hash::Sha512 => Pkcs1Hash::Sha512,
            };
            site.verifying(move |verifier| {
                let challenge = challenge.as_str();
                verifier.hipki_pkcs1_sign_in(&signature, &certificate, hash, challenge, now)
            })
            .await?
        }
        _ => {
            let why = "PKCS #1 has `certificate` and `hash`, PKCS #7 may have `nonce`";
            return Err(Problem::Request(why.to_owned()));
        }
    };
    Ok(axum::Json(Verdict::of_hipki(&verified)))
}
