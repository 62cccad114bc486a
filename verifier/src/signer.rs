//! Who signed, as every verdict has it.

use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier;

use crate::{
    Assurance, Certificate, Identity, Refusal, Revocation,
    name::{text, type_name},
    path::Found,
};

/// Who signed, from the verified certificate alone.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Signer {
    /// Who it is.
    pub identity: Identity,
    /// The subject's attributes, in the certificate's own order: to show and to keep, not to find
    /// somebody by.
    pub subject: Vec<SubjectField>,
    /// The highest GPKI assurance level that holds for the whole chain; `None` if none does.
    pub assurance: Option<Assurance>,
    /// The policies that hold for the whole chain, in the words of the anchor.
    pub policies: BTreeSet<ObjectIdentifier>,
    /// Whether the certificate might have been revoked.
    pub revocation: Revocation,
    /// The certificate: to keep as evidence.
    pub certificate: Certificate,
    /// The SHA-256 of the trust anchor that the chain leads to.
    pub anchor: [u8; 32],
}

/// One attribute of a subject.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SubjectField {
    /// `C`, `O`, `OU`, `CN`, `serialNumber`, …; the OID of a type without a short name.
    pub name: String,
    /// Its text; empty if it is none.
    pub value: String,
}

impl Signer {
    pub(crate) fn new(
        certificate: Certificate,
        found: Found,
        assurance: Option<Assurance>,
    ) -> Result<Self, Refusal> {
        let identity = Identity::of(&certificate)?;
        let fields = certificate.subject_name().attributes();
        let subject = fields.map(|pair| SubjectField {
            name: type_name(pair.oid),
            value: text(pair.value).unwrap_or_default(),
        });
        Ok(Self {
            identity,
            subject: subject.collect(),
            assurance,
            policies: found.path.policies.all,
            revocation: found.revocation,
            anchor: found.path.anchor.fingerprint(),
            certificate,
        })
    }
}
