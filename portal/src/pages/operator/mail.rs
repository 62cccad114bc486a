//! Letters: which wait, which were given up, and trying one again.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    audit::Action,
    outbox::ListedLetter,
    pages::{Frame, PageError, answer, in_taipei},
    portal::Site,
    posted::Posted,
    visitor::Operator,
};

#[derive(Template)]
#[template(path = "operator/mail.html")]
struct MailPage {
    frame: Frame,
    letters: Vec<(String, ListedLetter)>,
    has_mail: bool,
}

/// Which letter.
#[derive(Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    id: String,
}

/// `GET /operator/mail`
pub(crate) async fn list(
    State(site): State<Site>,
    operator: Operator,
) -> Result<Response, PageError> {
    let letters = site.outbox.list().await?;
    let page = MailPage {
        frame: Frame::around(&operator.visitor),
        letters: letters
            .into_iter()
            .map(|letter| (in_taipei(letter.created_at), letter))
            .collect(),
        has_mail: site.has_mail(),
    };
    answer(operator.visitor, &page)
}

/// `POST /operator/mail`: sends one again that was given up.
pub(crate) async fn again(
    State(site): State<Site>,
    operator: Operator,
    Posted(which): Posted<Which>,
) -> Result<Response, PageError> {
    if site.outbox.again(&which.id).await? {
        let note = site.audit.note(Action::MailSentAgain, &operator.actor());
        note.detail(which.id).write_alone().await?;
        site.wake_post();
    }
    Ok(Redirect::to("/operator/mail").into_response())
}
