//! Whom the site trusts: the authorities, until when, by which file; and what says that cards were
//! revoked.

use askama::Template;
use axum::{extract::State, response::Response};

use crate::{
    pages::{Frame, PageError, answer, in_taipei},
    portal::Site,
    trust::{ListedAnchor, milliseconds},
    visitor::Operator,
};

#[derive(Template)]
#[template(path = "operator/trust.html")]
struct TrustPage {
    frame: Frame,
    authorities: Vec<Authority>,
    lists: Vec<List>,
    is_unknown_allowed: bool,
    secondary_cards: bool,
    operators: usize,
}

struct Authority {
    listed: ListedAnchor,
    not_after: String,
    /// It has expired, or will within 90 days.
    ends: bool,
}

/// A list of revoked cards, of which there may be none yet.
struct List {
    address: String,
    found: Option<Found>,
    fault: Option<String>,
}

struct Found {
    issuer: String,
    entries: u64,
    this_update: String,
    next_update: Option<String>,
    is_late: bool,
}

/// In milliseconds.
const SOON: i64 = 90 * 24 * 60 * 60 * 1000;

/// `GET /operator/trust`
pub(crate) async fn show(
    State(site): State<Site>,
    operator: Operator,
) -> Result<Response, PageError> {
    let soon = site.clock.now_ms() + SOON;
    let authorities = site.trust.authorities.iter().map(|listed| Authority {
        not_after: in_taipei(listed.not_after),
        ends: listed.not_after < soon,
        listed: listed.clone(),
    });
    let now = site.clock.now();
    let lists = site.trust.lists().into_iter().map(|one| List {
        found: one.list.as_ref().map(|list| Found {
            issuer: list.issuer(),
            entries: list.entries(),
            this_update: in_taipei(milliseconds(list.this_update())),
            next_update: list.next_update().map(|time| in_taipei(milliseconds(time))),
            is_late: one.is_late(now),
        }),
        address: one.address,
        fault: one.fault,
    });
    let page = TrustPage {
        frame: Frame::around(&operator.visitor),
        authorities: authorities.collect(),
        lists: lists.collect(),
        is_unknown_allowed: site.trust.is_unknown_allowed(),
        secondary_cards: site.secondary_cards,
        operators: site.operators(),
    };
    answer(operator.visitor, &page)
}
