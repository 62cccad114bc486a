//! Reading a request's body, within its limits.

use std::time::Duration;

use chop_protocol::MAX_BODY;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};

use crate::Error;

/// Reads a whole body of at most [`MAX_BODY`] bytes.
///
/// # Errors
/// [`Error::BodyTooLarge`], before anything is read if the client says so itself;
/// [`Error::BodyIncomplete`] after `time`, or if the client stops sending.
pub(crate) async fn read(body: Incoming, time: Duration) -> Result<Bytes, Error> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Error::BodyTooLarge);
    }
    tokio::time::timeout(time, collect(body))
        .await
        .map_err(|_| Error::BodyIncomplete)?
}

async fn collect(mut body: Incoming) -> Result<Bytes, Error> {
    let mut whole = Bytes::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Error::BodyIncomplete)?.into_data() else {
            continue; // Trailers say nothing to us.
        };
        if whole.len() + data.len() > MAX_BODY {
            return Err(Error::BodyTooLarge);
        }
        // Nearly every body comes in one piece, which is not copied.
        whole = if whole.is_empty() {
            data
        } else {
            [whole, data].concat().into()
        };
    }
    Ok(whole)
}
