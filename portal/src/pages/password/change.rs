//! 變更密碼: for whoever is signed in and knows the one of now.

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{NewPassword, is_right, show_new, store};
use crate::{
    Account, Kind,
    pages::PageError,
    portal::Site,
    posted::Posted,
    visitor::{Holder, Visitor},
};

/// What a holder posts to change theirs.
#[derive(Deserialize)]
pub(crate) struct Changed {
    #[serde(default)]
    old: String,
    #[serde(flatten)]
    chosen: NewPassword,
}

/// `GET /account/password`
pub(crate) async fn form(holder: Holder) -> Result<Response, PageError> {
    let account = cardless(holder.signed_in.account)?;
    show_change(holder.visitor, &account, None)
}

/// `POST /account/password`: other browsers are signed out.
pub(crate) async fn send(
    State(site): State<Site>,
    holder: Holder,
    Posted(changed): Posted<Changed>,
) -> Result<Response, PageError> {
    let account = cardless(holder.signed_in.account)?;
    let visitor = holder.visitor;
    // A stolen session shall not be a way to guess.
    if !is_right(&site, &visitor, &account.number, changed.old).await? {
        let fault = visitor
            .language
            .say("目前的密碼不對", "The password of now is not right");
        return show_change(visitor, &account, Some(fault));
    }
    if let Some(fault) = changed.chosen.fault(&account, visitor.language) {
        return show_change(visitor, &account, Some(fault));
    }
    let hash = site.passwords.hash(changed.chosen.password).await?;
    let changes = site.database.begin().await?;
    let browser = visitor.browser.clone();
    store(&site, &visitor, changes, &account, &hash, Some(&browser)).await?;
    Ok(Redirect::to("/account?changed").into_response())
}

fn cardless(account: Account) -> Result<Account, PageError> {
    match account.kind {
        Kind::Cardless => Ok(account),
        _ => Err(PageError::NotFound),
    }
}

fn show_change(
    visitor: Visitor,
    account: &Account,
    fault: Option<&'static str>,
) -> Result<Response, PageError> {
    show_new(
        visitor,
        account,
        "/account/password".to_owned(),
        true,
        fault,
    )
}
