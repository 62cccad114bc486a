//! Reading a request's body, within its limits.

use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Bytes, Incoming};
use zeroize::{Zeroize as _, Zeroizing};

use crate::Error;

/// Room for a body that does not say how long it is.
const FIRST: usize = 8 * 1024;

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

/// The same for a body that may hold a PIN: it is wiped when dropped, and so is each piece that it
/// came in, unless the connection still holds it.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_secret(
    body: Incoming,
    most: usize,
    time: Duration,
) -> Result<Zeroizing<Vec<u8>>, Error> {
    if body.size_hint().lower() > most as u64 {
        return Err(Error::BodyTooLarge);
    }
    tokio::time::timeout(time, collect_secret(body, most))
        .await
        .map_err(|_| Error::BodyIncomplete)?
}

async fn collect_secret(mut body: Incoming, most: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let hint = usize::try_from(body.size_hint().lower()).unwrap_or(most);
    let mut whole = Zeroizing::new(Vec::with_capacity(hint.max(FIRST)));
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Error::BodyIncomplete)?.into_data() else {
            continue; // Trailers say nothing to us.
        };
        let length = whole.len() + data.len();
        if length > most {
            return Err(Error::BodyTooLarge);
        }
        if length > whole.capacity() {
            // A vector that grows by itself leaves what it was behind.
            let mut larger = Vec::with_capacity(length.max(2 * whole.capacity()));
            larger.extend_from_slice(&whole);
            whole = Zeroizing::new(larger);
        }
        whole.extend_from_slice(&data);
        if let Ok(mut data) = data.try_into_mut() {
            data.zeroize();
        }
    }
    Ok(whole)
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
