//! A stable word for each refusal: for logs, metrics and programs in other languages.

use super::Refusal;
use crate::{ChainFault, ChainRefusal, RevocationFault};

impl Refusal {
    /// A word for it that is never renamed, such as `signature_mismatch`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } => "length",
            Self::Json => "json",
            Self::Format => "format",
            Self::Certificate(_) => "certificate_unreadable",
            Self::Chain(refusal) => refusal.code(),
            Self::AssuranceTooLow { .. } => "assurance_too_low",
            Self::KeyUnsupported => "key_unsupported",
            Self::KeyTooWeak { .. } => "key_too_weak",
            Self::AlgorithmMismatch => "algorithm_mismatch",
            Self::SignatureUnreadable => "signature_unreadable",
            Self::SignatureMismatch => "signature_mismatch",
            Self::CmsUnreadable => "message_unreadable",
            Self::Signers { .. } => "signers",
            Self::SignerMissing => "signer_missing",
            Self::HashUnsupported => "hash_unsupported",
            Self::ContentPlace => "content_place",
            Self::ContentMismatch => "content_mismatch",
            Self::Attribute { .. } => "attribute",
            Self::NonceMismatch => "nonce_mismatch",
            Self::SigningTime { .. } => "signing_time",
            Self::IsADocument => "is_a_document",
            Self::IsALogin => "is_a_login",
            Self::SubjectUnclear { .. } => "subject_unclear",
            Self::CompanyNumber => "company_number",
            Self::CompanyNumbersDiffer => "company_numbers_differ",
            Self::CitizenNumber => "citizen_number",
            Self::OrganizationId => "organization_id",
        }
    }
}

impl ChainRefusal {
    /// A word for its fault that is never renamed, such as `expired`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.fault {
            ChainFault::IssuerUnknown => "issuer_unknown",
            ChainFault::TooMuchWork => "too_much_work",
            ChainFault::Version { .. } => "certificate_version",
            ChainFault::Algorithm => "certificate_algorithm",
            ChainFault::Sha1 => "certificate_sha1",
            ChainFault::Signature => "certificate_signature",
            ChainFault::NotYetValid { .. } => "not_yet_valid",
            ChainFault::Expired { .. } => "expired",
            ChainFault::ExtensionNotUnderstood { .. } => "extension_not_understood",
            ChainFault::Extension { .. } => "extension",
            ChainFault::NotAnAuthority => "not_an_authority",
            ChainFault::Authority => "authority",
            ChainFault::PathLength => "path_length",
            ChainFault::KeyUsage => "key_usage",
            ChainFault::ExtendedKeyUsage => "extended_key_usage",
            ChainFault::Key => "certificate_key",
            ChainFault::NameConstraint { .. } => "name_constraint",
            ChainFault::Policy => "policy",
            ChainFault::PolicyRefused { .. } => "policy_refused",
            ChainFault::Simulated => "simulated",
            ChainFault::PolicyMapping => "policy_mapping",
            ChainFault::SubjectEmpty => "subject_empty",
            ChainFault::SerialNumber => "serial_number",
            ChainFault::Name => "name",
            ChainFault::Revocation(fault) => match fault {
                RevocationFault::Revoked { .. } => "revoked",
                RevocationFault::Unknown => "revocation_unknown",
                RevocationFault::Stale { .. } => "revocation_stale",
                RevocationFault::NotIssued => "not_issued",
                RevocationFault::Unreadable => "list_unreadable",
            },
        }
    }
}
