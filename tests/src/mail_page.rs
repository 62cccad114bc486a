//! A page that shows what a mail server has got: for whoever tries the demo.

use std::net::SocketAddr;

use anyhow::Result;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};

use crate::mail_catcher::{Inbox, Letter};
use crate::web::Web;

/// Shows the letters of `inbox` on `address` (port 0 takes a free one): a list at `/`, each as its
/// HTML at `/NUMBER`.
///
/// # Errors
/// When the address cannot be had.
pub async fn serve(address: SocketAddr, inbox: Inbox) -> Result<Web> {
    Web::start(address, None, move |request| {
        answer(&request, &inbox.letters())
    })
    .await
}

fn answer(request: &Request<Bytes>, letters: &[Letter]) -> Response<Full<Bytes>> {
    let path = request.uri().path().trim_start_matches('/');
    let page = match path.parse::<usize>() {
        Ok(number) => letters.get(number).map(|letter| letter.html.clone()),
        Err(_) if path.is_empty() => Some(list(letters)),
        Err(_) => None,
    };
    let mut response = Response::new(Full::new(Bytes::from(page.clone().unwrap_or_default())));
    if page.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    // Letters bring styles of their own, and nothing that runs.
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    response
}

fn list(letters: &[Letter]) -> String {
    let item = |(number, letter): (usize, &Letter)| {
        let (to, subject) = (escaped(&letter.to.join(", ")), escaped(&letter.subject));
        format!("<li><a href=\"/{number}\">{subject}</a><br><small>{to}</small></li>")
    };
    let items: String = letters.iter().enumerate().rev().map(item).collect();
    let empty = if letters.is_empty() {
        "<p>還沒有信 · No mail yet</p>"
    } else {
        ""
    };
    format!(
        "<!doctype html><html lang=\"zh-Hant-TW\"><meta charset=\"utf-8\">\
         <meta http-equiv=\"refresh\" content=\"3\"><title>信箱 · Mail</title>\
         <body style=\"font:17px/1.7 sans-serif;max-width:40em;margin:2em auto;padding:0 1em\">\
         <h1>信箱 · Mail</h1>{empty}<ul>{items}</ul>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_listed_as_text_and_shown_as_they_are() {
        let letter = Letter {
            to: vec!["a@b.example".to_owned()],
            subject: "<b>啟用</b>".to_owned(),
            text: String::new(),
            html: "<p>內容</p>".to_owned(),
            raw: String::new(),
        };
        assert!(list(std::slice::from_ref(&letter)).contains("&lt;b>啟用&lt;/b>"));
        let request = Request::get("/0").body(Bytes::new()).unwrap();
        assert_eq!(answer(&request, &[letter]).status(), StatusCode::OK);
        let request = Request::get("/7").body(Bytes::new()).unwrap();
        assert_eq!(answer(&request, &[]).status(), StatusCode::NOT_FOUND);
    }
}
