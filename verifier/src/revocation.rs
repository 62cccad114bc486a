//! Whether a certificate was revoked, from what the caller hands in.
//!
//! Lists and OCSP answers are evidence: nothing here fetches them, and what is missing or out of date
//! refuses, unless the caller has named that very relaxation.

mod crl;
mod decide;
mod ocsp;
mod scope;
mod table;

use std::{sync::Arc, time::SystemTime};

pub use crl::{Crl, CrlError};
pub(crate) use decide::{Judge, Of, RevocationRules, Standing};
pub use ocsp::{OcspAnswer, OcspError, OcspRequest};

use crate::moment::Moment;

/// Lists and OCSP answers.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    pub(crate) lists: Vec<Arc<Crl>>,
    pub(crate) answers: Vec<OcspAnswer>,
}

impl Evidence {
    /// None.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a list. A newer one beside an older one is fine: both are looked at.
    #[must_use]
    pub fn and_list(mut self, list: impl Into<Arc<Crl>>) -> Self {
        self.lists.push(list.into());
        self
    }

    /// Adds an answer.
    #[must_use]
    pub fn and_answer(mut self, answer: OcspAnswer) -> Self {
        self.answers.push(answer);
        self
    }

    /// The lists in it.
    pub fn lists(&self) -> impl Iterator<Item = &Arc<Crl>> {
        self.lists.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.answers.is_empty()
    }

    /// Every moment at which a verdict that rests on it may change.
    pub(crate) fn moments(&self) -> impl Iterator<Item = Moment> {
        let lists = self.lists.iter().flat_map(|list| {
            let end = list.head.next_update;
            [Some(list.head.this_update), end].into_iter().flatten()
        });
        lists.chain(self.answers.iter().flat_map(OcspAnswer::moments))
    }
}

/// Why a certificate is taken for revoked, or for one of which nobody knows.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RevocationFault {
    /// It was revoked, or is on hold.
    #[error("it was revoked")]
    Revoked {
        /// Since when.
        since: SystemTime,
        /// Why.
        reason: Reason,
    },
    /// No list and no answer covers it, or none for every reason there is.
    #[error("nothing says whether it was revoked")]
    Unknown,
    /// What would cover it is out of date.
    #[error("what says whether it was revoked is out of date")]
    Stale {
        /// Until when it counted.
        until: SystemTime,
    },
    /// The responder does not know it.
    #[error("its authority's responder does not know it")]
    NotIssued,
    /// An index of a list cannot be read.
    #[error("the index of a list cannot be read")]
    Unreadable,
}

/// Why a certificate was revoked.
///
/// Spec: RFC 5280 §5.3.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)] // the standard's own words
pub enum Reason {
    Unspecified,
    KeyCompromise,
    AuthorityCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    /// For a time: lost cards are put on hold first.
    CertificateHold,
    PrivilegeWithdrawn,
    AttributeAuthorityCompromise,
}

impl Reason {
    pub(crate) fn of(number: u8) -> Self {
        match number {
            1 => Self::KeyCompromise,
            2 => Self::AuthorityCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::CertificateHold,
            9 => Self::PrivilegeWithdrawn,
            10 => Self::AttributeAuthorityCompromise,
            _ => Self::Unspecified,
        }
    }
}

/// What is known of a certificate that was not found to be revoked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Revocation {
    /// It was not revoked when this was said.
    Good {
        /// When the list was made, or for when the answer is.
        as_of: SystemTime,
        /// Who says so.
        by: Source,
    },
    /// Nobody knows, and the caller has allowed that: a card that was reported lost passes.
    Unknown,
}

/// Where a statement about revocation comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// A certificate revocation list.
    List,
    /// An OCSP answer.
    Ocsp,
}
