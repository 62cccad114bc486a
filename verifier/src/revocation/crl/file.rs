//! The index of a list as a file.
//!
//! ```text
//! magic            8 bytes; the last is the version of this layout
//! head             u32 length, then the parts in `Head::from_parts`, each u32 length and bytes
//! records          sorted by key
//! fences           u32 how many, then for each: u64 start of its block, u8 key length, key
//! ends             u64 start of the records, u64 their length, u64 how many
//! digest           SHA-256 of everything before it
//! ```
//! All numbers are big-endian. The digest notices a torn or altered file when it is opened.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write},
    path::Path,
};

use ring::digest::{Context, SHA256};

use super::{Builder, Crl, CrlError, Head, Table, scratch};
use crate::{moment::Moment, revocation::table::Fences};

const MAGIC: [u8; 8] = *b"chopcrl\x02";
/// Three numbers of eight bytes and the digest.
const TAIL: u64 = 3 * 8 + 32;
/// The largest head: names and extensions of a list.
const MOST_HEAD: u32 = 1024 * 1024;

/// Writes the index beside `path`, then moves it there.
pub(super) fn write(path: &Path, head: &Head, builder: Builder) -> Result<(), CrlError> {
    let new = scratch(path);
    let written = write_to(&new, head, builder)
        .and_then(|()| fs::rename(&new, path))
        .map_err(CrlError::File);
    if written.is_err() {
        // What is left of it is of no use; a second failure adds nothing.
        let _ = fs::remove_file(&new);
    }
    written
}

fn write_to(path: &Path, head: &Head, builder: Builder) -> io::Result<()> {
    let mut out = Digesting {
        out: BufWriter::with_capacity(64 * 1024, File::create_new(path)?),
        digest: Context::new(&SHA256),
        length: 0,
    };
    let parts = parts_of(head);
    out.write_all(&MAGIC)?;
    out.write_all(&u32::try_from(parts.len()).unwrap_or(u32::MAX).to_be_bytes())?;
    out.write_all(&parts)?;
    let start = out.length;
    let (fences, count, length) = builder.write(&mut out)?;
    fences.write(&mut out)?;
    for number in [start, length, count] {
        out.write_all(&number.to_be_bytes())?;
    }
    let digest = out.digest.clone().finish();
    out.out.write_all(digest.as_ref())?;
    out.out.flush()?;
    // Whole on the disk before its name is.
    out.out.get_ref().sync_all()
}

pub(super) fn open(path: &Path) -> Result<Crl, CrlError> {
    let mut file = File::open(path).map_err(CrlError::File)?;
    let size = file.metadata().map_err(CrlError::File)?.len();
    let read = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => CrlError::Index,
        _ => CrlError::File(error),
    };
    let end = size.checked_sub(TAIL).ok_or(CrlError::Index)?;
    check_digest(&mut file, size)
        .map_err(read)?
        .then_some(())
        .ok_or(CrlError::Index)?;
    file.seek(SeekFrom::Start(end)).map_err(read)?;
    let [start, length, count] = [u64_of(&mut file), u64_of(&mut file), u64_of(&mut file)];
    let (start, length, count) = (
        start.map_err(read)?,
        length.map_err(read)?,
        count.map_err(read)?,
    );

    file.rewind().map_err(read)?;
    let mut reader = BufReader::new(&mut file);
    if bytes::<8>(&mut reader).map_err(read)? != MAGIC {
        return Err(CrlError::Index);
    }
    let head = part(&mut reader).map_err(read)?;
    let head = head_of(&head).ok_or(CrlError::Index)?;
    let fences_at = start.checked_add(length).filter(|at| *at <= end);
    let fences_at = fences_at.ok_or(CrlError::Index)?;
    reader.seek(SeekFrom::Start(fences_at)).map_err(read)?;
    let fences = Fences::read(&mut reader).map_err(read)?;
    let table = Table::in_file(file, start, length, fences, count);
    Ok(Crl { head, table })
}

/// The parts of a head, each with its length.
fn parts_of(head: &Head) -> Vec<u8> {
    let mut to = Vec::new();
    let mut part = |bytes: &[u8]| {
        to.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        to.extend_from_slice(bytes);
    };
    part(&head.fingerprint);
    part(&head.signed_by);
    part(&head.this_update.0.to_be_bytes());
    part(
        &head
            .next_update
            .map_or(Vec::new(), |next| next.0.to_be_bytes().to_vec()),
    );
    part(&head.entries.to_be_bytes());
    part(&(head.issuer_names.len() as u64).to_be_bytes());
    head.issuer_names.iter().for_each(|name| part(name));
    for (oid, value) in &head.raw {
        part(oid);
        part(value);
    }
    to
}

fn head_of(mut bytes: &[u8]) -> Option<Head> {
    let from = &mut bytes;
    let fingerprint = next(from)?.try_into().ok()?;
    let signed_by = next(from)?.try_into().ok()?;
    let this_update = Moment(i64::from_be_bytes(next(from)?.try_into().ok()?));
    let next_update = match next(from)? {
        [] => None,
        bytes => Some(Moment(i64::from_be_bytes(bytes.try_into().ok()?))),
    };
    let entries = u64::from_be_bytes(next(from)?.try_into().ok()?);
    let issuers = u64::from_be_bytes(next(from)?.try_into().ok()?);
    let issuers: Option<Vec<_>> = (0..issuers).map(|_| Some(next(from)?.to_vec())).collect();
    let mut raw = Vec::new();
    while !from.is_empty() {
        raw.push((next(from)?.to_vec(), next(from)?.to_vec()));
    }
    let dates = (this_update, next_update);
    Head::from_parts(fingerprint, signed_by, dates, (issuers?, entries), raw).ok()
}

/// The next part, cut off `bytes`.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

fn part(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = u32::from_be_bytes(bytes(from)?);
    if length > MOST_HEAD {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut part = vec![0; length as usize];
    from.read_exact(&mut part)?;
    Ok(part)
}

fn bytes<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn u64_of(from: &mut impl Read) -> io::Result<u64> {
    bytes(from).map(u64::from_be_bytes)
}

fn check_digest(file: &mut File, size: u64) -> io::Result<bool> {
    let mut left = size - 32;
    let mut digest = Context::new(&SHA256);
    let mut buffer = vec![0; 64 * 1024];
    while left > 0 {
        let want = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let chunk = buffer.get_mut(..want).unwrap_or_default();
        file.read_exact(chunk)?;
        digest.update(chunk);
        left -= want as u64;
    }
    Ok(bytes::<32>(file)? == digest.finish().as_ref())
}

impl Fences {
    fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let fences = self.iter();
        to.write_all(
            &u32::try_from(fences.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        )?;
        for (start, key) in fences {
            to.write_all(&start.to_be_bytes())?;
            to.write_all(&[u8::try_from(key.len()).unwrap_or_default()])?;
            to.write_all(key)?;
        }
        Ok(())
    }

    fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut fences = Self::default();
        for _ in 0..u32::from_be_bytes(bytes(from)?) {
            let start = u64_of(from)?;
            let [length] = bytes(from)?;
            let mut key = vec![0; usize::from(length)];
            from.read_exact(&mut key)?;
            fences.push(&key, start);
        }
        Ok(fences)
    }
}

/// Writes through, and digests what it wrote.
struct Digesting<W> {
    out: W,
    digest: Context,
    length: u64,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
