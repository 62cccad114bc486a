//! Times as certificates write them.

use std::time::SystemTime;

use ::time::{
    OffsetDateTime, format_description::StaticFormatDescription, macros::format_description,
};
use der::{Any, Tag};

use crate::Error;

const SHORT: StaticFormatDescription =
    format_description!("[year repr:last_two][month][day][hour][minute][second]Z");
const LONG: StaticFormatDescription =
    format_description!("[year][month][day][hour][minute][second]Z");

/// A time in one of the two forms, or in none that is right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Time {
    tag: Tag,
    text: String,
}

impl Time {
    /// A UTCTime of this text, `YYMMDDhhmmssZ`.
    #[must_use]
    pub fn utc(text: &str) -> Self {
        Self {
            tag: Tag::UtcTime,
            text: text.to_owned(),
        }
    }

    /// A GeneralizedTime of this text, `YYYYMMDDhhmmssZ`.
    #[must_use]
    pub fn generalized(text: &str) -> Self {
        Self {
            tag: Tag::GeneralizedTime,
            text: text.to_owned(),
        }
    }

    /// The same as a GeneralizedTime, whatever the year.
    pub(crate) fn long(&self) -> Self {
        if self.tag == Tag::GeneralizedTime {
            return self.clone();
        }
        let century = if self.text.as_str() < "50" {
            "20"
        } else {
            "19"
        };
        Self::generalized(&format!("{century}{}", self.text))
    }

    pub(crate) fn any(&self) -> Result<Any, Error> {
        Ok(Any::new(self.tag, self.text.as_bytes())?)
    }
}

/// The form that RFC 5280 §4.1.2.5 asks for.
impl From<SystemTime> for Time {
    fn from(time: SystemTime) -> Self {
        let time = OffsetDateTime::from(time);
        if (1950..2050).contains(&time.year()) {
            Self::utc(&time.format(SHORT).unwrap_or_default())
        } else {
            Self::generalized(&time.format(LONG).unwrap_or_default())
        }
    }
}
