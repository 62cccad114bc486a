//! What operators and programs ask about the service itself.

use std::time::SystemTime;

use axum::{extract::State, http::header::CONTENT_TYPE, response::IntoResponse};
use serde_json::json;

use crate::{problem::Problem, service::Site};

/// The description of everything, OpenAPI 3.1.
pub(super) const DESCRIPTION: &str = include_str!("../../openapi.json");

/// `GET /health/live`: the process answers.
pub(super) async fn live() -> impl IntoResponse {
    axum::Json(json!({ "status": "ok" }))
}

/// `GET /health/ready`: the store answers, and every list that is fetched is there and counts.
pub(super) async fn ready(State(site): State<Site>) -> Result<impl IntoResponse, Problem> {
    if !site.is_ready(SystemTime::now()) {
        return Err(Problem::NotReady);
    }
    site.store.sweep(SystemTime::UNIX_EPOCH).await?;
    Ok(axum::Json(json!({ "status": "ok" })))
}

/// `GET /metrics`
pub(super) async fn metrics(State(site): State<Site>) -> impl IntoResponse {
    let kind = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, site.metrics.text(site.lists()))
}

/// `GET /openapi.json`
pub(super) async fn description() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], DESCRIPTION)
}
