//! The log: lines on standard error, errors alone unless the settings say more. On Windows, where
//! nobody has given a standard error, lines go to the event log.

#[cfg(windows)]
#[path = "logging/event_log.rs"]
mod event_log;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::settings::LogLevel;

/// Starts to log at `level`. What libraries log goes the same way.
pub fn start(level: LogLevel) {
    let filter = match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(filter)
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
