//! Passwords of accounts without a card: choosing one, forgetting it, changing it.

pub(crate) mod change;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, PageError, answer, fields::is_mail};
use crate::{
    Account, Accounts, Error, Kind, State as AccountState,
    applying::mail_to_owner,
    audit::Action,
    browser::Browser,
    client::counted,
    language::Language,
    limits::Act,
    links::{Links, Purpose},
    outbox::Letter,
    passwords::{Weak, weakness},
    portal::Site,
    posted::Posted,
    sessions::Sessions,
    visitor::Visitor,
};

/// The sign-ins that tell where a holder is at home.
const RECENT: u32 = 20;

/// A password that was chosen, typed twice.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewPassword {
    pub(crate) password: String,
    again: String,
}

impl NewPassword {
    /// What is wrong with it.
    pub(crate) fn fault(&self, account: &Account, language: Language) -> Option<&'static str> {
        let own = [
            account.number.as_str(),
            &account.profile.mail,
            &account.profile.name,
            account.profile.mail.split('@').next().unwrap_or_default(),
        ];
        let (chinese, english) = match weakness(&self.password, &own) {
            Some(Weak::Short) => (
                "密碼至少要 12 個字",
                "A password has at least 12 characters",
            ),
            Some(Weak::Long) => ("密碼最多 128 個字", "A password has at most 128 characters"),
            Some(Weak::Common) => (
                "這個密碼太容易猜到，請換一個；幾個不相干的詞連在一起就很好",
                "This password is easily guessed; a few words that have nothing to do with each \
                 other make a good one",
            ),
            None if self.password != self.again => {
                ("兩次輸入的密碼不同", "The two passwords are not the same")
            }
            None => return None,
        };
        Some(language.say(chinese, english))
    }
}

#[derive(Template)]
#[template(path = "password-forgotten.html")]
struct ForgottenPage {
    frame: Frame,
    mail: String,
    fault: Option<&'static str>,
    sent: bool,
}

#[derive(Template)]
#[template(path = "password-new.html")]
struct NewPage {
    frame: Frame,
    number: String,
    /// Where the form goes.
    action: String,
    /// The password of now has to be typed in as well.
    asks_old: bool,
    fault: Option<&'static str>,
}

impl NewPage {
    fn number(&self) -> &str {
        &self.number
    }
}

/// What is posted to ask for a link.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    mail: String,
}

/// `GET /password`: a form for whoever has forgotten theirs.
pub(crate) async fn form(visitor: Visitor) -> Result<Response, PageError> {
    show_form(visitor, String::new(), None, false)
}

/// `POST /password`: the same answer whether there is an account or not.
pub(crate) async fn send(
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
    mail_to_owner(&site, &visitor, &mail, Letter::Password).await?;
    show_form(visitor, mail, None, true)
}

fn show_form(
    visitor: Visitor,
    mail: String,
    fault: Option<&'static str>,
    sent: bool,
) -> Result<Response, PageError> {
    let page = ForgottenPage {
        frame: Frame::around(&visitor),
        mail,
        fault,
        sent,
    };
    answer(visitor, &page)
}

/// `GET /password/{token}`: the page behind the link.
pub(crate) async fn show(
    State(site): State<Site>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let account = linked(&site, &token).await?;
    show_new(visitor, &account, format!("/password/{token}"), false, None)
}

/// `POST /password/{token}`: sets it, and signs out everywhere.
pub(crate) async fn set(
    State(site): State<Site>,
    Path(token): Path<String>,
    visitor: Visitor,
    Posted(chosen): Posted<NewPassword>,
) -> Result<Response, PageError> {
    let account = linked(&site, &token).await?;
    if let Some(fault) = chosen.fault(&account, visitor.language) {
        let action = format!("/password/{token}");
        return show_new(visitor, &account, action, false, Some(fault));
    }
    let hash = site.passwords.hash(chosen.password).await?;
    let mut changes = site.database.begin().await?;
    let link = site
        .links
        .take(&mut changes, Purpose::Password, &token)
        .await?;
    if link.is_none() {
        return Err(PageError::LinkGone);
    }
    store(&site, &visitor, changes, &account, &hash, None).await?;
    Ok(Redirect::to("/sign-in?changed").into_response())
}

