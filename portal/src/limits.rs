//! How often somebody may do what costs us something, or lets them guess.
//!
//! Counts are in the database, so that several nodes count together; in windows that begin with the
//! first. Beside them each node takes a bounded number of new rows a second from everybody
//! together, in memory, because one row that every request changes would make them all wait. Whoever
//! is over a limit takes none of them, and changes no row.

mod known;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{Error, clock::Clock, database::Database, outbox::Letter};

use self::known::{Asked, Known};

/// What is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
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
    /// A mail of one kind to one account, for whoever asks.
    SendMail(Letter),
    /// An activation mail that was asked for with the account's own card.
    OwnMail,
    /// A wrong password, by address.
    PasswordFrom,
    /// A wrong password, by account and address: nobody locks the holder out from elsewhere.
    PasswordFor,
    /// A wrong password, by account, from where its holder does not sign in.
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
            Self::SendMail(_) => ("send mail", 4, HOUR),
            Self::OwnMail => ("own mail", 4, HOUR),
            Self::PasswordFrom => ("password from", 50, QUARTER),
            Self::PasswordFor => ("password for", 10, QUARTER),
            Self::PasswordOf => ("password of", 100, QUARTER),
        }
    }

    /// What the database calls the count of `who`.
    fn key(self, who: &str) -> String {
        let (word, ..) = self.limit();
        match self {
            Self::SendMail(letter) => format!("{word} {} {who}", letter.as_str()),
            _ => format!("{word} {who}"),
        }
    }
}

/// The counts.
#[derive(Debug)]
pub(crate) struct Limits {
    database: Database,
    clock: Clock,
    bucket: Mutex<Bucket>,
    known: Mutex<Known>,
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
            known: Mutex::default(),
        }
    }

    /// Counts one more, or says that it is too often, and then counts nothing.
    ///
    /// # Errors
    /// [`Error::TooOften`], [`Error::Database`].
    pub(crate) async fn count(&self, act: Act, who: &str) -> Result<(), Error> {
        let (_, most, window) = act.limit();
        let window = milliseconds(window);
        let (key, now) = (act.key(who), self.clock.now_ms());
        let asked = lock(&self.known)
            .begin(&key, most, window, now)
            .map_err(|since| too_often(since + window - now))?;
        let counted = async {
            self.take_one()?;
            self.count_in_database(&key, most, window, now).await
        };
        match counted.await {
            Ok(Counted::Yes { since, count }) => {
                lock(&self.known).hear(&key, asked, since, count);
                Ok(())
            }
            Ok(Counted::TooOften { since }) => {
                lock(&self.known).hear(&key, asked, since, most);
                self.give_one();
                Err(too_often(since + window - now))
            }
            Err(error) => {
                if asked == Asked::Counted {
                    lock(&self.known).take_back(&key);
                }
                Err(error)
            }
        }
    }

    /// Takes one back that was counted, because it was not what is counted.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn take_back(&self, act: Act, who: &str) -> Result<(), Error> {
        let key = act.key(who);
        sqlx::query("UPDATE counts SET count = count - 1 WHERE key = $1 AND count > 0")
            .bind(&key)
            .execute(self.database.write())
            .await?;
        lock(&self.known).take_back(&key);
        Ok(())
    }

    async fn count_in_database(
        &self,
        key: &str,
        most: i64,
        window: i64,
        now: i64,
    ) -> Result<Counted, Error> {
        let counted: Option<(i64, i64)> = sqlx::query_as(
            "INSERT INTO counts (key, since, count) VALUES ($1, $2, 1) \
             ON CONFLICT (key) DO UPDATE SET \
             count = CASE WHEN counts.since <= $3 THEN 1 ELSE counts.count + 1 END, \
             since = CASE WHEN counts.since <= $3 THEN $2 ELSE counts.since END \
             WHERE counts.since <= $3 OR counts.count < $4 \
             RETURNING since, count",
        )
        .bind(key)
        .bind(now)
        .bind(now - window)
        .bind(most)
        .fetch_optional(self.database.write())
        .await?;
        if let Some((since, count)) = counted {
            return Ok(Counted::Yes { since, count });
        }
        let since: Option<(i64,)> = sqlx::query_as("SELECT since FROM counts WHERE key = $1")
            .bind(key)
            .fetch_optional(self.database.read())
            .await?;
        let since = since.map_or(now, |(since,)| since);
        Ok(Counted::TooOften { since })
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
        let mut bucket = lock(&self.bucket);
        #[expect(clippy::cast_precision_loss, reason = "seconds, not days")]
        let passed = now.saturating_sub(bucket.at).max(0) as f64 / 1000.0;
        bucket.left = (bucket.left + passed * PER_SECOND).min(PER_SECOND);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(too_often(1000));
        }
        bucket.left -= 1.0;
        Ok(())
    }

    /// Gives one back that was not needed.
    fn give_one(&self) {
        let mut bucket = lock(&self.bucket);
        bucket.left = (bucket.left + 1.0).min(PER_SECOND);
    }
}

/// What the database did.
enum Counted {
    Yes { since: i64, count: i64 },
    TooOften { since: i64 },
}

/// With so many milliseconds to wait, at least a second.
fn too_often(wait: i64) -> Error {
    let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
    Error::TooOften {
        wait: wait.max(Duration::from_secs(1)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these; if it did, counts would still be counts.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
