//! Links in mails: each lets its reader do one thing, once, for a limited time.

use std::time::Duration;

use crate::{
    Error,
    clock::Clock,
    database::{Changes, Database},
    outbox::Letter,
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
    /// Every purpose.
    pub(crate) const ALL: [Self; 3] = [Self::Activation, Self::Password, Self::Mail];

    fn as_str(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Password => "password",
            Self::Mail => "mail",
        }
    }

    /// Which letter carries such a link.
    fn letter(self) -> Letter {
        match self {
            Self::Activation => Letter::Activation,
            Self::Password => Letter::Password,
            Self::Mail => Letter::Mail,
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

    /// Makes a link for a letter that is being written, and gives its token: 43 characters that
    /// cannot be guessed. Others for the same stay good: mails overtake each other. None where the
    /// letter was ended meanwhile.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn make(
        &self,
        purpose: Purpose,
        letter: &str,
        account: &str,
        mail: &str,
    ) -> Result<Option<String>, Error> {
        let token = token()?;
        let mut changes = self.database.begin().await?;
        // Changes nothing, and holds the row: whoever ends the letter waits, and then finds the link.
        let waits =
            sqlx::query("UPDATE outbox SET state = 'waiting' WHERE id = $1 AND state = 'waiting'")
                .bind(letter)
                .execute(&mut *changes)
                .await?;
        if waits.rows_affected() == 0 {
            return Ok(None);
        }
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
        .execute(&mut *changes)
        .await?;
        changes.commit().await?;
        Ok(Some(token))
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

    /// Ends what mails of an account may still let their readers do for these purposes: links that
    /// were sent, and letters that wait to be.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn end(
        changes: &mut Changes,
        account: &str,
        purposes: &[Purpose],
    ) -> Result<(), Error> {
        for purpose in purposes {
            // The letters first: a node that writes one now holds its row until its link is there.
            sqlx::query(
                "UPDATE outbox SET state = 'dropped' \
                 WHERE account = $1 AND letter = $2 AND state IN ('waiting', 'failed')",
            )
            .bind(account)
            .bind(purpose.letter().as_str())
            .execute(&mut **changes)
            .await?;
            Self::revoke(changes, *purpose, account).await?;
        }
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
