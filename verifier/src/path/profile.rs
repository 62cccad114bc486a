//! Rules beyond RFC 5280's path validation, for whoever asks for them.
//!
//! Cards are held to none: GPKI is older than most of it.

mod mail;
mod web;

use der::asn1::ObjectIdentifier;

use crate::{
    certificate::{Certificate, Known},
    path::ChainFault,
};

pub(crate) use web::by_uris;

/// Which rules certificates are held to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Profile {
    /// RFC 5280 alone.
    #[default]
    Rfc5280,
    /// The web's PKI: for servers.
    Web,
    /// S/MIME: for mailboxes.
    Mail,
}

/// Purposes in an extendedKeyUsage that have no place beside others.
const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CODE_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");

impl Profile {
    /// An anchor, as far as a root certificate can be wrong.
    pub(crate) fn check_anchor(self, anchor: &Certificate) -> Result<(), ChainFault> {
        match self {
            Self::Rfc5280 => Ok(()),
            Self::Web => web::check_anchor(anchor),
            Self::Mail => mail::check_anchor(anchor),
        }
    }

    /// An authority below the anchor.
    pub(crate) fn check_authority(self, authority: &Certificate) -> Result<(), ChainFault> {
        match self {
            Self::Rfc5280 => Ok(()),
            Self::Web => web::check_authority(authority),
            Self::Mail => mail::check_authority(authority),
        }
    }

    /// The certificate that it is about.
    pub(crate) fn check_leaf(self, leaf: &Certificate) -> Result<(), ChainFault> {
        match self {
            Self::Rfc5280 => Ok(()),
            Self::Web => web::check_leaf(leaf),
            Self::Mail => mail::check_leaf(leaf),
        }
    }
}

/// Neither basicConstraints nor keyUsage makes it an authority, and its keyUsage, if it has one, says
/// something.
///
/// Spec: RFC 5280 §4.2.1.3 (at least one bit).
fn no_authority(leaf: &Certificate) -> Result<(), ChainFault> {
    let extensions = &leaf.extensions;
    let basic = extensions.basic_constraints.as_ref();
    if basic.is_some_and(|basic| basic.ca) {
        return Err(ChainFault::Authority);
    }
    match extensions.key_usage {
        Some(usage) if usage.key_cert_sign() || usage.0.is_empty() => Err(ChainFault::KeyUsage),
        _ => Ok(()),
    }
}

/// Who it is for stands in the alternative names, which are critical exactly without a subject.
fn alternative_names(leaf: &Certificate) -> Result<(), ChainFault> {
    let empty = leaf.subject_name().is_empty();
    match leaf.extensions.find(Known::ALTERNATIVE_NAMES) {
        Some((critical, _)) if critical == empty => Ok(()),
        _ => Err(wrong(Known::ALTERNATIVE_NAMES)),
    }
}

/// None of these purposes stands in its extendedKeyUsage.
fn none_of(certificate: &Certificate, others: &[ObjectIdentifier]) -> Result<(), ChainFault> {
    let purposes = certificate.extensions.extended_key_usage.iter().flatten();
    match purposes.into_iter().find(|one| others.contains(one)) {
        Some(_) => Err(ChainFault::ExtendedKeyUsage),
        None => Ok(()),
    }
}

fn absent(certificate: &Certificate, oid: ObjectIdentifier) -> Result<(), ChainFault> {
    match certificate.extensions.find(oid) {
        Some(_) => Err(wrong(oid)),
        None => Ok(()),
    }
}

fn wrong(oid: ObjectIdentifier) -> ChainFault {
    ChainFault::Extension { oid }
}
