//! A new application for a tax-exemption letter.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    exemptions::Wanted,
    language::Language,
    limits::Act,
    pages::{
        Frame, PageError, answer,
        fields::{Field, check},
    },
    portal::Site,
    posted::Posted,
    secret::token,
    visitor::{Holder, Visitor},
};

#[derive(Template)]
#[template(path = "exemption-new.html")]
struct NewPage {
    frame: Frame,
    fields: Vec<Field>,
    faults: usize,
    form: String,
}

/// What is posted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    goods: String,
    quantity: String,
    value: String,
    purpose: String,
    /// Made with the page: sent twice, it makes one.
    form: String,
}

/// `GET /account/exemptions/new`
pub(crate) async fn show(holder: Holder) -> Result<Response, PageError> {
    let fields = Sent::default().fields(holder.visitor.language);
    page(holder.visitor, fields, 0)
}

/// `POST /account/exemptions/new`
pub(crate) async fn send(
    State(site): State<Site>,
    holder: Holder,
    Posted(sent): Posted<Sent>,
) -> Result<Response, PageError> {
    let mut fields = sent.fields(holder.visitor.language);
    let faults = check(&mut fields, holder.visitor.language);
    if faults > 0 {
        return page(holder.visitor, fields, faults);
    }
    if sent.form.len() != token()?.len() {
        return Err(PageError::BadRequest);
    }
    let account = &holder.signed_in.account;
    site.limits.count(Act::Exemption, &account.number).await?;
    let number = site
        .exemptions
        .make(account, &wanted(&fields), &sent.form)
        .await?;
    Ok(Redirect::to(&format!("/account/exemptions/{number}")).into_response())
}

fn page(visitor: Visitor, fields: Vec<Field>, faults: usize) -> Result<Response, PageError> {
    let page = NewPage {
        frame: Frame::around(&visitor),
        fields,
        faults,
        form: token()?,
    };
    answer(visitor, &page)
}

impl Sent {
    fn fields(&self, language: Language) -> Vec<Field> {
        let field = |name, label, hint, longest, value: &str| Field {
            name,
            label,
            hint,
            kind: "text",
            autocomplete: "off",
            longest,
            value: value.trim().to_owned(),
            proven: false,
            fault: None,
        };
        let say = |chinese, english| language.say(chinese, english);
        vec![
            field(
                "goods",
                say("貨品名稱", "Goods"),
                say("例：工業用感測器", "Such as industrial sensors"),
                80,
                &self.goods,
            ),
            field(
                "quantity",
                say("數量及單位", "Quantity"),
                say("例：20 個", "Such as 20 pieces"),
                40,
                &self.quantity,
            ),
            field(
                "value",
                say("貨品價值（新臺幣元）", "Value (New Taiwan dollars)"),
                say("例：350,000", "Such as 350,000"),
                15,
                &self.value,
            ),
            field("purpose", say("用途", "Purpose"), "", 150, &self.purpose),
        ]
    }
}

/// What fields without a fault say.
fn wanted(fields: &[Field]) -> Wanted {
    let value = |name| {
        let found = fields.iter().find(|field| field.name == name);
        found.map(|field| field.value.clone()).unwrap_or_default()
    };
    let digits = value("value").replace(',', "");
    let digits = digits.trim_start_matches('0');
    Wanted {
        goods: value("goods"),
        quantity: value("quantity"),
        value: if digits.is_empty() { "0" } else { digits }.to_owned(),
        purpose: value("purpose"),
    }
}
