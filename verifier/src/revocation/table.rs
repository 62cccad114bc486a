//! Revoked serial numbers, sorted, in memory or in a file.
//!
//! A list may have a million entries, and a login asks for one of them. The records are sorted by
//! key; every 32nd key is kept in memory as a fence, so that a look-up is a search among the fences
//! and one read of about a kilobyte. The file is not mapped into memory: that takes `unsafe` code,
//! and a truncated file would then end the process.

mod build;
#[cfg_attr(unix, path = "table/read_unix.rs")]
#[cfg_attr(not(unix), path = "table/read_other.rs")]
mod read;

use std::{fs::File, io};

pub(super) use build::Builder;

use crate::moment::Moment;

/// How many records lie between two fences.
const BLOCK: usize = 32;

/// Keys longer than this do not exist: an issuer's number and a serial number of up to 32 bytes.
const MAX_KEY: usize = 2 + MAX_SERIAL;

/// The longest serial number taken; RFC 5280 §4.1.2.2 has 20, some issuers a few more.
pub(super) const MAX_SERIAL: usize = 32;

/// Which certificate: the number of its issuer in the list's own count, and its serial number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key<'a> {
    /// 0 is the issuer of the list itself.
    pub(super) issuer: u16,
    /// The INTEGER's contents.
    pub(super) serial: &'a [u8],
}

/// What a list says of a certificate.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Revoked {
    pub(super) date: Moment,
    /// The CRLReason's number; 0, "unspecified", if there was none.
    pub(super) reason: u8,
}

impl Revoked {
    /// removeFromCRL: an entry of a delta that takes one of the base back.
    pub(super) const REMOVED: u8 = 8;

    pub(super) fn is_removal(self) -> bool {
        self.reason == Self::REMOVED
    }
}

/// The entries of one list.
#[derive(Debug)]
pub(super) struct Table {
    records: Records,
    fences: Fences,
    count: u64,
}

/// Where the records are.
#[derive(Debug)]
enum Records {
    Memory(Vec<u8>),
    /// In a file, from `start` on.
    File {
        file: File,
        start: u64,
        length: u64,
    },
}

/// The first key of each block, and where the block begins among the records.
#[derive(Debug, Default)]
pub(super) struct Fences {
    keys: Vec<u8>,
    /// Ends of the keys in `keys`.
    ends: Vec<u32>,
    starts: Vec<u64>,
}

impl Fences {
    pub(super) fn push(&mut self, key: &[u8], start: u64) {
        self.keys.extend_from_slice(key);
        self.ends
            .push(u32::try_from(self.keys.len()).unwrap_or(u32::MAX));
        self.starts.push(start);
    }

    /// Each with where its block begins and its key.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (u64, &[u8])> {
        let starts = self.starts.iter().enumerate();
        starts.map(|(index, start)| (*start, self.key(index)))
    }

    fn key(&self, index: usize) -> &[u8] {
        let end = |index: usize| self.ends.get(index).map_or(0, |end| *end as usize);
        let start = index.checked_sub(1).map_or(0, end);
        self.keys.get(start..end(index)).unwrap_or_default()
    }

    /// The bytes of the block that `key` is in, if it is in any, among `length` bytes of records.
    fn block(&self, key: &[u8], length: u64) -> Option<(u64, u64)> {
        let (mut low, mut high) = (0, self.starts.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle) <= key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let start = *self.starts.get(low.checked_sub(1)?)?;
        let end = self.starts.get(low).copied().unwrap_or(length);
        Some((start, end))
    }
}

impl Table {
    /// Records that lie in `file` from `start` on, as [`Builder`] wrote them.
    pub(super) fn in_file(file: File, start: u64, length: u64, fences: Fences, count: u64) -> Self {
        let records = Records::File {
            file,
            start,
            length,
        };
        Self {
            records,
            fences,
            count,
        }
    }

    /// How many certificates are in it.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// What it says of a certificate; `None` if nothing.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn find(&self, key: Key<'_>) -> io::Result<Option<Revoked>> {
        let mut wanted = [0; MAX_KEY];
        let Some(wanted) = key.write(&mut wanted) else {
            return Ok(None);
        };
        let length = match &self.records {
            Records::Memory(bytes) => bytes.len() as u64,
            Records::File { length, .. } => *length,
        };
        let Some((start, end)) = self.fences.block(wanted, length) else {
            return Ok(None);
        };
        match &self.records {
            Records::Memory(bytes) => {
                let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
                let block = range.and_then(|(start, end)| bytes.get(start..end));
                Ok(find_in(block.unwrap_or_default(), wanted))
            }
            Records::File {
                file, start: at, ..
            } => {
                let length = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
                if length > BLOCK * Record::MAX_LENGTH {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                let mut block = vec![0; length];
                read::read_at(file, &mut block, at + start)?;
                Ok(find_in(&block, wanted))
            }
        }
    }
}

fn find_in(block: &[u8], wanted: &[u8]) -> Option<Revoked> {
    let mut rest = block;
    while let Some((record, after)) = Record::read(rest) {
        if record.key == wanted {
            return Some(record.revoked);
        }
        rest = after;
    }
    None
}

impl Key<'_> {
    /// The issuer's number, then the serial number.
    fn write<'a>(&self, to: &'a mut [u8; MAX_KEY]) -> Option<&'a [u8]> {
        let length = 2 + self.serial.len();
        let (issuer, rest) = to.split_first_chunk_mut::<2>()?;
        *issuer = self.issuer.to_be_bytes();
        rest.get_mut(..self.serial.len())?
            .copy_from_slice(self.serial);
        to.get(..length)
    }
}

/// An entry as it is kept: the key's length, the key, the date (8 bytes), the reason.
struct Record<'a> {
    key: &'a [u8],
    revoked: Revoked,
}

impl<'a> Record<'a> {
    const MAX_LENGTH: usize = 1 + MAX_KEY + 8 + 1;

    fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (length, rest) = bytes.split_first()?;
        let (key, rest) = rest.split_at_checked(usize::from(*length))?;
        let (date, rest) = rest.split_first_chunk::<8>()?;
        let (reason, rest) = rest.split_first()?;
        let revoked = Revoked {
            date: Moment(i64::from_be_bytes(*date)),
            reason: *reason,
        };
        Some((Self { key, revoked }, rest))
    }

    fn write(&self, to: &mut Vec<u8>) {
        // A key has at most MAX_KEY bytes.
        to.push(u8::try_from(self.key.len()).unwrap_or_default());
        to.extend_from_slice(self.key);
        to.extend_from_slice(&self.revoked.date.0.to_be_bytes());
        to.push(self.revoked.reason);
    }
}

#[cfg(test)]
mod tests;
