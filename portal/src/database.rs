//! The connections to the database, and its tables.
//!
//! Statements are written once for SQLite and PostgreSQL: `$1` placeholders, TEXT and BIGINT, and
//! what both call `ON CONFLICT` and `RETURNING`. sqlx's `Any` carries exactly that; a type of our
//! own over two typed pools would say everything twice and check no more, since the statements
//! would still be text that only the database reads. The tests run on both.

mod guards;

use std::{path::Path, time::Duration};

use sqlx::{
    Any, AnyConnection, AnyPool, Connection as _, Executor as _, Transaction,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};

use crate::Error;

static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a page waits for a connection. A database that starts anew is back by then; when it
/// is not, a page that says so is better than one that does not come.
const PATIENCE: Duration = Duration::from_secs(4);
/// A connection that was used less long ago than this is taken to be alive. Shorter than any database
/// takes to start anew: nobody is given one that died before it did.
const FRESH: Duration = Duration::from_millis(100);

/// Connections at once to PostgreSQL, or those that read SQLite.
const CONNECTIONS: u32 = 10;

/// Changes that come together or not at all.
pub(crate) type Changes = Transaction<'static, Any>;

/// The database. A clone is the same.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    readers: AnyPool,
    /// SQLite has one writer at a time. With one connection for it they queue up here, in their
    /// order, instead of running into each other's locks.
    writer: AnyPool,
    begin: &'static str,
}

impl Database {
    /// Connects to `url` and brings its tables up to date.
    ///
    /// A SQLite file that is not there yet is made. `sqlite::memory:` is one connection, because
    /// each connection would have a database of its own.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Migration`].
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        install_default_drivers();
        let database = if !url.starts_with("sqlite:") {
            let pool = options(CONNECTIONS).connect(url).await?;
            Self {
                readers: pool.clone(),
                writer: pool,
                begin: "BEGIN",
            }
        } else if url.contains(":memory:") {
            let alone = options(1).idle_timeout(None).max_lifetime(None);
            let pool = alone.connect(url).await?;
            Self {
                readers: pool.clone(),
                writer: pool,
                begin: "BEGIN IMMEDIATE",
            }
        } else {
            let url = match url.contains('?') {
                true => url.to_owned(),
                false => format!("{url}?mode=rwc"),
            };
            Self {
                writer: sqlite(1).connect(&url).await?,
                readers: sqlite(CONNECTIONS).connect(&url).await?,
                begin: "BEGIN IMMEDIATE",
            }
        };
        MIGRATIONS.run(&database.writer).await?;
        guards::set(&database.writer).await?;
        Ok(database)
    }

    /// To read.
    pub(crate) fn read(&self) -> &AnyPool {
        &self.readers
    }

    /// For one statement that changes something.
    pub(crate) fn write(&self) -> &AnyPool {
        &self.writer
    }

    /// For several. Nothing of them is kept before `commit`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn begin(&self) -> Result<Changes, Error> {
        Ok(self.writer.begin_with(self.begin).await?)
    }

    /// Writes a copy of a SQLite database to a new file.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn back_up(&self, file: &Path) -> Result<(), Error> {
        sqlx::query("VACUUM INTO $1")
            .bind(file.to_string_lossy().into_owned())
            .execute(&self.readers)
            .await?;
        Ok(())
    }

    /// Whether it answers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn ping(&self) -> Result<(), Error> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }
}

fn options(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        // Asked only of one that lay idle: a question before each statement costs as much as one.
        .test_before_acquire(false)
        .before_acquire(|connection: &mut AnyConnection, about| {
            Box::pin(async move { Ok(about.idle_for < FRESH || connection.ping().await.is_ok()) })
        })
}

fn sqlite(connections: u32) -> AnyPoolOptions {
    // Readers go on while one connection writes, and a crash loses nothing that was answered.
    let options = options(connections).after_connect(|connection, _| {
        Box::pin(async move {
            connection.execute("PRAGMA journal_mode = WAL").await?;
            connection.execute("PRAGMA synchronous = FULL").await?;
            Ok(())
        })
    });
    // On a full disk SQLite takes a transaction back by itself. sqlx 0.9.0 does not see that, and
    // would never begin another on the connection: such a one is closed.
    options.after_release(|connection, _| {
        Box::pin(async move {
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    })
}
