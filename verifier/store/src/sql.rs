//! Challenges in SQLite or PostgreSQL.
//!
//! The statements are the same for both. What makes one winner is `DELETE … RETURNING`: each of two
//! deletes a row or finds it gone.

use std::time::{Duration, SystemTime};

use chop_protocol::Challenge;
use sqlx::{
    AnyPool, Executor as _,
    any::{AnyPoolOptions, install_default_drivers},
};

use crate::{
    ChallengeStore, Error, Issued, MOST_PER_SESSION, Session,
    challenge::{fingerprint, in_time, millis},
};

/// The table and its indices. It has a name of its own, so that a site's own database will do.
const TABLE: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS chop_challenges (\
     id TEXT PRIMARY KEY, session TEXT NOT NULL, challenge TEXT NOT NULL, expires_at BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS chop_challenges_session ON chop_challenges (session)",
    "CREATE INDEX IF NOT EXISTS chop_challenges_expires_at ON chop_challenges (expires_at)",
];

/// Challenges in a table of SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct SqlStore {
    pool: AnyPool,
}

impl SqlStore {
    /// Connects to `sqlite:FILE`, `sqlite::memory:` or `postgres://…` and makes the table
    /// `chop_challenges` if it is not there. A file that is not there is made too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let memory = sqlite && url.contains(":memory:");
        // A database that is not there is said so before whoever signs in gives up.
        let mut options = AnyPoolOptions::new().acquire_timeout(Duration::from_secs(5));
        if memory {
            // Each connection would have a database of its own.
            options = options
                .max_connections(1)
                .idle_timeout(None)
                .max_lifetime(None);
        } else if sqlite {
            options = options.after_connect(|connection, _| {
                Box::pin(async move {
                    // First, so that whoever comes second waits for the change to WAL as well.
                    connection.execute("PRAGMA busy_timeout = 10000").await?;
                    connection.execute("PRAGMA journal_mode = WAL").await?;
                    Ok(())
                })
            });
        }
        let url = if sqlite && !memory && !url.contains('?') {
            format!("{url}?mode=rwc")
        } else {
            url.to_owned()
        };
        Self::with(options.connect(&url).await?).await
    }

    /// Uses a site's own pool.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn with(pool: AnyPool) -> Result<Self, Error> {
        let store = Self { pool };
        // Of several that make it at once, PostgreSQL lets all but one fail.
        if store.create().await.is_err() {
            store.create().await?;
        }
        Ok(store)
    }

    async fn create(&self) -> Result<(), Error> {
        for statement in TABLE {
            self.pool.execute(statement).await?;
        }
        Ok(())
    }
}

impl ChallengeStore for SqlStore {
    async fn issue(&self, session: &Session, now: SystemTime) -> Result<Issued, Error> {
        let issued = Issued::new(now)?;
        let id = fingerprint(&issued.id);
        sqlx::query(
            "INSERT INTO chop_challenges (id, session, challenge, expires_at) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(&id)
        .bind(session.key())
        .bind(issued.challenge.as_str())
        .bind(millis(issued.expires_at))
        .execute(&self.pool)
        .await?;
        let others = i64::try_from(MOST_PER_SESSION - 1).unwrap_or(i64::MAX);
        sqlx::query(
            "DELETE FROM chop_challenges WHERE session = $1 AND id <> $2 AND id NOT IN (\
             SELECT id FROM chop_challenges WHERE session = $1 AND id <> $2 \
             ORDER BY expires_at DESC LIMIT $3)",
        )
        .bind(session.key())
        .bind(&id)
        .bind(others)
        .execute(&self.pool)
        .await?;
        Ok(issued)
    }

    async fn take(
        &self,
        session: &Session,
        id: &str,
        now: SystemTime,
    ) -> Result<Option<Challenge>, Error> {
        let taken: Option<(String, i64)> = sqlx::query_as(
            "DELETE FROM chop_challenges WHERE id = $1 AND session = $2 \
             RETURNING challenge, expires_at",
        )
        .bind(fingerprint(id))
        .bind(session.key())
        .fetch_optional(&self.pool)
        .await?;
        match taken {
            Some((challenge, expires_at)) => in_time(&challenge, expires_at, now),
            None => Ok(None),
        }
    }

    async fn sweep(&self, now: SystemTime) -> Result<(), Error> {
        sqlx::query("DELETE FROM chop_challenges WHERE expires_at <= $1")
            .bind(millis(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
