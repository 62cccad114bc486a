//! `POST /v1/challenges`

use std::time::SystemTime;

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use chop_challenges::Session;
use serde::Deserialize;
use serde_json::json;

use super::Json;
use crate::{problem::Problem, service::Site, verdict::time};

/// Sessions are opaque, of this many bytes.
const SESSION: std::ops::RangeInclusive<usize> = 16..=4096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    session: String,
}

/// A challenge for a browser's session.
pub(super) async fn issue(
    State(site): State<Site>,
    Json(question): Json<Question>,
) -> Result<impl IntoResponse, Problem> {
    let session = session(&question.session)?;
    let issued = site.store.issue(&session, SystemTime::now()).await?;
    let body = json!({
        "challenge": issued.challenge.as_str(),
        "id": issued.id,
        "expires_at": time(issued.expires_at),
    });
    Ok((StatusCode::CREATED, axum::Json(body)))
}

/// What can be guessed is no session.
pub(super) fn session(secret: &str) -> Result<Session, Problem> {
    if SESSION.contains(&secret.len()) {
        Ok(Session::of(secret))
    } else {
        let why = "`session` has 16 to 4096 bytes that only this browser and your server know";
        Err(Problem::Request(why.to_owned()))
    }
}
