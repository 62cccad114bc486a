//! The road from what a page posted to who signed it.

use std::time::SystemTime;

use chop_protocol::{Algorithm, Assertion, Challenge, Origin, signed_message};

use crate::{Anchors, Identity, Refusal, certificate::Certificate, chain, signature};

/// What a verified assertion says.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Verified {
    /// Who signed, from the verified certificate alone.
    pub identity: Identity,
    /// The certificate, DER: to keep as evidence.
    pub certificate: Vec<u8>,
    /// The certificate's serial number, lower-case hexadecimal: which card it was.
    pub serial: String,
    /// The subject, in the certificate's own order: to show and to log, not to parse.
    pub subject: String,
    /// The issuer, written like the subject.
    pub issuer: String,
    /// The last second for which the certificate is valid.
    pub not_after: SystemTime,
    /// What it was signed with.
    pub algorithm: Algorithm,
    /// Whether the certificate might have been revoked.
    pub revocation: Revocation,
}

/// What is known of a certificate's revocation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Revocation {
    /// Nobody looked: a lost card that was reported still signs in.
    NotChecked,
}

/// Checks an assertion that a page posted.
///
/// `origin` is the site's own, from its configuration; `challenge` is the one that the server
/// issued to this browser's session. Neither may come from the page. **Take the challenge out of its
/// store, and check its age, before calling this**: then no challenge is tried twice, whatever the
/// outcome, and of two posts at once only one has it.
///
/// `now` is a parameter so that tests, and servers that look at an old assertion again, choose the
/// moment.
///
/// # Errors
/// [`Refusal`]: the first check that failed, in the order of the steps below.
///
/// Spec: Web eID authentication token, server validation; docs/protocol.md, "The server's part";
/// threats C-7, C-23, C-24.
pub fn verify(
    unverified_assertion: &str,
    origin: &Origin,
    challenge: &Challenge,
    anchors: &Anchors,
    now: SystemTime,
) -> Result<Verified, Refusal> {
    // 1 and 2. Size, JSON, format.
    let assertion = Assertion::parse(unverified_assertion)?;
    // 3. The certificate; nothing in it is believed before step 6.
    let certificate = Certificate::read(&assertion.unverified_certificate)?;
    // 4. Its purpose.
    certificate.check_purpose()?;
    // 5. Policies that the site does not take: none are named yet.
    // 6. Its validity, and the chain to the site's authorities.
    certificate.check_validity(now)?;
    chain::check(&certificate, anchors, now)?;
    // 7. Revocation: its answers will be arguments, like the authorities.
    let revocation = Revocation::NotChecked;
    // 8. The signature over our own origin and our own challenge.
    let message = signed_message(origin, challenge, assertion.algorithm.hash());
    signature::check(&certificate, &assertion, &message)?;
    // 9. Who it is.
    let identity = Identity::of(&certificate)?;
    Ok(Verified {
        identity,
        serial: certificate.serial(),
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        not_after: certificate.not_after(),
        algorithm: assertion.algorithm,
        revocation,
        certificate: certificate.into_der(),
    })
}
