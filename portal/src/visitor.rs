//! What a session says about whoever asks for a page.

use axum::{extract::FromRequestParts, http::request::Parts};
use chop_verifier::Company;
use serde::{Deserialize, Serialize};
use tower_sessions::{Session, session::Id};

use crate::{
    Account, Error, State,
    clock::Clock,
    language::Language,
    pages::PageError,
    portal::Site,
    secret::{same, token},
};

/// Keys of what is kept in a session.
const BEGUN: &str = "begun";
const SIGNED_IN: &str = "signed_in";
const APPLICANT: &str = "applicant";

/// Nobody stays signed in longer, however busy. In milliseconds: 8 hours.
const LONGEST: i64 = 8 * 60 * 60 * 1000;

/// How stale the session's own time of last use may be, in milliseconds: it is not written for
/// every page.
const TOUCH: i64 = 60 * 1000;

/// Whoever asks for a page.
pub(crate) struct Visitor {
    pub(crate) language: Language,
    pub(crate) session: Session,
    pub(crate) signed_in: Option<SignedIn>,
}

/// An account with an open session.
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    kept: Kept,
}

/// What a session keeps of a sign-in.
#[derive(Deserialize, Serialize)]
struct Kept {
    account: String,
    csrf_token: String,
    /// In milliseconds since 1970, UTC; so is `seen`.
    since: i64,
    seen: i64,
    certificate_serial: String,
}

/// A company whose card was verified and that has no account yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Applicant {
    /// 統一編號.
    pub(crate) ban: String,
    /// The name in the certificate.
    pub(crate) name: String,
}

/// Makes sure that there is a session, and gives its id.
///
/// # Errors
/// [`Error::Session`].
pub(crate) async fn begin(session: &Session) -> Result<Id, Error> {
    if session.get::<bool>(BEGUN).await?.is_none() {
        session.insert(BEGUN, true).await?;
        session.save().await?;
    }
    Ok(session
        .id()
        .expect("a session that was loaded or saved has an id"))
}

/// Signs an account in: a new session id, and nothing in it from before.
///
/// # Errors
/// [`Error::Session`], [`Error::Random`].
pub(crate) async fn sign_in(
    session: &Session,
    account: &Account,
    certificate_serial: &str,
    clock: &Clock,
) -> Result<(), Error> {
    renew(session).await?;
    let now = clock.now_ms();
    let kept = Kept {
        account: account.number.clone(),
        csrf_token: token()?,
        since: now,
        seen: now,
        certificate_serial: certificate_serial.to_owned(),
    };
    Ok(session.insert(SIGNED_IN, kept).await?)
}

async fn renew(session: &Session) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    Ok(session.insert(BEGUN, true).await?)
}

impl Applicant {
    /// What a verified certificate says of the company.
    pub(crate) fn of(company: &Company) -> Self {
        Self {
            ban: company.ban.as_str().to_owned(),
            name: company.name.clone(),
        }
    }

    /// Keeps it for the application form, in a new session.
    ///
    /// # Errors
    /// [`Error::Session`].
    pub(crate) async fn remember(&self, session: &Session) -> Result<(), Error> {
        renew(session).await?;
        Ok(session.insert(APPLICANT, self).await?)
    }

    /// The one that this session's card named.
    ///
    /// # Errors
    /// [`Error::Session`].
    pub(crate) async fn recall(session: &Session) -> Result<Option<Self>, Error> {
        Ok(session.get(APPLICANT).await?)
    }
}

impl SignedIn {
    /// The token that forms of this session carry.
    pub(crate) fn csrf_token(&self) -> &str {
        &self.kept.csrf_token
    }

    /// Whether a form carries this session's token.
    pub(crate) fn token_is(&self, token: &str) -> bool {
        same(&self.kept.csrf_token, token)
    }

    /// When the card signed in, in milliseconds since 1970, UTC.
    pub(crate) fn since(&self) -> i64 {
        self.kept.since
    }

    /// The serial number of its certificate, in hexadecimal.
    pub(crate) fn certificate_serial(&self) -> &str {
        &self.kept.certificate_serial
    }

    /// The account of this session, if it is signed in, still may be, and not for too long.
    async fn of(session: &Session, site: &Site) -> Result<Option<Self>, Error> {
        let Some(mut kept) = session.get::<Kept>(SIGNED_IN).await? else {
            return Ok(None);
        };
        let account = site.accounts.of_number(&kept.account).await?;
        let now = site.clock.now_ms();
        let Some(account) = account.filter(|account| {
            account.state == State::Active && now.saturating_sub(kept.since) < LONGEST
        }) else {
            session.flush().await?;
            return Ok(None);
        };
        if now.saturating_sub(kept.seen) > TOUCH {
            kept.seen = now;
            session.insert(SIGNED_IN, &kept).await?;
        }
        Ok(Some(Self { account, kept }))
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, PageError> {
        let session = Session::from_request_parts(parts, site)
            .await
            .map_err(|_| PageError::Fault)?;
        let signed_in = SignedIn::of(&session, site).await?;
        Ok(Self {
            language: Language::of(&parts.uri, &parts.headers),
            session,
            signed_in,
        })
    }
}
