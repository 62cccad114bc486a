//! What a certificate is used for, and whether it says so.

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::KeyUsage;

use crate::{certificate::Certificate, path::ChainFault};

const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
/// Spec: RFC 9336.
const DOCUMENT_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36");

/// What a certificate is used for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Purpose {
    /// Nothing in particular: keyUsage and extendedKeyUsage of the last certificate do not matter.
    #[default]
    Any,
    /// Signing in with a card: digitalSignature, which has to be said, and clientAuth where there is
    /// an extendedKeyUsage at all (GPKI has none). Never an authority.
    SignIn,
    /// Signing documents: digitalSignature or contentCommitment, which has to be said; e-mail
    /// protection, document signing or any purpose where there is an extendedKeyUsage at all. Never
    /// an authority.
    Document,
    /// A TLS server, by the rules of the web's PKI.
    Server,
    /// A TLS client.
    Client,
    /// E-mail.
    Email,
    /// Signing lists (cRLSign).
    Lists,
    /// Signing OCSP answers.
    Ocsp,
    /// Another extendedKeyUsage, which has to be there.
    Other(ObjectIdentifier),
}

impl Purpose {
    /// Of the certificate that is used.
    pub(crate) fn check_leaf(&self, leaf: &Certificate) -> Result<(), ChainFault> {
        let extensions = &leaf.extensions;
        match self {
            Self::SignIn | Self::Document if leaf.extensions.is_authority() => {
                return Err(ChainFault::Authority);
            }
            Self::SignIn | Self::Document => {
                let good = |usage: &KeyUsage| {
                    usage.digital_signature()
                        || (*self == Self::Document && usage.non_repudiation())
                };
                // One without keyUsage could be for anything, for encryption too.
                if !extensions.key_usage.as_ref().is_some_and(good) {
                    return Err(ChainFault::KeyUsage);
                }
            }
            Self::Lists if !extensions.signs_lists() => return Err(ChainFault::KeyUsage),
            _ => {}
        }
        let allowed = match &extensions.extended_key_usage {
            Some(purposes) => self.is_among(purposes),
            None => !matches!(self, Self::Ocsp | Self::Other(_)),
        };
        if allowed {
            Ok(())
        } else {
            Err(ChainFault::ExtendedKeyUsage)
        }
    }

    /// Of an authority above it: one that says what it certifies for confines what is below it, as
    /// all browsers and openssl have it; RFC 5280 leaves it open.
    pub(crate) fn check_authority(&self, authority: &Certificate) -> Result<(), ChainFault> {
        match &authority.extensions.extended_key_usage {
            Some(purposes) if !purposes.contains(&ANY) && !self.is_among(purposes) => {
                Err(ChainFault::ExtendedKeyUsage)
            }
            _ => Ok(()),
        }
    }

    fn is_among(&self, purposes: &[ObjectIdentifier]) -> bool {
        match self {
            // An authority below another may sign lists and answers whatever else it is for.
            Self::Any | Self::Lists => true,
            Self::SignIn | Self::Client => purposes.contains(&CLIENT_AUTH),
            Self::Document => [EMAIL_PROTECTION, DOCUMENT_SIGNING, ANY]
                .iter()
                .any(|one| purposes.contains(one)),
            Self::Server => purposes.contains(&SERVER_AUTH),
            Self::Email => purposes.contains(&EMAIL_PROTECTION),
            Self::Ocsp => purposes.contains(&OCSP_SIGNING),
            Self::Other(one) => purposes.contains(one),
        }
    }
}
