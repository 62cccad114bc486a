//! Accounts: who may sign in.

mod cards;
mod make;
mod read;

use std::fmt;

use crate::{
    Error, Kind, State,
    audit::{Action, Audit},
    clock::Clock,
    database::{Changes, Database},
    links::{Links, Purpose},
    sessions::Sessions,
};

pub use cards::BoundCard;
pub use make::NewAccount;
pub(crate) use make::{Made, Making};

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The electronic identity number, such as `IC0123456789`.
    pub number: String,
    /// What it is for.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Who a verified card says it is: a company's 統一編號, or the newest of a citizen's cards.
    /// None for an account that no card was bound to yet.
    pub subject: Option<String>,
    /// The 統一編號 that was typed in when it was applied for; it proves nothing.
    pub claimed: String,
    /// Whose it is, and where they are reached.
    pub profile: Profile,
    /// The language of its mails: `zh` or `en`.
    pub language: String,
    /// When it was applied for, in milliseconds since 1970, UTC.
    pub created_at: i64,
}

/// What an account's holder says of themselves. Which of it an account has depends on its kind;
/// the rest is empty.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Profile {
    /// A company's or person's name; from the certificate, where a card was verified.
    pub name: String,
    /// A company's 負責人.
    pub representative: String,
    /// Where letters go.
    pub address: String,
    /// Whom to ask for in a company.
    pub contact: String,
    /// A telephone number.
    pub phone: String,
    /// Where mail goes.
    pub mail: String,
}

/// The accounts in the database.
#[derive(Clone, Debug)]
pub struct Accounts {
    database: Database,
    clock: Clock,
    audit: Audit,
}

impl Accounts {
    pub(crate) fn new(database: Database, clock: Clock, audit: Audit) -> Self {
        Self {
            database,
            clock,
            audit,
        }
    }

    /// Closes an account, or opens it again; closing ends its sessions and the links in its mails.
    ///
    /// # Errors
    /// [`Error::NoAccount`], [`Error::Database`].
    pub async fn disable(&self, number: &str, disabled: bool, actor: &str) -> Result<(), Error> {
        let mut changes = self.database.begin().await?;
        let changed = sqlx::query(
            "UPDATE accounts SET state = CASE WHEN $2 = 1 THEN 'disabled' \
             WHEN activated_at IS NULL THEN 'pending' ELSE 'active' END WHERE number = $1",
        )
        .bind(number)
        .bind(i64::from(disabled))
        .execute(&mut *changes)
        .await?;
        if changed.rows_affected() == 0 {
            return Err(Error::NoAccount);
        }
        let action = if disabled {
            Sessions::end_all(&mut changes, number, None).await?;
            Links::end(&mut changes, number, &Purpose::ALL).await?;
            Action::Disabled
        } else {
            Action::Enabled
        };
        let note = self.audit.note(action, actor).account(number);
        note.write(&mut changes).await?;
        Ok(changes.commit().await?)
    }

    /// Stores what the holder changed, all but the address for mail.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn change_profile(
        changes: &mut Changes,
        number: &str,
        profile: &Profile,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE accounts SET name = $2, representative = $3, address = $4, contact = $5, \
             phone = $6 WHERE number = $1",
        )
        .bind(number)
        .bind(&profile.name)
        .bind(&profile.representative)
        .bind(&profile.address)
        .bind(&profile.contact)
        .bind(&profile.phone)
        .execute(&mut **changes)
        .await?;
        Ok(())
    }

    /// Gives an account another name: the one in the certificate that was just verified.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn rename(
        changes: &mut Changes,
        number: &str,
        name: &str,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE accounts SET name = $2 WHERE number = $1")
            .bind(number)
            .bind(name)
            .execute(&mut **changes)
            .await?;
        Ok(())
    }

    /// Sends an account's mail to another address from now on.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn change_mail(
        changes: &mut Changes,
        number: &str,
        mail: &str,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE accounts SET mail = $2 WHERE number = $1")
            .bind(number)
            .bind(mail)
            .execute(&mut **changes)
            .await?;
        Ok(())
    }

    /// Gives an account another password, already hashed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn change_password(
        changes: &mut Changes,
        number: &str,
        hash: &str,
    ) -> Result<(), Error> {
        sqlx::query("UPDATE accounts SET password = $2 WHERE number = $1")
            .bind(number)
            .bind(hash)
            .execute(&mut **changes)
            .await?;
        Ok(())
    }

    /// Activates an account that waits for it; false when it does not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn activate(
        &self,
        changes: &mut Changes,
        number: &str,
    ) -> Result<bool, Error> {
        let activated = sqlx::query(
            "UPDATE accounts SET state = 'active', activated_at = $2 \
             WHERE number = $1 AND state = 'pending'",
        )
        .bind(number)
        .bind(self.clock.now_ms())
        .execute(&mut **changes)
        .await?;
        Ok(activated.rows_affected() == 1)
    }

    /// Forgets applications of before a time whose mail nobody followed, and those that no card
    /// proved.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn sweep(&self, before: i64) -> Result<(), Error> {
        sqlx::query(
            "DELETE FROM accounts WHERE created_at < $1 AND state <> 'disabled' AND \
             ((state = 'pending' AND activated_at IS NULL) OR (kind <> 'cardless' AND NOT EXISTS \
             (SELECT 1 FROM subjects s WHERE s.account = accounts.number)))",
        )
        .bind(before)
        .execute(self.database.write())
        .await?;
        Ok(())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = self.subject.as_deref().unwrap_or("-");
        write!(f, "{} {subject} {}", self.number, self.profile.name)
    }
}
