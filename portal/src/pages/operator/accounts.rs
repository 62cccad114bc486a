//! Accounts: finding one, closing it, sending its mail again.

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    Account, Error, State as AccountState,
    applying::resend,
    audit::Entry,
    contacts::{self, Before},
    language::Language,
    pages::{Frame, PageError, answer, in_taipei, kind_name},
    portal::Site,
    posted::Posted,
    visitor::Operator,
};

/// Of accounts on a page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "operator/accounts.html")]
struct AccountsPage {
    frame: Frame,
    query: String,
    accounts: Vec<Account>,
    /// The time before which the next page's accounts were applied for.
    more: Option<i64>,
}

#[derive(Template)]
#[template(path = "operator/account.html")]
struct AccountPage {
    frame: Frame,
    account: Account,
    kind_name: &'static str,
    created_at: String,
    sessions: usize,
    cards: Vec<Card>,
    contacts: Vec<Contact>,
    entries: Vec<Shown>,
}

/// A card of the account.
struct Card {
    name: String,
    since: String,
}

/// What the account could be reached by before.
pub(crate) struct Contact {
    pub(crate) what: &'static str,
    pub(crate) before: String,
    pub(crate) at: String,
}

/// A row of the audit log.
pub(crate) struct Shown {
    pub(crate) at: String,
    pub(crate) entry: Entry,
}

/// What is looked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    before: Option<i64>,
}

/// What is done with an account.
#[derive(Deserialize)]
pub(crate) struct Done {
    #[serde(default)]
    what: String,
    /// Which card is taken away.
    #[serde(default)]
    card: String,
}

/// `GET /operator/accounts`
pub(crate) async fn list(
    State(site): State<Site>,
    operator: Operator,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let text = wanted.q.trim();
    let before = wanted.before.unwrap_or(i64::MAX);
    let accounts = site.accounts.search(text, before, PAGE).await?;
    let is_full = accounts.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let page = AccountsPage {
        frame: Frame::around(&operator.visitor),
        query: text.to_owned(),
        more: accounts
            .last()
            .filter(|_| is_full)
            .map(|account| account.created_at),
        accounts,
    };
    answer(operator.visitor, &page)
}

/// `GET /operator/accounts/{number}`
pub(crate) async fn show(
    State(site): State<Site>,
    Path(number): Path<String>,
    operator: Operator,
) -> Result<Response, PageError> {
    let account = site.accounts.of_number(&number).await?;
    let account = account.ok_or(PageError::NotFound)?;
    let entries = site.audit.before("", &number, PAGE).await?;
    let cards = site.accounts.cards(&number).await?;
    let cards = cards.into_iter().map(|bound| Card {
        name: bound.card.to_string(),
        since: in_taipei(bound.bound_at),
    });
    let page = AccountPage {
        frame: Frame::around(&operator.visitor),
        kind_name: kind_name(account.kind, operator.visitor.language),
        created_at: in_taipei(account.created_at),
        sessions: site.sessions.of_account(&number).await?.len(),
        cards: cards.collect(),
        contacts: contacts(&site, &number, operator.visitor.language).await?,
        account,
        entries: shown(entries),
    };
    answer(operator.visitor, &page)
}

/// What an account could be reached by before, for whoever has to know that it is still the same
/// person.
///
/// # Errors
/// [`Error::Database`], [`Error::Row`].
pub(crate) async fn contacts(
    site: &Site,
    number: &str,
    language: Language,
) -> Result<Vec<Contact>, Error> {
    let shown = |before: Before| Contact {
        what: match before.contact {
            contacts::Contact::Mail => language.say("電子郵件", "E-mail"),
            contacts::Contact::Phone => language.say("電話", "Phone"),
            contacts::Contact::Address => language.say("地址", "Address"),
        },
        before: before.value,
        at: in_taipei(before.changed_at),
    };
    let changes = site.contacts.of(number).await?;
    Ok(changes.into_iter().map(shown).collect())
}

/// `POST /operator/accounts/{number}`: closes, opens, sends the mail again, or takes a card away.
pub(crate) async fn act(
    State(site): State<Site>,
    Path(number): Path<String>,
    operator: Operator,
    Posted(done): Posted<Done>,
) -> Result<Response, PageError> {
    let account = site.accounts.of_number(&number).await?;
    let account = account.ok_or(PageError::NotFound)?;
    let actor = operator.actor();
    match (done.what.as_str(), account.state) {
        ("disable", AccountState::Pending | AccountState::Active) => {
            site.accounts.disable(&number, true, &actor).await?;
        }
        ("enable", AccountState::Disabled) => {
            site.accounts.disable(&number, false, &actor).await?;
        }
        ("resend", AccountState::Pending) => {
            resend(&site, &account, &actor).await?;
        }
        ("unbind", _) => {
            let card = done.card.parse().map_err(|_| PageError::BadRequest)?;
            match site.card_requests.unbind(&number, &card, &actor).await {
                Err(Error::NoCard | Error::LastCard) => return Err(PageError::BadRequest),
                unbound => unbound?,
            }
            site.wake_post();
        }
        _ => return Err(PageError::BadRequest),
    }
    Ok(Redirect::to(&format!("/operator/accounts/{number}")).into_response())
}

/// Rows of the audit log, with their times as a clock in Taipei shows them.
pub(crate) fn shown(entries: Vec<Entry>) -> Vec<Shown> {
    let shown = |entry: Entry| Shown {
        at: in_taipei(entry.at),
        entry,
    };
    entries.into_iter().map(shown).collect()
}
