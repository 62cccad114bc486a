//! What a core has worked for us, whatever else the machine has to do.

use std::time::Duration;

use anyhow::Result;
use nix::{sys::time::TimeValLike as _, time::ClockId};

/// Processor time of this thread so far.
pub(super) fn now() -> Result<Duration> {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now()?;
    Ok(Duration::from_nanos(time.num_nanoseconds().try_into()?))
}
