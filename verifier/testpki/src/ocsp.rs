//! OCSP answers.

use std::time::{Duration, SystemTime};

use der::{
    Any, Decode as _, Encode as _, Tag, TagNumber,
    asn1::{Int, ObjectIdentifier, OctetString},
};
use sha1::{Digest as _, Sha1};
use x509_cert::{Certificate, spki::AlgorithmIdentifierOwned};

use crate::{
    Error, Extension, PrivateKey, Time,
    template::{element, explicit, signed, written},
};

/// What is said of a certificate.
#[derive(Clone, Debug)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked since then.
    Revoked(SystemTime),
    /// Not known.
    Unknown,
}

/// Who answers: a key, and the certificate that it goes with.
#[derive(Clone, Copy, Debug)]
pub struct Responder<'a> {
    /// Its key.
    pub key: &'a PrivateKey,
    /// Its certificate, DER: the issuer's own, or one for OCSP.
    pub certificate: &'a [u8],
    /// Whether the answer carries that certificate.
    pub send_certificate: bool,
}

/// An answer before it is signed.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    certificate: &'a [u8],
    issuer: &'a [u8],
    status: Status,
    this_update: Time,
    next_update: Option<Time>,
    nonce: Option<Vec<u8>>,
    extensions: Vec<Extension>,
}

impl<'a> Answer<'a> {
    /// About `certificate` of `issuer` (DER both), made at `now`, for an hour.
    #[must_use]
    pub fn new(certificate: &'a [u8], issuer: &'a [u8], status: Status, now: SystemTime) -> Self {
        Self {
            certificate,
            issuer,
            status,
            this_update: now.into(),
            next_update: Some((now + Duration::from_secs(3600)).into()),
            nonce: None,
            extensions: Vec::new(),
        }
    }

    /// When it is for, and until when.
    #[must_use]
    pub fn between(mut self, this: impl Into<Time>, next: Option<Time>) -> Self {
        self.this_update = this.into();
        self.next_update = next;
        self
    }

    /// With this nonce.
    #[must_use]
    pub fn nonce(mut self, nonce: &[u8]) -> Self {
        self.nonce = Some(nonce.to_vec());
        self
    }

    /// With an extension of the whole answer.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Signs it: an OCSPResponse, DER.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn sign(&self, responder: Responder<'_>) -> Result<Vec<u8>, Error> {
        let key = responder.key;
        let name = Certificate::from_der(responder.certificate)?;
        let name = Any::encode_from(name.tbs_certificate().subject())?;
        let mut data = Vec::new();
        explicit(1, name)?.encode_to_vec(&mut data)?;
        generalized(&self.this_update)?.encode_to_vec(&mut data)?;
        let single = self.single()?;
        element(Tag::Sequence, &single)?.encode_to_vec(&mut data)?;
        let mut extensions = self.extensions.clone();
        if let Some(nonce) = &self.nonce {
            let value = OctetString::new(nonce.clone())?.to_der()?;
            extensions.push(Extension::new("1.3.6.1.5.5.7.48.1.2", false, value));
        }
        if !extensions.is_empty() {
            let list = Any::encode_from(&written(&extensions)?)?;
            explicit(1, list)?.encode_to_vec(&mut data)?;
        }
        let data = element(Tag::Sequence, &data)?.to_der()?;
        let algorithm = Any::from_der(&key.scheme().algorithm()?)?;
        let mut basic = signed(&data, algorithm, &key.sign(key.scheme(), &data)?)?;
        if responder.send_certificate {
            let certificates = element(Tag::Sequence, responder.certificate)?;
            let mut parts = Any::from_der(&basic)?.value().to_vec();
            explicit(0, certificates)?.encode_to_vec(&mut parts)?;
            basic = element(Tag::Sequence, &parts)?.to_der()?;
        }
        let mut bytes = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1").to_der()?;
        OctetString::new(basic)?.encode_to_vec(&mut bytes)?;
        let mut response = vec![0x0A, 1, 0];
        explicit(0, element(Tag::Sequence, &bytes)?)?.encode_to_vec(&mut response)?;
        Ok(element(Tag::Sequence, &response)?.to_der()?)
    }

    /// A SingleResponse. Spec: RFC 6960 §4.2.1.
    fn single(&self) -> Result<Vec<u8>, Error> {
        let certificate = Certificate::from_der(self.certificate)?;
        let issuer = Certificate::from_der(self.issuer)?;
        let issuer = issuer.tbs_certificate();
        let sha1 = |bytes: &[u8]| OctetString::new(Sha1::digest(bytes).as_slice());
        let key = issuer.subject_public_key_info();
        let mut id = AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
            parameters: Some(Any::null()),
        }
        .to_der()?;
        sha1(&issuer.subject().to_der()?)?.encode_to_vec(&mut id)?;
        sha1(key.subject_public_key.raw_bytes())?.encode_to_vec(&mut id)?;
        let serial = certificate.tbs_certificate().serial_number().as_bytes();
        Int::new(serial)?.encode_to_vec(&mut id)?;
        let tag = |number, constructed| Tag::ContextSpecific {
            constructed,
            number: TagNumber(number),
        };
        let status = match &self.status {
            Status::Good => element(tag(0, false), &[])?,
            Status::Revoked(since) => {
                let since = generalized(&Time::from(*since))?.to_der()?;
                element(tag(1, true), &since)?
            }
            Status::Unknown => element(tag(2, false), &[])?,
        };
        let mut single = element(Tag::Sequence, &id)?.to_der()?;
        status.encode_to_vec(&mut single)?;
        generalized(&self.this_update)?.encode_to_vec(&mut single)?;
        if let Some(next) = &self.next_update {
            explicit(0, generalized(next)?)?.encode_to_vec(&mut single)?;
        }
        Ok(element(Tag::Sequence, &single)?.to_der()?)
    }
}

/// OCSP has GeneralizedTime alone.
fn generalized(time: &Time) -> Result<Any, Error> {
    time.long().any()
}
