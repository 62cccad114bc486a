//! The one pool of connections, and its tables.
//!
//! Statements are written once for SQLite and PostgreSQL: `$1` placeholders, TEXT and BIGINT, and
//! what both call `ON CONFLICT` and `RETURNING`.

use sqlx::{
    AnyPool, Executor as _,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};

use crate::Error;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// Connects to `url` and brings its tables up to date.
///
/// A SQLite file that is not there yet is made. `sqlite::memory:` is one connection, because each
/// connection would have a database of its own.
///
/// # Errors
/// [`Error::Database`], [`Error::Migration`].
pub(crate) async fn open(url: &str) -> Result<AnyPool, Error> {
    install_default_drivers();
    let sqlite = url.starts_with("sqlite:");
    let memory = sqlite && url.contains(":memory:");

    let mut options = AnyPoolOptions::new();
    if memory {
        options = options
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
    } else if sqlite {
        // Readers go on while one connection writes, and a crash loses nothing that was answered.
        options = options.after_connect(|connection, _| {
            Box::pin(async move {
                connection.execute("PRAGMA journal_mode = WAL").await?;
                connection.execute("PRAGMA synchronous = FULL").await?;
                Ok(())
            })
        });
    }
    let url = if sqlite && !memory && !url.contains('?') {
        format!("{url}?mode=rwc")
    } else {
        url.to_owned()
    };
    let pool = options.connect(&url).await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}
