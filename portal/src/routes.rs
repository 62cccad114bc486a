//! Every address of the site, and what stands around its handlers.

use std::time::{Duration, Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use crate::{
    assets, body, forgery,
    headers::{self, Headers},
    language, login,
    pages::{
        PageError, account, activate, apply, bind, card, error, exemptions, help, hicos, home,
        mail, operator, password, pending, profile, sessions, sign_in,
    },
    portal::Site,
    problem::{Code, for_scripts},
    signing,
};

/// For a whole request, its body included.
const PATIENCE: Duration = Duration::from_secs(30);

/// Every route of the site.
pub(crate) fn all(site: &Site) -> Router {
    // Asked by pages' scripts: answers are JSON.
    let signed = Router::new()
        .route(
            "/account/exemptions/{number}/document",
            get(exemptions::document),
        )
        .route(
            "/account/exemptions/{number}/signature",
            post(signing::sign),
        )
        .route_layer(from_fn_with_state(site.clone(), body::read_signed));
    let api = Router::new()
        .route("/login/challenge", post(login::challenge))
        .route("/login/{kind}", post(login::card))
        .route("/login/hicos/{kind}", post(crate::hicos::sign_in))
        .route("/account/card/login", post(card::bind))
        .route("/operator/login", post(operator::sign_in))
        .route_layer(from_fn_with_state(site.clone(), body::read_for_json))
        .merge(signed)
        .route_layer(from_fn(for_scripts))
        .route_layer(from_fn_with_state(site.clone(), forgery::refuse_as_json));
    // Asked by the person: answers are pages.
    let pages = Router::new()
        .route("/", get(home::show))
        .route("/apply/{kind}", get(apply::form).post(apply::send))
        .route("/applied", get(apply::done))
        .route(
            "/activate/{token}",
            get(activate::show).post(activate::confirm),
        )
        .route("/activation", get(activate::form).post(activate::again))
        .route("/pending", get(pending::show).post(pending::send))
        .route("/bind", get(bind::show).post(bind::choose))
        .route("/bind/citizen", get(bind::citizen).post(bind::ask))
        .route("/sign-in", get(sign_in::form).post(sign_in::enter))
        .route("/logout", post(sign_in::sign_out))
        .route("/password", get(password::form).post(password::send))
        .route("/password/{token}", get(password::show).post(password::set))
        .route("/mail/{token}", get(mail::show).post(mail::confirm))
        .route("/account", get(account::show))
        .route("/account/profile", get(profile::form).post(profile::send))
        .route("/account/sessions", get(sessions::show).post(sessions::end))
        .route("/account/sign-out-everywhere", post(sessions::end_all))
        .route(
            "/account/password",
            get(password::change::form).post(password::change::send),
        )
        .route("/account/card", get(card::form))
        .route("/account/exemptions", get(exemptions::list))
        .route(
            "/account/exemptions/new",
            get(exemptions::form::show).post(exemptions::form::send),
        )
        .route(
            "/account/exemptions/{number}",
            get(exemptions::show).post(exemptions::withdraw),
        )
        .route(
            "/account/exemptions/{number}/signature",
            get(exemptions::signature),
        )
        .route("/hicos", get(hicos::show))
        .route("/help", get(help::index))
        .route("/help/{key}", get(help::show))
        .merge(operators())
        .route_layer(from_fn_with_state(site.clone(), body::read_for_page))
        .route_layer(from_fn_with_state(site.clone(), forgery::refuse_as_page));

    api.merge(pages)
        // Without a session: the same for everybody.
        .route("/health", get(health))
        .merge(assets::router())
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        // The bodies that are read were read by now, and are short enough.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(in_time))
        .layer(from_fn(error::dress))
        .layer(from_fn(language::remember))
        .layer(from_fn_with_state(Headers::new(&site.origin), headers::add))
        .layer(from_fn_with_state(site.clone(), measured))
        .with_state(site.clone())
}

fn operators() -> Router<Site> {
    use operator::{accounts, audit, cards, mail, trust};

    Router::new()
        .route("/operator", get(operator::show))
        .route("/operator/accounts", get(accounts::list))
        .route(
            "/operator/accounts/{number}",
            get(accounts::show).post(accounts::act),
        )
        .route("/operator/cards", get(cards::list).post(cards::decide))
        .route("/operator/mail", get(mail::list).post(mail::again))
        .route("/operator/audit", get(audit::show))
        .route("/operator/audit/export", post(audit::export))
        .route("/operator/trust", get(trust::show))
}

/// The figures, for a listener of their own.
pub(crate) fn metrics(site: &Site) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .with_state(site.clone())
}

async fn figures(State(site): State<Site>) -> Result<String, StatusCode> {
    let stock = site.stock().await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "no figures");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok(site.metrics.text(&stock))
}

/// `GET /health`: whether this node can serve, for a proxy that chooses among several.
async fn health(State(site): State<Site>) -> Result<&'static str, StatusCode> {
    site.database.ping().await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "not healthy");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok("ok\n")
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => PageError::TooSlow.into_response(),
    }
}

/// Counts answers and the time they took.
async fn measured(State(site): State<Site>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let response = next.run(request).await;
    site.metrics
        .answered(response.status().as_u16(), start.elapsed());
    if let Some(code) = response.extensions().get::<Code>() {
        site.metrics.signed_in(code.as_str());
    }
    response
}
