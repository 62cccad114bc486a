//! Login challenges: each belongs to one browser, works once, and for five minutes.

use std::time::Duration;

use chop_protocol::Challenge;

use crate::{
    Error,
    browser::Browser,
    clock::Clock,
    database::Database,
    secret::{fingerprint, random, token},
};

/// How long a challenge may be answered.
///
/// Spec: Web eID authentication token, server side: 5 minutes.
pub(crate) const LIFETIME: Duration = Duration::from_secs(300);

/// How many a browser may have open beside the newest: a few windows.
const OTHERS: i64 = 3;

/// The challenges that wait for an answer, in the database, so that any node can take one.
#[derive(Clone, Debug)]
pub(crate) struct Challenges {
    database: Database,
    clock: Clock,
}

/// A challenge on its way to the page.
pub(crate) struct Issued {
    /// What the card signs.
    pub(crate) challenge: Challenge,
    /// What the page sends back with the assertion. It names the challenge, and proves that the
    /// request comes from the page that was given it.
    pub(crate) token: String,
}

impl Challenges {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Makes a challenge of 32 random bytes for this browser. Its oldest one makes room.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn issue(&self, browser: &Browser) -> Result<Issued, Error> {
        let issued = Issued {
            challenge: Challenge::from_random(random()?),
            token: token()?,
        };
        let mut changes = self.database.begin().await?;
        sqlx::query(
            "DELETE FROM challenges WHERE browser = $1 AND token NOT IN (\
             SELECT token FROM challenges WHERE browser = $1 ORDER BY issued_at DESC LIMIT $2)",
        )
        .bind(browser.key())
        .bind(OTHERS)
        .execute(&mut *changes)
        .await?;
        sqlx::query(
            "INSERT INTO challenges (token, browser, challenge, issued_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(fingerprint(&issued.token))
        .bind(browser.key())
        .bind(issued.challenge.as_str())
        .bind(self.clock.now_ms())
        .execute(&mut *changes)
        .await?;
        changes.commit().await?;
        Ok(issued)
    }

    /// Takes a challenge out for good: of several requests with the same token, one gets it.
    ///
    /// None where there is no such challenge, it is another browser's, or too old.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn take(
        &self,
        browser: &Browser,
        token: &str,
    ) -> Result<Option<Challenge>, Error> {
        let taken: Option<(String, i64)> = sqlx::query_as(
            "DELETE FROM challenges WHERE token = $1 AND browser = $2 \
             RETURNING challenge, issued_at",
        )
        .bind(fingerprint(token))
        .bind(browser.key())
        .fetch_optional(self.database.write())
        .await?;
        match taken {
            Some((challenge, issued_at)) if issued_at >= self.oldest() => {
                let challenge = challenge.parse().map_err(|_| Error::Row {
                    column: "challenge",
                })?;
                Ok(Some(challenge))
            }
            _ => Ok(None),
        }
    }

    /// Forgets those that are too old.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        sqlx::query("DELETE FROM challenges WHERE issued_at < $1")
            .bind(self.oldest())
            .execute(self.database.write())
            .await?;
        Ok(())
    }

    fn oldest(&self) -> i64 {
        let lifetime = i64::try_from(LIFETIME.as_millis()).unwrap_or(i64::MAX);
        self.clock.now_ms().saturating_sub(lifetime)
    }
}
