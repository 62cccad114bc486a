//! Pages for what went wrong with a page.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
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
    /// What was sent is no form of ours.
    BadRequest,
    /// More was sent than any form of ours has.
    TooLarge,
    /// The request does not come from our own page, or has no token.
    RequestRefused,
    /// The page is for whoever signed in, which is done at `at`.
    SignInFirst { at: &'static str },
    /// The session has ended, so what was sent was not taken.
    SignedOut,
    /// Another site may have opened the session: it lends itself to nothing that lasts.
    NativeLoginNeeded,
    /// The link was used already, is too old, or was never ours.
    LinkGone,
    /// Somebody does something too often.
    TooOften { wait: Duration },
    /// The request took too long.
    TooSlow,
    /// The site cannot do it now, and will soon.
    Unavailable,
    /// The site failed; its log has the cause.
    Fault,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    status: u16,
    title: &'static str,
    next: &'static str,
    /// Where a new link can be asked for.
    new_link: bool,
}

impl PageError {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::RequestRefused | Self::SignedOut | Self::NativeLoginNeeded => {
                StatusCode::FORBIDDEN
            }
            Self::SignInFirst { .. } => StatusCode::SEE_OTHER,
            Self::LinkGone => StatusCode::GONE,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn title(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::NotFound => ("找不到這一頁", "There is no such page"),
            Self::MethodNotAllowed => ("這一頁不能這樣使用", "This page cannot be used that way"),
            Self::BadRequest | Self::TooLarge => {
                ("看不懂送來的資料", "What was sent is not understood")
            }
            Self::RequestRefused => ("這個動作沒有執行", "Nothing was done"),
            Self::SignInFirst { .. } => ("請先登入", "Please sign in first"),
            Self::SignedOut => ("登入已經結束", "You are not signed in any more"),
            Self::NativeLoginNeeded => ("這裡需要 Chop", "This needs Chop"),
            Self::LinkGone => ("這個連結已經失效", "This link is no longer good"),
            Self::TooOften { .. } => ("次數太多，請稍候", "Too often: please wait"),
            Self::TooSlow => ("等候逾時", "This took too long"),
            Self::Unavailable => ("系統暫時無法服務", "The site is not available right now"),
            Self::Fault => ("系統發生問題", "Something went wrong on our side"),
        };
        language.say(chinese, english)
    }

    fn next(self, language: Language) -> &'static str {
        let (chinese, english) = match self {
            Self::NotFound | Self::MethodNotAllowed => (
                "網址可能打錯了，或這一頁已經移走。請從首頁開始。",
                "The address may be mistyped, or the page has moved. Please start from the home page.",
            ),
            Self::BadRequest => (
                "請回到上一頁，重新整理後再試一次。",
                "Please go back, reload the page, and try again.",
            ),
            Self::TooLarge => (
                "送出的資料太多了。請回到上一頁，縮短內容後再試一次。",
                "It is too much. Please go back, shorten what you entered, and try again.",
            ),
            Self::RequestRefused => (
                "要求不是從本站的頁面送出，或頁面已經過期。請回到首頁再試一次。",
                "The request did not come from a page of this site, or the page was too old. Please go \
                 back to the home page and try again.",
            ),
            Self::SignInFirst { .. } => (
                "這一頁需要登入。請回首頁登入。",
                "This page is for whoever has signed in. Please sign in on the home page.",
            ),
            Self::SignedOut => (
                "您送出的內容沒有儲存。請重新登入，再填一次。閒置 30 分鐘後，系統會自動登出。",
                "What you sent was not stored. Please sign in and enter it again. After half an hour \
                 without use you are signed out.",
            ),
            Self::NativeLoginNeeded => (
                "您這次是用 HiCOS 元件登入的，別的網站也可能取得這樣的簽章，所以不能變更聯絡資料。請安裝 Chop，\
                 再用卡片登入一次。",
                "You signed in with the HiCOS component. Another site could have got such a signature, \
                 so contact data cannot be changed with it. Please install Chop and sign in with your \
                 card again.",
            ),
            Self::LinkGone => (
                "連結只能使用一次，而且有期限。如果您已經啟用帳號，直接登入即可；否則請申請一個新的連結。",
                "A link works once, and for a limited time. If your account is active already, just \
                 sign in; otherwise ask for a new link.",
            ),
            Self::TooOften { .. } => (
                "為了保護所有的人，本站限制短時間內的次數。請過一陣子再試一次。",
                "To protect everybody, this site limits how often this can be done. Please try again \
                 in a while.",
            ),
            Self::TooSlow => (
                "網路可能太慢。請再試一次。",
                "The network may be slow. Please try again.",
            ),
            Self::Unavailable => (
                "您送出的內容可能還沒有儲存。系統正在恢復，請過一分鐘再試一次。",
                "What you sent may not have been stored. The site is recovering; please try again in \
                 a minute.",
            ),
            Self::Fault => (
                "問題已經記錄下來，不是您的操作造成的。請稍後再試。",
                "It has been recorded, and it is not your doing. Please try again later.",
            ),
        };
        language.say(chinese, english)
    }

    /// In seconds, for the header `Retry-After`.
    fn retry_after(self) -> Option<u64> {
        match self {
            Self::TooOften { wait } => Some(wait.as_secs().max(1)),
            Self::Unavailable => Some(60),
            _ => None,
        }
    }
}

/// An empty answer that [`dress`] makes a page of: only there the language is known.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::SignInFirst { at } => Redirect::to(at).into_response(),
            _ => self.status().into_response(),
        };
        response.extensions_mut().insert(self);
        if let Some(seconds) = self.retry_after() {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The log has the cause; the page does not.
impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        if let Error::TooOften { wait } = error {
            return Self::TooOften { wait };
        }
        tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
        if error.will_pass() {
            Self::Unavailable
        } else {
            Self::Fault
        }
    }
}

/// Makes pages of the errors.
pub(crate) async fn dress(language: Language, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(error) = fault_of(&response) else {
        return response;
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    let page = ErrorPage {
        frame: Frame::of(language),
        status: error.status().as_u16(),
        title: error.title(language),
        next: error.next(language),
        new_link: error == PageError::LinkGone,
    };
    // Without a template there is still a title.
    let page = render(&page).unwrap_or_else(|_| Html(error.title(language).to_owned()));
    (parts, page).into_response()
}

/// What went wrong, by us or by axum: it says in bare text what it did not understand.
fn fault_of(response: &Response) -> Option<PageError> {
    if response.status().is_redirection() {
        return None;
    }
    let ours = response.extensions().get::<PageError>().copied();
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_text = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    let not_understood = response.status().is_client_error() && is_text;
    ours.or(not_understood.then_some(PageError::BadRequest))
}

/// Any address that is not one of ours.
pub(crate) async fn not_found() -> PageError {
    PageError::NotFound
}

/// An address of ours, with a method that it has not.
pub(crate) async fn method_not_allowed() -> PageError {
    PageError::MethodNotAllowed
}
