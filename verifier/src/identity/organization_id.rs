//! The OID of an agency or another body.

use std::{fmt, str::FromStr};

use der::asn1::ObjectIdentifier;

/// An organization's object identifier, such as `2.16.886.101.20003.20069`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct OrganizationId(ObjectIdentifier);

impl OrganizationId {
    pub(crate) fn of(oid: ObjectIdentifier) -> Self {
        Self(oid)
    }
}

impl FromStr for OrganizationId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        ObjectIdentifier::new(text).map(Self).map_err(|_| ())
    }
}

impl fmt::Display for OrganizationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
