//! Settings that are texts with a form.

use std::{fmt::Display, str::FromStr};

use chop_verifier::{Ban, CitizenId};
use serde::{Deserialize, Deserializer, de};

use crate::{Kind, signer::Signer};

/// A card that may operate the site: `citizen:9999000012345678` or `company:12345675`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OperatorCard {
    kind: Kind,
    subject: String,
}

/// Why a text is not an [`OperatorCard`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a card such as citizen:9999000012345678 or company:12345675")]
pub struct OperatorCardError;

impl OperatorCard {
    /// Whether it is this one.
    pub(crate) fn is(&self, signer: &Signer) -> bool {
        self.kind == signer.kind && self.subject == signer.subject
    }
}

impl FromStr for OperatorCard {
    type Err = OperatorCardError;

    fn from_str(text: &str) -> Result<Self, OperatorCardError> {
        let (kind, subject) = text.split_once(':').ok_or(OperatorCardError)?;
        let kind: Kind = kind.parse().map_err(|()| OperatorCardError)?;
        let can_be = match kind {
            Kind::Company => subject.parse::<Ban>().is_ok(),
            Kind::Citizen => subject.parse::<CitizenId>().is_ok(),
            Kind::Cardless => false,
        };
        let subject = subject.to_owned();
        can_be
            .then_some(Self { kind, subject })
            .ok_or(OperatorCardError)
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
