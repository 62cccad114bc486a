//! `MakeSignature`.
//!
//! Spec: docs/hicos.md, "sign"; docs/threat-model.md, C-7, C-8.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_token::{Certificate, Hash, Inventory, KeyKind, Scheme, Signer, Signing, Use};
use serde::Serialize;
use tokio::sync::watch;

use super::{
    access::Refusal,
    chosen::{Chosen, Wish},
    code::{Fault, Major},
    fields::Fields,
    info::card_number,
};
use crate::{
    Clock, Error, Keys, Purpose,
    cms::signed::{Content, Draft, Plan, Profile, ecdsa_der},
    documents,
    operation::{Entered, Operation},
};

/// `version` of the component's signing tool that answers are alike to.
const VERSION: &str = "2.3.2";

/// Said where a page has a hash signed, and no policy lets it.
const HASHED: &str =
    "此網站要求簽署它自己算好的雜湊值（RAW），須由電腦的管理者以設定 hipki.raw 允許此網站";

/// What a page wants signed.
pub(super) struct MakeSignature<'a> {
    pub(super) content: Vec<u8>,
    pub(super) form: Form,
    pub(super) wish: Wish,
    pub(super) check_validity: bool,
    clock: &'a Clock,
}

/// What the signature is put into.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// A CMS SignedData with the content in it.
    Cms {
        hash: Hash,
        nonce: Option<String>,
        card_number: bool,
        time: bool,
        certificate: bool,
    },
    /// The bare signature over the content's hash.
    Bare(Hash),
    /// The bare signature over a hash that the page made.
    Hashed,
}

/// What a policy allows beside what is always allowed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed<'a> {
    pub(super) sha1: bool,
    pub(super) hashed: bool,
    /// Issuers whose certificates may be used; empty for all.
    pub(super) issuers: &'a [String],
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Signed {
    #[serde(rename = "cardSN")]
    card_sn: String,
    certb64: String,
    func: &'static str,
    #[serde(rename = "last_error")]
    last_error: i32,
    #[serde(rename = "ret_code")]
    ret_code: u32,
    signature: String,
    version: &'static str,
}

impl<'a> MakeSignature<'a> {
    /// Reads a package.
    ///
    /// # Errors
    /// What is missing or makes no sense; what must not be signed.
    pub(super) fn read(
        fields: &Fields,
        allowed: Allowed<'_>,
        clock: &'a Clock,
    ) -> Result<Self, Refusal> {
        let content = content(fields)?;
        let form = form(fields)?;
        if !allowed.sha1 && form.hash() == Some(Hash::Sha1) {
            return Err(Major::SignatureType.into());
        }
        match form {
            // H(origin) ‖ H(challenge) is what a login at another site signs (D6).
            Form::Bare(_) if may_be_a_login(&content) => return Err(Major::SignatureContent.into()),
            Form::Hashed if !allowed.hashed => {
                return Err(Refusal {
                    fault: Major::SignatureType.into(),
                    words: Some(HASHED),
                });
            }
            _ => {}
        }
        Ok(Self {
            content,
            form,
            wish: wish(fields, allowed.issuers)?,
            check_validity: fields.truth("checkValidity", true),
            clock,
        })
    }

    /// What the card signs, and how.
    fn draft(
        &self,
        certificate: &Certificate,
        card_number: &str,
    ) -> Result<(Signing, Option<Draft>), Error> {
        let key = certificate.key.ok_or(chop_token::Error::Unsupported)?;
        match &self.form {
            Form::Cms {
                hash,
                nonce,
                card_number: with_number,
                time,
                certificate: with_certificate,
            } => {
                let certificates = [&*certificate.der];
                let draft = Draft::new(&Plan {
                    certificate: &certificate.der,
                    certificates: if *with_certificate {
                        &certificates
                    } else {
                        &[]
                    },
                    content: Content::Attached(&self.content),
                    scheme: scheme(key, *hash),
                    hash: *hash,
                    time: time.then(|| self.clock.now()),
                    profile: Profile::Hipki {
                        nonce: nonce.as_deref(),
                        card_number: with_number.then_some(card_number),
                    },
                })?;
                let signing = Signing {
                    scheme: draft.scheme(),
                    message: draft.message().to_vec(),
                };
                Ok((signing, Some(draft)))
            }
            Form::Bare(hash) => {
                let signing = Signing {
                    scheme: scheme(key, *hash),
                    message: self.content.clone(),
                };
                Ok((signing, None))
            }
            Form::Hashed => {
                let KeyKind::Rsa(_) = key else {
                    return Err(chop_token::Error::Unsupported.into());
                };
                let signing = Signing {
                    scheme: Scheme::Pkcs1Block,
                    message: digest_info(&self.content),
                };
                Ok((signing, None))
            }
        }
    }
}

