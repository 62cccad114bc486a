//! Reading a request's body, within its limits.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};

use crate::Error;

/// Reads a whole body of at most `most` bytes.
///
/// # Errors
/// [`Error::BodyTooLarge`], before anything is read if the client says so itself;
/// [`Error::BodyIncomplete`] after `time`, or if the client stops sending.
pub(crate) async fn read(body: Incoming, most: usize, time: Duration) -> Result<Bytes, Error> {
    if body.size_hint().lower() > most as u64 {
        return Err(Error::BodyTooLarge);
    }
    tokio::time::timeout(time, collect(body, most))
        .await
        .map_err(|_| Error::BodyIncomplete)?
}

async fn collect(mut body: Incoming, most: usize) -> Result<Bytes, Error> {
    let mut whole = Bytes::new();
    let mut pieces = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Error::BodyIncomplete)?.into_data() else {
            continue; // Trailers say nothing to us.
        };
        if whole.len().max(pieces.len()) + data.len() > most {
            return Err(Error::BodyTooLarge);
        }
        // Nearly every body comes in one piece, which is not copied.
        if whole.is_empty() && pieces.is_empty() {
            whole = data;
        } else {
            if pieces.is_empty() {
                pieces.extend_from_slice(&whole);
            }
            pieces.extend_from_slice(&data);
        }
    }
    Ok(match pieces.is_empty() {
        true => whole,
        false => pieces.into(),
    })
}
