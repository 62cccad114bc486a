//! The page for people who have HiCOS and not Chop.

use askama::Template;
use axum::{extract::State, response::Html};

use super::{Frame, PageError, render};
use crate::{
    hicos::HicosSignIn,
    portal::Site,
    visitor::Visitor,
    words::{WORDS, Words},
};

#[derive(Template)]
#[template(path = "hicos.html")]
struct Hicos {
    frame: Frame,
    words: &'static [&'static [Words]],
}

/// `GET /hicos`: where the operator has turned it on.
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Html<String>, PageError> {
    if site.hicos_sign_in == HicosSignIn::Off {
        return Err(PageError::NotFound);
    }
    Ok(render(&Hicos {
        frame: Frame::around(&visitor),
        words: &WORDS,
    })?)
}
