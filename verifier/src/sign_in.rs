//! Web eID assertions: the road from what a page posted to who signed it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};

use crate::{
    Certificate, Occasion, Refusal, Signer, Verifier,
    path::Budget,
    signature,
    verifier::{Entourage, Use},
};

/// What a verified assertion says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SignIn {
    /// Who signed in.
    pub signer: Signer,
    /// What it was signed with.
    pub algorithm: Algorithm,
    /// Always true: the signature is over the origin that the browser reported, so that no other
    /// site can pass on what was signed for it.
    pub origin_bound: bool,
}

impl Verifier {
    /// Checks an assertion that a page posted.
    ///
    /// `origin` is the site's own, from its configuration; `challenge` is the one that the server
    /// issued to this browser's session. Neither may come from the page. **Take the challenge out of
    /// its store, and check its age, before calling this**: then no challenge is tried twice, whatever
    /// the outcome, and of two posts at once only one has it. `chop-challenge-store` does both.
    ///
    /// # Errors
    /// [`Refusal`]: the first check that failed, in the order of the steps below.
    ///
    /// Spec: Web eID authentication token, server validation; docs/protocol.md, "The server's part";
    /// threats C-7, C-23, C-24.
    pub fn sign_in<'a>(
        &self,
        unverified_assertion: &str,
        origin: &Origin,
        challenge: &Challenge,
        occasion: impl Into<Occasion<'a>>,
    ) -> Result<SignIn, Refusal> {
        // 1 and 2. Size, JSON, format.
        let assertion = Assertion::parse(unverified_assertion)?;
        // 3. The certificate; nothing in it is believed before step 7.
        let certificate = Certificate::from_base64(&assertion.unverified_certificate)?;
        let signature_bytes = STANDARD
            .decode(&assertion.signature)
            .map_err(|_| Refusal::SignatureUnreadable)?;
        // 4 to 7. Its purpose, policies, validity, chain and revocation; then who it is, which
        // nobody learns before step 8.
        let signer = self.signer(
            certificate,
            Use::SignIn,
            Entourage::none(&Budget::default()),
            occasion.into(),
        )?;
        // 8. The signature over our own origin and our own challenge.
        let algorithm = assertion.algorithm;
        let message = signed_message(origin, challenge, algorithm.hash());
        signature::check(&signer.certificate, algorithm, &message, &signature_bytes)?;
        Ok(SignIn {
            signer,
            algorithm,
            origin_bound: true,
        })
    }
}

/// The certificate in an assertion, of which nothing is believed yet: to ask
/// [`Verifier::sources`] where its revocation is published.
///
/// # Errors
/// [`Refusal::Length`], [`Refusal::Json`], [`Refusal::Format`], [`Refusal::Certificate`].
pub fn unverified_certificate(unverified_assertion: &str) -> Result<Certificate, Refusal> {
    let assertion = Assertion::parse(unverified_assertion)?;
    Ok(Certificate::from_base64(&assertion.unverified_certificate)?)
}
