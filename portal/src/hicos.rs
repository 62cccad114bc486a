//! Signing in as pages written for HiCOS do, for people who have that and not Chop.
//!
//! Such a signature does not name the site: another one can ask for it and pass it on. So it opens
//! nothing but an account that is there, never makes or binds one, and by itself none whose holder
//! has once signed in with a signature that names this site.
//!
//! Spec: docs/hicos.md; threats C-7.

use axum::{
    Json,
    extract::{State as Of, rejection::StringRejection},
};
use chop_challenges::ChallengeStore as _;
use chop_verifier::HipkiExpected;
use serde::Deserialize;

use crate::{
    Account, Accounts, State,
    browser::Browser,
    database::Changes,
    kind::InPath,
    login::{Next, Token, known},
    portal::Site,
    problem::{Code, Problem},
    sessions::Form,
    sign_in,
    visitor::Visitor,
};

/// Whether logins of this form are taken.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum HicosSignIn {
    /// None is.
    #[default]
    Off,
    /// For accounts whose holders have never signed in natively.
    UnlessNative,
    /// For all. **Relaxation**: whoever can have a page of theirs asked for a signature can sign in
    /// here as somebody who has long had the better way.
    Always,
}

/// What the page posts.
#[derive(Deserialize)]
struct Answer {
    /// PKCS #7 in base64, as the component gave it.
    signature: String,
}

/// `POST /login/hicos/company` and `POST /login/hicos/citizen`.
pub(crate) async fn sign_in(
    Of(site): Of<Site>,
    InPath(kind): InPath,
    visitor: Visitor,
    Token(token): Token,
    unverified_answer: Result<String, StringRejection>,
) -> Result<(Browser, Json<Next>), Problem> {
    // 1. As for any login: the challenge goes first.
    let (session, now) = (visitor.browser.session(), site.clock.now());
    let challenge = site
        .challenges
        .take(&session, &token, now)
        .await?
        .ok_or(Code::ChallengeGone)?;
    if site.hicos_sign_in == HicosSignIn::Off {
        return Err(Code::NativeLoginNeeded.into());
    }

    // 2. The content is our own challenge.
    let answer = unverified_answer.map_err(|_| Code::BadRequest)?;
    let answer: Answer = serde_json::from_str(&answer).map_err(|_| Code::AssertionUnreadable)?;
    let verified = site
        .trust
        .verifying(move |verifier| {
            let expected = HipkiExpected::new(challenge.as_str());
            verifier.hipki_sign_in(&answer.signature, &expected, now)
        })
        .await?
        .signer;

    // 3. Who it is.
    let signer = known(&site, &verified)?;
    if signer.kind != kind {
        return Err(Code::CardKindWrong.into());
    }
    sign_in::with_card(&site, &visitor, &verified.certificate, signer, Form::Hicos).await
}

/// Whether this form will do for an account that is held.
///
/// # Errors
/// [`Code::NativeLoginNeeded`]; [`Code::SiteUnavailable`] where the database fails.
pub(crate) async fn will_do(
    which: HicosSignIn,
    changes: &mut Changes,
    account: Option<&Account>,
) -> Result<(), Problem> {
    let account = account
        .filter(|account| account.state != State::Pending)
        .ok_or(Code::NativeLoginNeeded)?;
    if which != HicosSignIn::Always && Accounts::is_native(changes, &account.number).await? {
        return Err(Code::NativeLoginNeeded.into());
    }
    Ok(())
}
