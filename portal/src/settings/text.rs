//! Settings that are texts with a form.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use chop_verifier::{Ban, CitizenId};
use serde::{Deserialize, Deserializer, de};

use crate::{Kind, signer::Signer};

/// A card, by whom it names: `citizen:9999000012345678` or `company:12345675`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CardName {
    kind: Kind,
    subject: String,
}

/// Why a text is not an [`CardName`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a card such as citizen:9999000012345678 or company:12345675")]
pub struct CardNameError;

impl CardName {
    /// Whether it is this one.
    pub(crate) fn is(&self, signer: &Signer) -> bool {
        self.kind == signer.kind && self.subject == signer.subject
    }

    /// Whose kind of card it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What certificates call its holder.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }
}

impl Display for CardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.subject)
    }
}

impl FromStr for CardName {
    type Err = CardNameError;

    fn from_str(text: &str) -> Result<Self, CardNameError> {
        let (kind, subject) = text.split_once(':').ok_or(CardNameError)?;
        let kind: Kind = kind.parse().map_err(|()| CardNameError)?;
        let can_be = match kind {
            Kind::Company => subject.parse::<Ban>().is_ok(),
            Kind::Citizen => subject.parse::<CitizenId>().is_ok(),
            Kind::Cardless => false,
        };
        let subject = subject.to_owned();
        can_be
            .then_some(Self { kind, subject })
            .ok_or(CardNameError)
    }
}

/// A text that is parsed.
pub(super) fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|error| de::Error::custom(format!("{text:?}: {error}")))
}

/// A list of them.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts
        .iter()
        .map(|text| {
            text.parse()
                .map_err(|error| de::Error::custom(format!("{text:?}: {error}")))
        })
        .collect()
}
