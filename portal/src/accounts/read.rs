//! Finding accounts.

use sqlx::{Any, Executor, Row as _, any::AnyRow};

use super::{Account, Accounts, Profile};
use crate::{Error, Kind, State, outbox::Letter};

/// An account's columns, with the subject that was bound to it last.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.*, (SELECT s.subject FROM subjects s WHERE s.account = a.number \
             ORDER BY s.bound_at DESC, s.subject LIMIT 1) AS subject FROM accounts a ",
            $rest
        )
    };
}

impl Accounts {
    /// The account of whom a verified certificate names.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn of_subject(&self, kind: Kind, subject: &str) -> Result<Option<Account>, Error> {
        of_subject(self.database.read(), kind, subject).await
    }

    /// The account with this number.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn of_number(&self, number: &str) -> Result<Option<Account>, Error> {
        sqlx::query(select!("WHERE a.number = $1"))
            .bind(number)
            .fetch_optional(self.database.read())
            .await?
            .map(|row| read(&row))
            .transpose()
    }

    /// The accounts of these kinds, in this state, to which mail goes at this address; at most ten.
    /// Those that got fewest letters of this kind come first, then the oldest: whoever makes up
    /// applications with somebody's address keeps no letter from them.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn of_mail(
        &self,
        mail: &str,
        letter: Letter,
        state: State,
        kinds: &[Kind],
    ) -> Result<Vec<Account>, Error> {
        let is_among = |kind: Kind| i64::from(kinds.contains(&kind));
        let rows = sqlx::query(select!(
            "WHERE LOWER(a.mail) = LOWER($1) AND a.state = $2 AND \
             ((a.kind = 'company' AND $4 = 1) OR (a.kind = 'citizen' AND $5 = 1) \
             OR (a.kind = 'cardless' AND $6 = 1)) \
             ORDER BY (SELECT COUNT(*) FROM outbox o WHERE o.account = a.number \
             AND o.letter = $3), a.created_at, a.number LIMIT 10"
        ))
        .bind(mail)
        .bind(state.as_str())
        .bind(letter.as_str())
        .bind(is_among(Kind::Company))
        .bind(is_among(Kind::Citizen))
        .bind(is_among(Kind::Cardless))
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Applications for a company that no card proved, the newest first; at most ten. Closed ones
    /// are not among them.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(crate) async fn unproven(
        database: impl Executor<'_, Database = Any>,
        ban: &str,
    ) -> Result<Vec<Account>, Error> {
        let rows = sqlx::query(select!(
            "WHERE a.kind = 'company' AND a.claimed = $1 AND a.state <> 'disabled' AND NOT EXISTS \
             (SELECT 1 FROM subjects s WHERE s.account = a.number) \
             ORDER BY a.created_at DESC LIMIT 10"
        ))
        .bind(ban)
        .fetch_all(database)
        .await?;
        rows.iter().map(read).collect()
    }

    /// Accounts whose number, subject, claimed number, name or mail is or begins with a text, the
    /// newest first; all, where it is empty. At most `limit`, those before the time `before`.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn search(&self, text: &str, before: i64, limit: u32) -> Result<Vec<Account>, Error> {
        // What the person typed is no pattern.
        let plain = text
            .replace('\\', r"\\")
            .replace('%', r"\%")
            .replace('_', r"\_");
        let rows = sqlx::query(select!(
            r"WHERE a.created_at < $2 AND ($1 = '%' OR a.number LIKE $1 ESCAPE '\'
              OR a.claimed LIKE $1 ESCAPE '\' OR a.name LIKE $1 ESCAPE '\'
              OR a.mail LIKE $1 ESCAPE '\' OR EXISTS (SELECT 1 FROM subjects s
              WHERE s.account = a.number AND s.subject LIKE $1 ESCAPE '\'))
              ORDER BY a.created_at DESC, a.number LIMIT $3"
        ))
        .bind(format!("{plain}%"))
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// How many accounts there are of each kind in each state.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn counts(&self) -> Result<Vec<(String, String, i64)>, Error> {
        Ok(sqlx::query_as(
            "SELECT kind, state, COUNT(*) FROM accounts GROUP BY kind, state ORDER BY kind, state",
        )
        .fetch_all(self.database.read())
        .await?)
    }

    /// The hash of an account's password, and its number, for a sign-in.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn password(
        database: impl Executor<'_, Database = Any>,
        number: &str,
    ) -> Result<Option<String>, Error> {
        let found: Option<(Option<String>,)> =
            sqlx::query_as("SELECT password FROM accounts WHERE number = $1 AND kind = 'cardless'")
                .bind(number)
                .fetch_optional(database)
                .await?;
        Ok(found.and_then(|(password,)| password))
    }
}

pub(super) async fn of_subject(
    database: impl Executor<'_, Database = Any>,
    kind: Kind,
    subject: &str,
) -> Result<Option<Account>, Error> {
    sqlx::query(select!(
        "WHERE a.number = (SELECT account FROM subjects WHERE kind = $1 AND subject = $2)"
    ))
    .bind(kind.as_str())
    .bind(subject)
    .fetch_optional(database)
    .await?
    .map(|row| read(&row))
    .transpose()
}

fn read(row: &AnyRow) -> Result<Account, Error> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(Account {
        number: text("number")?,
        kind: text("kind")?
            .parse()
            .map_err(|()| Error::Row { column: "kind" })?,
        state: text("state")?
            .parse()
            .map_err(|()| Error::Row { column: "state" })?,
        subject: row.try_get("subject")?,
        claimed: text("claimed")?,
        profile: Profile {
            name: text("name")?,
            representative: text("representative")?,
            address: text("address")?,
            contact: text("contact")?,
            phone: text("phone")?,
            mail: text("mail")?,
        },
        language: text("language")?,
        created_at: row.try_get("created_at")?,
    })
}
