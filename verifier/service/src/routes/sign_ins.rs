//! `POST /v1/sign-ins`

use std::time::SystemTime;

use axum::{extract::State, response::IntoResponse};
use chop_verifier::{Occasion, Verifier, unverified_certificate};
use serde::Deserialize;
use serde_json::Value;

use super::{Answered, Json, origin};
use crate::{problem::Problem, service::Site, verdict::Verdict};

#[derive(Deserialize)]
pub(super) struct Question {
    #[serde(flatten)]
    answered: Answered,
    origin: Option<String>,
    /// As the page posted it: the object, or its text.
    assertion: Value,
}

/// Who signed in natively.
pub(super) async fn check(
    State(site): State<Site>,
    Json(question): Json<Question>,
) -> Result<impl IntoResponse, Problem> {
    let now = SystemTime::now();
    // The challenge is taken out first, whatever comes of it.
    let challenge = question.answered.take(&site, now).await?;
    let origin = origin(&site, question.origin.as_deref())?;
    let assertion = match question.assertion {
        Value::String(text) => text,
        object => object.to_string(),
    };
    let certificate = unverified_certificate(&assertion)?;
    let evidence = site.own_evidence(&certificate, now).await;
    let origin = origin.clone();
    let verify = move |verifier: &Verifier| {
        let occasion = Occasion::at(now).with(&evidence);
        verifier.sign_in(&assertion, &origin, &challenge, occasion)
    };
    let verified = site.verifying(verify).await?;
    Ok(axum::Json(Verdict::of_sign_in(&verified)))
}
