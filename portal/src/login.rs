//! Signing in with a card, and out again.
//!
//! This is the part that other sites copy: two requests, and the order in which things are checked.
//!
//! Spec: docs/protocol.md, "The server's part"; threats C-24, C-25.

use axum::{
    Form, Json,
    extract::{FromRequestParts, State, rejection::StringRejection},
    http::request::Parts,
    response::Redirect,
};
use chop_verifier::{CompanyCard, Identity};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use crate::{
    Error, Kind,
    accounts::State as AccountState,
    pages::PageError,
    portal::Site,
    problem::{Code, Problem},
    sessions::Sessions,
    visitor::{Applicant, Visitor, begin, sign_in},
};

/// The header in which the page sends the token of its challenge.
const TOKEN: &str = "x-csrf-token";

/// The answer to `POST /login/challenge`.
#[derive(Serialize)]
pub(crate) struct Start {
    /// For the card.
    challenge: String,
    /// For the header `x-csrf-token` of `POST /login/card`.
    token: String,
}

/// `POST /login/challenge`: a challenge for this browser's session.
pub(crate) async fn challenge(
    State(site): State<Site>,
    session: Session,
) -> Result<Json<Start>, Problem> {
    let session = begin(&session).await?;
    let issued = site.challenges.issue(&Sessions::key(&session)).await?;
    Ok(Json(Start {
        challenge: issued.challenge.as_str().to_owned(),
        token: issued.token,
    }))
}

/// `POST /login/card`: the assertion, exactly as the agent gave it to the page.
pub(crate) async fn card(
    State(site): State<Site>,
    session: Session,
    Token(token): Token,
    unverified_assertion: Result<String, StringRejection>,
) -> Result<Redirect, Problem> {
    // 1. Take the challenge out, for this session and before anything else: whatever comes of it,
    //    it is not tried again, and of two requests at once only one has it.
    let session_key = session
        .id()
        .map(|id| Sessions::key(&id))
        .ok_or(Code::ChallengeGone)?;
    let challenge = site
        .challenges
        .take(&session_key, &token)
        .await?
        .ok_or(Code::ChallengeGone)?;

    // 2. Verify, against our own origin and our own challenge.
    let assertion = unverified_assertion.map_err(|_| Code::BadRequest)?;
    let now = site.clock.now();
    let verified = site
        .verifier
        .sign_in(&assertion, &site.origin, &challenge, now)?;
    let signer = &verified.signer;

    // 3. Who it is: only what the verified certificate says.
    let Identity::Company(company) = &signer.identity else {
        return Err(Code::CardKindWrong.into());
    };
    if company.card == CompanyCard::Secondary && !site.secondary_cards {
        return Err(Code::SecondaryCardRefused.into());
    }

    // 4. The account, and a new session: nothing that was known before the sign-in is worth
    //    anything after it.
    match site
        .accounts
        .of_subject(Kind::Company, company.ban.as_str())
        .await?
    {
        None => {
            Applicant::of(company).remember(&session).await?;
            Ok(Redirect::to("/apply"))
        }
        Some(account) => match account.state {
            AccountState::Pending => Err(Code::AccountPending.into()),
            AccountState::Disabled => Err(Code::AccountDisabled.into()),
            AccountState::Active => {
                site.logins
                    .record(&account.number, &signer.certificate, company.card)
                    .await?;
                let serial = signer.certificate.serial();
                sign_in(&session, &account, &serial, &site.clock).await?;
                Ok(Redirect::to("/account"))
            }
        },
    }
}

/// The form that signs out.
#[derive(Deserialize)]
pub(crate) struct SignOut {
    csrf_token: String,
}

/// `POST /logout`: ends the session.
pub(crate) async fn sign_out(
    visitor: Visitor,
    Form(form): Form<SignOut>,
) -> Result<Redirect, PageError> {
    let Some(signed_in) = &visitor.signed_in else {
        return Ok(Redirect::to("/"));
    };
    if !signed_in.token_is(&form.csrf_token) {
        return Err(PageError::RequestRefused);
    }
    visitor.session.flush().await.map_err(Error::from)?;
    Ok(Redirect::to("/"))
}

/// The token of the challenge that is answered.
pub(crate) struct Token(String);

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
