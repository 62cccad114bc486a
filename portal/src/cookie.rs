//! The session's cookie.

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::sessions::{IDLE, Sessions};

/// `__Host-`: browsers take it from this host alone, over https, for `/`.
const NAME: &str = "__Host-portal";

/// What takes it away again.
const REMOVAL: HeaderValue =
    HeaderValue::from_static("__Host-portal=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");

/// The sessions, behind the cookie.
pub(crate) fn layer(sessions: Sessions) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(sessions)
        .with_name(NAME)
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Puts `Secure` on the cookie that takes the session's away.
///
/// tower-sessions 0.15 leaves it out, and browsers ignore a `__Host-` cookie without it: the old
/// one would stay.
pub(crate) async fn remove_for_good(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let cookies: Vec<_> = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    response.headers_mut().remove(header::SET_COOKIE);
    for cookie in cookies {
        let cookie = if is_removal(&cookie) { REMOVAL } else { cookie };
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn is_removal(cookie: &HeaderValue) -> bool {
    let cookie = cookie.to_str().unwrap_or_default();
    let value = cookie
        .strip_prefix(NAME)
        .and_then(|rest| rest.strip_prefix('='));
    value.is_some_and(|value| value.is_empty() || value.starts_with(';'))
}
