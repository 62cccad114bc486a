//! The headers that every answer of the site carries.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use chop_protocol::{Origin, PORTS};

/// The headers, made once.
#[derive(Clone, Debug)]
pub(crate) struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// For a site with this origin.
    pub(crate) fn new(origin: &Origin) -> Self {
        let fixed = |name, value| (name, HeaderValue::from_static(value));
        let policy = HeaderValue::from_str(&content_security_policy())
            .expect("made of our own text and port numbers");
        let mut headers = vec![
            (header::CONTENT_SECURITY_POLICY, policy),
            // The agent's popup must be able to answer the page that opened it.
            fixed(
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin-allow-popups",
            ),
            fixed(
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
            fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            fixed(header::X_FRAME_OPTIONS, "DENY"),
            // Not `no-referrer`: with that browsers say `Origin: null` when a form is sent.
            fixed(header::REFERRER_POLICY, "same-origin"),
            // Nothing about loopback-network here: the page needs it.
            fixed(
                HeaderName::from_static("permissions-policy"),
                "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            ),
        ];
        if is_public(origin) {
            headers.push(fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
        }
        Self(headers)
    }
}

/// The page may reach itself and the agent, nothing else; no inline script or style runs.
fn content_security_policy() -> String {
    let hosts = ["localhost", "127.0.0.1"];
    let agents = hosts
        .iter()
        .flat_map(|host| PORTS.map(|port| format!(" https://{host}:{port}")));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'{}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        agents.collect::<String>()
    )
}

/// On localhost the header would reach every other program there, the agent included.
fn is_public(origin: &Origin) -> bool {
    let host = origin.host();
    let address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    host != "localhost" && !host.ends_with(".localhost") && !address
}

/// Adds the headers to an answer. Pages are not kept by browsers or proxies, unless they say so.
pub(crate) async fn add(State(headers): State<Headers>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let all = response.headers_mut();
    all.extend(headers.0);
    all.entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_addresses_get_no_transport_security() {
        for (origin, public) in [
            ("https://apply.example.gov.tw", true),
            ("https://localhost:8443", false),
            ("https://portal.localhost", false),
            ("https://127.0.0.1:8443", false),
            ("https://[::1]:8443", false),
        ] {
            assert_eq!(is_public(&origin.parse().unwrap()), public, "{origin}");
        }
    }

    #[test]
    fn the_page_may_reach_the_agent_and_runs_nothing_inline() {
        let policy = content_security_policy();
        for port in PORTS {
            assert!(policy.contains(&format!(" https://localhost:{port}")));
            assert!(policy.contains(&format!(" https://127.0.0.1:{port}")));
        }
        assert!(!policy.contains("unsafe"));
    }
}
