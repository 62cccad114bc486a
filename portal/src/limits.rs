//! How often somebody may do what costs us something, or lets them guess.
//!
//! Counts are in the database, so that several nodes count together; in windows that begin with the
//! first. Beside them each node takes a bounded number of new rows a second from everybody
//! together, in memory, because one row that every request changes would make them all wait.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{Error, clock::Clock, database::Database};

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// A login challenge, by address.
    Challenge,
    /// An application for an account, by address.
    Apply,
    /// An application of an account for something, by account.
    Exemption,
    /// A signature to be verified, by account.
    Sign,
    /// A mail that somebody asks for who is not signed in, by address.
    AskMail,
    /// A mail of one kind to one account.
    SendMail,
    /// A wrong password, by address.
    PasswordFrom,
    /// A wrong password, by account and address: nobody locks the holder out from elsewhere.
    PasswordFor,
    /// A wrong password, by account.
    PasswordOf,
}

const MINUTE: Duration = Duration::from_secs(60);
const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The longest window, after which a count is deleted.
const LONGEST: Duration = HOUR;

/// New rows a second that a node takes from everybody together.
const PER_SECOND: f64 = 1000.0;

impl Act {
    /// The word in the database, how many, and in how long.
    fn limit(self) -> (&'static str, i64, Duration) {
        match self {
            // A whole office behind one address signs in at nine o'clock.
            Self::Challenge => ("challenge", 120, MINUTE),
            Self::Apply => ("apply", 30, HOUR),
            Self::Exemption => ("exemption", 60, HOUR),
            Self::Sign => ("sign", 60, HOUR),
            Self::AskMail => ("ask mail", 20, HOUR),
            Self::SendMail => ("send mail", 4, HOUR),
            Self::PasswordFrom => ("password from", 50, QUARTER),
            Self::PasswordFor => ("password for", 10, QUARTER),
            Self::PasswordOf => ("password of", 100, QUARTER),
        }
    }
}

/// The counts.
#[derive(Debug)]
pub(crate) struct Limits {
    database: Database,
    clock: Clock,
    bucket: Mutex<Bucket>,
}

/// Fills with time, and is emptied by one for each row.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: i64,
}

impl Limits {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        let at = clock.now_ms();
        Self {
            database,
            clock,
            bucket: Mutex::new(Bucket {
                left: PER_SECOND,
                at,
            }),
        }
    }

    /// Counts one more, or says that it is too often.
    ///
    /// # Errors
    /// [`Error::TooOften`], [`Error::Database`].
    pub(crate) async fn count(&self, act: Act, who: &str) -> Result<(), Error> {
        self.take_one()?;
        let (word, most, window) = act.limit();
        let window = milliseconds(window);
        let now = self.clock.now_ms();
        let (since, count): (i64, i64) = sqlx::query_as(
            "INSERT INTO counts (key, since, count) VALUES ($1, $2, 1) \
             ON CONFLICT (key) DO UPDATE SET \
             count = CASE WHEN counts.since <= $3 THEN 1 ELSE counts.count + 1 END, \
             since = CASE WHEN counts.since <= $3 THEN $2 ELSE counts.since END \
             RETURNING since, count",
        )
        .bind(format!("{word} {who}"))
        .bind(now)
        .bind(now - window)
        .fetch_one(self.database.write())
        .await?;
        refuse(count > most, since + window - now)
    }

    /// Whether one more would be too often, without counting it.
    ///
    /// # Errors
    /// [`Error::TooOften`], [`Error::Database`].
    pub(crate) async fn check(&self, act: Act, who: &str) -> Result<(), Error> {
        let (word, most, window) = act.limit();
        let window = milliseconds(window);
        let now = self.clock.now_ms();
        let counted: Option<(i64, i64)> =
            sqlx::query_as("SELECT since, count FROM counts WHERE key = $1 AND since > $2")
                .bind(format!("{word} {who}"))
                .bind(now - window)
                .fetch_optional(self.database.read())
                .await?;
        let (since, count) = counted.unwrap_or((now, 0));
        refuse(count >= most, since + window - now)
    }

    /// Forgets counts that no window can hold any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        sqlx::query("DELETE FROM counts WHERE since < $1")
            .bind(self.clock.now_ms() - milliseconds(LONGEST))
            .execute(self.database.write())
            .await?;
        Ok(())
    }

    fn take_one(&self) -> Result<(), Error> {
        let now = self.clock.now_ms();
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        #[expect(clippy::cast_precision_loss, reason = "seconds, not days")]
        let passed = now.saturating_sub(bucket.at).max(0) as f64 / 1000.0;
        bucket.left = (bucket.left + passed * PER_SECOND).min(PER_SECOND);
        bucket.at = now;
        if bucket.left < 1.0 {
            return refuse(true, 1000);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

fn refuse(is_too_often: bool, wait: i64) -> Result<(), Error> {
    if !is_too_often {
        return Ok(());
    }
    let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
    Err(Error::TooOften {
        wait: wait.max(Duration::from_secs(1)),
    })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU64, Ordering},
        },
        time::SystemTime,
    };

    use super::*;

    async fn limits() -> (Limits, Arc<AtomicU64>) {
        let ahead = Arc::new(AtomicU64::new(0));
        let seconds = Arc::clone(&ahead);
        let start = SystemTime::now();
        let now = move || start + Duration::from_secs(seconds.load(Ordering::SeqCst));
        let database = Database::open("sqlite::memory:").await.unwrap();
        (Limits::new(database, Clock::new(now)), ahead)
    }

    fn is_too_often(result: &Result<(), Error>) -> bool {
        matches!(result, Err(Error::TooOften { .. }))
    }

    #[tokio::test]
    async fn one_more_than_allowed_is_too_often_until_the_window_is_over() {
        let (limits, ahead) = limits().await;
        for _ in 0..4 {
            limits.check(Act::SendMail, "a").await.unwrap();
            limits.count(Act::SendMail, "a").await.unwrap();
        }
        assert!(is_too_often(&limits.check(Act::SendMail, "a").await));
        assert!(is_too_often(&limits.count(Act::SendMail, "a").await));
        limits.count(Act::SendMail, "b").await.unwrap();

        ahead.store(3600, Ordering::SeqCst);
        limits.count(Act::SendMail, "a").await.unwrap();
    }

    #[tokio::test]
    async fn everybody_together_gets_so_many_a_second() {
        let (limits, ahead) = limits().await;
        for _ in 0..1000 {
            limits.take_one().unwrap();
        }
        assert!(is_too_often(&limits.take_one()));
        ahead.store(1, Ordering::SeqCst);
        limits.take_one().unwrap();
    }

    #[tokio::test]
    async fn old_counts_are_forgotten() {
        let (limits, ahead) = limits().await;
        limits.count(Act::Challenge, "a").await.unwrap();
        ahead.store(3601, Ordering::SeqCst);
        limits.sweep().await.unwrap();
        let (left,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM counts")
            .fetch_one(limits.database.read())
            .await
            .unwrap();
        assert_eq!(left, 0);
    }
}
