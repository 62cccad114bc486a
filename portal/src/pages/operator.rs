//! The operator's pages: a card login of their own, accounts, letters, cards, the audit log, and
//! whom the site trusts.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod cards;
pub(crate) mod mail;
pub(crate) mod trust;

use askama::Template;
use axum::{
    Json,
    extract::{State, rejection::StringRejection},
    response::{IntoResponse as _, Response},
};

use super::{Frame, PageError, answer, render};
use crate::{
    Error,
    audit::Audit,
    browser::Browser,
    login::{Next, Token, proven},
    metrics::Stock,
    portal::Site,
    problem::{Code, Problem},
    sessions::Role,
    sign_in::enter,
    visitor::{Visitor, Who},
    words::{WORDS, Words},
};

#[derive(Template)]
#[template(path = "operator/sign-in.html")]
struct SignInPage {
    frame: Frame,
    words: &'static [&'static [Words]],
}

#[derive(Template)]
#[template(path = "operator/home.html")]
struct HomePage {
    frame: Frame,
    stock: Stock,
    has_mail: bool,
    authorities: usize,
    is_unknown_allowed: bool,
}

impl HomePage {
    /// Lists of revoked cards that cannot be used, so that cards are refused.
    fn lists_wanting(&self) -> usize {
        self.stock.lists_missing + self.stock.lists_late
    }
}

/// `GET /operator`: the operators' sign-in, or how the site stands.
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let frame = Frame::around(&visitor);
    if !matches!(visitor.who, Who::Operator(_)) {
        let page = SignInPage {
            frame,
            words: &WORDS,
        };
        return Ok(render(&page)?.into_response());
    }
    let page = HomePage {
        frame,
        stock: site.stock().await?,
        has_mail: site.has_mail(),
        authorities: site.trust.authorities.len(),
        is_unknown_allowed: site.trust.is_unknown_allowed(),
    };
    answer(visitor, &page)
}

/// `POST /operator/login`: the assertion of a card that is on the list of operators.
pub(crate) async fn sign_in(
    State(site): State<Site>,
    visitor: Visitor,
    Token(token): Token,
    unverified_assertion: Result<String, StringRejection>,
) -> Result<(Browser, Json<Next>), Problem> {
    let (certificate, signer) = proven(&site, &visitor, &token, unverified_assertion).await?;
    if !site.is_operator(&signer) {
        return Err(Code::NotAnOperator.into());
    }
    let mut changes = site.database.begin().await?;
    Audit::keep(&mut changes, &certificate).await?;
    let role = Role::Operator(signer);
    let browser = enter(&site, &visitor, &mut changes, role).await?;
    changes.commit().await.map_err(Error::from)?;
    let next = "/operator".to_owned();
    Ok((browser, Json(Next { next })))
}
