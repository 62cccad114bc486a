//! 登入中的裝置: where an account is signed in, and out again.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, PageError, answer, in_taipei};
use crate::{
    audit::Action,
    browser::Forgotten,
    links::{Links, Purpose},
    portal::Site,
    posted::{Button, Posted},
    sessions::{Form, Role, Sessions},
    visitor::Holder,
};

#[derive(Template)]
#[template(path = "sessions.html")]
struct SessionsPage {
    frame: Frame,
    sessions: Vec<Open>,
}

struct Open {
    handle: String,
    is_this: bool,
    browser: String,
    client: String,
    how: &'static str,
    since: String,
    seen: String,
}

/// What is posted: which one to end.
#[derive(Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    handle: String,
}

/// `GET /account/sessions`
pub(crate) async fn show(State(site): State<Site>, holder: Holder) -> Result<Response, PageError> {
    let (visitor, signed_in) = (holder.visitor, holder.signed_in);
    let language = visitor.language;
    let open = site.sessions.of_account(&signed_in.account.number).await?;
    let sessions = open.into_iter().map(|session| Open {
        is_this: session.handle == signed_in.handle,
        how: match session.role {
            Role::Holder {
                form: Form::Native, ..
            } => language.say("憑證卡", "card"),
            Role::Holder {
                form: Form::Hicos, ..
            } => language.say("憑證卡（HiCOS）", "card (HiCOS)"),
            _ => language.say("密碼", "password"),
        },
        handle: session.handle,
        browser: session.browser,
        client: session.client,
        since: in_taipei(session.created_at),
        seen: in_taipei(session.seen_at),
    });
    let page = SessionsPage {
        frame: Frame::around(&visitor),
        sessions: sessions.collect(),
    };
    answer(visitor, &page)
}

/// `POST /account/sessions`: ends one.
pub(crate) async fn end(
    State(site): State<Site>,
    holder: Holder,
    Posted(which): Posted<Which>,
) -> Result<Response, PageError> {
    let account = &holder.signed_in.account.number;
    site.sessions.end_one(account, &which.handle).await?;
    Ok(Redirect::to("/account/sessions").into_response())
}

/// `POST /account/sign-out-everywhere`: ends all, this one too.
pub(crate) async fn end_all(
    State(site): State<Site>,
    holder: Holder,
    Posted(Button {}): Posted<Button>,
) -> Result<Response, PageError> {
    let account = &holder.signed_in.account.number;
    let mut changes = site.database.begin().await?;
    let ended = Sessions::end_all(&mut changes, account, None).await?;
    Links::end(&mut changes, account, &[Purpose::Password, Purpose::Mail]).await?;
    site.audit
        .note(Action::SignedOutEverywhere, "holder")
        .account(account)
        .client(holder.visitor.client.as_str())
        .detail(ended.to_string())
        .write(&mut changes)
        .await?;
    changes.commit().await.map_err(crate::Error::from)?;
    Ok((Forgotten, Redirect::to("/")).into_response())
}
