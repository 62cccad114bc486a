//! GPKI's assurance levels.

use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier;

/// How carefully the authority looked before it certified somebody; higher is more careful.
///
/// Spec: GPKI certificate policy, 2.16.886.101.0.3.1 to .4.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Assurance {
    /// 第一級.
    One,
    /// 第二級.
    Two,
    /// 第三級: cards of companies and citizens.
    Three,
    /// 第四級.
    Four,
}

const LEVELS: [(ObjectIdentifier, Assurance); 4] = [
    (oid("2.16.886.101.0.3.1"), Assurance::One),
    (oid("2.16.886.101.0.3.2"), Assurance::Two),
    (oid("2.16.886.101.0.3.3"), Assurance::Three),
    (oid("2.16.886.101.0.3.4"), Assurance::Four),
];

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

impl Assurance {
    /// The highest level among policies that hold for a whole path.
    pub(crate) fn of(policies: &BTreeSet<ObjectIdentifier>) -> Option<Self> {
        let levels = LEVELS.iter().filter(|(oid, _)| policies.contains(oid));
        levels.map(|(_, level)| *level).max()
    }

    /// 1 to 4.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8 + 1
    }
}
