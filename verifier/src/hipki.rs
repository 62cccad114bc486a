//! Logins of the HiPKI form, as pages written for HiCOS have them.
//!
//! The signature does not cover the origin: whoever can have a page ask for a signature can pass it
//! on to another site. That is why these are functions of their own with a verdict of its own, and
//! why a site had better refuse this form for an account that has once signed in natively.

use std::time::{Duration, SystemTime};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use der::asn1::ObjectIdentifier;

use crate::{
    Certificate, Occasion, Refusal, Signer, Verifier,
    algorithms::{self, Sha1, SignatureFault},
    asn1::certificate::public_key,
    cms::{Attributes, Hash, Message},
    document::{SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2},
    name::text,
    path::Budget,
    signature::strong_key,
    verifier::{Entourage, Use},
};

/// The nonce that the page gave, as the vendor's attribute. Spec: docs/protocol.md, "HiPKI".
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.25.3");

/// The card's number, as the vendor's attribute.
const CARD_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.204");

/// The longest answer that is worth reading, in bytes of base64: a login's content is short.
const MOST: usize = 256 * 1024;

/// What a login of the HiPKI form has to contain.
#[derive(Clone, Debug)]
pub struct HipkiExpected<'a> {
    challenge: &'a [u8],
    nonce: Option<&'a str>,
    signing_time: SigningTime,
}

/// What is asked of the signing time.
#[derive(Clone, Copy, Debug)]
enum SigningTime {
    Within(Duration),
    Ignored,
}

/// How far the clock of whoever signs in may be from ours.
const CLOCKS: Duration = Duration::from_secs(10 * 60);

/// What a verified login of the HiPKI form says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HipkiSignIn {
    /// Who signed in.
    pub signer: Signer,
    /// Always false: another site can have asked for this signature.
    pub origin_bound: bool,
    /// When the signer's clock says it signed; a PKCS #1 signature does not say.
    pub signing_time: Option<SystemTime>,
    /// The card's number, if it was asked for: what the signer's component says of the card, signed
    /// with it.
    pub card_number: Option<String>,
}

/// What a bare PKCS #1 signature was made with: nothing in it says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pkcs1Hash {
    /// Only where the verifier allows it.
    Sha1,
    /// The usual one.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl<'a> HipkiExpected<'a> {
    /// The content has to be `challenge`, byte for byte: what the site gave to the page as `tbs`, in
    /// UTF-8, or decoded if the page asks with `tbsEncoding: "base64"`. A signing time has to be there,
    /// within ten minutes of now.
    ///
    /// **Take the challenge out of its store first**, as for any login.
    #[must_use]
    pub fn new(challenge: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self {
            challenge: challenge.as_ref(),
            nonce: None,
            signing_time: SigningTime::Within(CLOCKS),
        }
    }

    /// The signed nonce has to be this one.
    #[must_use]
    pub fn with_nonce(mut self, nonce: &'a str) -> Self {
        self.nonce = Some(nonce);
        self
    }

    /// **Relaxation.** Does not look at the signing time, for pages that ask without one and people
    /// whose clocks are wrong. The challenge alone says then that the login is of now.
    #[must_use]
    pub fn allow_any_signing_time(mut self) -> Self {
        self.signing_time = SigningTime::Ignored;
        self
    }
}

