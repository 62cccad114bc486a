//! 帳號尚未啟用: for whoever proved with the card that an account is theirs, and has not followed
//! its mail yet. They may have it sent again, to a corrected address.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, PageError, answer, fields::is_mail};
use crate::{
    Account, State as AccountState, applying::correct_mail, portal::Site, posted::Posted,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "pending.html")]
struct PendingPage {
    frame: Frame,
    account: Account,
    mail: String,
    fault: Option<&'static str>,
    sent: bool,
}

/// What is posted.
#[derive(Deserialize)]
pub(crate) struct Corrected {
    #[serde(default)]
    mail: String,
}

/// `GET /pending`
pub(crate) async fn show(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let account = own(&site, &visitor).await?;
    let sent = query.is_some_and(|query| query == "sent");
    let mail = account.profile.mail.clone();
    show_page(visitor, account, mail, None, sent)
}

/// `POST /pending`
pub(crate) async fn send(
    State(site): State<Site>,
    visitor: Visitor,
    Posted(corrected): Posted<Corrected>,
) -> Result<Response, PageError> {
    let account = own(&site, &visitor).await?;
    let mail = corrected.mail.trim().to_owned();
    if !is_mail(&mail) {
        let fault = visitor
            .language
            .say("這不是電子郵件地址", "This is not an e-mail address");
        return show_page(visitor, account, mail, Some(fault), false);
    }
    correct_mail(&site, &account, &mail).await?;
    Ok(Redirect::to("/pending?sent").into_response())
}

/// The account of the card that this browser proved, if it waits for its mail.
async fn own(site: &Site, visitor: &Visitor) -> Result<Account, PageError> {
    let signer = visitor
        .applicant()
        .ok_or(PageError::SignInFirst { at: "/" })?;
    let account = site
        .accounts
        .of_subject(signer.kind, &signer.subject)
        .await?;
    account
        .filter(|account| account.state == AccountState::Pending)
        .ok_or(PageError::SignInFirst { at: "/" })
}

fn show_page(
    visitor: Visitor,
    account: Account,
    mail: String,
    fault: Option<&'static str>,
    sent: bool,
) -> Result<Response, PageError> {
    let page = PendingPage {
        frame: Frame::around(&visitor),
        account,
        mail,
        fault,
        sent,
    };
    answer(visitor, &page)
}
