//! Signed messages (CMS), as far as logins and documents have them in common.
//!
//! A signature here is always over signed attributes, never over the content itself: that keeps it
//! apart from what a native login signs (design D6). DER alone is taken.
//!
//! Spec: RFC 5652 §5.

mod hash;

use std::{sync::Arc, time::SystemTime};

use der::{
    AnyRef, Decode as _, Encode as _, Reader as _, Tag,
    asn1::{ObjectIdentifier, OctetStringRef},
};

use crate::{
    Anchors, Certificate, Refusal,
    algorithms::{self, Sha1},
    asn1::{
        Algorithm,
        certificate::public_key,
        cms::{
            Attribute, ContentInfo, DATA, ImplicitSet, SIGNED_DATA, SignedData, SignerId,
            SignerInfo, elements,
        },
    },
    moment::Moment,
    signature::strong_key,
};

pub(crate) use hash::Hash;

const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");

/// How many certificates of a message are read; the signer's and those of its chain are fewer.
const MOST_CERTIFICATES: usize = 16;

/// How many signers a message may have.
const MOST_SIGNERS: usize = 10;

/// How many bytes a message may have beside its content: certificates of the largest size, signers,
/// and lists, which are not read.
const MOST_AROUND: usize = 4 * 1024 * 1024;

/// A message as it was read.
pub(crate) struct Message<'a> {
    /// What was signed, where it is inside.
    pub(crate) content: Option<&'a [u8]>,
    pub(crate) certificates: Vec<Arc<Certificate>>,
    pub(crate) signers: Vec<MessageSigner<'a>>,
}

/// One signer of a message.
pub(crate) struct MessageSigner<'a> {
    id: SignerId<'a>,
    pub(crate) hash: Hash,
    pub(crate) attributes: Attributes<'a>,
    /// The attributes as they were signed.
    signed: Vec<u8>,
    /// The contents of the signature's AlgorithmIdentifier.
    algorithm: Vec<u8>,
    signature: &'a [u8],
}

