//! Sessions in the database, so that any node knows them.

use async_trait::async_trait;
use sqlx::AnyPool;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error as StoreError, Result},
};

use crate::{Error, clock::Clock, secret::fingerprint};

/// A session ends this long after its last use.
pub(crate) const IDLE: Duration = Duration::minutes(30);

/// The store behind tower-sessions.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    pool: AnyPool,
    clock: Clock,
}

impl Sessions {
    pub(crate) fn new(pool: AnyPool, clock: Clock) -> Self {
        Self { pool, clock }
    }

    /// What a session is called in the database.
    pub(crate) fn key(id: &Id) -> String {
        fingerprint(&id.to_string())
    }

    /// When a session that is used now ends, by the portal's own clock. It is [`IDLE`] that
    /// tower-sessions is told as well, for the cookie.
    fn expires_at(&self) -> i64 {
        let idle = i64::try_from(IDLE.whole_milliseconds()).unwrap_or(i64::MAX);
        self.clock.now_ms().saturating_add(idle)
    }

    /// Forgets those that have expired.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> std::result::Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE expires_at < $1")
            .bind(self.clock.now_ms())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        loop {
            let made = sqlx::query(
                "INSERT INTO sessions (key, data, expires_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (key) DO NOTHING",
            )
            .bind(Self::key(&record.id))
            .bind(data_of(record)?)
            .bind(self.expires_at())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
            if made.rows_affected() == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    /// Changes a session that is there. One that was ended meanwhile, by a sign-in or sign-out
    /// beside this request, stays ended.
    async fn save(&self, record: &Record) -> Result<()> {
        sqlx::query("UPDATE sessions SET data = $2, expires_at = $3 WHERE key = $1")
            .bind(Self::key(&record.id))
            .bind(data_of(record)?)
            .bind(self.expires_at())
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "SELECT data, expires_at FROM sessions WHERE key = $1 AND expires_at > $2",
        )
        .bind(Self::key(id))
        .bind(self.clock.now_ms())
        .fetch_optional(&self.pool)
        .await
        .map_err(backend)?;
        row.map(|(data, expires_at)| {
            let data = serde_json::from_str(&data)
                .map_err(|error| StoreError::Decode(error.to_string()))?;
            let expiry_date =
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at) * 1_000_000)
                    .map_err(|error| StoreError::Decode(error.to_string()))?;
            Ok(Record {
                id: *id,
                data,
                expiry_date,
            })
        })
        .transpose()
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE key = $1")
            .bind(Self::key(id))
            .execute(&self.pool)
            .await
            .map_err(backend)?;
        Ok(())
    }
}

fn data_of(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| StoreError::Encode(error.to_string()))
}

fn backend(error: sqlx::Error) -> StoreError {
    StoreError::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::database;

    async fn store() -> Sessions {
        Sessions::new(
            database::open("sqlite::memory:").await.unwrap(),
            Clock::default(),
        )
    }

    fn record() -> Record {
        let expiry_date = OffsetDateTime::now_utc();
        let data = [("who".to_owned(), serde_json::json!("IC0000000001"))].into();
        Record {
            id: Id::default(),
            data,
            expiry_date,
        }
    }

    #[tokio::test]
    async fn what_is_created_is_loaded_until_it_is_deleted() {
        let store = store().await;
        let mut made = record();
        store.create(&mut made).await.unwrap();
        assert_eq!(store.load(&made.id).await.unwrap().unwrap().data, made.data);

        store.delete(&made.id).await.unwrap();
        assert!(store.load(&made.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn an_expired_session_is_not_loaded() {
        let store = store().await;
        let mut made = record();
        store.create(&mut made).await.unwrap();
        let later = Clock::new(|| SystemTime::now() + Duration::minutes(31));
        let store = Sessions::new(store.pool, later);
        assert!(store.load(&made.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_session_that_was_ended_is_not_brought_back_by_a_late_save() {
        let store = store().await;
        let mut made = record();
        store.create(&mut made).await.unwrap();
        store.delete(&made.id).await.unwrap();

        store.save(&made).await.unwrap();

        assert!(store.load(&made.id).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn two_sessions_never_share_an_id() {
        let store = store().await;
        let (mut one, mut other) = (record(), record());
        other.id = one.id;
        store.create(&mut one).await.unwrap();
        store.create(&mut other).await.unwrap();
        assert_ne!(one.id, other.id);
    }

    #[tokio::test]
    async fn the_database_does_not_hold_the_cookie() {
        let store = store().await;
        let mut made = record();
        store.create(&mut made).await.unwrap();
        let (key,): (String,) = sqlx::query_as("SELECT key FROM sessions")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_ne!(key, made.id.to_string());
    }
}
