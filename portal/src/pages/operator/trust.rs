//! Whom the site trusts: the authorities, until when, and by which file.

use askama::Template;
use axum::{extract::State, response::Response};

use crate::{
    anchors::ListedAnchor,
    pages::{Frame, PageError, answer, in_taipei},
    portal::Site,
    visitor::Operator,
};

#[derive(Template)]
#[template(path = "operator/trust.html")]
struct TrustPage {
    frame: Frame,
    authorities: Vec<Authority>,
    secondary_cards: bool,
    operators: usize,
}

struct Authority {
    listed: ListedAnchor,
    not_after: String,
    /// It has expired, or will within 90 days.
    ends: bool,
}

/// In milliseconds.
const SOON: i64 = 90 * 24 * 60 * 60 * 1000;

/// `GET /operator/trust`
pub(crate) async fn show(
    State(site): State<Site>,
    operator: Operator,
) -> Result<Response, PageError> {
    let soon = site.clock.now_ms() + SOON;
    let authorities = site.trust.listed.iter().map(|listed| Authority {
        not_after: in_taipei(listed.not_after),
        ends: listed.not_after < soon,
        listed: listed.clone(),
    });
    let page = TrustPage {
        frame: Frame::around(&operator.visitor),
        authorities: authorities.collect(),
        secondary_cards: site.secondary_cards,
        operators: site.operators(),
    };
    answer(operator.visitor, &page)
}
