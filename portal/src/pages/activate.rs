//! 啟用電子身分證: the page behind the link in the mail, and asking for a new link.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;

use super::{Frame, PageError, answer, fields::is_mail, kind_name, password::NewPassword};
use crate::{
    Account, Kind, State as AccountState,
    applying::{activate, mail_to_owner},
    links::Purpose,
    outbox::Letter,
    portal::Site,
    posted::Posted,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "activate.html")]
struct ActivatePage {
    frame: Frame,
    account: Account,
    /// Where the form goes.
    token: String,
    /// What is wrong with the password.
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "activated.html")]
struct ActivatedPage {
    frame: Frame,
    number: String,
    kind: Kind,
}

#[derive(Template)]
#[template(path = "activation.html")]
struct ActivationPage {
    frame: Frame,
    mail: String,
    fault: Option<&'static str>,
    sent: bool,
}

/// `GET /activate/{token}`: what the link is for. Nothing happens yet: mail scanners open links.
pub(crate) async fn show(
    State(site): State<Site>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let account = waiting(&site, &token).await?;
    show_page(visitor, account, token, None)
}

/// `POST /activate/{token}`: activates.
pub(crate) async fn confirm(
    State(site): State<Site>,
    Path(token): Path<String>,
    visitor: Visitor,
    Posted(chosen): Posted<NewPassword>,
) -> Result<Response, PageError> {
    let account = waiting(&site, &token).await?;
    let hash = if account.kind == Kind::Cardless {
        match chosen.fault(&account, visitor.language) {
            Some(fault) => return show_page(visitor, account, token, Some(fault)),
            None => Some(site.passwords.hash(chosen.password).await?),
        }
    } else {
        None
    };
    let activated = activate(&site, &visitor, &token, hash.as_deref()).await?;
    let number = activated.ok_or(PageError::LinkGone)?;
    let page = ActivatedPage {
        frame: Frame::around(&visitor),
        number,
        kind: account.kind,
    };
    answer(visitor, &page)
}

async fn waiting(site: &Site, token: &str) -> Result<Account, PageError> {
    let link = site.links.look(Purpose::Activation, token).await?;
    let link = link.ok_or(PageError::LinkGone)?;
    let account = site.accounts.of_number(&link.account).await?;
    account
        .filter(|account| account.state == AccountState::Pending)
        .ok_or(PageError::LinkGone)
}

fn show_page(
    visitor: Visitor,
    account: Account,
    token: String,
    fault: Option<&'static str>,
) -> Result<Response, PageError> {
    let page = ActivatePage {
        frame: Frame::around(&visitor),
        account,
        token,
        fault,
    };
    answer(visitor, &page)
}

impl ActivatePage {
    fn number(&self) -> &str {
        &self.account.number
    }

    fn kind_name(&self) -> &'static str {
        kind_name(self.account.kind, self.frame.language())
    }
}

/// What is posted to ask for a new link.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    mail: String,
}

/// `GET /activation`: a form to ask for a new link.
pub(crate) async fn form(visitor: Visitor) -> Result<Response, PageError> {
    show_form(visitor, String::new(), None, false)
}

/// `POST /activation`: the same answer whether there is an account or not.
pub(crate) async fn again(
    State(site): State<Site>,
    visitor: Visitor,
    Posted(wanted): Posted<Wanted>,
) -> Result<Response, PageError> {
    let mail = wanted.mail.trim().to_owned();
    if !is_mail(&mail) {
        let fault = visitor
            .language
            .say("這不是電子郵件地址", "This is not an e-mail address");
        return show_form(visitor, mail, Some(fault), false);
    }
    mail_to_owner(&site, &visitor, &mail, Letter::Activation).await?;
    show_form(visitor, mail, None, true)
}

fn show_form(
    visitor: Visitor,
    mail: String,
    fault: Option<&'static str>,
    sent: bool,
) -> Result<Response, PageError> {
    let page = ActivationPage {
        frame: Frame::around(&visitor),
        mail,
        fault,
        sent,
    };
    answer(visitor, &page)
}
