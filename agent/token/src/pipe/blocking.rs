//! The same frames for the side that has no async runtime.

use std::io::{ErrorKind, Read, Result, Write};

use super::{Frame, HEADER, Incoming, MESSAGE, SECRET, frame};
use crate::Pin;

/// Reads one frame; `None` when the other side has closed the pipe after a whole frame.
///
/// # Errors
/// As [`super::read`].
pub fn read(stream: &mut impl Read) -> Result<Option<Frame>> {
    let mut header = [0; HEADER];
    let (first, rest) = header.split_at_mut(1);
    match stream.read_exact(first) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    stream.read_exact(rest)?;
    let mut incoming = Incoming::new(header)?;
    stream.read_exact(&mut incoming.payload)?;
    Ok(Some(incoming.into()))
}

/// Writes a message.
///
/// # Errors
/// As [`super::write_message`].
pub fn write_message(stream: &mut impl Write, payload: &[u8]) -> Result<()> {
    stream.write_all(&frame(MESSAGE, payload)?)?;
    stream.flush()
}

/// Writes a secret. The buffer it is written from is zeroed.
///
/// # Errors
/// As [`super::write_message`].
pub fn write_secret(stream: &mut impl Write, secret: &Pin) -> Result<()> {
    stream.write_all(&frame(SECRET, secret.expose())?)?;
    stream.flush()
}
