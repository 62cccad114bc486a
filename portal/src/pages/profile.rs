//! 申請人管理功能 > 修改基本資料.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Frame, PageError, answer,
    fields::{Entered, Field, Form, check, profile_of},
    password::is_right,
};
use crate::{
    Account, Accounts, Kind,
    applying::count_letter,
    audit::Action,
    contacts::Contact,
    links::{Links, Purpose},
    outbox::Letter,
    portal::Site,
    posted::Posted,
    sessions::Form as SessionForm,
    signer::Signer,
    visitor::{Holder, Visitor},
};

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    fields: Vec<Field>,
    faults: usize,
    /// An address that was asked for and waits for its mail to be followed.
    waits: bool,
    /// Another address for mail takes the password.
    asks_password: bool,
    password_fault: Option<&'static str>,
}

/// What is posted; `step` is the button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    #[serde(flatten)]
    entered: Entered,
    step: String,
    /// Of an account without a card, for another address.
    password: String,
}

/// `GET /account/profile`
pub(crate) async fn form(RawQuery(query): RawQuery, holder: Holder) -> Result<Response, PageError> {
    may_change(&holder)?;
    let entered = Entered::from(&holder.signed_in.account.profile);
    let waits = query.is_some_and(|query| query == "mail");
    let kind = holder.signed_in.account.kind;
    let fields = fields(&holder.signed_in.account, &entered, &holder.visitor);
    show(holder.visitor, fields, kind, 0, waits, None)
}

/// `POST /account/profile`: 送出 stores, 清除 empties the fields. Another address for mail is
/// stored when the mail that goes there was followed.
pub(crate) async fn send(
    State(site): State<Site>,
    holder: Holder,
    Posted(sent): Posted<Sent>,
) -> Result<Response, PageError> {
    may_change(&holder)?;
    let (visitor, account) = (holder.visitor, holder.signed_in.account);
    if sent.step == "clear" {
        let fields = fields(&account, &Entered::default(), &visitor);
        return show(visitor, fields, account.kind, 0, false, None);
    }
    let mut fields = fields(&account, &sent.entered, &visitor);
    let faults = check(&mut fields, visitor.language);
    if faults > 0 {
        return show(visitor, fields, account.kind, faults, false, None);
    }
    let profile = profile_of(&fields);
    let is_new_mail = profile.mail != account.profile.mail;
    if is_new_mail {
        // Whoever has the mail chooses the password: a stolen session shall not be enough.
        if account.kind.is_cardless()
            && !is_right(&site, &visitor, &account.number, sent.password).await?
        {
            let fault = visitor
                .language
                .say("目前的密碼不對", "The password of now is not right");
            return show(visitor, fields, account.kind, 1, false, Some(fault));
        }
        count_letter(&site, Letter::Mail, &account.number).await?;
    }
    let mut changes = site.database.begin().await?;
    Accounts::change_profile(&mut changes, &account.number, &profile).await?;
    for (contact, before, now) in [
        (Contact::Phone, &account.profile.phone, &profile.phone),
        (Contact::Address, &account.profile.address, &profile.address),
    ] {
        if before != now {
            site.contacts
                .keep(&mut changes, &account.number, contact, before)
                .await?;
        }
    }
    if is_new_mail {
        // The wish of before is over.
        Links::end(&mut changes, &account.number, &[Purpose::Mail]).await?;
        let letters = [
            (Letter::Mail, &profile.mail),
            (Letter::MailAsked, &account.profile.mail),
        ];
        for (letter, mail) in letters {
            site.outbox
                .put(&mut changes, letter, &account.number, mail)
                .await?;
        }
    }
    site.audit
        .note(Action::ProfileChanged, "holder")
        .account(&account.number)
        .client(visitor.client.as_str())
        .write(&mut changes)
        .await?;
    changes.commit().await.map_err(crate::Error::from)?;
    site.wake_post();
    let next = match is_new_mail {
        true => "/account/profile?mail",
        false => "/account?changed",
    };
    Ok(Redirect::to(next).into_response())
}

/// An operator calls the number in an account, and codes go to its mail: neither is for a session
/// that another site may have opened.
fn may_change(holder: &Holder) -> Result<(), PageError> {
    match holder.signed_in.form {
        SessionForm::Hicos => Err(PageError::NativeLoginNeeded),
        SessionForm::Native | SessionForm::Password => Ok(()),
    }
}

/// What a card says of an account is not its holder's to change.
fn fields(account: &Account, entered: &Entered, visitor: &Visitor) -> Vec<Field> {
    let subject = account
        .subject
        .clone()
        .filter(|_| account.kind != Kind::Cardless);
    let signer = subject.map(|subject| Signer {
        kind: account.kind,
        subject,
        name: account.profile.name.clone(),
        card: String::new(),
        serial: String::new(),
        sha256: String::new(),
    });
    entered.fields(
        account.kind,
        Form::Profile,
        signer.as_ref(),
        visitor.language,
    )
}

fn show(
    visitor: Visitor,
    fields: Vec<Field>,
    kind: Kind,
    faults: usize,
    waits: bool,
    password_fault: Option<&'static str>,
) -> Result<Response, PageError> {
    let page = ProfilePage {
        frame: Frame::around(&visitor),
        fields,
        faults,
        waits,
        asks_password: kind.is_cardless(),
        password_fault,
    };
    answer(visitor, &page)
}
