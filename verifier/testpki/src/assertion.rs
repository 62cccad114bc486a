//! Web eID assertions, as a card's agent makes them.

use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};

use crate::{Credential, Error, KeyKind, Scheme};

/// The assertion that `card` makes for this origin and challenge, JSON, with its key's usual
/// algorithm.
///
/// # Errors
/// [`Error`], from keys.
pub fn assertion(
    card: &Credential,
    origin: &Origin,
    challenge: &Challenge,
) -> Result<String, Error> {
    let (algorithm, scheme) = match card.key.kind() {
        KeyKind::Rsa(_) => (Algorithm::Rs256, Scheme::RsaSha256),
        KeyKind::P256 => (Algorithm::Es256, Scheme::EcdsaSha256),
        KeyKind::P384 => (Algorithm::Es384, Scheme::EcdsaSha384),
        KeyKind::P521 => (Algorithm::Es512, Scheme::EcdsaSha512),
    };
    let message = signed_message(origin, challenge, algorithm.hash());
    let signature = card.key.sign_fixed(scheme, &message)?;
    let assertion = Assertion::new(&card.certificate, algorithm, &signature);
    Ok(serde_json::to_string(&assertion)?)
}
