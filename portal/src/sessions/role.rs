//! As whom a session knows its browser, and how it was opened.

use sqlx::{Row as _, any::AnyRow};

use crate::{Error, signer::Signer};

/// As whom.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    /// Signed in to an account, with a card or with a password.
    Holder {
        account: String,
        signer: Option<Signer>,
        form: Form,
    },
    /// With a verified card that is no account's yet, or one's that is not activated.
    Applicant(Signer),
    /// As an operator of the site.
    Operator(Signer),
}

/// How a session was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// With a card that signed this site's origin.
    Native,
    /// With a card, as for HiCOS pages: any site could have asked for the signature.
    Hicos,
    /// With a password.
    Password,
}

impl Form {
    /// The word in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Hicos => "hicos",
            Self::Password => "password",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Native, Self::Hicos, Self::Password]
            .into_iter()
            .find(|form| form.as_str() == word)
    }
}

impl Role {
    /// The words in the database: what, whose, with which card (JSON), opened how.
    pub(super) fn columns(&self) -> (&'static str, Option<&str>, Option<String>, Form) {
        match self {
            Self::Holder {
                account,
                signer,
                form,
            } => ("holder", Some(account), signer.as_ref().map(json), *form),
            Self::Applicant(signer) => ("applicant", None, Some(json(signer)), Form::Native),
            Self::Operator(signer) => ("operator", None, Some(json(signer)), Form::Native),
        }
    }

    /// From a row of the database.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Row`].
    pub(super) fn read(row: &AnyRow) -> Result<Self, Error> {
        let wrong = |column| Error::Row { column };
        let signer: Option<String> = row.try_get("signer")?;
        let signer: Option<Signer> = signer
            .map(|json| serde_json::from_str(&json).map_err(|_| wrong("signer")))
            .transpose()?;
        let account: Option<String> = row.try_get("account")?;
        let form: String = row.try_get("form")?;
        let form = Form::of(&form).ok_or(wrong("form"))?;
        match (row.try_get::<String, _>("role")?.as_str(), account, signer) {
            ("holder", Some(account), signer) => Ok(Self::Holder {
                account,
                signer,
                form,
            }),
            ("applicant", None, Some(signer)) => Ok(Self::Applicant(signer)),
            ("operator", None, Some(signer)) => Ok(Self::Operator(signer)),
            _ => Err(wrong("role")),
        }
    }
}

fn json(signer: &Signer) -> String {
    serde_json::to_string(signer).expect("a few texts are JSON")
}
