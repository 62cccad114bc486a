//! Sessions in the database, so that any node knows them.
//!
//! There is a row for a browser of which something is known: who signed in, or whose card was
//! verified and has no account yet. It ends after half an hour without use, and after eight hours.

mod role;

use std::time::Duration;

use sqlx::{Row as _, any::AnyRow};

use crate::{
    Error,
    browser::Browser,
    clock::Clock,
    database::{Changes, Database},
    secret::token,
};

pub(crate) use role::{Form, Role};

/// A session ends this long after its last use.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Nobody stays signed in longer, however busy.
const LONGEST: Duration = Duration::from_secs(8 * 60 * 60);
/// How stale the time of last use may be: it is not written for every page.
const TOUCH: Duration = Duration::from_secs(60);

/// The sessions.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    database: Database,
    clock: Clock,
}

/// What is known of a browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// What its owner's other pages call it.
    pub(crate) handle: String,
    pub(crate) role: Role,
    /// The address it came from.
    pub(crate) client: String,
    /// Such as `Firefox, Windows`.
    pub(crate) browser: String,
    /// In milliseconds since 1970, UTC; so is `seen_at`.
    pub(crate) created_at: i64,
    pub(crate) seen_at: i64,
}

/// Where a session comes from, for its owner to recognize it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) client: &'a str,
    pub(crate) browser: &'a str,
}

impl Sessions {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Begins a session, ends the one that the browser had, and gives the browser a new secret:
    /// nothing that was known before is worth anything after it.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn begin(
        &self,
        changes: &mut Changes,
        before: &Browser,
        role: &Role,
        origin: Origin<'_>,
    ) -> Result<Browser, Error> {
        sqlx::query("DELETE FROM sessions WHERE key = $1")
            .bind(before.key())
            .execute(&mut **changes)
            .await?;
        let browser = Browser::new()?;
        let (word, account, signer, form) = role.columns();
        sqlx::query(
            "INSERT INTO sessions \
             (key, handle, role, account, signer, client, browser, created_at, seen_at, form) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        )
        .bind(browser.key())
        .bind(token()?)
        .bind(word)
        .bind(account)
        .bind(signer)
        .bind(origin.client)
        .bind(origin.browser)
        .bind(self.clock.now_ms())
        .bind(form.as_str())
        .execute(&mut **changes)
        .await?;
        Ok(browser)
    }

    /// What is known of a browser. That it was seen is written down now and then.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn of(&self, browser: &Browser) -> Result<Option<Session>, Error> {
        let now = self.clock.now_ms();
        let row = sqlx::query(
            "SELECT * FROM sessions WHERE key = $1 AND seen_at > $2 AND created_at > $3",
        )
        .bind(browser.key())
        .bind(now - milliseconds(IDLE))
        .bind(now - milliseconds(LONGEST))
        .fetch_optional(self.database.read())
        .await?;
        let Some(session) = row.map(|row| read(&row)).transpose()? else {
            return Ok(None);
        };
        if now - session.seen_at > milliseconds(TOUCH) {
            let touched = sqlx::query("UPDATE sessions SET seen_at = $2 WHERE key = $1")
                .bind(browser.key())
                .bind(now)
                .execute(self.database.write())
                .await;
            // On a full disk pages can still be read.
            if let Err(error) = touched {
                tracing::warn!(%error, "the time of a session's last use was not written");
            }
        }
        Ok(Some(session))
    }

    /// The open sessions of an account, the last used first.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn of_account(&self, account: &str) -> Result<Vec<Session>, Error> {
        let now = self.clock.now_ms();
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE account = $1 AND seen_at > $2 AND created_at > $3 \
             ORDER BY seen_at DESC, key",
        )
        .bind(account)
        .bind(now - milliseconds(IDLE))
        .bind(now - milliseconds(LONGEST))
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Ends the session of a browser.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn end(&self, browser: &Browser) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE key = $1")
            .bind(browser.key())
            .execute(self.database.write())
            .await?;
        Ok(())
    }

    /// Ends one session of an account, by its handle.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn end_one(&self, account: &str, handle: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE account = $1 AND handle = $2")
            .bind(account)
            .bind(handle)
            .execute(self.database.write())
            .await?;
        Ok(())
    }

    /// Ends every session of an account, but for the one of `but`, and says how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn end_all(
        changes: &mut Changes,
        account: &str,
        but: Option<&Browser>,
    ) -> Result<u64, Error> {
        let ended = sqlx::query("DELETE FROM sessions WHERE account = $1 AND key <> $2")
            .bind(account)
            .bind(but.map(Browser::key).unwrap_or_default())
            .execute(&mut **changes)
            .await?;
        Ok(ended.rows_affected())
    }

    /// Ends those sessions of an account that another site may have opened.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn end_hicos(changes: &mut Changes, account: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM sessions WHERE account = $1 AND form = 'hicos'")
            .bind(account)
            .execute(&mut **changes)
            .await?;
        Ok(())
    }

    /// Forgets those that have ended.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let now = self.clock.now_ms();
        sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR created_at < $2")
            .bind(now - milliseconds(IDLE))
            .bind(now - milliseconds(LONGEST))
            .execute(self.database.write())
            .await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<Session, Error> {
    Ok(Session {
        handle: row.try_get("handle")?,
        role: Role::read(row)?,
        client: row.try_get("client")?,
        browser: row.try_get("browser")?,
        created_at: row.try_get("created_at")?,
        seen_at: row.try_get("seen_at")?,
    })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
