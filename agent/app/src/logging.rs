//! The log: errors and warnings alone unless the settings say otherwise, with the same fields wherever
//! it goes: to standard error, which a session's journal takes; on Windows, where nobody has given a
//! standard error, to the event log; or to a file of the person's.

#[cfg(windows)]
#[path = "logging/event_log.rs"]
mod event_log;
#[path = "logging/file.rs"]
mod file;

use std::{path::Path, sync::Mutex};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::settings::LogLevel;

/// The log's name among what the agent keeps; the part before has `.1` behind it.
pub const FILE: &str = "agent.log";

/// Starts to log at `level`. What libraries log goes the same way.
pub fn start(level: LogLevel) {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(filter(level))
        .with_ansi(false);
    // A second start in one process (a test) keeps the first log.
    #[cfg(windows)]
    if event_log::nobody_reads_standard_error() {
        let entries = subscriber.with_writer(event_log::Entries).without_time();
        let _ = entries.with_level(false).finish().try_init();
        return;
    }
    let _ = subscriber.with_writer(std::io::stderr).finish().try_init();
}

/// The same into the file at `path`. Where it cannot be written, the log goes where it would without
/// it, and says so.
pub fn start_in(path: &Path, level: LogLevel) {
    let file = match file::Rolling::open(path) {
        Ok(file) => Mutex::new(file),
        Err(error) => {
            start(level);
            tracing::warn!(path = %path.display(), %error, "the log's file cannot be written");
            return;
        }
    };
    let subscriber = tracing_subscriber::fmt().with_max_level(filter(level));
    let subscriber = subscriber.with_ansi(false).with_writer(file);
    let _ = subscriber.finish().try_init();
}

/// Says something to whoever has called a command: on standard error, and where nobody reads that
/// (an installer or a task of Windows has started it) in the event log.
pub fn say(text: &str) {
    eprintln!("{text}");
    #[cfg(windows)]
    if event_log::nobody_reads_standard_error() {
        event_log::warn(text);
    }
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}
