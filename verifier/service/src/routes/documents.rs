//! `POST /v1/documents`

use std::time::SystemTime;

use axum::{extract::State, response::IntoResponse};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_verifier::{Content, DigestKind};
use serde::Deserialize;

use super::Json;
use crate::{problem::Problem, service::Site, verdict::Verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// CAdES-BES, DER in base64.
    message: String,
    /// The document, base64, if it is not inside.
    content: Option<String>,
    /// Its hash instead.
    digest: Option<Digest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Digest {
    algorithm: Algorithm,
    /// Base64.
    value: String,
}

#[derive(Clone, Copy, Deserialize)]
enum Algorithm {
    #[serde(rename = "SHA256")]
    Sha256,
    #[serde(rename = "SHA384")]
    Sha384,
    #[serde(rename = "SHA512")]
    Sha512,
}

/// Where the document is.
enum What {
    Inside,
    Beside(Vec<u8>),
    Digest(Algorithm, Vec<u8>),
}

impl What {
    fn content(&self) -> Content<'_> {
        match self {
            Self::Inside => Content::Attached,
            Self::Beside(content) => Content::Beside(content),
            Self::Digest(algorithm, value) => {
                let kind = match algorithm {
                    Algorithm::Sha256 => DigestKind::Sha256,
                    Algorithm::Sha384 => DigestKind::Sha384,
                    Algorithm::Sha512 => DigestKind::Sha512,
                };
                Content::Digest(kind, value)
            }
        }
    }
}

/// Who signed a document.
pub(super) async fn check(
    State(site): State<Site>,
    Json(question): Json<Question>,
) -> Result<impl IntoResponse, Problem> {
    let message = decode("message", &question.message)?;
    let content = question.content.as_deref();
    let content = content.map(|text| decode("content", text)).transpose()?;
    let digest = question.digest.as_ref();
    let digest = digest.map(|digest| decode("digest.value", &digest.value));
    let digest = digest.transpose()?;
    let what = match (content, digest, question.digest) {
        (None, None, None) => What::Inside,
        (Some(content), None, None) => What::Beside(content),
        (None, Some(value), Some(digest)) => What::Digest(digest.algorithm, value),
        _ => {
            let why = "`content` or `digest`, not both".to_owned();
            return Err(Problem::Request(why));
        }
    };
    let verified = site
        .verifying(move |verifier| verifier.document(&message, what.content(), SystemTime::now()));
    let document = verified.await?;
    Ok(axum::Json(Verdict::of_document(&document)))
}

fn decode(field: &str, text: &str) -> Result<Vec<u8>, Problem> {
    let decoded = STANDARD.decode(text);
    decoded.map_err(|_| Problem::Request(format!("`{field}` is not base64")))
}
