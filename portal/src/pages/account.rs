//! The page of whoever is signed in.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};

use super::{Frame, PageError, render};
use crate::{Account, portal::Site, visitor::Visitor};

/// How many sign-ins the page lists.
const RECENT: u32 = 5;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    account: Account,
    since: String,
    certificate_serial: String,
    recent: Vec<Recent>,
}

struct Recent {
    at: String,
    certificate_serial: String,
    card: &'static str,
}

/// `GET /account`; who is not signed in is sent home.
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let frame = Frame::around(&visitor);
    let Some(signed_in) = visitor.signed_in else {
        return Ok(Redirect::to("/").into_response());
    };
    let logins = site
        .logins
        .of_account(&signed_in.account.number, RECENT)
        .await?;
    let recent = logins
        .into_iter()
        .map(|login| Recent {
            at: in_taipei(login.at),
            card: match login.card.as_str() {
                "primary" => frame.say("正卡", "primary card"),
                "secondary" => frame.say("附卡", "secondary card"),
                _ => "",
            },
            certificate_serial: login.certificate_serial,
        })
        .collect();
    let page = AccountPage {
        since: in_taipei(signed_in.since()),
        certificate_serial: signed_in.certificate_serial().to_owned(),
        account: signed_in.account,
        recent,
        frame,
    };
    Ok(render(&page)?.into_response())
}

/// Milliseconds since 1970 as a clock in Taipei shows them.
fn in_taipei(milliseconds: i64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
    let offset = UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC);
    OffsetDateTime::from_unix_timestamp(milliseconds.div_euclid(1000))
        .ok()
        .and_then(|time| time.to_offset(offset).format(&format).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_taipei() {
        assert_eq!(in_taipei(1_764_000_000_000), "2025-11-25 00:00");
    }
}
