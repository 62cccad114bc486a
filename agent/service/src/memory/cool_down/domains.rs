//! The counts as they are kept in a file.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    super::file::Salt,
    count::{Count, UNANSWERED, UNDECRYPTED, WRONG},
};

/// All counts.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Domains {
    salt: Salt,
    /// In no order.
    #[serde(rename = "domains")]
    pub(super) list: Vec<Record>,
}

/// One domain's.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Record {
    /// Its hash.
    domain: String,
    /// Windows in which a PIN was wrong.
    #[serde(default)]
    pub(super) wrong: Count,
    /// Windows that nobody answered.
    #[serde(default)]
    pub(super) unanswered: Count,
    /// What did not decrypt.
    #[serde(default)]
    pub(super) undecrypted: Count,
}

impl Record {
    /// When the domain was last heard of.
    pub(super) fn last(&self) -> u64 {
        let counts = [self.wrong, self.unanswered, self.undecrypted];
        counts.iter().map(|it| it.last).max().unwrap_or_default()
    }

    /// How long the domain has to wait.
    pub(super) fn rest(&mut self, now: u64) -> Duration {
        let wrong = self.wrong.rest(&WRONG, now);
        let unanswered = self.unanswered.rest(&UNANSWERED, now);
        let undecrypted = self.undecrypted.rest(&UNDECRYPTED, now);
        wrong.max(unanswered).max(undecrypted)
    }

    pub(super) fn is_remembered(&self, now: u64) -> bool {
        self.wrong.is_remembered(&WRONG, now)
            || self.unanswered.is_remembered(&UNANSWERED, now)
            || self.undecrypted.is_remembered(&UNDECRYPTED, now)
    }
}

impl Default for Domains {
    fn default() -> Self {
        Self {
            salt: Salt::new(),
            list: Vec::new(),
        }
    }
}

impl Domains {
    pub(super) fn find(&mut self, domain: &str) -> Option<&mut Record> {
        let at = self.place(domain)?;
        self.list.get_mut(at)
    }

    /// The domain's record, a new one if there is none.
    pub(super) fn entry(&mut self, domain: &str) -> &mut Record {
        let at = self.place(domain).unwrap_or_else(|| {
            self.list.push(Record {
                domain: self.salt.name(domain),
                wrong: Count::default(),
                unanswered: Count::default(),
                undecrypted: Count::default(),
            });
            self.list.len() - 1
        });
        self.list.get_mut(at).expect("it was just found or added")
    }

    /// An operation succeeded. Whether there was anything to forget.
    pub(super) fn forgive(&mut self, domain: &str) -> bool {
        let Some(record) = self.find(domain) else {
            return false;
        };
        let was = [record.wrong, record.unanswered];
        (record.wrong, record.unanswered) = Default::default();
        was != [Count::default(); 2]
    }

    fn place(&self, domain: &str) -> Option<usize> {
        if self.list.is_empty() {
            return None;
        }
        let name = self.salt.name(domain);
        self.list.iter().position(|record| record.domain == name)
    }
}
