//! Signed messages, as a card's agent makes them, and odd ones.

use std::time::SystemTime;

use der::{
    Any, Decode as _, Encode as _, Tag, TagNumber,
    asn1::{ObjectIdentifier, OctetString},
};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::{Certificate, spki::AlgorithmIdentifierOwned};

use crate::{
    Credential, Error, KeyKind, Scheme, Time,
    template::{element, explicit},
};

/// A signed attribute: its OID and its one value, DER.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Attribute {
    oid: String,
    value: Vec<u8>,
}

/// An attribute whose value is a text (UTF8String) or any DER.
#[must_use]
pub fn attribute(oid: &str, value: impl Into<Vec<u8>>) -> Attribute {
    Attribute {
        oid: oid.to_owned(),
        value: value.into(),
    }
}

/// signingCertificateV2 of a certificate (DER), with SHA-256. Spec: RFC 5035 §3.
///
/// # Errors
/// [`Error::Der`].
pub fn signing_certificate_v2(certificate: &[u8]) -> Result<Attribute, Error> {
    let hash = OctetString::new(Sha256::digest(certificate).as_slice())?.to_der()?;
    let mut value = hash;
    for _ in 0..3 {
        value = element(Tag::Sequence, &value)?.to_der()?;
    }
    Ok(attribute("1.2.840.113549.1.9.16.2.47", value))
}

/// A message before it is signed.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    content: &'a [u8],
    attached: bool,
    hash: Scheme,
    signing_time: Option<SystemTime>,
    attributes: Vec<Attribute>,
    certificates: Vec<&'a [u8]>,
    named_algorithm: bool,
    unsorted: bool,
}

impl<'a> Message<'a> {
    /// As HiPKI makes it: the content inside, SHA-256, a signing time, the signer's certificate alone.
    #[must_use]
    pub fn hipki(content: &'a [u8], now: SystemTime) -> Self {
        Self {
            content,
            attached: true,
            hash: Scheme::RsaSha256,
            signing_time: Some(now),
            attributes: Vec::new(),
            certificates: Vec::new(),
            named_algorithm: false,
            unsorted: false,
        }
    }

    /// The content stays outside.
    #[must_use]
    pub fn detached(mut self) -> Self {
        self.attached = false;
        self
    }

    /// Without, or with another, signing time.
    #[must_use]
    pub fn signing_time(mut self, time: Option<SystemTime>) -> Self {
        self.signing_time = time;
        self
    }

    /// Hashed with what this scheme hashes with.
    #[must_use]
    pub fn hash(mut self, scheme: Scheme) -> Self {
        self.hash = scheme;
        self
    }

    /// With a signed attribute.
    #[must_use]
    pub fn with(mut self, attribute: Attribute) -> Self {
        self.attributes.push(attribute);
        self
    }

    /// With another certificate (DER) beside the signer's.
    #[must_use]
    pub fn and_certificate(mut self, certificate: &'a [u8]) -> Self {
        self.certificates.push(certificate);
        self
    }

    /// Names sha256WithRSAEncryption and the like, where HiPKI names rsaEncryption.
    #[must_use]
    pub fn named_algorithm(mut self) -> Self {
        self.named_algorithm = true;
        self
    }

    /// Leaves the attributes in the order of being added, which DER forbids.
    #[must_use]
    pub fn unsorted(mut self) -> Self {
        self.unsorted = true;
        self
    }

    /// Signs it: ContentInfo, DER.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn sign(&self, signer: &Credential) -> Result<Vec<u8>, Error> {
        let (digest_oid, digest) = digest(self.hash, self.content)?;
        let hash = algorithm(digest_oid, true)?;
        let attributes = self.attributes(&digest)?;
        let set = element(Tag::Set, &attributes)?.to_der()?;
        let scheme = self.scheme(signer.key.kind());
        let signature = signer.key.sign(scheme, &set)?;
        let tag = |number| Tag::ContextSpecific {
            constructed: true,
            number: TagNumber(number),
        };

        let certificate = Certificate::from_der(&signer.certificate)?;
        let certificate = certificate.tbs_certificate();
        let mut id = certificate.issuer().to_der()?;
        certificate.serial_number().encode_to_vec(&mut id)?;
        let mut info = 1u8.to_der()?;
        element(Tag::Sequence, &id)?.encode_to_vec(&mut info)?;
        info.extend(&hash);
        element(tag(0), &attributes)?.encode_to_vec(&mut info)?;
        info.extend(self.signature_algorithm(signer.key.kind(), scheme)?);
        OctetString::new(signature)?.encode_to_vec(&mut info)?;

