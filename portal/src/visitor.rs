//! Whoever asks for a page: what is known of them.

use axum::{extract::FromRequestParts, http::Method, http::request::Parts};

use crate::{
    Account, Error, State,
    browser::Browser,
    client::Client,
    language::Language,
    pages::PageError,
    portal::Site,
    sessions::{Form, Origin, Role},
    signer::Signer,
    user_agent::UserAgent,
};

/// Whoever asks for a page.
pub(crate) struct Visitor {
    pub(crate) language: Language,
    /// The path of what is asked for.
    pub(crate) path: String,
    pub(crate) browser: Browser,
    pub(crate) client: Client,
    pub(crate) user_agent: UserAgent,
    pub(crate) who: Who,
}

/// As whom their session knows them.
#[derive(Clone)]
pub(crate) enum Who {
    /// Nobody in particular.
    Nobody,
    /// Somebody whose card was verified and may not sign in yet.
    Applicant(Signer),
    /// The holder of an account, signed in.
    Holder(Box<SignedIn>),
    /// An operator of the site.
    Operator(Signer),
}

/// An account with an open session.
#[derive(Clone)]
pub(crate) struct SignedIn {
    pub(crate) account: Account,
    /// The card, where it was one.
    pub(crate) signer: Option<Signer>,
    /// How this session was opened.
    pub(crate) form: Form,
    /// What the session is called on its owner's pages.
    pub(crate) handle: String,
    /// When, in milliseconds since 1970, UTC.
    pub(crate) since: i64,
}

impl Visitor {
    /// Where a session that begins now comes from.
    pub(crate) fn origin<'a>(&'a self, browser: &'a str) -> Origin<'a> {
        Origin {
            client: self.client.as_str(),
            browser,
        }
    }

    /// The card that was verified and may not sign in yet.
    pub(crate) fn applicant(&self) -> Option<&Signer> {
        match &self.who {
            Who::Applicant(signer) => Some(signer),
            _ => None,
        }
    }
}

impl Who {
    async fn of(browser: &Browser, site: &Site) -> Result<Self, Error> {
        let Some(session) = site.sessions.of(browser).await? else {
            return Ok(Self::Nobody);
        };
        let (number, signer, form) = match session.role {
            Role::Holder {
                account,
                signer,
                form,
            } => (account, signer, form),
            Role::Applicant(signer) => return Ok(Self::Applicant(signer)),
            // Whoever was struck off the list is out at once.
            Role::Operator(signer) if site.is_operator(&signer) => {
                return Ok(Self::Operator(signer));
            }
            Role::Operator(_) => return Ok(Self::Nobody),
        };
        let account = site.accounts.of_number(&number).await?;
        Ok(match account {
            Some(account) if account.state == State::Active => Self::Holder(Box::new(SignedIn {
                account,
                signer,
                form,
                handle: session.handle,
                since: session.created_at,
            })),
            _ => Self::Nobody,
        })
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, PageError> {
        let Ok(browser) = Browser::from_request_parts(parts, site).await;
        let Ok(client) = Client::from_request_parts(parts, site).await;
        let Ok(user_agent) = UserAgent::from_request_parts(parts, site).await;
        Ok(Self {
            language: Language::of(&parts.uri, &parts.headers),
            path: parts.uri.path().to_owned(),
            who: Who::of(&browser, site).await?,
            browser,
            client,
            user_agent,
        })
    }
}

/// The holder of an account, signed in; anybody else is sent to sign in.
pub(crate) struct Holder {
    pub(crate) visitor: Visitor,
    pub(crate) signed_in: SignedIn,
}

impl FromRequestParts<Site> for Holder {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        let Who::Holder(signed_in) = &visitor.who else {
            return Err(signed_out(parts, PageError::SignInFirst { at: "/" }));
        };
        let signed_in = SignedIn::clone(signed_in);
        Ok(Self { visitor, signed_in })
    }
}

/// An operator, signed in; anybody else is sent to the operators' own sign-in.
pub(crate) struct Operator {
    pub(crate) visitor: Visitor,
    pub(crate) signer: Signer,
}

impl Operator {
    /// As the audit log names them.
    pub(crate) fn actor(&self) -> String {
        format!("operator {}", self.signer.label())
    }
}

impl FromRequestParts<Site> for Operator {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, PageError> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        let Who::Operator(signer) = &visitor.who else {
            return Err(signed_out(
                parts,
                PageError::SignInFirst { at: "/operator" },
            ));
        };
        let signer = signer.clone();
        Ok(Self { visitor, signer })
    }
}

/// Whoever only looked is sent on; whoever sent a form is told that it was not taken.
fn signed_out(parts: &Parts, to_sign_in: PageError) -> PageError {
    match parts.method {
        Method::GET | Method::HEAD => to_sign_in,
        _ => PageError::SignedOut,
    }
}
