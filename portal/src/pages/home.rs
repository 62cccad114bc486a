//! The home page: the cards to sign in with.

use askama::Template;
use axum::response::Html;

use super::{Frame, PageError, render};
use crate::{
    visitor::Visitor,
    words::{WORDS, Words},
};

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    words: &'static [&'static [Words]],
}

/// `GET /`
pub(crate) async fn show(visitor: Visitor) -> Result<Html<String>, PageError> {
    Ok(render(&Home {
        frame: Frame::around(&visitor),
        words: &WORDS,
    })?)
}