impl Operation for MakeSignature<'_> {
    type Answer = Signed;

    fn purpose(&self) -> Purpose {
        Purpose::Sign {
            documents: vec![documents::view_of("待簽資料", &self.content)],
        }
    }

    fn offers(&self, inventory: &Inventory) -> Vec<Signer> {
        let chosen = self.wish.find(inventory, Use::Sign);
        chosen.iter().map(Chosen::signer).collect()
    }

    async fn carry_out<K: Keys>(
        &self,
        keys: &K,
        with: &Entered,
        _: &watch::Sender<usize>,
    ) -> Result<Result<Signed, Error>, chop_token::Error> {
        let certificate = with.certificate(keys, Use::Sign).await?;
        if !self.wish.passes(&certificate) {
            return Ok(Err(Error::NoCertificate));
        }
        let number = with.inventory.token(&with.key.token).map(card_number);
        let number = number.unwrap_or_default();
        let (signing, draft) = match self.draft(&certificate, &number) {
            Ok(draft) => draft,
            Err(Error::Token(error)) => return Err(error),
            Err(error) => return Ok(Err(error)),
        };
        let messages = [signing];
        let mut signatures = keys
            .sign(&with.key, &certificate, &with.pin, &messages, |_| ())
            .await?;
        let signature = signatures.pop().ok_or(chop_token::Error::NotASignature)?;
        let [Signing { scheme, .. }] = messages;
        let finished = match (draft, scheme) {
            (Some(draft), _) => draft.finish(&signature),
            (None, Scheme::Ecdsa(_)) => ecdsa_der(&signature),
            (None, _) => Ok(signature),
        };
        Ok(finished.map_err(Error::from).map(|signature| Signed {
            card_sn: number,
            certb64: STANDARD.encode(&certificate.der),
            func: "sign",
            last_error: 0,
            ret_code: 0,
            signature: STANDARD.encode(signature),
            version: VERSION,
        }))
    }
}

impl Form {
    fn hash(&self) -> Option<Hash> {
        match self {
            Self::Cms { hash, .. } | Self::Bare(hash) => Some(*hash),
            Self::Hashed => None,
        }
    }
}

/// Which key in which reader a package names.
///
/// # Errors
/// [`Major::Base64`].
pub(super) fn wish(fields: &Fields, issuers: &[String]) -> Result<Wish, Fault> {
    let key = fields.base64("keyidb64").map_err(|_| Major::Base64)?;
    let reader = match fields.or_empty("slotDescription") {
        "" => fields.or_empty("readername"),
        named => named,
    };
    Ok(Wish {
        reader: reader.to_owned(),
        key: key.filter(|id| !id.is_empty()),
        issuers: issuers.to_vec(),
    })
}

fn content(fields: &Fields) -> Result<Vec<u8>, Fault> {
    let text = fields.or_empty("tbs");
    let content = match fields
        .or_empty("tbsEncoding")
        .eq_ignore_ascii_case("base64")
    {
        true => super::fields::decoded(text).map_err(|_| Major::Base64)?,
        false => text.as_bytes().to_vec(),
    };
    match content.is_empty() {
        true => Err(Major::NoContent.into()),
        false => Ok(content),
    }
}

fn form(fields: &Fields) -> Result<Form, Fault> {
    let kind = fields.or_empty("signatureType").to_ascii_uppercase();
    Ok(match kind.as_str() {
        "PKCS7" => Form::Cms {
            hash: hash(fields)?,
            nonce: fields
                .text("nonce")
                .filter(|nonce| !nonce.is_empty())
                .map(str::to_owned),
            card_number: fields.truth("withCardSN", false),
            time: fields.truth("withSigningTime", true),
            certificate: fields.truth("withCert", true),
        },
        "" | "PKCS1" => Form::Bare(hash(fields)?),
        "RAW" => Form::Hashed,
        _ => return Err(Major::SignatureType.into()),
    })
}

fn hash(fields: &Fields) -> Result<Hash, Fault> {
    let name = fields.or_empty("hashAlgorithm").to_ascii_uppercase();
    Ok(match name.replace('-', "").as_str() {
        "SHA1" => Hash::Sha1,
        // The second is a slip of the vendor's library that pages have copied.
        "" | "SHA256" | "SAH256" => Hash::Sha256,
        "SHA384" => Hash::Sha384,
        "SHA512" => Hash::Sha512,
        _ => return Err(Major::Parameter.into()),
    })
}

fn scheme(key: KeyKind, hash: Hash) -> Scheme {
    match key {
        KeyKind::Rsa(_) => Scheme::Pkcs1(hash),
        KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => Scheme::Ecdsa(hash),
    }
}

/// Whether it has the length of two hashes, and is not a text.
fn may_be_a_login(content: &[u8]) -> bool {
    let text = content.iter().all(|byte| matches!(byte, b' '..=b'~'));
    matches!(content.len(), 64 | 96 | 128) && !text
}

/// A hash of a known length as RFC 8017 §9.2 wraps it; anything else as it is: pages of the document
/// systems (公文) wrap it themselves.
fn digest_info(hash: &[u8]) -> Vec<u8> {
    let prefix: &[u8] = match hash.len() {
        20 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04,
            0x14,
        ],
        32 => &[
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ],
        48 => &[
            0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x02, 0x05, 0x00, 0x04, 0x30,
        ],
        64 => &[
            0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x03, 0x05, 0x00, 0x04, 0x40,
        ],
        _ => &[],
    };
    [prefix, hash].concat()
}
