//! Work that begins by the clock, whether what began before has ended or not.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::{task::JoinSet, time::Instant};

use crate::figure::Times;

/// What came of it.
pub(crate) struct Outcome {
    /// Of each job, from when it should have begun.
    pub(crate) times: Times,
    /// Jobs a second that ended.
    pub(crate) rate: f64,
    pub(crate) errors: Vec<String>,
}

/// Runs each at its time, `rate` a second.
pub(crate) async fn by_the_clock<F>(rate: usize, jobs: impl Iterator<Item = F>) -> Outcome
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let start = Instant::now() + Duration::from_millis(100);
    let pause = Duration::from_secs(1) / u32::try_from(rate).unwrap_or(1);
    let (mut running, mut due) = (JoinSet::new(), start);
    for job in jobs {
        running.spawn(async move {
            tokio::time::sleep_until(due).await;
            job.await.map(|()| due.elapsed())
        });
        due += pause;
        // A task for each of a whole minute would be load of its own.
        if due > Instant::now() + Duration::from_secs(1) {
            tokio::time::sleep_until(due - Duration::from_secs(1)).await;
        }
    }
    let (mut times, mut errors, mut done) = (Times::default(), Vec::new(), 0_u32);
    while let Some(ended) = running.join_next().await {
        match ended.context("a task").flatten() {
            Ok(time) => {
                times.push(time);
                done += 1;
            }
            Err(error) => errors.push(format!("{error:#}")),
        }
    }
    Outcome {
        times,
        rate: f64::from(done) / start.elapsed().as_secs_f64(),
        errors,
    }
}
