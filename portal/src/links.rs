//! Links in mails: each lets its reader do one thing, once, for a limited time.

use std::time::Duration;

use crate::{
    Error,
    clock::Clock,
    database::{Changes, Database},
    secret::{fingerprint, token},
};

/// What a link is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    /// Activating an account.
    Activation,
    /// Choosing another password.
    Password,
    /// Saying that another address for mail is right.
    Mail,
}

/// The links that may still be followed.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    database: Database,
    clock: Clock,
}

/// A link that was followed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Link {
    pub(crate) account: String,
    /// The address that it was sent to.
    pub(crate) mail: String,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Password => "password",
            Self::Mail => "mail",
        }
    }

    /// How long a link is good.
    pub(crate) fn lifetime(self) -> Duration {
        match self {
            // Applied for on a Friday evening, activated on Monday.
            Self::Activation => Duration::from_secs(72 * 60 * 60),
            Self::Password => Duration::from_secs(60 * 60),
            Self::Mail => Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl Links {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Makes a link and gives its token: 43 characters that cannot be guessed. Others for the same
    /// stay good: mails overtake each other.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn make(
        &self,
        purpose: Purpose,
        account: &str,
        mail: &str,
    ) -> Result<String, Error> {
        let token = token()?;
        let lifetime = i64::try_from(purpose.lifetime().as_millis()).unwrap_or(i64::MAX);
        sqlx::query(
            "INSERT INTO links (token, purpose, account, mail, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(fingerprint(&token))
        .bind(purpose.as_str())
        .bind(account)
        .bind(mail)
        .bind(self.clock.now_ms().saturating_add(lifetime))
        .execute(self.database.write())
        .await?;
        Ok(token)
    }

    /// Looks where a link leads, and leaves it good: mail scanners open links, too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn look(&self, purpose: Purpose, token: &str) -> Result<Option<Link>, Error> {
        let found: Option<(String, String)> = sqlx::query_as(
            "SELECT account, mail FROM links \
             WHERE token = $1 AND purpose = $2 AND expires_at > $3",
        )
        .bind(fingerprint(token))
        .bind(purpose.as_str())
        .bind(self.clock.now_ms())
        .fetch_optional(self.database.read())
        .await?;
        Ok(found.map(|(account, mail)| Link { account, mail }))
    }

    /// Takes a link out for good, and with it every other for the same: of several requests with
    /// one token, one gets it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn take(
        &self,
        changes: &mut Changes,
        purpose: Purpose,
        token: &str,
    ) -> Result<Option<Link>, Error> {
        let taken: Option<(String, String)> = sqlx::query_as(
            "DELETE FROM links WHERE token = $1 AND purpose = $2 AND expires_at > $3 \
             RETURNING account, mail",
        )
        .bind(fingerprint(token))
        .bind(purpose.as_str())
        .bind(self.clock.now_ms())
        .fetch_optional(&mut **changes)
        .await?;
        let Some((account, mail)) = taken else {
            return Ok(None);
        };
        Self::revoke(changes, purpose, &account).await?;
        Ok(Some(Link { account, mail }))
    }

    /// Makes every link of an account for something worthless.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn revoke(
        changes: &mut Changes,
        purpose: Purpose,
        account: &str,
    ) -> Result<(), Error> {
        sqlx::query("DELETE FROM links WHERE account = $1 AND purpose = $2")
            .bind(account)
            .bind(purpose.as_str())
            .execute(&mut **changes)
            .await?;
        Ok(())
    }

    /// Forgets those that are too old.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        sqlx::query("DELETE FROM links WHERE expires_at < $1")
            .bind(self.clock.now_ms())
            .execute(self.database.write())
            .await?;
        Ok(())
    }
}
