//! The event log of Windows: one entry for each line, in *Application*, of the source `Chop`.
//!
//! The installer registers the source with the messages of `EventCreate.exe`, which show the line
//! as it is; without an installer the viewer says that the source is not known, and shows the line.
//!
//! Spec: Win32 "Event Logging".
#![allow(unsafe_code, reason = "all of it is the system's own functions")]

use std::{
    io::{self, IsTerminal as _, Write},
    os::windows::io::AsRawHandle as _,
    ptr::{null, null_mut},
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;
use windows_sys::{
    Win32::{
        Storage::FileSystem::{FILE_TYPE_CHAR, FILE_TYPE_UNKNOWN, GetFileType},
        System::EventLog::{
            DeregisterEventSource, EVENTLOG_ERROR_TYPE, EVENTLOG_INFORMATION_TYPE,
            EVENTLOG_WARNING_TYPE, RegisterEventSourceW, ReportEventW,
        },
    },
    core::w,
};

/// `EventCreate.exe` knows 1 to 1000, all with the same words.
const NUMBER: u32 = 1;

/// Whether standard error is the null device, or none: there is neither console, nor pipe, nor file.
pub(super) fn nobody_reads_standard_error() -> bool {
    let handle = io::stderr();
    if handle.is_terminal() {
        return false;
    }
    // SAFETY: a handle that is none is told as unknown.
    let kind = unsafe { GetFileType(handle.as_raw_handle()) };
    [FILE_TYPE_CHAR, FILE_TYPE_UNKNOWN].contains(&kind)
}

/// An entry that is worth an administrator's look.
pub(super) fn warn(text: &str) {
    drop(Entry {
        kind: EVENTLOG_WARNING_TYPE,
        line: text.as_bytes().to_vec(),
    });
}

/// Makes entries.
pub(super) struct Entries;

impl<'a> MakeWriter<'a> for Entries {
    type Writer = Entry;

    fn make_writer(&'a self) -> Entry {
        Entry {
            kind: EVENTLOG_INFORMATION_TYPE,
            line: Vec::new(),
        }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Entry {
        let kind = match *about.level() {
            Level::ERROR => EVENTLOG_ERROR_TYPE,
            Level::WARN => EVENTLOG_WARNING_TYPE,
            _ => EVENTLOG_INFORMATION_TYPE,
        };
        let line = Vec::new();
        Entry { kind, line }
    }
}

/// A line; dropping it reports it.
pub(super) struct Entry {
    kind: u16,
    line: Vec<u8>,
}

impl Write for Entry {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let line = String::from_utf8_lossy(&self.line);
        // A zero would end it; the log takes 31,839 units.
        let line = line.trim().replace('\0', " ");
        let line: Vec<u16> = line.encode_utf16().take(30_000).chain([0]).collect();
        let texts = [line.as_ptr()];
        // SAFETY: the name and the line end with zeros; the handle is closed once. A log that takes
        // nothing is no reason to stop.
        unsafe {
            let source = RegisterEventSourceW(null(), w!("Chop"));
            if source.is_null() {
                return;
            }
            let nobody = null_mut();
            ReportEventW(
                source,
                self.kind,
                0,
                NUMBER,
                nobody,
                1,
                0,
                texts.as_ptr(),
                null(),
            );
            DeregisterEventSource(source);
        }
    }
}