impl Verifier {
    /// Checks a login in PKCS #7: the `signature` that a HiCOS page posted, base64 of a signed
    /// message with the challenge inside.
    ///
    /// # Errors
    /// [`Refusal`]: the first check that failed, in the order of the steps below.
    ///
    /// Spec: docs/protocol.md, "HiPKI"; RFC 5652 §5; design D6.
    pub fn hipki_sign_in<'a>(
        &self,
        unverified_signature: &str,
        expected: &HipkiExpected<'_>,
        occasion: impl Into<Occasion<'a>>,
    ) -> Result<HipkiSignIn, Refusal> {
        let occasion = occasion.into();
        // 1. The message, with one signer.
        let der = decode(unverified_signature)?;
        let message = Message::read(&der)?;
        let [signer] = message.signers.as_slice() else {
            let found = message.signers.len();
            return Err(Refusal::Signers { found });
        };
        // 2. A document's signature is no login, whatever its content.
        let attributes = &signer.attributes;
        if attributes.has(SIGNING_CERTIFICATE_V2) || attributes.has(SIGNING_CERTIFICATE) {
            return Err(Refusal::IsADocument);
        }
        // 3. The content, inside, is our challenge, and its hash is the signed one.
        if signer.hash == Hash::Sha1 && !self.sha1_in_hipki {
            return Err(Refusal::HashUnsupported);
        }
        let content = message.content.ok_or(Refusal::ContentPlace)?;
        if content != expected.challenge {
            return Err(Refusal::ContentMismatch);
        }
        signer.check_digest(&signer.hash.digest(content))?;
        // 4. Nonce, signing time, card number.
        let signing_time = signer.signing_time()?;
        expected.check_attributes(attributes, signing_time, occasion)?;
        let card_number = words(attributes, CARD_NUMBER, "cardNumber")?;
        // 5. Whose certificate it is: purpose, chain, revocation, identity.
        let certificate = message.certificate_of(signer)?;
        let entourage = Entourage {
            extra: &message.unknown_to(self.anchors()),
            budget: &Budget::default(),
        };
        let whose = (*certificate).clone();
        let verified = self.signer(whose, Use::SignIn, entourage, occasion)?;
        // 6. Its key signed the attributes.
        signer.check_signature(&certificate, self.sha1())?;
        Ok(HipkiSignIn {
            signer: verified,
            origin_bound: false,
            signing_time,
            card_number,
        })
    }

    /// Checks a login in PKCS #1: `signature` and `certb64` as a HiCOS page posted them, base64 both.
    /// The challenge was signed as such; there is no nonce and no time.
    ///
    /// # Errors
    /// [`Refusal`]: the first check that failed, in the order of the steps below.
    ///
    /// Spec: docs/protocol.md, "HiPKI"; RFC 8017 §8.2.
    pub fn hipki_pkcs1_sign_in<'a>(
        &self,
        unverified_signature: &str,
        unverified_certificate: &str,
        hash: Pkcs1Hash,
        challenge: &(impl AsRef<[u8]> + ?Sized),
        occasion: impl Into<Occasion<'a>>,
    ) -> Result<HipkiSignIn, Refusal> {
        // 1. The signature and the certificate.
        let signature = decode(unverified_signature)?;
        let certificate = Certificate::from_der(decode(unverified_certificate)?)?;
        // 2. Whose certificate it is: purpose, chain, revocation, identity.
        let signer = self.signer(
            certificate,
            Use::SignIn,
            Entourage::none(&Budget::default()),
            occasion.into(),
        )?;
        // 3. Its key signed our challenge.
        let info = public_key(signer.certificate.key()).map_err(|_| Refusal::KeyUnsupported)?;
        strong_key(&info)?;
        let hash = match hash {
            Pkcs1Hash::Sha1 => Hash::Sha1,
            Pkcs1Hash::Sha256 => Hash::Sha256,
            Pkcs1Hash::Sha384 => Hash::Sha384,
            Pkcs1Hash::Sha512 => Hash::Sha512,
        };
        let signed = algorithms::verify(
            signer.certificate.key(),
            &hash.with_rsa(),
            challenge.as_ref(),
            &signature,
            self.sha1(),
        );
        signed.map_err(|fault| match fault {
            SignatureFault::Algorithm => Refusal::AlgorithmMismatch,
            SignatureFault::Sha1 => Refusal::HashUnsupported,
            SignatureFault::Mismatch => Refusal::SignatureMismatch,
        })?;
        Ok(HipkiSignIn {
            signer,
            origin_bound: false,
            signing_time: None,
            card_number: None,
        })
    }

    fn sha1(&self) -> Sha1 {
        if self.sha1_in_hipki {
            Sha1::Allowed
        } else {
            Sha1::Refused
        }
    }
}

impl HipkiExpected<'_> {
    fn check_attributes(
        &self,
        attributes: &Attributes<'_>,
        signing_time: Option<SystemTime>,
        occasion: Occasion<'_>,
    ) -> Result<(), Refusal> {
        let nonce = words(attributes, NONCE, "nonce")?;
        if self.nonce.is_some() && nonce.as_deref() != self.nonce {
            return Err(Refusal::NonceMismatch);
        }
        let SigningTime::Within(most) = self.signing_time else {
            return Ok(());
        };
        let attribute = "signingTime";
        let said = signing_time.ok_or(Refusal::Attribute { attribute })?;
        let now = occasion.now().to_system_time();
        let apart = now
            .duration_since(said)
            .unwrap_or_else(|early| early.duration());
        if apart > most {
            return Err(Refusal::SigningTime { said });
        }
        Ok(())
    }
}

/// The text of a vendor's attribute, `None` if it is not there.
fn words(
    attributes: &Attributes<'_>,
    oid: ObjectIdentifier,
    attribute: &'static str,
) -> Result<Option<String>, Refusal> {
    match attributes.only(oid, attribute)? {
        Some(value) => text(value)
            .map(Some)
            .ok_or(Refusal::Attribute { attribute }),
        None => Ok(None),
    }
}

/// Base64 as pages post it: line breaks in it do not matter.
fn decode(base64: &str) -> Result<Vec<u8>, Refusal> {
    let length = base64.len();
    if length > MOST {
        return Err(Refusal::Length { length });
    }
    let unbroken: String = base64.split_ascii_whitespace().collect();
    STANDARD
        .decode(unbroken)
        .map_err(|_| Refusal::SignatureUnreadable)
}
