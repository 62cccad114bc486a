//! Sorts entries in a bounded amount of memory.
//!
//! Entries are gathered into runs of a few megabytes; each is sorted and, when the table goes into a
//! file, written to a scratch file beside it. Then the runs are merged.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use super::{BLOCK, Fences, Key, MAX_KEY, Record, Records, Revoked, Table};

/// How many bytes of records are sorted at a time when they go into a file.
const RUN: usize = 2 * 1024 * 1024;

/// Collects the entries of one list.
pub(in crate::revocation) struct Builder {
    run: Vec<u8>,
    /// For each record of the run: the beginning of its key, and where it is.
    order: Vec<(u64, u32)>,
    scratch: Option<Scratch>,
}

/// Runs that were sorted already, one after the other.
struct Scratch {
    path: PathBuf,
    file: BufWriter<File>,
    /// Where each run ends.
    ends: Vec<u64>,
}

impl Builder {
    /// For a table in memory.
    pub(in crate::revocation) fn in_memory() -> Self {
        Self {
            run: Vec::new(),
            order: Vec::new(),
            scratch: None,
        }
    }

    /// For a table that goes into a file; `path` is for the scratch file, which is made now and
    /// removed in the end, whatever happens.
    pub(in crate::revocation) fn with_scratch(path: PathBuf) -> io::Result<Self> {
        let file = BufWriter::new(File::create_new(&path)?);
        let ends = Vec::new();
        Ok(Self {
            scratch: Some(Scratch { path, file, ends }),
            ..Self::in_memory()
        })
    }

    /// Adds an entry. `false` if its serial number is longer than any.
    pub(in crate::revocation) fn push(
        &mut self,
        key: Key<'_>,
        revoked: Revoked,
    ) -> io::Result<bool> {
        let mut bytes = [0; MAX_KEY];
        let Some(key) = key.write(&mut bytes) else {
            return Ok(false);
        };
        if self.run.len() >= RUN && self.scratch.is_some() {
            self.end_run()?;
        }
        let at = u32::try_from(self.run.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.order.push((beginning(key), at));
        Record { key, revoked }.write(&mut self.run);
        Ok(true)
    }

    fn end_run(&mut self) -> io::Result<()> {
        self.sort();
        let Some(scratch) = &mut self.scratch else {
            return Ok(());
        };
        for (_, at) in &self.order {
            scratch.file.write_all(record_at(&self.run, *at))?;
        }
        let start = scratch.ends.last().copied().unwrap_or_default();
        scratch.ends.push(start + self.run.len() as u64);
        self.run.clear();
        self.order.clear();
        Ok(())
    }

    fn sort(&mut self) {
        let run = &self.run;
        self.order.sort_unstable_by(|a, b| {
            let key = |at: u32| Record::read(record_at(run, at)).map(|(record, _)| record.key);
            a.0.cmp(&b.0).then_with(|| key(a.1).cmp(&key(b.1)))
        });
    }

    /// The table, in memory.
    pub(in crate::revocation) fn finish(mut self) -> Table {
        self.sort();
        let mut sink = Sink::new(Vec::with_capacity(self.run.len()));
        for (_, at) in &self.order {
            // Writing into memory does not fail.
            let _ = sink.push(record_at(&self.run, *at));
        }
        let _ = sink.flush();
        let (count, fences) = (sink.count, sink.fences);
        Table {
            records: Records::Memory(sink.out),
            fences,
            count,
        }
    }

    /// Writes the sorted records; gives the fences, the number of records and of bytes.
    pub(in crate::revocation) fn write(
        mut self,
        out: &mut impl Write,
    ) -> io::Result<(Fences, u64, u64)> {
        self.end_run()?;
        let mut sink = Sink::new(out);
        if let Some(scratch) = &mut self.scratch {
            scratch.file.flush()?;
            merge(&scratch.path, &scratch.ends, &mut sink)?;
        }
        sink.flush()?;
        Ok((sink.fences, sink.count, sink.length))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is overwritten by nobody: its name is used once.
        let _ = fs::remove_file(&self.path);
    }
}

/// The first eight bytes after the issuer's number, which decide nearly every comparison.
fn beginning(key: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (to, from) in bytes.iter_mut().zip(key) {
        *to = *from;
    }
    u64::from_be_bytes(bytes)
}

/// The record that begins at `at`, without what follows it.
fn record_at(run: &[u8], at: u32) -> &[u8] {
    let rest = run.get(at as usize..).unwrap_or_default();
    match Record::read(rest) {
        Some((_, after)) => rest.get(..rest.len() - after.len()).unwrap_or_default(),
        None => &[],
    }
}

/// Merges sorted runs.
fn merge<W: Write>(path: &Path, ends: &[u64], sink: &mut Sink<W>) -> io::Result<()> {
    let mut runs = Vec::with_capacity(ends.len());
    let mut start = 0;
    for end in ends {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        runs.push(BufReader::new(file.take(end - start)));
        start = *end;
    }
    let mut next = BinaryHeap::new();
    for (index, run) in runs.iter_mut().enumerate() {
        next.extend(read_record(run)?.map(|record| Reverse((record, index))));
    }
    while let Some(Reverse((record, index))) = next.pop() {
        sink.push(&record.0)?;
        if let Some(run) = runs.get_mut(index) {
            next.extend(read_record(run)?.map(|record| Reverse((record, index))));
        }
    }
    Ok(())
}

/// A record's bytes, ordered by their key.
#[derive(Eq, PartialEq)]
struct Sorted(Vec<u8>);

impl Sorted {
    fn key(&self) -> Option<&[u8]> {
        Record::read(&self.0).map(|(record, _)| record.key)
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

fn read_record(run: &mut impl Read) -> io::Result<Option<Sorted>> {
    let mut length = [0];
    if run.read(&mut length)? == 0 {
        return Ok(None);
    }
    let [key] = length;
    let mut record = vec![0; 1 + usize::from(key) + 9];
    if let Some((first, rest)) = record.split_first_mut() {
        *first = key;
        run.read_exact(rest)?;
    }
    Ok(Some(Sorted(record)))
}

/// Takes records in order, sets fences, and lets of two with the same key only one through.
struct Sink<W> {
    out: W,
    fences: Fences,
    count: u64,
    length: u64,
    /// The record that waits, in case the next has its key.
    waiting: Vec<u8>,
}

impl<W: Write> Sink<W> {
    fn new(out: W) -> Self {
        Self {
            out,
            fences: Fences::default(),
            count: 0,
            length: 0,
            waiting: Vec::new(),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (Some((new, _)), old) = (Record::read(bytes), Record::read(&self.waiting)) else {
            return Ok(());
        };
        match old {
            // A certificate that is in the list twice is revoked if either says so.
            Some((old, _)) if old.key == new.key => {
                if old.revoked.reason == Revoked::REMOVED {
                    bytes.clone_into(&mut self.waiting);
                }
                return Ok(());
            }
            Some(_) => self.flush()?,
            None => {}
        }
        bytes.clone_into(&mut self.waiting);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some((record, _)) = Record::read(&self.waiting) {
            if self.count.is_multiple_of(BLOCK as u64) {
                self.fences.push(record.key, self.length);
            }
            self.out.write_all(&self.waiting)?;
            self.count += 1;
            self.length += self.waiting.len() as u64;
        }
        self.waiting.clear();
        Ok(())
    }
}