        let mut content = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1").to_der()?;
        if self.attached {
            let octets = Any::new(Tag::OctetString, self.content)?;
            explicit(0, octets)?.encode_to_vec(&mut content)?;
        }
        let mut certificates = signer.certificate.clone();
        self.certificates
            .iter()
            .for_each(|one| certificates.extend(*one));
        let mut data = 1u8.to_der()?;
        element(Tag::Set, &hash)?.encode_to_vec(&mut data)?;
        element(Tag::Sequence, &content)?.encode_to_vec(&mut data)?;
        element(tag(0), &certificates)?.encode_to_vec(&mut data)?;
        let info = element(Tag::Sequence, &info)?.to_der()?;
        element(Tag::Set, &info)?.encode_to_vec(&mut data)?;

        let mut message = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2").to_der()?;
        explicit(0, element(Tag::Sequence, &data)?)?.encode_to_vec(&mut message)?;
        Ok(element(Tag::Sequence, &message)?.to_der()?)
    }

    /// The contents of the SET of attributes.
    fn attributes(&self, digest: &[u8]) -> Result<Vec<u8>, Error> {
        let data = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
        let digest = OctetString::new(digest)?.to_der()?;
        let mut list = vec![
            attribute("1.2.840.113549.1.9.3", data.to_der()?),
            attribute("1.2.840.113549.1.9.4", digest),
        ];
        if let Some(time) = self.signing_time {
            let time = Time::from(time).any()?.to_der()?;
            list.push(attribute("1.2.840.113549.1.9.5", time));
        }
        list.extend(self.attributes.clone());
        let mut written = list
            .iter()
            .map(Attribute::der)
            .collect::<Result<Vec<_>, _>>()?;
        if self.unsorted {
            written.reverse();
        } else {
            written.sort();
        }
        Ok(written.concat())
    }

    fn scheme(&self, kind: KeyKind) -> Scheme {
        match (kind, self.hash) {
            (KeyKind::Rsa(_), scheme) => scheme,
            (KeyKind::P256, _) => Scheme::EcdsaSha256,
            (KeyKind::P384, _) => Scheme::EcdsaSha384,
            (KeyKind::P521, _) => Scheme::EcdsaSha512,
        }
    }

    fn signature_algorithm(&self, kind: KeyKind, scheme: Scheme) -> Result<Vec<u8>, Error> {
        match kind {
            KeyKind::Rsa(_) if !self.named_algorithm && scheme != Scheme::PssSha256 => {
                algorithm("1.2.840.113549.1.1.1", true)
            }
            _ => scheme.algorithm(),
        }
    }
}

impl Attribute {
    fn der(&self) -> Result<Vec<u8>, Error> {
        let mut parts = ObjectIdentifier::new(&self.oid)
            .map_err(der::Error::from)?
            .to_der()?;
        // What is no DER is taken for a text.
        let value = match Any::from_der(&self.value) {
            Ok(value) => value,
            Err(_) => Any::new(Tag::Utf8String, self.value.clone())?,
        };
        element(Tag::Set, &value.to_der()?)?.encode_to_vec(&mut parts)?;
        Ok(element(Tag::Sequence, &parts)?.to_der()?)
    }
}

/// A bare signature over `content`, as HiPKI's PKCS1 form has it.
///
/// # Errors
/// [`Error`], from keys.
pub fn pkcs1(signer: &Credential, scheme: Scheme, content: &[u8]) -> Result<Vec<u8>, Error> {
    signer.key.sign(scheme, content)
}

fn digest(scheme: Scheme, content: &[u8]) -> Result<(&'static str, Vec<u8>), Error> {
    Ok(match scheme {
        Scheme::RsaSha1 => ("1.3.14.3.2.26", Sha1::digest(content).to_vec()),
        Scheme::RsaSha256 | Scheme::PssSha256 | Scheme::EcdsaSha256 => {
            ("2.16.840.1.101.3.4.2.1", Sha256::digest(content).to_vec())
        }
        Scheme::RsaSha384 | Scheme::EcdsaSha384 => {
            ("2.16.840.1.101.3.4.2.2", Sha384::digest(content).to_vec())
        }
        Scheme::RsaSha512 | Scheme::EcdsaSha512 => {
            ("2.16.840.1.101.3.4.2.3", Sha512::digest(content).to_vec())
        }
    })
}

fn algorithm(oid: &str, null: bool) -> Result<Vec<u8>, Error> {
    let identifier = AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new(oid).map_err(der::Error::from)?,
        parameters: null.then(Any::null),
    };
    Ok(identifier.to_der()?)
}
