//! 免稅函申請: the applications of an account, each with its document and its signature.

pub(crate) mod form;

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::header,
    response::{IntoResponse as _, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{Frame, PageError, answer, in_taipei};
use crate::{
    Error,
    exemptions::{Exemption, KeptSignature},
    portal::Site,
    posted::{Button, Posted},
    visitor::Holder,
    words::{WORDS, Words},
};

#[derive(Template)]
#[template(path = "exemptions.html")]
struct ListPage {
    frame: Frame,
    exemptions: Vec<Listed>,
}

struct Listed {
    number: String,
    goods: String,
    created_at: String,
    is_signed: bool,
}

#[derive(Template)]
#[template(path = "exemption.html")]
struct ExemptionPage {
    frame: Frame,
    exemption: Exemption,
    signed_at: String,
    /// The account has a card that could sign.
    has_card: bool,
    /// It was signed just now.
    is_new: bool,
    words: &'static [&'static [Words]],
}

impl ExemptionPage {
    fn signature(&self) -> Option<&KeptSignature> {
        self.exemption.signature.as_ref()
    }
}

/// `GET /account/exemptions`
pub(crate) async fn list(State(site): State<Site>, holder: Holder) -> Result<Response, PageError> {
    let account = &holder.signed_in.account.number;
    let found = site.exemptions.of_account(account).await?;
    let listed = found.into_iter().map(|exemption| Listed {
        created_at: in_taipei(exemption.created_at),
        is_signed: exemption.signature.is_some(),
        number: exemption.number,
        goods: exemption.goods,
    });
    let page = ListPage {
        frame: Frame::around(&holder.visitor),
        exemptions: listed.collect(),
    };
    answer(holder.visitor, &page)
}

/// `GET /account/exemptions/{number}`
pub(crate) async fn show(
    State(site): State<Site>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    holder: Holder,
) -> Result<Response, PageError> {
    let exemption = find(&site, &holder, &number).await?;
    let signed_at = exemption.signature.as_ref().map(|kept| kept.signed_at);
    let page = ExemptionPage {
        frame: Frame::around(&holder.visitor),
        signed_at: signed_at.map(in_taipei).unwrap_or_default(),
        has_card: !holder.signed_in.account.kind.is_cardless(),
        is_new: query.is_some_and(|query| query == "signed"),
        exemption,
        words: &WORDS,
    };
    answer(holder.visitor, &page)
}

/// `POST /account/exemptions/{number}`: withdraws one that was not signed.
pub(crate) async fn withdraw(
    State(site): State<Site>,
    Path(number): Path<String>,
    holder: Holder,
    Posted(Button {}): Posted<Button>,
) -> Result<Response, PageError> {
    let account = &holder.signed_in.account.number;
    site.exemptions.withdraw(account, &number).await?;
    Ok(Redirect::to("/account/exemptions").into_response())
}

/// `GET /account/exemptions/{number}/document`: the very bytes that are signed.
pub(crate) async fn document(
    State(site): State<Site>,
    Path(number): Path<String>,
    holder: Holder,
) -> Result<Response, PageError> {
    let exemption = find(&site, &holder, &number).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((kind, exemption.document).into_response())
}

/// `GET /account/exemptions/{number}/signature`: what is kept of it, for any program that reads CMS.
pub(crate) async fn signature(
    State(site): State<Site>,
    Path(number): Path<String>,
    holder: Holder,
) -> Result<Response, PageError> {
    let exemption = find(&site, &holder, &number).await?;
    let kept = exemption.signature.ok_or(PageError::NotFound)?;
    let cms = STANDARD.decode(kept.cms);
    let cms = cms.map_err(|_| Error::Row { column: "cms" })?;
    let name = format!("attachment; filename=\"{}.p7m\"", exemption.number);
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/pkcs7-mime; smime-type=signed-data".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, cms).into_response())
}

async fn find(site: &Site, holder: &Holder, number: &str) -> Result<Exemption, PageError> {
    let account = &holder.signed_in.account.number;
    let found = site.exemptions.of(account, number).await?;
    found.ok_or(PageError::NotFound)
}
