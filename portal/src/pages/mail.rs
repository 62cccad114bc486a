//! The page behind the link that confirms another address for mail.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Frame, PageError, answer};
use crate::{
    Accounts, Error,
    audit::Action,
    links::Purpose,
    outbox::Letter,
    portal::Site,
    posted::{Button, Posted},
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "mail-confirm.html")]
struct ConfirmPage {
    frame: Frame,
    account: String,
    mail: String,
    token: String,
    done: bool,
}

/// `GET /mail/{token}`
pub(crate) async fn show(
    State(site): State<Site>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let link = site.links.look(Purpose::Mail, &token).await?;
    let link = link.ok_or(PageError::LinkGone)?;
    let page = ConfirmPage {
        frame: Frame::around(&visitor),
        account: link.account,
        mail: link.mail,
        token,
        done: false,
    };
    answer(visitor, &page)
}

/// `POST /mail/{token}`: mail goes there from now on; the address of before is told.
pub(crate) async fn confirm(
    State(site): State<Site>,
    Path(token): Path<String>,
    visitor: Visitor,
    Posted(Button {}): Posted<Button>,
) -> Result<Response, PageError> {
    let link = site.links.look(Purpose::Mail, &token).await?;
    let number = link.ok_or(PageError::LinkGone)?.account;
    let account = site.accounts.of_number(&number).await?;
    let account = account.ok_or(PageError::LinkGone)?;
    let mut changes = site.database.begin().await?;
    let link = site.links.take(&mut changes, Purpose::Mail, &token).await?;
    let link = link.ok_or(PageError::LinkGone)?;
    Accounts::change_mail(&mut changes, &link.account, &link.mail).await?;
    let before = &account.profile.mail;
    site.outbox
        .put(&mut changes, Letter::MailChanged, &link.account, before)
        .await?;
    site.audit
        .note(Action::MailChanged, "holder")
        .account(&link.account)
        .client(visitor.client.as_str())
        .write(&mut changes)
        .await?;
    changes.commit().await.map_err(Error::from)?;
    site.wake_post();
    let page = ConfirmPage {
        frame: Frame::around(&visitor),
        account: link.account,
        mail: link.mail,
        token,
        done: true,
    };
    answer(visitor, &page)
}
