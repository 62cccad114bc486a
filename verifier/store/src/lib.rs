#![doc = include_str!("../README.md")]

mod challenge;
mod error;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sql")]
mod sql;

use std::{future::Future, time::Duration, time::SystemTime};

pub use challenge::{Issued, Session};
pub use chop_protocol::Challenge;
pub use error::Error;
#[cfg(feature = "redis")]
pub use redis::RedisStore;
#[cfg(feature = "sql")]
pub use sql::SqlStore;

/// How long a challenge may be answered.
///
/// Spec: Web eID authentication token, server side: 5 minutes.
pub const LIFETIME: Duration = Duration::from_secs(300);

/// How many challenges of a session are open at most: a few windows of one browser. The oldest makes
/// room for a new one.
pub const MOST_PER_SESSION: usize = 4;

/// Where challenges wait for their answers.
///
/// The moment is a parameter so that tests choose it; all machines of a site need the same time, as
/// their TLS does anyway.
pub trait ChallengeStore: Send + Sync {
    /// Makes a challenge of 32 random bytes for a session.
    ///
    /// # Errors
    /// [`Error::Random`], or the store's own.
    fn issue(
        &self,
        session: &Session,
        now: SystemTime,
    ) -> impl Future<Output = Result<Issued, Error>> + Send;

    /// Takes a challenge out for good: of several that ask at once, one gets it. `None` where there is
    /// no such challenge, it is another session's, or it is too old.
    ///
    /// # Errors
    /// The store's own; the challenge may be gone then.
    fn take(
        &self,
        session: &Session,
        id: &str,
        now: SystemTime,
    ) -> impl Future<Output = Result<Option<Challenge>, Error>> + Send;

    /// Forgets challenges that are too old; to be called every minute or so.
    ///
    /// # Errors
    /// The store's own.
    fn sweep(&self, now: SystemTime) -> impl Future<Output = Result<(), Error>> + Send;
}
