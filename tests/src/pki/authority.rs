//! Certificate authorities, and how they sign.
//!
//! X.509 is written with the structures of `der` and `x509-cert`; rcgen is not used because its ring
//! backend cannot certify P-521 keys, and because the odd certificates need every field.

use std::{str::FromStr as _, time::SystemTime};

use anyhow::{Context as _, Result};
use der::{
    Any, Decode as _, Encode as _, Sequence,
    asn1::{BitString, OctetString},
};
use ring::{
    rand::{SecureRandom as _, SystemRandom},
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use sha1::{Digest as _, Sha1};
use x509_cert::{
    ext::{
        Extension, ToExtension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    time::{Time, Validity},
};

use super::{KeyKind, PrivateKey, request::days_from};

const YEAR: i64 = 365;

/// An authority: an RSA-2048 key, as GPKI's authorities have RSA keys, and its certificate.
pub(super) struct Authority {
    name: Name,
    key: RsaKeyPair,
    key_id: OctetString,
    certificate: Vec<u8>,
}

/// What an authority certifies; it adds serial number, issuer and its own key's id.
pub(super) struct Content {
    pub(super) subject: Name,
    pub(super) public_key: Vec<u8>,
    pub(super) not_before: SystemTime,
    pub(super) not_after: SystemTime,
    pub(super) extensions: Vec<Extension>,
}

/// Spec: RFC 5280 §4.1.
#[derive(Sequence)]
struct TbsCertificate {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: u8,
    serial: SerialNumber,
    algorithm: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    public_key: Any,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

/// Spec: RFC 5280 §4.1.
#[derive(Sequence)]
struct Certificate {
    tbs: TbsCertificate,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

impl Authority {
    /// A self-signed authority.
    pub(super) fn root(now: SystemTime) -> Result<Self> {
        let name = Name::from_str("OU=測試總憑證管理中心,O=測試憑證機構,C=TW")?;
        let key = PrivateKey::generate(KeyKind::Rsa(2048))?;
        let key_id = key_id(key.public_key())?;
        let content = Self::content(name.clone(), &key, now, None)?;
        let mut root = Self {
            name,
            key: signing_key(&key)?,
            key_id,
            certificate: Vec::new(),
        };
        root.certificate = root.certify(content)?;
        Ok(root)
    }

    /// An authority below this one, which may have none below itself.
    pub(super) fn subordinate(&self, unit: &str, now: SystemTime) -> Result<Self> {
        let name = Name::from_str(&format!("OU={unit},O=測試憑證機構,C=TW"))?;
        let key = PrivateKey::generate(KeyKind::Rsa(2048))?;
        let content = Self::content(name.clone(), &key, now, Some(0))?;
        Ok(Self {
            name,
            key: signing_key(&key)?,
            key_id: key_id(key.public_key())?,
            certificate: self.certify(content)?,
        })
    }

    pub(super) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// Signs `content` with sha256WithRSAEncryption.
    pub(super) fn certify(&self, mut content: Content) -> Result<Vec<u8>> {
        let issuer_key = AuthorityKeyIdentifier {
            key_identifier: Some(self.key_id.clone()),
            ..AuthorityKeyIdentifier::default()
        };
        content.extensions.insert(0, extension(&issuer_key)?);
        let algorithm = AlgorithmIdentifierOwned {
            oid: der::asn1::ObjectIdentifier::new("1.2.840.113549.1.1.11")?,
            parameters: Some(Any::null()),
        };
        let tbs = TbsCertificate {
            version: 2,
            serial: serial()?,
            algorithm: algorithm.clone(),
            issuer: self.name.clone(),
            validity: Validity::new(
                Time::try_from(content.not_before)?,
                Time::try_from(content.not_after)?,
            ),
            subject: content.subject,
            public_key: Any::from_der(&content.public_key)?,
            extensions: content.extensions,
        };
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(&RSA_PKCS1_SHA256, &random, &tbs.to_der()?, &mut signature)
            .ok()
            .context("RSA signature failed")?;
        let certificate = Certificate {
            tbs,
            algorithm,
            signature: BitString::from_bytes(&signature)?,
        };
        Ok(certificate.to_der()?)
    }

    fn content(
        subject: Name,
        key: &PrivateKey,
        now: SystemTime,
        path_len_constraint: Option<u8>,
    ) -> Result<Content> {
        Ok(Content {
            subject,
            public_key: key.public_key().to_vec(),
            not_before: days_from(now, -6 * YEAR),
            not_after: days_from(now, 10 * YEAR),
            extensions: vec![
                extension(&SubjectKeyIdentifier(key_id(key.public_key())?))?,
                extension(&BasicConstraints {
                    ca: true,
                    path_len_constraint,
                })?,
                extension(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?,
            ],
        })
    }
}

/// `value` as an extension, critical as RFC 5280 has it.
pub(super) fn extension<T>(value: &T) -> Result<Extension>
where
    for<'a> &'a T: ToExtension<Error = der::Error>,
{
    Ok(value.to_extension(&Name::default(), &[])?)
}

/// Spec: RFC 5280 §4.2.1.2 (1).
pub(super) fn key_id(public_key: &[u8]) -> Result<OctetString> {
    let key = SubjectPublicKeyInfoOwned::from_der(public_key)?;
    Ok(OctetString::new(
        Sha1::digest(key.subject_public_key.raw_bytes()).as_slice(),
    )?)
}

/// 16 random bytes, positive and without a leading zero.
fn serial() -> Result<SerialNumber> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .ok()
        .context("no random bytes")?;
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(SerialNumber::new(&bytes)?)
}

fn signing_key(key: &PrivateKey) -> Result<RsaKeyPair> {
    RsaKeyPair::from_pkcs8(key.pkcs8())
        .ok()
        .context("ring does not take the key")
}
