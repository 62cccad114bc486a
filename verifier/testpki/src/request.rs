//! What a certificate shall say, from the ordinary one to the odd ones.

use std::time::Duration;

use crate::{Holder, Issuer};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What the certificate's key may be used for, as its keyUsage says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Usage {
    /// digitalSignature: the certificate that signs in.
    Signature,
    /// keyEncipherment and dataEncipherment: its neighbour on each GPKI card, never to be offered.
    Encryption,
}

/// Describes a certificate; starts ordinary, each method makes it odd in one way.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    holder: &'a Holder,
    pub(crate) usage: Usage,
    pub(crate) attribute: Option<String>,
    pub(crate) rank: &'static str,
    pub(crate) age: Age,
    pub(crate) assurance: Option<u8>,
    pub(crate) lists_at: Option<String>,
    pub(crate) ocsp_at: Option<String>,
}

/// Where its validity lies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Age {
    Valid,
    Expired,
    NotYetValid,
}

impl<'a> Request<'a> {
    /// A certificate for signing, valid since a month ago for five years.
    #[must_use]
    pub fn of(holder: &'a Holder) -> Self {
        Self {
            holder,
            usage: Usage::Signature,
            attribute: Some(holder.number.clone()),
            rank: "primary",
            age: Age::Valid,
            assurance: Some(3),
            lists_at: None,
            ocsp_at: None,
        }
    }

    /// The certificate for encryption.
    #[must_use]
    pub fn for_encryption(mut self) -> Self {
        self.usage = Usage::Encryption;
        self
    }

    /// It ended yesterday.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.age = Age::Expired;
        self
    }

    /// It begins tomorrow.
    #[must_use]
    pub fn not_yet_valid(mut self) -> Self {
        self.age = Age::NotYetValid;
        self
    }

    /// Of a company's 附卡 instead of its 正卡.
    #[must_use]
    pub fn of_secondary_card(mut self) -> Self {
        self.rank = "secondary";
        self
    }

    /// Without subjectDirectoryAttributes.
    #[must_use]
    pub fn without_attributes(mut self) -> Self {
        self.attribute = None;
        self
    }

    /// With another number in subjectDirectoryAttributes than in the subject.
    #[must_use]
    pub fn attribute_says(mut self, number: &str) -> Self {
        self.attribute = Some(number.to_owned());
        self
    }

    /// Of another assurance level than 3; `None` for a certificate without policies.
    #[must_use]
    pub fn assurance(mut self, level: Option<u8>) -> Self {
        self.assurance = level;
        self
    }

    /// Says that lists are published at this address.
    #[must_use]
    pub fn lists_at(mut self, uri: &str) -> Self {
        self.lists_at = Some(uri.to_owned());
        self
    }

    /// Says that an OCSP responder is at this address.
    #[must_use]
    pub fn ocsp_at(mut self, uri: &str) -> Self {
        self.ocsp_at = Some(uri.to_owned());
        self
    }

    /// Who has to issue it.
    #[must_use]
    pub fn issuer(&self) -> Issuer {
        self.holder.issuer
    }

    pub(crate) fn holder(&self) -> &'a Holder {
        self.holder
    }
}

impl Age {
    /// Days before now when it begins and days after now when it ends, each maybe negative.
    pub(crate) fn bounds(self) -> (i64, i64) {
        match self {
            Self::Valid => (30, 5 * 365),
            Self::Expired => (5 * 365, -1),
            Self::NotYetValid => (-1, 5 * 365),
        }
    }
}

/// The moment `days` after `now`, or before it if negative.
pub(crate) fn days_from(now: std::time::SystemTime, days: i64) -> std::time::SystemTime {
    let distance = DAY * u32::try_from(days.unsigned_abs()).unwrap_or(u32::MAX);
    if days < 0 {
        now - distance
    } else {
        now + distance
    }
}