impl<'a> Message<'a> {
    /// Reads a message; nothing in it is believed.
    pub(crate) fn read(der: &'a [u8]) -> Result<Self, Refusal> {
        let unreadable = |_| Refusal::CmsUnreadable;
        let info = ContentInfo::from_der(der).map_err(unreadable)?;
        if info.kind != SIGNED_DATA {
            return Err(Refusal::CmsUnreadable);
        }
        let data: SignedData<'_> = info.content.decode_as().map_err(unreadable)?;
        let content = data.content.content.map(OctetStringRef::as_bytes);
        let around = der.len() - content.map_or(0, <[u8]>::len);
        if around > MOST_AROUND {
            return Err(Refusal::Length { length: around });
        }
        let signers: Vec<SignerInfo<'_>> = set(data.signers)?;
        if !(1..=MOST_SIGNERS).contains(&signers.len()) {
            let found = signers.len();
            return Err(Refusal::Signers { found });
        }
        // Everything that is said twice is said alike: nobody else reads it otherwise.
        let hashes: Vec<Algorithm<'_>> = set(data.digest_algorithms)?;
        let named = signers.iter().all(|one| hashes.contains(&one.digest));
        let used = hashes
            .iter()
            .all(|hash| signers.iter().any(|one| one.digest == *hash));
        let version = signers.iter().map(|one| one.version).max();
        if data.content.kind != DATA || !named || !used || Some(data.version) != version {
            return Err(Refusal::CmsUnreadable);
        }
        Ok(Self {
            content,
            certificates: certificates(data.certificates)?,
            signers: signers
                .into_iter()
                .map(MessageSigner::read)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The certificate that a signer names.
    pub(crate) fn certificate_of(
        &self,
        signer: &MessageSigner<'_>,
    ) -> Result<Arc<Certificate>, Refusal> {
        let is_named = |one: &&Arc<Certificate>| match &signer.id {
            SignerId::Serial(id) => {
                one.serial_bytes() == id.serial.as_bytes() && one.issuer_name().0 == id.issuer.0
            }
            SignerId::Key(id) => one.extensions.subject_key.as_deref() == Some(*id),
        };
        let found = self.certificates.iter().find(is_named);
        found.cloned().ok_or(Refusal::SignerMissing)
    }

    /// The certificates that nobody has configured, for the search of a path.
    pub(crate) fn unknown_to(&self, anchors: &Anchors) -> Vec<Arc<Certificate>> {
        let unknown = self
            .certificates
            .iter()
            .filter(|one| one.extensions.is_authority() && !anchors.knows(one));
        unknown.cloned().collect()
    }
}

fn set<'a, T>(set: AnyRef<'a>) -> Result<Vec<T>, Refusal>
where
    T: der::Decode<'a, Error = der::Error>,
{
    let is_set = der::Tagged::tag(&set) == Tag::Set;
    let read = is_set.then(|| elements(set.value()).ok()).flatten();
    read.ok_or(Refusal::CmsUnreadable)
}

/// X.509 certificates; the attribute certificates that may stand among them are passed over.
fn certificates(set: Option<ImplicitSet<'_>>) -> Result<Vec<Arc<Certificate>>, Refusal> {
    let mut found = Vec::new();
    let Some(ImplicitSet(contents)) = set else {
        return Ok(found);
    };
    let mut reader = der::SliceReader::new(contents).map_err(|_| Refusal::CmsUnreadable)?;
    while !reader.is_finished() {
        let one = reader.tlv_bytes().map_err(|_| Refusal::CmsUnreadable)?;
        if one.first() == Some(&0x30) {
            if found.len() == MOST_CERTIFICATES {
                return Err(Refusal::CmsUnreadable);
            }
            found.push(Arc::new(Certificate::from_der(one)?));
        }
    }
    Ok(found)
}

impl<'a> MessageSigner<'a> {
    fn read(info: SignerInfo<'a>) -> Result<Self, Refusal> {
        let unreadable = |_| Refusal::CmsUnreadable;
        let id = SignerId::read(info.signer).map_err(unreadable)?;
        if info.version != id.version() {
            return Err(Refusal::CmsUnreadable);
        }
        let hash = Hash::of(&info.digest).ok_or(Refusal::HashUnsupported)?;
        let attribute = "signedAttrs";
        let Some(ImplicitSet(contents)) = info.attributes else {
            return Err(Refusal::Attribute { attribute });
        };
        let attributes = Attributes::read(contents)?;
        let signed = AnyRef::new(Tag::Set, contents).and_then(|set| set.to_der());
        let algorithm = Algorithm::from_der(info.algorithm.0).map_err(unreadable)?;
        let contents = crate::asn1::contents(info.algorithm.0).map_err(unreadable)?;
        Ok(Self {
            id,
            hash,
            attributes,
            signed: signed.map_err(unreadable)?,
            algorithm: hash
                .signature_algorithm(&algorithm, contents)
                .ok_or(Refusal::HashUnsupported)?,
            signature: info.signature.as_bytes(),
        })
    }

    /// The content's hash is the signed one, and what the attributes say of its type is right.
    pub(crate) fn check_digest(&self, digest: &[u8]) -> Result<(), Refusal> {
        let kind = self.attributes.needed(CONTENT_TYPE, "contentType")?;
        if kind.decode_as::<ObjectIdentifier>().ok() != Some(DATA) {
            let attribute = "contentType";
            return Err(Refusal::Attribute { attribute });
        }
        let signed = self.attributes.needed(MESSAGE_DIGEST, "messageDigest")?;
        let signed = signed
            .decode_as::<&OctetStringRef>()
            .map(OctetStringRef::as_bytes);
        if signed == Ok(digest) {
            Ok(())
        } else {
            Err(Refusal::ContentMismatch)
        }
    }

    /// The certificate's key signed the attributes.
    pub(crate) fn check_signature(
        &self,
        certificate: &Certificate,
        sha1: Sha1,
    ) -> Result<(), Refusal> {
        let info = public_key(certificate.key()).map_err(|_| Refusal::KeyUnsupported)?;
        strong_key(&info)?;
        let (key, signed) = (certificate.key(), &self.signed);
        let verified = algorithms::verify(key, &self.algorithm, signed, self.signature, sha1);
        verified.map_err(|fault| match fault {
            algorithms::SignatureFault::Algorithm => Refusal::AlgorithmMismatch,
            algorithms::SignatureFault::Sha1 => Refusal::HashUnsupported,
            algorithms::SignatureFault::Mismatch => Refusal::SignatureMismatch,
        })
    }

    /// When the signer says that it signed; its own clock's word.
    pub(crate) fn signing_time(&self) -> Result<Option<SystemTime>, Refusal> {
        let attribute = "signingTime";
        let Some(value) = self.attributes.only(SIGNING_TIME, attribute)? else {
            return Ok(None);
        };
        let der = value.to_der().unwrap_or_default();
        let moment = Moment::from_der(&der).map_err(|_| Refusal::Attribute { attribute })?;
        Ok(Some(moment.to_system_time()))
    }
}

/// The signed attributes, in the one order that DER allows.
pub(crate) struct Attributes<'a>(Vec<Attribute<'a>>);

impl<'a> Attributes<'a> {
    fn read(contents: &'a [u8]) -> Result<Self, Refusal> {
        let attribute = "signedAttrs";
        let wrong = Refusal::Attribute { attribute };
        let encoded: Vec<crate::asn1::Tlv<'_>> =
            elements(contents).map_err(|_| Refusal::CmsUnreadable)?;
        // An order that is not DER's is one that other verifiers would not have hashed.
        if !encoded.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(wrong);
        }
        let attributes: Vec<Attribute<'_>> = elements(contents).map_err(|_| wrong)?;
        Ok(Self(attributes))
    }

    /// The only value of an attribute, `None` if it is not there.
    pub(crate) fn only(
        &self,
        oid: ObjectIdentifier,
        attribute: &'static str,
    ) -> Result<Option<AnyRef<'a>>, Refusal> {
        let mut found = self.0.iter().filter(|one| one.oid == oid);
        let one = match (found.next(), found.next()) {
            (None, _) => return Ok(None),
            (Some(one), None) => one,
            _ => return Err(Refusal::Attribute { attribute }),
        };
        match set::<AnyRef<'a>>(one.values)?.as_slice() {
            [value] => Ok(Some(*value)),
            _ => Err(Refusal::Attribute { attribute }),
        }
    }

    /// The only value of an attribute that has to be there.
    pub(crate) fn needed(
        &self,
        oid: ObjectIdentifier,
        attribute: &'static str,
    ) -> Result<AnyRef<'a>, Refusal> {
        self.only(oid, attribute)?
            .ok_or(Refusal::Attribute { attribute })
    }

    pub(crate) fn has(&self, oid: ObjectIdentifier) -> bool {
        self.0.iter().any(|one| one.oid == oid)
    }
}
