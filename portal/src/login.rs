//! Signing in with a card.
//!
//! This is the part that other sites copy: two requests, and the order in which things are checked.
//!
//! Spec: docs/protocol.md, "The server's part"; threats C-24, C-25.

use axum::{
    Json,
    extract::{FromRequestParts, State, rejection::StringRejection},
    http::request::Parts,
};
use chop_challenges::ChallengeStore as _;
use chop_verifier::Certificate;
use serde::Serialize;

use crate::{
    browser::Browser,
    kind::InPath,
    limits::Act,
    portal::Site,
    problem::{Code, Problem},
    sessions::Form,
    sign_in,
    signer::Signer,
    visitor::Visitor,
};

/// The header in which the page sends the token of its challenge.
const TOKEN: &str = "x-csrf-token";

/// The answer to `POST /login/challenge`.
#[derive(Serialize)]
pub(crate) struct Start {
    /// For the card.
    challenge: String,
    /// For the header `x-csrf-token` of the request that brings the assertion.
    token: String,
}

/// The answer to an assertion that is right: where the page goes now.
#[derive(Serialize)]
pub(crate) struct Next {
    pub(crate) next: String,
}

/// `POST /login/challenge`: a challenge for this browser.
pub(crate) async fn challenge(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<(Browser, Json<Start>), Problem> {
    let client = visitor.client.counted();
    site.limits.count(Act::Challenge, &client).await?;
    let session = visitor.browser.session();
    let issued = site.challenges.issue(&session, site.clock.now()).await?;
    site.metrics.challenged();
    let start = Start {
        challenge: issued.challenge.as_str().to_owned(),
        token: issued.id,
    };
    Ok((visitor.browser, Json(start)))
}

/// `POST /login/company` and `POST /login/citizen`: the assertion, exactly as the agent gave it to
/// the page.
pub(crate) async fn card(
    State(site): State<Site>,
    InPath(kind): InPath,
    visitor: Visitor,
    Token(token): Token,
    unverified_assertion: Result<String, StringRejection>,
) -> Result<(Browser, Json<Next>), Problem> {
    let (certificate, signer) = proven(&site, &visitor, &token, unverified_assertion).await?;
    if signer.kind != kind {
        return Err(Code::CardKindWrong.into());
    }
    sign_in::with_card(&site, &visitor, &certificate, signer, Form::Native).await
}

/// Whose card answered the challenge.
pub(crate) async fn proven(
    site: &Site,
    visitor: &Visitor,
    token: &str,
    unverified_assertion: Result<String, StringRejection>,
) -> Result<(Certificate, Signer), Problem> {
    // 1. Take the challenge out, for this browser and before anything else: whatever comes of it,
    //    it is not tried again, and of two requests at once only one has it.
    let (session, now) = (visitor.browser.session(), site.clock.now());
    let challenge = site
        .challenges
        .take(&session, token, now)
        .await?
        .ok_or(Code::ChallengeGone)?;

    // 2. Verify, against our own origin and our own challenge.
    let assertion = unverified_assertion.map_err(|_| Code::BadRequest)?;
    let origin = site.origin.clone();
    let verified = site
        .trust
        .verifying(move |verifier| verifier.sign_in(&assertion, &origin, &challenge, now))
        .await?
        .signer;

    // 3. Who it is: only what the verified certificate says.
    let signer = known(site, &verified)?;
    Ok((verified.certificate, signer))
}

/// A verified holder, if cards of this kind may sign in.
pub(crate) fn known(site: &Site, verified: &chop_verifier::Signer) -> Result<Signer, Problem> {
    let signer = Signer::of(verified).ok_or(Code::CardKindWrong)?;
    if signer.is_secondary() && !site.secondary_cards {
        return Err(Code::SecondaryCardRefused.into());
    }
    Ok(signer)
}

/// The token of the challenge that is answered.
pub(crate) struct Token(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let token = parts
            .headers
            .get(TOKEN)
            .and_then(|value| value.to_str().ok());
        token
            .map(|token| Self(token.to_owned()))
            .ok_or(Code::RequestRefused.into())
    }
}
