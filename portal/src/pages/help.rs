//! A page for each way in which a sign-in can end, with what to do about it.

mod steps;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse as _, Response},
};

use super::{Frame, PageError, render};
use crate::{
    language::Language,
    portal::Site,
    user_agent::{Maker, UserAgent},
    visitor::Visitor,
    words::{WORDS, Words},
};

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    frame: Frame,
    words: &'static Words,
    steps: Vec<&'static str>,
    /// Pictures of how a browser is told to let the site through.
    permissions: Vec<Permission>,
    host: String,
    /// How to get the agent, and a look whether it is there by now.
    agent: bool,
    agent_download: Option<String>,
}

/// How one browser is told; the one in use comes first and open.
struct Permission {
    maker: Maker,
    in_use: bool,
    steps: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "help-index.html")]
struct IndexPage {
    frame: Frame,
    /// Headings, and what is below each.
    parts: Vec<(&'static str, Vec<&'static Words>)>,
}

impl HelpPage {
    fn title(&self) -> String {
        self.words.title(self.frame.language()).replace("{n}", "…")
    }

    fn next(&self) -> String {
        self.words.next(self.frame.language()).replace("{n}", "…")
    }

    fn host(&self) -> &str {
        &self.host
    }
}

impl IndexPage {
    fn title(&self, topic: &Words) -> String {
        topic.title(self.frame.language()).replace("{n}", "…")
    }
}

/// `GET /help/{key}`
pub(crate) async fn show(
    State(site): State<Site>,
    Path(key): Path<String>,
    user_agent: UserAgent,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let words = find(&key).ok_or(PageError::NotFound)?;
    let language = visitor.language;
    let is_permission = matches!(key.as_str(), "permission_denied" | "permission_dismissed");
    let page = HelpPage {
        frame: Frame::around(&visitor),
        words,
        steps: steps::of(&key, language),
        permissions: match is_permission {
            true => permissions(user_agent.maker, language),
            false => Vec::new(),
        },
        host: site.origin.host().to_owned(),
        agent: key == "agent_unreachable",
        agent_download: site.agent_download.clone(),
    };
    Ok(render(&page)?.into_response())
}

/// `GET /help`
pub(crate) async fn index(visitor: Visitor) -> Result<Html<String>, PageError> {
    let headings = [
        ("卡片與 PIN 碼", "Card and PIN"),
        ("瀏覽器與 Chop", "Browser and Chop"),
        ("本站與帳號", "This site and your account"),
    ];
    let part = |((chinese, english), words): ((_, _), &&'static [Words])| {
        let topics = words.iter().filter(|words| !words.is_under_way());
        (visitor.language.say(chinese, english), topics.collect())
    };
    Ok(render(&IndexPage {
        frame: Frame::around(&visitor),
        parts: headings.into_iter().zip(&WORDS).map(part).collect(),
    })?)
}

/// The words with this key. States on the way have no page.
fn find(key: &str) -> Option<&'static Words> {
    let mut all = WORDS.iter().copied().flatten();
    all.find(|words| words.key() == key && !words.is_under_way())
}

fn permissions(in_use: Maker, language: Language) -> Vec<Permission> {
    let makers = [Maker::Chrome, Maker::Edge, Maker::Firefox, Maker::Safari];
    let mut all: Vec<_> = makers
        .into_iter()
        .map(|maker| Permission {
            maker,
            in_use: maker == in_use,
            steps: steps::of_permission(maker, language),
        })
        .collect();
    all.sort_by_key(|permission| !permission.in_use);
    all
}
