//! What accounts could be reached by before, for an operator who has to know that whoever asks is
//! still the same person: what was changed a week ago proves less than what was there for a year.

use std::time::Duration;

use crate::{
    Error,
    clock::Clock,
    database::{Changes, Database},
    secret::id,
};

/// As long as requests for cards are kept.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Of an account, on a page.
const LISTED: i64 = 20;

/// What was changed, by the word in the database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Contact {
    Mail,
    Phone,
    Address,
}

/// A change.
#[derive(Clone, Debug)]
pub(crate) struct Before {
    pub(crate) contact: Contact,
    /// What it was.
    pub(crate) value: String,
    /// When it became another, in milliseconds since 1970, UTC.
    pub(crate) changed_at: i64,
}

/// The changes.
#[derive(Clone, Debug)]
pub(crate) struct Contacts {
    database: Database,
    clock: Clock,
}

impl Contact {
    const ALL: [Self; 3] = [Self::Mail, Self::Phone, Self::Address];

    fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Address => "address",
        }
    }
}

impl Contacts {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Keeps what it was, together with the change.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn keep(
        &self,
        changes: &mut Changes,
        account: &str,
        contact: Contact,
        value: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now_ms();
        sqlx::query(
            "INSERT INTO contacts_before (id, account, field, before, changed_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(id(now)?)
        .bind(account)
        .bind(contact.as_str())
        .bind(value)
        .bind(now)
        .execute(&mut **changes)
        .await?;
        Ok(())
    }

    /// The changes of an account in the last 90 days, the newest first; at most twenty.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn of(&self, account: &str) -> Result<Vec<Before>, Error> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT field, before, changed_at FROM contacts_before \
             WHERE account = $1 AND changed_at > $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(account)
        .bind(self.oldest())
        .bind(LISTED)
        .fetch_all(self.database.read())
        .await?;
        rows.into_iter()
            .map(|(field, value, changed_at)| {
                let contact = Contact::ALL
                    .into_iter()
                    .find(|contact| contact.as_str() == field)
                    .ok_or(Error::Row { column: "field" })?;
                Ok(Before {
                    contact,
                    value,
                    changed_at,
                })
            })
            .collect()
    }

    /// Forgets old ones.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        sqlx::query("DELETE FROM contacts_before WHERE changed_at < $1")
            .bind(self.oldest())
            .execute(self.database.write())
            .await?;
        Ok(())
    }

    fn oldest(&self) -> i64 {
        let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
        self.clock.now_ms().saturating_sub(kept)
    }
}
