//! Pages for what went wrong with a page.

use askama::Template;
use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};

use super::{Frame, render};
use crate::{Error, language::Language};

/// Why there is no page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PageError {
    /// There is no such page.
    NotFound,
    /// There is one, but not for this method.
    MethodNotAllowed,
    /// The request does not come from our own page, or has no token.
    RequestRefused,
    /// The request took too long.
    TooSlow,
    /// The site failed; its log has the cause.
    Fault,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    error: PageError,
    status: u16,
}

impl PageError {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestRefused => StatusCode::FORBIDDEN,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(self, language: Language) -> &'static str {
        match self {
            Self::NotFound => language.say("找不到這一頁", "There is no such page"),
            Self::MethodNotAllowed => {
                language.say("這一頁不能這樣使用", "This page cannot be used that way")
            }
            Self::RequestRefused => language.say("這個動作沒有執行", "Nothing was done"),
            Self::TooSlow => language.say("等候逾時", "This took too long"),
            Self::Fault => language.say("系統發生問題", "Something went wrong on our side"),
        }
    }

    fn next(self, language: Language) -> &'static str {
        match self {
            Self::NotFound | Self::MethodNotAllowed => language.say(
                "網址可能打錯了，或這一頁已經移走。請從首頁開始。",
                "The address may be mistyped, or the page has moved. Please start from the home page.",
            ),
            Self::RequestRefused => language.say(
                "要求不是從本站的頁面送出，或頁面已經過期。請回到首頁再試一次。",
                "The request did not come from a page of this site, or the page was too old. Please \
                 go back to the home page and try again.",
            ),
            Self::TooSlow => language.say(
                "網路可能太慢。請再試一次。",
                "The network may be slow. Please try again.",
            ),
            Self::Fault => language.say(
                "問題已經記錄下來，不是您的操作造成的。請稍後再試。",
                "It has been recorded, and it is not your doing. Please try again later.",
            ),
        }
    }
}

/// An empty answer that [`dress`] makes a page of: only there the language is known.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The log has the cause; the page does not.
impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
        Self::Fault
    }
}

/// Makes pages of the errors.
pub(crate) async fn dress(language: Language, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<PageError>().copied() else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(axum::http::header::CONTENT_TYPE);
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    let page = ErrorPage {
        frame: Frame::of(language),
        error,
        status: error.status().as_u16(),
    };
    // Without a template there is still a title.
    let page = render(&page).unwrap_or_else(|_| Html(error.title(language).to_owned()));
    (parts, page).into_response()
}

/// Any address that is not one of ours.
pub(crate) async fn not_found() -> PageError {
    PageError::NotFound
}

/// An address of ours, with a method that it has not.
pub(crate) async fn method_not_allowed() -> PageError {
    PageError::MethodNotAllowed
}
