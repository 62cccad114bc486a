//! Lists and OCSP answers over HTTP, made when they are asked for.

use std::{net::SocketAddr, sync::Arc, time::SystemTime};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chop_testpki::{Answer, Responder, Status};

use crate::{folder::Folder, question::Question};

/// malformedRequest. Spec: RFC 6960 §4.2.1.
const MALFORMED: [u8; 5] = [0x30, 3, 0x0A, 1, 1];

/// Answers until Ctrl-C.
pub(crate) fn run(folder: Folder, listen: SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("{listen} cannot be listened on"))?;
        println!("http://{}/", listener.local_addr()?);
        let router = Router::new()
            .route("/ocsp", post(ocsp))
            .route("/{list}", get(list))
            .with_state(Arc::new(folder));
        let stop = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        Ok(axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .await?)
    })
}

async fn list(State(folder): State<Arc<Folder>>, Path(file): Path<String>) -> Response {
    let Some(name) = file.strip_suffix(".crl") else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match folder.list(name, SystemTime::now()) {
        Ok(Some(der)) => ([(header::CONTENT_TYPE, "application/pkix-crl")], der).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => failed(&error),
    }
}

async fn ocsp(State(folder): State<Arc<Folder>>, request: Bytes) -> Response {
    let answered = match Question::read(&request) {
        Some(question) => answer(&folder, &question),
        None => Ok(MALFORMED.to_vec()),
    };
    match answered {
        Ok(der) => {
            let kind = [(header::CONTENT_TYPE, "application/ocsp-response")];
            (kind, der).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn answer(folder: &Folder, question: &Question) -> Result<Vec<u8>> {
    let (cards, now) = (folder.read_cards()?, SystemTime::now());
    let Some(card) = cards.iter().find(|card| card.serial == question.serial) else {
        // unauthorized: not a certificate of these authorities. Spec: RFC 6960 §2.3.
        return Ok(vec![0x30, 3, 0x0A, 1, 6]);
    };
    let status = if folder.revoked()?.contains(&card.name) {
        Status::Revoked(now)
    } else {
        Status::Good
    };
    let issuer = folder.authority(Some(card.issuer));
    let mut answer = Answer::new(&card.certificate, issuer.certificate(), status, now);
    if let Some(nonce) = &question.nonce {
        answer = answer.nonce(nonce);
    }
    let responder = Responder {
        key: issuer.key(),
        certificate: issuer.certificate(),
        send_certificate: false,
    };
    Ok(answer.sign(responder)?)
}

/// It is the developer's own folder that is wrong: they see why.
fn failed(error: &anyhow::Error) -> Response {
    let text = format!("{error:#}\n");
    (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
}
