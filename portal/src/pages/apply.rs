//! 建立帳號: a form, a page to check it, and 申請帳號.
//!
//! Between the pages what was typed in stays in the form itself; who the card says it is stays on
//! the server.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{
    Frame, PageError, answer,
    fields::{Entered, Field, Form, check, profile_of},
    render,
};
use crate::{
    Kind,
    applying::{Application, apply},
    kind::InPath,
    portal::Site,
    posted::Posted,
    secret::token,
    visitor::Visitor,
};

/// What is posted; `step` is the button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    #[serde(flatten)]
    entered: Entered,
    step: String,
    /// Made with the page that is checked: sent twice, it makes one account.
    form: String,
}

#[derive(Template)]
#[template(path = "apply.html")]
struct ApplyPage {
    frame: Frame,
    kind: Kind,
    title: &'static str,
    /// The card was verified.
    proven: bool,
    fields: Vec<Field>,
    faults: usize,
}

#[derive(Template)]
#[template(path = "apply-check.html")]
struct CheckPage {
    frame: Frame,
    kind: Kind,
    fields: Vec<Field>,
    form: String,
    proven: bool,
}

#[derive(Template)]
#[template(path = "applied.html")]
struct AppliedPage {
    frame: Frame,
    hours: u64,
}

#[derive(Template)]
#[template(path = "taken.html")]
struct TakenPage {
    frame: Frame,
}

/// `GET /apply/{kind}`
pub(crate) async fn form(InPath(kind): InPath, visitor: Visitor) -> Result<Response, PageError> {
    show_form(visitor, kind, &Entered::default(), false)
}

/// `POST /apply/{kind}`: 下一步 shows what was entered, or what is wrong with it; 申請帳號 stores it.
pub(crate) async fn send(
    State(site): State<Site>,
    InPath(kind): InPath,
    visitor: Visitor,
    Posted(sent): Posted<Sent>,
) -> Result<Response, PageError> {
    if sent.step == "edit" {
        return show_form(visitor, kind, &sent.entered, false);
    }
    let mut fields = fields(&visitor, kind, &sent.entered);
    if check(&mut fields, visitor.language) > 0 {
        return show_form(visitor, kind, &sent.entered, true);
    }
    if sent.step != "send" {
        let proven = fields.iter().any(|field| field.proven);
        let page = CheckPage {
            frame: Frame::around(&visitor),
            kind,
            fields,
            form: token()?,
            proven,
        };
        return answer(visitor, &page);
    }
    if sent.form.len() != token()?.len() {
        return Err(PageError::BadRequest);
    }
    let ban = fields.iter().find(|field| field.name == "ban");
    let application = Application {
        kind,
        profile: profile_of(&fields),
        ban: ban.map(|field| field.value.clone()).unwrap_or_default(),
        form: &sent.form,
    };
    if apply(&site, &visitor, application).await? {
        return Ok(Redirect::to("/applied").into_response());
    }
    let page = TakenPage {
        frame: Frame::around(&visitor),
    };
    answer(visitor, &page)
}

/// `GET /applied`: the mail is on its way.
pub(crate) async fn done(visitor: Visitor) -> Result<Html<String>, PageError> {
    Ok(render(&AppliedPage {
        frame: Frame::around(&visitor),
        hours: crate::links::Purpose::Activation.lifetime().as_secs() / 3600,
    })?)
}

fn fields(visitor: &Visitor, kind: Kind, entered: &Entered) -> Vec<Field> {
    entered.fields(
        kind,
        Form::Application,
        visitor.applicant(),
        visitor.language,
    )
}

fn show_form(
    visitor: Visitor,
    kind: Kind,
    entered: &Entered,
    checked: bool,
) -> Result<Response, PageError> {
    let mut fields = fields(&visitor, kind, entered);
    let faults = match checked {
        true => check(&mut fields, visitor.language),
        false => 0,
    };
    let page = ApplyPage {
        frame: Frame::around(&visitor),
        kind,
        title: match kind {
            Kind::Company => visitor
                .language
                .say("建立工商憑證帳號", "Apply for a company account"),
            Kind::Citizen => visitor
                .language
                .say("建立自然人憑證帳號", "Apply for a citizen account"),
            Kind::Cardless => visitor
                .language
                .say("建立非憑證帳號", "Apply for an account without a card"),
        },
        proven: fields.iter().any(|field| field.proven),
        fields,
        faults,
    };
    answer(visitor, &page)
}
