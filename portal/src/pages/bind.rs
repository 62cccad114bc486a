//! Cards that are no account's yet, and accounts that they may belong to.
//!
//! A company finds the applications that were made for it without its card, and says which is its
//! own. A citizen names an account, and types in the code that is mailed to it.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{Frame, PageError, answer, in_taipei};
use crate::{
    Accounts, Kind, State as AccountState,
    applying::{Bound, bind, count_letter},
    binding::Confirmed,
    limits::Act,
    outbox::Letter,
    portal::Site,
    posted::Posted,
    sessions::{Form, Role},
    sign_in,
    signer::Signer,
    visitor::Visitor,
};

#[derive(Template)]
#[template(path = "bind.html")]
struct BindPage {
    frame: Frame,
    signer: Signer,
    found: Vec<Found>,
}

/// An application without a card.
struct Found {
    number: String,
    mail: String,
    contact: String,
    at: String,
}

#[derive(Template)]
#[template(path = "bind-citizen.html")]
struct CitizenPage {
    frame: Frame,
    signer: Signer,
    step: Step,
    number: String,
    fault: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    Number,
    Code,
    Waits,
}

/// What a company posts.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    #[serde(default)]
    number: String,
}

/// What a citizen posts: the number first, then the code.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    number: String,
    code: String,
}

/// `GET /bind`
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let signer = proven(&visitor, Kind::Company)?;
    let unproven = Accounts::unproven(site.database.read(), &signer.subject).await?;
    if unproven.is_empty() {
        return Ok(Redirect::to("/apply/company").into_response());
    }
    let found = unproven
        .into_iter()
        .map(|account| Found {
            at: in_taipei(account.created_at),
            number: account.number,
            mail: account.profile.mail,
            contact: account.profile.contact,
        })
        .collect();
    let page = BindPage {
        frame: Frame::around(&visitor),
        signer,
        found,
    };
    answer(visitor, &page)
}

/// `POST /bind`
pub(crate) async fn choose(
    State(site): State<Site>,
    visitor: Visitor,
    Posted(chosen): Posted<Chosen>,
) -> Result<Response, PageError> {
    let signer = proven(&visitor, Kind::Company)?;
    Ok(
        match bind(&site, &visitor, &signer, &chosen.number).await? {
            Bound::SignedIn(browser) => (browser, Redirect::to("/account")).into_response(),
            Bound::Pending => Redirect::to("/pending").into_response(),
            Bound::Gone => Redirect::to("/bind").into_response(),
        },
    )
}

/// `GET /bind/citizen`
pub(crate) async fn citizen(
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let step = match query.as_deref() {
        Some("code") => Step::Code,
        Some("waits") => Step::Waits,
        _ => Step::Number,
    };
    show_citizen(visitor, step, String::new(), None)
}

/// `POST /bind/citizen`: the same answer whether there is such an account or not.
pub(crate) async fn ask(
    State(site): State<Site>,
    visitor: Visitor,
    Posted(typed): Posted<Typed>,
) -> Result<Response, PageError> {
    let signer = proven(&visitor, Kind::Citizen)?;
    if !typed.code.is_empty() {
        return enter(site, visitor, signer, &typed.code).await;
    }
    let client = visitor.client.counted();
    site.limits.count(Act::AskMail, &client).await?;
    let number = typed.number.trim().to_ascii_uppercase();
    let number = if Kind::has_number(&number) {
        number.as_str()
    } else {
        ""
    };
    let account =
        site.accounts.of_number(number).await?.filter(|account| {
            account.kind == Kind::Citizen && account.state == AccountState::Active
        });
    let (browser, from) = (visitor.browser.clone(), visitor.client.as_str().to_owned());
    // Looked for before, stored when the answer is on its way: the time does not tell.
    tokio::spawn(async move {
        let Some(account) = account else { return };
        let asked = async {
            count_letter(&site, Letter::Code, &account.number).await?;
            site.card_requests
                .ask(&browser, &signer, &account, &from)
                .await
        };
        if let Err(error) = asked.await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a code is not sent"
            );
        }
        site.wake_post();
    });
    Ok(Redirect::to("/bind/citizen?code").into_response())
}

async fn enter(
    site: Site,
    visitor: Visitor,
    signer: Signer,
    code: &str,
) -> Result<Response, PageError> {
    let client = visitor.client.as_str();
    let confirmed = site.card_requests.confirm(&visitor.browser, code, client);
    match confirmed.await? {
        Confirmed::Bound(account) => {
            site.wake_post();
            let found = site.accounts.of_number(&account).await?;
            // Closed in this very moment.
            if found.is_none_or(|found| found.state != AccountState::Active) {
                return Err(PageError::SignInFirst { at: "/" });
            }
            let mut changes = site.database.begin().await?;
            let role = Role::Holder {
                account,
                signer: Some(signer),
                form: Form::Native,
            };
            let browser = sign_in::enter(&site, &visitor, &mut changes, role).await?;
            changes.commit().await.map_err(crate::Error::from)?;
            Ok((browser, Redirect::to("/account")).into_response())
        }
        Confirmed::Waits => Ok(Redirect::to("/bind/citizen?waits").into_response()),
        Confirmed::Wrong => {
            let fault = visitor.language.say(
                "驗證碼不對，或已經失效。驗證碼 30 分鐘內有效，最多可以試五次",
                "This is not the code, or it is too old. It is good for 30 minutes and five tries",
            );
            show_citizen(visitor, Step::Code, String::new(), Some(fault))
        }
    }
}

fn show_citizen(
    visitor: Visitor,
    step: Step,
    number: String,
    fault: Option<&'static str>,
) -> Result<Response, PageError> {
    let page = CitizenPage {
        frame: Frame::around(&visitor),
        signer: proven(&visitor, Kind::Citizen)?,
        step,
        number,
        fault,
    };
    answer(visitor, &page)
}

fn proven(visitor: &Visitor, kind: Kind) -> Result<Signer, PageError> {
    visitor
        .applicant()
        .filter(|signer| signer.kind == kind)
        .cloned()
        .ok_or(PageError::SignInFirst { at: "/" })
}
