//! The page of whoever is signed in.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use super::{Frame, PageError, answer, in_taipei, kind_name};
use crate::{Account, portal::Site, visitor::Holder};

/// How many sign-ins the page lists.
const RECENT: u32 = 5;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    account: Account,
    kind_name: &'static str,
    since: String,
    certificate_serial: String,
    recent: Vec<Recent>,
    /// Something was just stored.
    changed: bool,
}

struct Recent {
    at: String,
    certificate_serial: String,
    card: &'static str,
    client: String,
}

/// `GET /account`; who is not signed in is sent home.
pub(crate) async fn show(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    holder: Holder,
) -> Result<Response, PageError> {
    let (visitor, signed_in) = (holder.visitor, holder.signed_in);
    let frame = Frame::around(&visitor);
    let sign_ins = site
        .audit
        .sign_ins(&signed_in.account.number, RECENT)
        .await?;
    let recent = sign_ins
        .into_iter()
        .map(|entry| Recent {
            at: in_taipei(entry.at),
            card: match entry.detail.as_str() {
                "primary" => frame.say("正卡", "primary card"),
                "secondary" => frame.say("附卡", "secondary card"),
                "hicos" => "HiCOS",
                "password" => frame.say("密碼", "password"),
                _ => "",
            },
            certificate_serial: entry.certificate_serial,
            client: entry.client,
        })
        .collect();
    let signer = signed_in.signer;
    let page = AccountPage {
        kind_name: kind_name(signed_in.account.kind, visitor.language),
        since: in_taipei(signed_in.since),
        certificate_serial: signer.map(|signer| signer.serial).unwrap_or_default(),
        account: signed_in.account,
        recent,
        changed: query.is_some_and(|query| query == "changed"),
        frame,
    };
    answer(visitor, &page)
}
