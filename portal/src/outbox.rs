//! Letters on their way: stored with what they tell of, sent when a mail server takes them.
//!
//! A row says which letter to whom, nothing more: it is written when it is sent (`mail`), so that
//! no link lies in the database. A node claims a letter for a while; if it dies, another sends it.

mod letter;

use std::time::Duration;

use crate::{
    Error,
    clock::Clock,
    database::{Changes, Database},
    secret::id,
};

pub(crate) use letter::Letter;

/// A letter that this node sends now.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) letter: Letter,
    /// Where it goes.
    pub(crate) mail: String,
    attempts: i64,
}

/// What became of an attempt.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Sent,
    /// It has lost its purpose.
    Dropped,
    /// The mail server refused it for good.
    Refused(String),
    /// The mail server works, and did not take it now: a mailbox is full.
    MailboxNotNow(String),
    /// The mail server cannot be reached, or takes nothing now.
    NotNow(String),
}

/// A letter as the operator sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListedLetter {
    /// What it is called, to send it again.
    pub id: String,
    /// The number of the account that it is about.
    pub account: String,
    /// Which letter, such as `activation`.
    pub letter: String,
    /// Where it goes.
    pub mail: String,
    /// `waiting`, `sent`, `failed`, or `dropped` when it lost its purpose.
    pub state: String,
    /// In milliseconds since 1970, UTC.
    pub created_at: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// What the mail server said last.
    pub fault: String,
}

/// Longer than a mail server may take.
const CLAIM: Duration = Duration::from_secs(120);
/// The first pause after a failed attempt; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);
/// After this a letter is given up; the operator can send it again.
const PATIENCE: Duration = Duration::from_secs(3 * 24 * 60 * 60);
/// What was sent is kept this long, for the operator to see.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The letters.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    database: Database,
    clock: Clock,
}

impl Outbox {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Puts a letter in, together with what it tells of.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn put(
        &self,
        changes: &mut Changes,
        letter: Letter,
        account: &str,
        mail: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now_ms();
        sqlx::query(
            "INSERT INTO outbox (id, account, letter, mail, state, created_at, due_at, \
             claimed_until, attempts, fault) VALUES ($1, $2, $3, $4, 'waiting', $5, $5, 0, 0, '')",
        )
        .bind(id(now)?)
        .bind(account)
        .bind(letter.as_str())
        .bind(mail)
        .bind(now)
        .execute(&mut **changes)
        .await?;
        Ok(())
    }

    /// Takes the letter that is due longest, for this node alone.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn claim(&self) -> Result<Option<Claimed>, Error> {
        let now = self.clock.now_ms();
        // The conditions stand twice: a node that waited for another's claim must look again.
        let claimed: Option<(String, String, String, String, i64)> = sqlx::query_as(
            "UPDATE outbox SET claimed_until = $2, attempts = attempts + 1 WHERE id = (\
             SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= $1 AND \
             claimed_until <= $1 ORDER BY due_at, id LIMIT 1) \
             AND state = 'waiting' AND claimed_until <= $1 \
             RETURNING id, account, letter, mail, attempts",
        )
        .bind(now)
        .bind(now + milliseconds(CLAIM))
        .fetch_optional(self.database.write())
        .await?;
        claimed
            .map(|(id, account, letter, mail, attempts)| {
                let letter = Letter::of(&letter).ok_or(Error::Row { column: "letter" })?;
                Ok(Claimed {
                    id,
                    account,
                    letter,
                    mail,
                    attempts,
                })
            })
            .transpose()
    }

    /// Writes down what became of it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn settle(&self, claimed: &Claimed, outcome: &Outcome) -> Result<(), Error> {
        let now = self.clock.now_ms();
        let (state, fault) = match outcome {
            Outcome::Sent => ("sent", ""),
            Outcome::Dropped => ("dropped", ""),
            Outcome::Refused(fault) => ("failed", fault.as_str()),
            Outcome::MailboxNotNow(fault) | Outcome::NotNow(fault) => ("waiting", fault.as_str()),
        };
        sqlx::query(
            "UPDATE outbox SET fault = $3, due_at = $4, claimed_until = 0, \
             state = CASE WHEN $2 = 'waiting' AND created_at < $5 THEN 'failed' ELSE $2 END \
             WHERE id = $1 AND (state = 'waiting' OR $2 = 'sent')",
        )
        .bind(&claimed.id)
        .bind(state)
        .bind(fault)
        .bind(now + milliseconds(pause(claimed.attempts)))
        .bind(now - milliseconds(PATIENCE))
        .execute(self.database.write())
        .await?;
        Ok(())
    }

    /// Sends a letter that was given up again; false when there is none with this id.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn again(&self, id: &str) -> Result<bool, Error> {
        let now = self.clock.now_ms();
        let changed = sqlx::query(
            "UPDATE outbox SET state = 'waiting', created_at = $2, due_at = $2, attempts = 0 \
             WHERE id = $1 AND state = 'failed'",
        )
        .bind(id)
        .bind(now)
        .execute(self.database.write())
        .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// How many wait, and how many were given up.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn counts(&self) -> Result<(i64, i64), Error> {
        let counts: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, COUNT(*) FROM outbox WHERE state IN ('waiting', 'failed') \
             GROUP BY state",
        )
        .fetch_all(self.database.read())
        .await?;
        let of = |state: &str| {
            let found = counts.iter().find(|(name, _)| name == state);
            found.map_or(0, |(_, count)| *count)
        };
        Ok((of("waiting"), of("failed")))
    }

    /// The letters, those that wait or failed first, then the newest; at most a hundred.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn list(&self) -> Result<Vec<ListedLetter>, Error> {
        type Row = (String, String, String, String, String, i64, i64, String);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, account, letter, mail, state, created_at, attempts, fault FROM outbox \
             ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END, \
             id DESC LIMIT 100",
        )
        .fetch_all(self.database.read())
        .await?;
        let listed = |row: Row| {
            let (id, account, letter, mail, state, created_at, attempts, fault) = row;
            ListedLetter {
                id,
                account,
                letter,
                mail,
                state,
                created_at,
                attempts,
                fault,
            }
        };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// Forgets what was sent long ago.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        sqlx::query("DELETE FROM outbox WHERE created_at < $1 AND state <> 'waiting'")
            .bind(self.clock.now_ms() - milliseconds(KEPT))
            .execute(self.database.write())
            .await?;
        Ok(())
    }
}

fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let pauses: Vec<_> = [1, 2, 3, 4, 99].map(|n| pause(n).as_secs()).into();
        assert_eq!(pauses, [5, 10, 20, 40, 1800]);
    }
}
