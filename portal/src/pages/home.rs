//! The home page: the cards to sign in with.

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
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    words: &'static [&'static [Words]],
    /// Whether there is a way for people without Chop.
    hicos: bool,
}

/// `GET /`
pub(crate) async fn show(
    State(site): State<Site>,
    visitor: Visitor,
) -> Result<Html<String>, PageError> {
    Ok(render(&Home {
        frame: Frame::around(&visitor),
        words: &WORDS,
        hicos: site.hicos_sign_in != HicosSignIn::Off,
    })?)
}
