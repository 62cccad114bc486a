//! What can go wrong with a store.

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
    /// SQLite or PostgreSQL.
    #[cfg(feature = "sql")]
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// Redis.
    #[cfg(feature = "redis")]
    #[error("Redis failed")]
    Redis(#[from] redis::RedisError),
    /// What is in the store was not put there by us.
    #[error("an entry of the store is not one of ours")]
    Entry,
}
