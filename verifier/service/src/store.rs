//! The store for challenges, by its address.

use std::time::SystemTime;

use chop_challenges::{Challenge, ChallengeStore, Error, Issued, RedisStore, Session, SqlStore};

/// One of the stores.
#[derive(Clone)]
pub(crate) enum Store {
    Sql(SqlStore),
    Redis(RedisStore),
}

impl Store {
    /// `redis://…` and `redis+unix://…`, or anything that SQL takes.
    pub(crate) async fn open(address: &str) -> Result<Self, Error> {
        if address.starts_with("redis") || address.starts_with("unix:") {
            RedisStore::open(address).await.map(Self::Redis)
        } else {
            SqlStore::open(address).await.map(Self::Sql)
        }
    }

    pub(crate) async fn issue(&self, session: &Session, now: SystemTime) -> Result<Issued, Error> {
        match self {
            Self::Sql(store) => store.issue(session, now).await,
            Self::Redis(store) => store.issue(session, now).await,
        }
    }

    pub(crate) async fn take(
        &self,
        session: &Session,
        id: &str,
        now: SystemTime,
    ) -> Result<Option<Challenge>, Error> {
        match self {
            Self::Sql(store) => store.take(session, id, now).await,
            Self::Redis(store) => store.take(session, id, now).await,
        }
    }

    pub(crate) async fn sweep(&self, now: SystemTime) -> Result<(), Error> {
        match self {
            Self::Sql(store) => store.sweep(now).await,
            Self::Redis(store) => store.sweep(now).await,
        }
    }
}
