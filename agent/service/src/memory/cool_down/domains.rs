//! The counts as they are kept in a file.

use serde::{Deserialize, Serialize};

use super::{super::file::Salt, count::Count};

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
}

impl Record {
    /// When the domain was last heard of.
    pub(super) fn last(&self) -> u64 {
        self.wrong.last.max(self.unanswered.last)
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
            });
            self.list.len() - 1
        });
        self.list.get_mut(at).expect("it was just found or added")
    }

    /// Whether there was anything to forget.
    pub(super) fn forget(&mut self, domain: &str) -> bool {
        let place = self.place(domain);
        place.map(|at| self.list.swap_remove(at)).is_some()
    }

    fn place(&self, domain: &str) -> Option<usize> {
        if self.list.is_empty() {
            return None;
        }
        let name = self.salt.name(domain);
        self.list.iter().position(|record| record.domain == name)
    }
}
