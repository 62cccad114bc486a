//! Script, style and pictures, part of the program. Browsers keep them and ask whether they changed.

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::secret::fingerprint;

/// A file by its address under `/assets/`.
#[derive(Clone, Copy)]
struct Asset {
    path: &'static str,
    kind: &'static str,
    content: &'static str,
}

const ASSETS: [Asset; 9] = [
    Asset {
        path: "/assets/bridge.js",
        kind: "text/javascript; charset=utf-8",
        // Embedded as built, so that the portal needs no Node.
        content: include_str!("../../bridge-js/dist/index.js"),
    },
    Asset {
        path: "/assets/hipki.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../../bridge-js/dist/hipki.js"),
    },
    Asset {
        path: "/assets/login.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../assets/login.js"),
    },
    Asset {
        path: "/assets/sign.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../assets/sign.js"),
    },
    Asset {
        path: "/assets/card.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../assets/card.js"),
    },
    Asset {
        path: "/assets/hicos.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../assets/hicos.js"),
    },
    Asset {
        path: "/assets/find-agent.js",
        kind: "text/javascript; charset=utf-8",
        content: include_str!("../assets/find-agent.js"),
    },
    Asset {
        path: "/assets/portal.css",
        kind: "text/css; charset=utf-8",
        content: include_str!("../assets/portal.css"),
    },
    Asset {
        path: "/assets/seal.svg",
        kind: "image/svg+xml",
        content: include_str!("../assets/seal.svg"),
    },
];

/// The routes of the assets.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.into_iter().fold(Router::new(), |router, asset| {
        let tag = HeaderValue::from_str(&format!("\"{}\"", fingerprint(asset.content)))
            .expect("base64 in quotes is a header value");
        router.route(
            asset.path,
            get(async move |request: Request| answer(&asset, &tag, request.headers())),
        )
    })
}

fn answer(asset: &Asset, tag: &HeaderValue, asked: &HeaderMap) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, tag.clone()),
    ];
    if asked.get(header::IF_NONE_MATCH) == Some(tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, asset.content).into_response()
}
