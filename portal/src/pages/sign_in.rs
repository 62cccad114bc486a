//! Signing in without a card, and out.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, PageError, answer, password::right};
use crate::{
    Kind,
    audit::Action,
    browser::Forgotten,
    passwords::LONGEST,
    portal::Site,
    posted::{Button, Posted},
    sign_in::without_card,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    number: String,
    fault: Option<&'static str>,
    /// The password was just changed.
    changed: bool,
}

/// What is posted.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Credentials {
    number: String,
    password: String,
}

/// `GET /sign-in`
pub(crate) async fn form(
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let changed = query.is_some_and(|query| query == "changed");
    show(visitor, String::new(), None, changed)
}

/// `POST /sign-in`: one answer for a wrong number, a wrong password and an account that may not
/// sign in, after the same time.
pub(crate) async fn enter(
    State(site): State<Site>,
    visitor: Visitor,
    Posted(sent): Posted<Credentials>,
) -> Result<Response, PageError> {
    let number = sent.number.trim().to_ascii_uppercase();
    // What cannot be right goes the same way as what is wrong: it is counted, hashed, written down.
    let possible = Kind::has_number(&number) && sent.password.chars().count() <= LONGEST;
    let (asked, password) = if possible {
        (number.as_str(), sent.password)
    } else {
        ("", String::new())
    };
    if let Some(hash) = right(&site, &visitor, asked, password).await?
        && let Some(browser) = without_card(&site, &visitor, asked, &hash).await?
    {
        return Ok((browser, Redirect::to("/account")).into_response());
    }
    let account = site.accounts.of_number(asked).await?;
    let found = account.map(|account| account.number);
    site.audit
        .note(Action::PasswordRefused, "anybody")
        .account(&found.unwrap_or_default())
        .client(visitor.client.as_str())
        .write_alone()
        .await?;
    let fault = visitor
        .language
        .say("帳號或密碼不對", "Account number or password is not right");
    let page = show(visitor, number, Some(fault), false)?;
    Ok((StatusCode::FORBIDDEN, page).into_response())
}

fn show(
    visitor: Visitor,
    number: String,
    fault: Option<&'static str>,
    changed: bool,
) -> Result<Response, PageError> {
    let page = SignInPage {
        frame: Frame::around(&visitor),
        number,
        fault,
        changed,
    };
    answer(visitor, &page)
}

/// `POST /logout`: ends the session.
pub(crate) async fn sign_out(
    State(site): State<Site>,
    visitor: Visitor,
    Posted(Button {}): Posted<Button>,
) -> Result<Response, PageError> {
    site.sessions.end(&visitor.browser).await?;
    Ok((Forgotten, Redirect::to("/")).into_response())
}
