//! Making accounts: from an application, or by hand.

use chop_verifier::{Ban, CitizenId};

use super::{Account, Accounts, Profile};
use crate::{Error, Kind, State, audit::Action, database::Changes, secret::random};

/// What an account is made from by hand.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What it is for.
    pub kind: Kind,
    /// Where it stands from the start.
    pub state: State,
    /// A company's 統一編號, or the 16 digits of a citizen's certificate; nothing for an account
    /// without a card.
    pub subject: String,
    /// The company's or person's name.
    pub name: String,
    /// Where mail to it goes.
    pub mail: String,
}

/// An application as it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Making<'a> {
    pub(crate) kind: Kind,
    pub(crate) state: State,
    /// Whose verified card it comes with, if any: kind and subject.
    pub(crate) subject: Option<&'a str>,
    /// The 統一編號 that was typed in.
    pub(crate) claimed: &'a str,
    pub(crate) profile: &'a Profile,
    pub(crate) language: &'a str,
    /// Which form it was sent with: of several with the same, one is stored.
    pub(crate) form: Option<&'a str>,
}

/// What became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Made {
    /// An account with this number.
    New(String),
    /// The same form was sent before.
    Before,
    /// The card is another account's already.
    Bound,
}

impl Accounts {
    /// Makes an account by hand, with a number of its own.
    ///
    /// # Errors
    /// [`Error::Ban`] and [`Error::CitizenNumber`] for a subject that cannot be one,
    /// [`Error::AccountExists`] for a second account of the same one, [`Error::Random`],
    /// [`Error::Database`].
    pub async fn seed(&self, new: NewAccount) -> Result<Account, Error> {
        let subject = match new.kind {
            Kind::Company => Some(new.subject.parse::<Ban>()?.as_str().to_owned()),
            Kind::Citizen => {
                let number: Result<CitizenId, ()> = new.subject.parse();
                Some(
                    number
                        .map_err(|()| Error::CitizenNumber)?
                        .as_str()
                        .to_owned(),
                )
            }
            Kind::Cardless => None,
        };
        let profile = Profile {
            name: new.name,
            mail: new.mail,
            ..Profile::default()
        };
        let mut changes = self.database.begin().await?;
        let making = Making {
            kind: new.kind,
            state: new.state,
            subject: subject.as_deref(),
            claimed: "",
            profile: &profile,
            language: "zh",
            form: None,
        };
        let Made::New(number) = self.make(&mut changes, making).await? else {
            return Err(Error::AccountExists);
        };
        let note = self.audit.note(Action::Applied, "command line");
        note.account(&number).write(&mut changes).await?;
        changes.commit().await?;
        self.of_number(&number).await?.ok_or(Error::NoAccount)
    }

    /// Stores an account. Nothing stays of it unless the changes are committed.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn make(
        &self,
        changes: &mut Changes,
        making: Making<'_>,
    ) -> Result<Made, Error> {
        let number = number(making.kind)?;
        let now = self.clock.now_ms();
        let profile = making.profile;
        let made = sqlx::query(
            "INSERT INTO accounts (number, kind, state, claimed, name, representative, address, \
             contact, phone, mail, language, form, created_at, activated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (form) DO NOTHING",
        )
        .bind(&number)
        .bind(making.kind.as_str())
        .bind(making.state.as_str())
        .bind(making.claimed)
        .bind(&profile.name)
        .bind(&profile.representative)
        .bind(&profile.address)
        .bind(&profile.contact)
        .bind(&profile.phone)
        .bind(&profile.mail)
        .bind(making.language)
        .bind(making.form)
        .bind(now)
        .bind((making.state != State::Pending).then_some(now))
        .execute(&mut **changes)
        .await?;
        if made.rows_affected() == 0 {
            return Ok(Made::Before);
        }
        if let Some(subject) = making.subject
            && !self.bind(changes, &number, making.kind, subject).await?
        {
            return Ok(Made::Bound);
        }
        Ok(Made::New(number))
    }
}

/// A random number, not the next one: numbers tell neither how many accounts there are nor which.
fn number(kind: Kind) -> Result<String, Error> {
    // The remainder prefers small digits by less than one in a billion.
    let digits = u64::from_be_bytes(random()?) % 10_000_000_000;
    Ok(format!("{}{digits:010}", kind.prefix()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_letters_and_ten_digits() {
        for kind in Kind::ALL {
            let number = number(kind).unwrap();
            let digits = number.strip_prefix(kind.prefix()).unwrap();
            assert!(digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
