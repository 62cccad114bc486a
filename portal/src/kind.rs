//! What kinds of accounts there are, and where each stands.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use serde::{Deserialize, Serialize};

use crate::pages::PageError;

/// The kind of an account.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// 工商憑證帳號: a company, known by the 統一編號 in its card's certificate.
    Company,
    /// 自然人憑證帳號: a person, known by the 16 digits in their card's certificate.
    Citizen,
    /// 非憑證帳號: signs in with its number and a password.
    Cardless,
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

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Company, Self::Citizen, Self::Cardless];

    /// The word in the database, in addresses and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Citizen => "citizen",
            Self::Cardless => "cardless",
        }
    }

    /// Whether a text may be the number of an account: two letters for the kind, ten digits.
    pub(crate) fn has_number(text: &str) -> bool {
        let digits = Self::ALL
            .iter()
            .find_map(|kind| text.strip_prefix(kind.prefix()));
        digits.is_some_and(|digits| {
            digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    /// Whether it is a company's.
    pub(crate) fn is_company(self) -> bool {
        self == Self::Company
    }

    /// Whether it is a citizen's.
    pub(crate) fn is_citizen(self) -> bool {
        self == Self::Citizen
    }

    /// Whether it goes without a card.
    pub(crate) fn is_cardless(self) -> bool {
        self == Self::Cardless
    }

    /// What the numbers of its accounts begin with.
    pub(crate) fn prefix(self) -> &'static str {
        match self {
            Self::Company => "IC",
            Self::Citizen => "IP",
            Self::Cardless => "IN",
        }
    }
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Disabled];

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

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let named = |kind: &Self| kind.as_str() == text;
        Self::ALL.into_iter().find(named).ok_or(())
    }
}

/// The kind in an address, such as that of `/apply/company`.
pub(crate) struct InPath(pub(crate) Kind);

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let word = Path::<String>::from_request_parts(parts, state).await;
        let kind = word.ok().and_then(|Path(word)| word.parse().ok());
        kind.map(Self).ok_or(PageError::NotFound)
    }
}

impl FromStr for State {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let named = |state: &Self| state.as_str() == text;
        Self::ALL.into_iter().find(named).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_two_letters_of_ours_and_ten_digits() {
        assert!(Kind::has_number("IN0123456789"));
        for odd in [
            "",
            "IN",
            "IN012345678",
            "IN01234567890",
            "XX0123456789",
            "IN012345678\0",
        ] {
            assert!(!Kind::has_number(odd), "{odd:?}");
        }
    }

    #[test]
    fn words_come_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for state in State::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
        assert!("other".parse::<Kind>().is_err() && "".parse::<State>().is_err());
    }
}
