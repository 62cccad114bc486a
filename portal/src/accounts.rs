//! Accounts: who may sign in.

use std::{fmt, str::FromStr};

use chop_verifier::Ban;
use sqlx::{AnyPool, Row as _, any::AnyRow};

use crate::{Error, clock::Clock, secret::random};

/// The kind of an account. Citizens and accounts without a card come with their own forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// 工商憑證帳號: a company, known by the 統一編號 in its card's certificate.
    Company,
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// Applied for; the link in the mail was not followed yet.
    Pending,
    /// May sign in.
    Active,
    /// Closed by the operator.
    Disabled,
}

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The electronic identity number, such as `IC0123456789`.
    pub number: String,
    /// What it is for.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Who the card says it is: a company's 統一編號.
    pub subject: String,
    /// The company's name.
    pub name: String,
    /// Where mail to it goes.
    pub mail: String,
}

/// What a new account is made from.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What it is for.
    pub kind: Kind,
    /// Where it stands from the start.
    pub state: State,
    /// A company's 統一編號, eight digits.
    pub subject: String,
    /// The company's name.
    pub name: String,
    /// Where mail to it goes.
    pub mail: String,
}

/// The accounts in the database.
#[derive(Clone, Debug)]
pub struct Accounts {
    pool: AnyPool,
    clock: Clock,
}

impl Accounts {
    pub(crate) fn new(pool: AnyPool, clock: Clock) -> Self {
        Self { pool, clock }
    }

    /// Makes an account by hand, with a number of its own.
    ///
    /// # Errors
    /// [`Error::Ban`], [`Error::AccountExists`] for a second one of the same company,
    /// [`Error::Random`], [`Error::Database`].
    pub async fn seed(&self, new: NewAccount) -> Result<Account, Error> {
        new.subject.parse::<Ban>()?;
        let account = Account {
            number: number(new.kind)?,
            kind: new.kind,
            state: new.state,
            subject: new.subject,
            name: new.name,
            mail: new.mail,
        };
        let made = sqlx::query(
            "INSERT INTO accounts (number, kind, state, subject, name, mail, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, subject) DO NOTHING",
        )
        .bind(&account.number)
        .bind(account.kind.as_str())
        .bind(account.state.as_str())
        .bind(&account.subject)
        .bind(&account.name)
        .bind(&account.mail)
        .bind(self.clock.now_ms())
        .execute(&self.pool)
        .await?;
        if made.rows_affected() == 0 {
            return Err(Error::AccountExists);
        }
        Ok(account)
    }

    /// Gives an account another state.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_state(&self, number: &str, state: State) -> Result<(), Error> {
        sqlx::query("UPDATE accounts SET state = $2 WHERE number = $1")
            .bind(number)
            .bind(state.as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The account of whom a verified certificate names.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn of_subject(&self, kind: Kind, subject: &str) -> Result<Option<Account>, Error> {
        sqlx::query("SELECT * FROM accounts WHERE kind = $1 AND subject = $2")
            .bind(kind.as_str())
            .bind(subject)
            .fetch_optional(&self.pool)
            .await?
            .map(|row| read(&row))
            .transpose()
    }

    /// The account with this number.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub async fn of_number(&self, number: &str) -> Result<Option<Account>, Error> {
        sqlx::query("SELECT * FROM accounts WHERE number = $1")
            .bind(number)
            .fetch_optional(&self.pool)
            .await?
            .map(|row| read(&row))
            .transpose()
    }
}

/// A random number, not the next one: numbers tell neither how many accounts there are nor which.
fn number(kind: Kind) -> Result<String, Error> {
    let prefix = match kind {
        Kind::Company => "IC",
    };
    // The remainder prefers small digits by less than one in a billion.
    let digits = u64::from_be_bytes(random()?) % 10_000_000_000;
    Ok(format!("{prefix}{digits:010}"))
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
        subject: text("subject")?,
        name: text("name")?,
        mail: text("mail")?,
    })
}

impl Kind {
    /// The word in the database and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
        }
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Company]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(())
    }
}

impl State {
    /// The word in the database and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Pending, Self::Active, Self::Disabled];
        all.into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.number, self.subject, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database;

    async fn accounts() -> Accounts {
        Accounts::new(
            database::open("sqlite::memory:").await.unwrap(),
            Clock::default(),
        )
    }

    fn new(subject: &str) -> NewAccount {
        NewAccount {
            kind: Kind::Company,
            state: State::Active,
            subject: subject.to_owned(),
            name: "測試股份有限公司".to_owned(),
            mail: "office@company.example".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_seeded_account_is_found_by_company_and_by_number() {
        let accounts = accounts().await;
        let made = accounts.seed(new("12345675")).await.unwrap();

        let by_company = accounts
            .of_subject(Kind::Company, "12345675")
            .await
            .unwrap();
        let by_number = accounts.of_number(&made.number).await.unwrap();

        assert_eq!(by_company.as_ref(), Some(&made));
        assert_eq!(by_number, Some(made));
    }

    #[tokio::test]
    async fn a_company_has_one_account() {
        let accounts = accounts().await;
        accounts.seed(new("12345675")).await.unwrap();
        let second = accounts.seed(new("12345675")).await;
        assert!(matches!(second, Err(Error::AccountExists)));
    }

    #[tokio::test]
    async fn a_number_with_a_wrong_check_digit_makes_no_account() {
        let second = accounts().await.seed(new("12345673")).await;
        assert!(matches!(second, Err(Error::Ban(_))));
    }

    #[test]
    fn numbers_have_two_letters_and_ten_digits() {
        let number = number(Kind::Company).unwrap();
        let digits = number.strip_prefix("IC").unwrap();
        assert!(digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
