//! The page behind the link that confirms another address for mail.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{Frame, PageError, answer};
use crate::{
    Account, Accounts, Error, State as AccountState,
    audit::Action,
    contacts::Contact,
    links::{Links, Purpose},
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
    active(&site, &link.account).await?;
    let page = ConfirmPage {
        frame: Frame::around(&visitor),
        account: link.account,
        mail: link.mail,
        token,
        done: false,
    };
    answer(visitor, &page)
}

/// The account, if it is open.
async fn active(site: &Site, number: &str) -> Result<Account, PageError> {
    let account = site.accounts.of_number(number).await?;
    account
        .filter(|account| account.state == AccountState::Active)
        .ok_or(PageError::LinkGone)
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
    let account = active(&site, &number).await?;
    let mut changes = site.database.begin().await?;
    let link = site.links.take(&mut changes, Purpose::Mail, &token).await?;
    let link = link.ok_or(PageError::LinkGone)?;
    Accounts::change_mail(&mut changes, &link.account, &link.mail).await?;
    // What was sent to the address of before is no longer its reader's to use.
    Links::end(
        &mut changes,
        &link.account,
        &[Purpose::Password, Purpose::Mail],
    )
    .await?;
    let before = &account.profile.mail;
    site.contacts
        .keep(&mut changes, &link.account, Contact::Mail, before)
        .await?;
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
