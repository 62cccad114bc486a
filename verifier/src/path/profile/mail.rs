//! What S/MIME asks: for mailboxes only.
//!
//! Spec: CA/Browser Forum, S/MIME Baseline Requirements §7.1.2.

use super::{
    ANY, CODE_SIGNING, SERVER_AUTH, TIME_STAMPING, absent, alternative_names, no_authority, none_of,
};
use crate::{
    certificate::{Certificate, Known},
    path::ChainFault,
};

/// Purposes that keys for mail are not used for.
const OTHERS: [der::asn1::ObjectIdentifier; 4] = [ANY, SERVER_AUTH, CODE_SIGNING, TIME_STAMPING];

pub(super) fn check_anchor(anchor: &Certificate) -> Result<(), ChainFault> {
    absent(anchor, Known::EXTENDED_KEY_USAGE)
}

/// Its keyUsage says that it signs certificates and lists. What it certifies for, if it says so, is
/// checked by the purpose.
pub(super) fn check_authority(authority: &Certificate) -> Result<(), ChainFault> {
    let usage = authority.extensions.key_usage;
    if !usage.is_some_and(|usage| usage.key_cert_sign() && usage.crl_sign()) {
        return Err(ChainFault::KeyUsage);
    }
    none_of(authority, &OTHERS)
}

pub(super) fn check_leaf(leaf: &Certificate) -> Result<(), ChainFault> {
    no_authority(leaf)?;
    let extensions = &leaf.extensions;
    if extensions.key_usage.is_none() {
        return Err(ChainFault::KeyUsage);
    }
    if extensions.extended_key_usage.is_none() {
        return Err(ChainFault::ExtendedKeyUsage);
    }
    none_of(leaf, &OTHERS)?;
    alternative_names(leaf)
}
