//! SignedData with one signer.
//!
//! Spec: RFC 5652 §5; RFC 5035 §3 (signingCertificateV2); ETSI EN 319 122-1 (CAdES-BES).

mod attributes;

use std::time::SystemTime;

use chop_token::{Hash, Scheme};
use cms::{
    cert::IssuerAndSerialNumber,
    content_info::{CmsVersion, ContentInfo},
    signed_data::{EncapsulatedContentInfo, SignerIdentifier, SignerInfo},
};
use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{Null, OctetString, SetOfVec, UintRef},
    oid::ObjectIdentifier,
};
use x509_cert::{Certificate, spki::AlgorithmIdentifierOwned};

use super::{CmsError, DATA, RSA};

/// What is signed, and how.
pub(crate) struct Plan<'a> {
    /// The signer's certificate, DER.
    pub(crate) certificate: &'a [u8],
    /// The certificates that go into the structure, DER; the signer's first, if at all.
    pub(crate) certificates: &'a [&'a [u8]],
    pub(crate) content: Content<'a>,
    /// How the attributes are signed: with a hash.
    pub(crate) scheme: Scheme,
    pub(crate) hash: Hash,
    /// The signing time, if it is stated.
    pub(crate) time: Option<SystemTime>,
    pub(crate) profile: Profile<'a>,
}

/// What the signature is under.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    /// All of it, which goes into the structure.
    Attached(&'a [u8]),
    /// Its digest by the hash of the plan.
    Detached(&'a [u8]),
}

/// Which attributes there are beside contentType, signingTime and messageDigest.
#[derive(Clone, Copy)]
pub(crate) enum Profile<'a> {
    /// A document: signingCertificateV2, so that it never passes for a login.
    Document,
    /// As the HiCOS component writes them.
    Hipki {
        nonce: Option<&'a str>,
        card_number: Option<&'a str>,
    },
}

/// A signature that lacks the signature.
pub(crate) struct Draft {
    content: EncapsulatedContentInfo,
    certificates: SetOfVec<Any>,
    signer: SignerInfo,
    /// What the card signs.
    message: Vec<u8>,
    scheme: Scheme,
}

impl Draft {
    /// Puts together what can be known before the card signs.
    ///
    /// # Errors
    /// [`CmsError`] if a certificate is none.
    pub(crate) fn new(plan: &Plan<'_>) -> Result<Self, CmsError> {
        let certificate = Certificate::from_der(plan.certificate)?;
        let fields = certificate.tbs_certificate();
        let attributes = attributes::signed(plan)?;
        let message = attributes.to_der()?;
        let mut certificates = SetOfVec::new();
        for der in plan.certificates {
            // Byte by byte as it is: written anew, an odd one would not verify.
            certificates.insert(Any::from_der(der)?)?;
        }
        Ok(Self {
            content: EncapsulatedContentInfo {
                econtent_type: DATA,
                econtent: match plan.content {
                    Content::Attached(content) => {
                        Some(Any::encode_from(&OctetString::new(content)?)?)
                    }
                    Content::Detached(_) => None,
                },
            },
            certificates,
            signer: SignerInfo {
                version: CmsVersion::V1,
                sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                    issuer: fields.issuer().clone(),
                    serial_number: fields.serial_number().clone(),
                }),
                digest_alg: digest_algorithm(plan.hash)?,
                signed_attrs: Some(attributes),
                signature_algorithm: signature_algorithm(plan.scheme)?,
                signature: OctetString::new(Vec::new())?,
                unsigned_attrs: None,
            },
            message,
            scheme: plan.scheme,
        })
    }

    /// What the card signs: the DER of the attributes.
    pub(crate) fn message(&self) -> &[u8] {
        &self.message
    }

    /// How it signs.
    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The whole, DER. `signature` is a PKCS #1 block, or `r ‖ s` of fixed width.
    ///
    /// # Errors
    /// [`CmsError`] if the signature is too long for any structure.
    pub(crate) fn finish(mut self, signature: &[u8]) -> Result<Vec<u8>, CmsError> {
        self.signer.signature = match self.scheme {
            Scheme::Ecdsa(_) => OctetString::new(ecdsa_der(signature)?)?,
            _ => OctetString::new(signature)?,
        };
        let mut digest_algorithms = SetOfVec::new();
        digest_algorithms.insert(self.signer.digest_alg.clone())?;
        let mut signers = SetOfVec::new();
        signers.insert(self.signer)?;
        let signed = SignedData {
            version: CmsVersion::V1,
            digest_algorithms,
            content: self.content,
            certificates: Some(self.certificates).filter(|some| !some.is_empty()),
            signers,
        };
        let info = ContentInfo {
            content_type: SIGNED_DATA,
            content: Any::encode_from(&signed)?,
        };
        Ok(info.to_der()?)
    }
}

/// As cms's own, but for certificates that are not written anew.
#[derive(Sequence)]
struct SignedData {
    version: CmsVersion,
    digest_algorithms: SetOfVec<AlgorithmIdentifierOwned>,
    content: EncapsulatedContentInfo,
    #[asn1(
        context_specific = "0",
        tag_mode = "IMPLICIT",
        constructed = "true",
        optional = "true"
    )]
    certificates: Option<SetOfVec<Any>>,
    signers: SetOfVec<SignerInfo>,
}

fn digest_algorithm(hash: Hash) -> Result<AlgorithmIdentifierOwned, CmsError> {
    let oid = match hash {
        Hash::Sha1 => "1.3.14.3.2.26",
        Hash::Sha256 => "2.16.840.1.101.3.4.2.1",
        Hash::Sha384 => "2.16.840.1.101.3.4.2.2",
        Hash::Sha512 => "2.16.840.1.101.3.4.2.3",
    };
    with_null(ObjectIdentifier::new_unwrap(oid))
}

/// Of PKCS #1 the key alone is named, as HiCOS does; verifiers take the hash from the digest
/// algorithm (RFC 3370 §3.2).
fn signature_algorithm(scheme: Scheme) -> Result<AlgorithmIdentifierOwned, CmsError> {
    let Scheme::Ecdsa(hash) = scheme else {
        return with_null(RSA);
    };
    let oid = match hash {
        Hash::Sha1 => "1.2.840.10045.4.1",
        Hash::Sha256 => "1.2.840.10045.4.3.2",
        Hash::Sha384 => "1.2.840.10045.4.3.3",
        Hash::Sha512 => "1.2.840.10045.4.3.4",
    };
    Ok(AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters: None,
    })
}

fn with_null(oid: ObjectIdentifier) -> Result<AlgorithmIdentifierOwned, CmsError> {
    Ok(AlgorithmIdentifierOwned {
        oid,
        parameters: Some(Any::encode_from(&Null)?),
    })
}

/// `r ‖ s` as `Ecdsa-Sig-Value` (RFC 3279 §2.2.3).
pub(crate) fn ecdsa_der(signature: &[u8]) -> Result<Vec<u8>, CmsError> {
    let (r, s) = signature.split_at(signature.len() / 2);
    Ok(vec![UintRef::new(r)?, UintRef::new(s)?].to_der()?)
}

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

#[cfg(test)]
mod tests;
