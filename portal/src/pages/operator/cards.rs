//! Cards of citizens that want to become an account's, where another card is bound already.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::accounts::{Contact, contacts};
use crate::{
    Account,
    pages::{Frame, PageError, answer, in_taipei},
    portal::Site,
    posted::Posted,
    signer::Signer,
    visitor::Operator,
};

#[derive(Template)]
#[template(path = "operator/cards.html")]
struct CardsPage {
    frame: Frame,
    requests: Vec<Request>,
}

struct Request {
    id: String,
    at: String,
    account: Account,
    signer: Signer,
    contacts: Vec<Contact>,
}

/// What is decided.
#[derive(Deserialize)]
pub(crate) struct Decision {
    #[serde(default)]
    id: String,
    #[serde(default)]
    what: String,
}

/// `GET /operator/cards`
pub(crate) async fn list(
    State(site): State<Site>,
    operator: Operator,
) -> Result<Response, PageError> {
    let mut requests = Vec::new();
    for request in site.card_requests.waiting().await? {
        if let Some(account) = site.accounts.of_number(&request.account).await? {
            requests.push(Request {
                id: request.id,
                at: in_taipei(request.created_at),
                contacts: contacts(&site, &request.account, operator.visitor.language).await?,
                account,
                signer: request.signer,
            });
        }
    }
    let page = CardsPage {
        frame: Frame::around(&operator.visitor),
        requests,
    };
    answer(operator.visitor, &page)
}

/// `POST /operator/cards`
pub(crate) async fn decide(
    State(site): State<Site>,
    operator: Operator,
    Posted(decision): Posted<Decision>,
) -> Result<Response, PageError> {
    let yes = match decision.what.as_str() {
        "bind" => true,
        "refuse" => false,
        _ => return Err(PageError::BadRequest),
    };
    let actor = operator.actor();
    site.card_requests.decide(&decision.id, yes, &actor).await?;
    site.wake_post();
    Ok(Redirect::to("/operator/cards").into_response())
}
