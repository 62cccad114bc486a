//! Frames on the pipes between the agent and its child processes, the worker and the window.
//!
//! A frame is a `u32` length of the payload (little-endian, at most [`LONGEST`]), a byte for its
//! kind (0 message, 1 secret), then the payload. What a message says is not known here. A PIN
//! travels in a frame of its own, and only there, so that it never is in a buffer that nobody
//! zeroes: it is read into and written from memory that is. For the same reason the streams must
//! not be buffered ones: not `BufReader`, and not [`std::io::stdin`], which buffers by itself (see
//! [`crate::stdio`]).

pub mod blocking;

use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use zeroize::Zeroizing;

use crate::Pin;

/// The longest payload, in bytes: 1 MiB.
pub const LONGEST: usize = 1 << 20;

/// What arrives on a pipe.
pub enum Frame {
    /// A message; what it says its ends know.
    Message(Vec<u8>),
    /// A PIN or password.
    Secret(Pin),
}

/// Reads one frame; `None` when the other side has closed the pipe after a whole frame.
///
/// Not cancel-safe: a dropped call may have read a part of a frame.
///
/// # Errors
/// The stream's own; [`ErrorKind::UnexpectedEof`] within a frame; [`ErrorKind::InvalidData`] for an
/// unknown kind or too long a payload.
pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Option<Frame>> {
    let mut header = [0; HEADER];
    let begun = stream.read(&mut header).await?;
    if begun == 0 {
        return Ok(None);
    }
    let (_, rest) = header.split_at_mut(begun);
    stream.read_exact(rest).await?;
    let mut incoming = Incoming::new(header)?;
    stream.read_exact(&mut incoming.payload).await?;
    Ok(Some(incoming.into()))
}

/// Writes a message.
///
/// # Errors
/// The stream's own; [`ErrorKind::InvalidData`] for more than [`LONGEST`] bytes.
pub async fn write_message(stream: &mut (impl AsyncWrite + Unpin), payload: &[u8]) -> Result<()> {
    stream.write_all(&frame(MESSAGE, payload)?).await?;
    stream.flush().await
}

/// Writes a message and the secrets that belong to it, in one go. The buffer they are written from
/// is zeroed, also when the call is dropped.
///
/// # Errors
/// As [`write_message`].
pub async fn write_with_secrets(
    stream: &mut (impl AsyncWrite + Unpin),
    payload: &[u8],
    secrets: &[&Pin],
) -> Result<()> {
    let secrets = secrets.iter().map(|secret| (SECRET, secret.expose()));
    let frames: Vec<_> = std::iter::once((MESSAGE, payload)).chain(secrets).collect();
    stream.write_all(&joined(&frames)?).await?;
    stream.flush().await
}

const HEADER: usize = 5;
const MESSAGE: u8 = 0;
const SECRET: u8 = 1;

/// A frame whose payload is still to be read, into a buffer of exactly its size.
struct Incoming {
    kind: u8,
    payload: Zeroizing<Vec<u8>>,
}

impl Incoming {
    fn new([a, b, c, d, kind]: [u8; HEADER]) -> Result<Self> {
        let length = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        if length > LONGEST || kind > SECRET {
            return Err(Error::new(ErrorKind::InvalidData, "not a frame"));
        }
        Ok(Self {
            kind,
            payload: Zeroizing::new(vec![0; length]),
        })
    }
}

impl From<Incoming> for Frame {
    fn from(mut incoming: Incoming) -> Self {
        // The buffer itself moves on; what stays behind is empty.
        let payload = std::mem::take(&mut *incoming.payload);
        match incoming.kind {
            SECRET => Self::Secret(Pin::from(payload)),
            _ => Self::Message(payload),
        }
    }
}

fn frame(kind: u8, payload: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    joined(&[(kind, payload)])
}

/// Headers and payloads in one buffer, because each write would wake the reader.
fn joined(frames: &[(u8, &[u8])]) -> Result<Zeroizing<Vec<u8>>> {
    // Exactly sized: a buffer that grew would leave an unzeroed copy.
    let size = frames.iter().map(|(_, payload)| HEADER + payload.len());
    let mut joined = Zeroizing::new(Vec::with_capacity(size.sum()));
    for (kind, payload) in frames {
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        if payload.len() > LONGEST {
            return Err(Error::new(ErrorKind::InvalidData, "too long for a frame"));
        }
        joined.extend_from_slice(&length.to_le_bytes());
        joined.push(*kind);
        joined.extend_from_slice(payload);
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_arrive_as_they_were_sent() {
        let (mut near, mut far) = tokio::io::duplex(64);

        let sent = async {
            let pin = Pin::from(b"1234".to_vec());
            write_with_secrets(&mut near, &[7; 1000], &[&pin])
                .await
                .unwrap();
            drop(near);
        };
        let (first, second, end, ()) = {
            let received = async {
                (
                    read(&mut far).await,
                    read(&mut far).await,
                    read(&mut far).await,
                )
            };
            let (received, ()) = tokio::join!(received, sent);
            (
                received.0.unwrap(),
                received.1.unwrap(),
                received.2.unwrap(),
                (),
            )
        };

        assert!(matches!(first, Some(Frame::Message(bytes)) if bytes == [7; 1000]));
        assert!(matches!(second, Some(Frame::Secret(pin)) if pin.expose() == b"1234"));
        assert!(end.is_none());
    }

    #[tokio::test]
    async fn a_frame_cut_short_is_an_error_and_not_an_end() {
        for whole in [&b"\x05\0\0\0\0abc"[..], b"\x05\0"] {
            let error = read(&mut &*whole).await.err().unwrap();
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        }
    }

    #[tokio::test]
    async fn a_length_beyond_the_bound_is_refused_before_anything_is_allocated() {
        let error = read(&mut &b"\xff\xff\xff\xff\0"[..]).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(
            write_message(&mut tokio::io::sink(), &vec![0; LONGEST + 1])
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn an_unknown_kind_is_refused() {
        assert!(read(&mut &b"\x01\0\0\0\x02a"[..]).await.is_err());
    }

    #[test]
    fn the_blocking_side_speaks_the_same() {
        let mut pipe = Vec::new();
        blocking::write_message(&mut pipe, b"{}").unwrap();
        blocking::write_secret(&mut pipe, &Pin::from(b"0000".to_vec())).unwrap();

        let mut pipe = &pipe[..];
        let message = blocking::read(&mut pipe).unwrap();
        let secret = blocking::read(&mut pipe).unwrap();

        assert!(matches!(message, Some(Frame::Message(bytes)) if bytes == b"{}"));
        assert!(matches!(secret, Some(Frame::Secret(pin)) if pin.expose() == b"0000"));
        assert!(blocking::read(&mut pipe).unwrap().is_none());
    }
}
