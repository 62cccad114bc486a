//! The audit log, to read and to take away.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use askama::Template;
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use hyper::body::{Body as Parts, Frame as Part};
use serde::Deserialize;
use tokio::sync::mpsc;

use super::accounts::{Shown, shown};
use crate::{
    Error,
    audit::{Action, Entry},
    pages::{Frame, PageError, answer},
    portal::Site,
    posted::{Button, Posted},
    visitor::Operator,
};

/// Rows on a page, and in a part of an export.
const PAGE: u32 = 50;
const PART: u32 = 500;

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct AuditPage {
    frame: Frame,
    entries: Vec<Shown>,
    more: Option<String>,
}

/// Which rows.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    before: String,
}

/// `GET /operator/audit`
pub(crate) async fn show(
    State(site): State<Site>,
    operator: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let entries = site.audit.before(&wanted.before, "", PAGE).await?;
    let is_full = entries.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let page = AuditPage {
        frame: Frame::around(&operator.visitor),
        more: entries
            .last()
            .filter(|_| is_full)
            .map(|entry| entry.id.clone()),
        entries: shown(entries),
    };
    answer(operator.visitor, &page)
}

/// `POST /operator/audit/export`: every row, a line of JSON each. That it was taken is a row, too.
pub(crate) async fn export(
    State(site): State<Site>,
    operator: Operator,
    Posted(Button {}): Posted<Button>,
) -> Result<Response, PageError> {
    let note = site.audit.note(Action::Exported, &operator.actor());
    note.client(operator.visitor.client.as_str())
        .write_alone()
        .await?;
    let mut part = site.audit.after("", PART).await?;
    // A part after the other, as fast as it is taken: the log may be longer than memory.
    let (give, taken) = mpsc::channel(2);
    tokio::spawn(async move {
        while let Some(last) = part.last().map(|entry| entry.id.clone()) {
            if give.send(Ok(lines(&part))).await.is_err() {
                return;
            }
            match site.audit.after(&last, PART).await {
                Ok(next) => part = next,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an export is not whole"
                    );
                    // The transfer breaks off: what has an end would look whole.
                    let _ = give.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-ndjson"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"audit.ndjson\""),
        ),
    ];
    Ok((headers, Body::new(Taken(taken))).into_response())
}

/// A body whose parts come one after the other.
struct Taken(mpsc::Receiver<Result<Bytes, Error>>);

impl Parts for Taken {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Part<Bytes>, Error>>> {
        let part = self.0.poll_recv(context);
        part.map(|part| part.map(|part| part.map(Part::data)))
    }
}

fn lines(entries: &[Entry]) -> Bytes {
    let line = |entry| {
        let mut line = serde_json::to_string(entry).expect("texts and numbers are JSON");
        line.push('\n');
        line
    };
    entries.iter().map(line).collect::<String>().into()
}
