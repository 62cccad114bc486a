//! Cards of accounts: which there are, binding one, and whether one has signed for this site.

use super::{Account, Accounts, read::of_subject};
use crate::{
    Error, Kind, State,
    database::Changes,
    links::{Links, Purpose},
    sessions::Sessions,
    settings::CardName,
};

/// A card of an account.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BoundCard {
    /// By whom it names, such as `citizen:9999000012345678`.
    pub card: CardName,
    /// Since when it is this account's, in milliseconds since 1970, UTC.
    pub bound_at: i64,
}

impl Accounts {
    /// The cards of an account, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn cards(&self, number: &str) -> Result<Vec<BoundCard>, Error> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT kind, subject, bound_at FROM subjects WHERE account = $1 \
             ORDER BY bound_at DESC, subject",
        )
        .bind(number)
        .fetch_all(self.database.read())
        .await?;
        rows.into_iter()
            .map(|(kind, subject, bound_at)| {
                let card = format!("{kind}:{subject}").parse();
                let card = card.map_err(|_| Error::Row { column: "subject" })?;
                Ok(BoundCard { card, bound_at })
            })
            .collect()
    }

    /// Holds an account against changes of others until these are done; its state and where its mail
    /// goes.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn hold(
        changes: &mut Changes,
        number: &str,
    ) -> Result<Option<(State, String)>, Error> {
        let held: Option<(String, String)> = sqlx::query_as(
            "UPDATE accounts SET mail = mail WHERE number = $1 RETURNING state, mail",
        )
        .bind(number)
        .fetch_optional(&mut **changes)
        .await?;
        let Some((state, mail)) = held else {
            return Ok(None);
        };
        let state = state.parse().map_err(|()| Error::Row { column: "state" })?;
        Ok(Some((state, mail)))
    }

    /// The account of whom a verified certificate names, held as by [`Self::hold`].
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn hold_of_subject(
        changes: &mut Changes,
        kind: Kind,
        subject: &str,
    ) -> Result<Option<Account>, Error> {
        let Some(found) = of_subject(&mut **changes, kind, subject).await? else {
            return Ok(None);
        };
        Self::hold(changes, &found.number).await?;
        // Whoever held it before may have changed all of that. A card that is another account's by
        // now is nobody's here: that one is not held.
        let now = of_subject(&mut **changes, kind, subject).await?;
        Ok(now.filter(|account| account.number == found.number))
    }

    /// Writes down that the holder has signed with a signature that names this site. The first time
    /// it ends what another site may have opened before, and the mails that it may have asked for.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn note_native(
        &self,
        changes: &mut Changes,
        number: &str,
    ) -> Result<(), Error> {
        let noted = sqlx::query(
            "UPDATE accounts SET native_at = $2 WHERE number = $1 AND native_at IS NULL",
        )
        .bind(number)
        .bind(self.clock.now_ms())
        .execute(&mut **changes)
        .await?;
        if noted.rows_affected() == 1 {
            Sessions::end_hicos(changes, number).await?;
            Links::end(changes, number, &[Purpose::Mail]).await?;
        }
        Ok(())
    }

    /// Whether the holder ever has.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn is_native(changes: &mut Changes, number: &str) -> Result<bool, Error> {
        let found: Option<(i64,)> = sqlx::query_as(
            "SELECT native_at FROM accounts WHERE number = $1 AND native_at IS NOT NULL",
        )
        .bind(number)
        .fetch_optional(&mut **changes)
        .await?;
        Ok(found.is_some())
    }

    /// Makes a verified subject an account's. False when it is one's already: of two at once, one
    /// wins.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn bind(
        &self,
        changes: &mut Changes,
        number: &str,
        kind: Kind,
        subject: &str,
    ) -> Result<bool, Error> {
        let bound = sqlx::query(
            "INSERT INTO subjects (kind, subject, account, bound_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (kind, subject) DO NOTHING",
        )
        .bind(kind.as_str())
        .bind(subject)
        .bind(number)
        .bind(self.clock.now_ms())
        .execute(&mut **changes)
        .await?;
        Ok(bound.rows_affected() == 1)
    }
}
