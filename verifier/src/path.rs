//! From a certificate to an anchor: which paths there are, and whether one holds.
//!
//! rustls-webpki's path building is one call with one set of rules: it refuses critical policy
//! extensions, compares names byte by byte, counts self-issued authorities as others, and knows no
//! constraints on directory names. GPKI's generations (a root that certifies its successor, and the
//! successor it) and certificates of people need all four. So paths are built and checked here, step
//! by step as RFC 5280 §6.1 has them; signatures are webpki's and ring's, policies, constraints and
//! revocation have files of their own. The tests hold webpki and openssl against this.

mod build;
mod constraints;
mod fault;
mod policy;
mod profile;
mod purpose;
mod server_name;
mod standing;
mod state;

use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier;

pub(crate) use build::{Budget, Found, Furthest, ISSUER_UNKNOWN, Search};
pub use fault::{ChainFault, ChainRefusal, NameKind, Place};
pub(crate) use policy::PolicyRules;
pub(crate) use profile::{Profile, by_uris};
pub use purpose::Purpose;
pub use server_name::ExpectedName;
pub(crate) use state::{Circumstances, State, check_validity};

use crate::revocation::RevocationRules;

/// What says that a card is simulated.
pub(crate) const SIMULATED_POLICY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap(chop_protocol::SIMULATED_POLICY);

/// What a path is held to. The default is RFC 5280, and nothing relaxed.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathRules {
    pub(crate) purpose: Purpose,
    pub(crate) profile: Profile,
    pub(crate) policies: PolicyRules,
    /// Policies that are not taken, whatever else holds.
    pub(crate) refused_policies: BTreeSet<ObjectIdentifier>,
    /// `None`: revocation is not looked at.
    pub(crate) revocation: Option<RevocationRules>,
}