async fn linked(site: &Site, token: &str) -> Result<Account, PageError> {
    let link = site.links.look(Purpose::Password, token).await?;
    let link = link.ok_or(PageError::LinkGone)?;
    let account = site.accounts.of_number(&link.account).await?;
    account
        .filter(|account| account.state == AccountState::Active && account.kind == Kind::Cardless)
        .ok_or(PageError::LinkGone)
}

/// Whether this is the password of an account. Who guesses is slowed down: by address, by account,
/// and by both. A try is counted before it is looked at, and taken back when it was right: guesses
/// that come all at once are no more than those that come one after the other.
///
/// # Errors
/// [`Error::TooOften`], [`Error::Password`], [`Error::Database`].
pub(crate) async fn is_right(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    password: String,
) -> Result<bool, Error> {
    Ok(right(site, visitor, number, password).await?.is_some())
}

/// The same, with the hash that it was held against.
pub(crate) async fn right(
    site: &Site,
    visitor: &Visitor,
    number: &str,
    password: String,
) -> Result<Option<String>, Error> {
    let client = visitor.client.counted();
    let both = format!("{number} {client}");
    let acts = [
        (Act::PasswordFrom, client.as_str()),
        (Act::PasswordFor, &both),
        (Act::PasswordOf, number),
    ];
    let mut counted = Vec::new();
    for (act, who) in acts {
        match site.limits.count(act, who).await {
            Ok(()) => counted.push((act, who)),
            // Strangers elsewhere do not lock the holder out of where they sign in.
            Err(Error::TooOften { .. })
                if act == Act::PasswordOf && is_at_home(site, visitor, number).await? => {}
            Err(error) => return Err(error),
        }
    }
    let hash = Accounts::password(site.database.read(), number).await?;
    if !site.passwords.is_right(password, hash.clone()).await? {
        return Ok(None);
    }
    for (act, who) in counted {
        site.limits.take_back(act, who).await?;
    }
    Ok(hash)
}

/// Whether the holder of an account has signed in from this address lately.
async fn is_at_home(site: &Site, visitor: &Visitor, number: &str) -> Result<bool, Error> {
    let here = visitor.client.counted();
    let sign_ins = site.audit.sign_ins(number, RECENT).await?;
    Ok(sign_ins.iter().any(|entry| counted(&entry.client) == here))
}

fn show_new(
    visitor: Visitor,
    account: &Account,
    action: String,
    asks_old: bool,
    fault: Option<&'static str>,
) -> Result<Response, PageError> {
    let page = NewPage {
        frame: Frame::around(&visitor),
        number: account.number.clone(),
        action,
        asks_old,
        fault,
    };
    answer(visitor, &page)
}

async fn store(
    site: &Site,
    visitor: &Visitor,
    mut changes: crate::database::Changes,
    account: &Account,
    hash: &str,
    but: Option<&Browser>,
) -> Result<(), Error> {
    Accounts::change_password(&mut changes, &account.number, hash).await?;
    Sessions::end_all(&mut changes, &account.number, but).await?;
    Links::end(
        &mut changes,
        &account.number,
        &[Purpose::Password, Purpose::Mail],
    )
    .await?;
    let mail = &account.profile.mail;
    site.outbox
        .put(&mut changes, Letter::PasswordChanged, &account.number, mail)
        .await?;
    site.audit
        .note(Action::PasswordChanged, "holder")
        .account(&account.number)
        .client(visitor.client.as_str())
        .write(&mut changes)
        .await?;
    changes.commit().await?;
    site.wake_post();
    Ok(())
}
