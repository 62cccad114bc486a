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
};
use crate::{
    Account, Accounts, Kind,
    audit::Action,
    outbox::Letter,
    portal::Site,
    posted::Posted,
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
}

/// What is posted; `step` is the button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    #[serde(flatten)]
    entered: Entered,
    step: String,
}

/// `GET /account/profile`
pub(crate) async fn form(RawQuery(query): RawQuery, holder: Holder) -> Result<Response, PageError> {
    let entered = Entered::from(&holder.signed_in.account.profile);
    let waits = query.is_some_and(|query| query == "mail");
    let fields = fields(&holder.signed_in.account, &entered, &holder.visitor);
    show(holder.visitor, fields, 0, waits)
}

/// `POST /account/profile`: 送出 stores, 清除 empties the fields. Another address for mail is
/// stored when the mail that goes there was followed.
pub(crate) async fn send(
    State(site): State<Site>,
    holder: Holder,
    Posted(sent): Posted<Sent>,
) -> Result<Response, PageError> {
    let (visitor, account) = (holder.visitor, holder.signed_in.account);
    if sent.step == "clear" {
        let fields = fields(&account, &Entered::default(), &visitor);
        return show(visitor, fields, 0, false);
    }
    let mut fields = fields(&account, &sent.entered, &visitor);
    let faults = check(&mut fields, visitor.language);
    if faults > 0 {
        return show(visitor, fields, faults, false);
    }
    let profile = profile_of(&fields);
    let is_new_mail = profile.mail != account.profile.mail;
    let mut changes = site.database.begin().await?;
    Accounts::change_profile(&mut changes, &account.number, &profile).await?;
    if is_new_mail {
        site.outbox
            .put(&mut changes, Letter::Mail, &account.number, &profile.mail)
            .await?;
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
    faults: usize,
    waits: bool,
) -> Result<Response, PageError> {
    let page = ProfilePage {
        frame: Frame::around(&visitor),
        fields,
        faults,
        waits,
    };
    answer(visitor, &page)
}
