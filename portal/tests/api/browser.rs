//! A browser: it keeps cookies and says where it comes from.

use std::{collections::BTreeMap, sync::Mutex};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use http_body_util::BodyExt as _;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;

use crate::scene::ORIGIN;

/// One browser; another has cookies of its own.
pub(crate) struct Browser {
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
    /// The token in the form that was shown last.
    form_token: Mutex<String>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
    /// The same, where it is no text.
    pub(crate) bytes: Vec<u8>,
}

/// What `POST /login/challenge` answers.
pub(crate) struct Start {
    pub(crate) challenge: String,
    pub(crate) token: String,
}

impl Answer {
    /// Where the browser goes now: by a redirect, or by the page's script.
    pub(crate) fn location(&self) -> String {
        let json = serde_json::from_str(&self.body).unwrap_or(serde_json::Value::Null);
        let next = json["next"].as_str();
        next.unwrap_or(self.header("location")).to_owned()
    }

    /// The one header with this name, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The answer is this code, with nothing beside it.
    #[track_caller]
    pub(crate) fn is_code(&self, status: u16, code: &str) {
        assert_eq!(self.body, format!(r#"{{"code":"{code}"}}"#));
        assert_eq!(self.status, status);
        assert_eq!(self.header("content-type"), "application/json");
    }

    /// The page has each of these.
    #[track_caller]
    pub(crate) fn shows(&self, parts: &[&str]) {
        for part in parts {
            assert!(self.body.contains(part), "{part} is not in {}", self.body);
        }
    }

    /// The page has none of these.
    #[track_caller]
    pub(crate) fn hides(&self, parts: &[&str]) {
        for part in parts {
            assert!(!self.body.contains(part), "{part} is in {}", self.body);
        }
    }

    /// The value of the hidden or visible field with this name.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!(r#"name="{name}""#);
        let rest = self.body.split_once(&start).expect(name).1;
        let tag = rest.split('>').next().unwrap();
        let value = tag.split_once(r#"value=""#).expect(name).1;
        value.split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self {
            router,
            cookies: Mutex::default(),
            form_token: Mutex::default(),
        }
    }

    /// The value of the session's cookie.
    pub(crate) fn session(&self) -> Option<String> {
        self.cookies.lock().unwrap().get("__Host-portal").cloned()
    }

    /// Puts a session's cookie into the browser.
    pub(crate) fn plant(&self, session: &str) {
        self.cookies
            .lock()
            .unwrap()
            .insert("__Host-portal".to_owned(), session.to_owned());
    }

    /// Sends a request with the browser's cookies, and keeps those of the answer.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.open(request).await;
        self.read(response).await
    }

    /// The same, and leaves the answer to be read.
    pub(crate) async fn open(&self, mut request: Request<Body>) -> Response<Body> {
        let cookies: Vec<_> = self
            .cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request
                .headers_mut()
                .insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let service = TowerToHyperService::new(self.router.clone());
        service.call(request).await.unwrap()
    }

    async fn read(&self, response: Response<Body>) -> Answer {
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            // What browsers do with the prefix: such a cookie is as good as not sent.
            if !cookie.contains("; Secure") || !cookie.contains("; Path=/") {
                continue;
            }
            let mut cookies = self.cookies.lock().unwrap();
            if cookie.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let token = body.split_once(r#"name="csrf_token" value=""#);
        if let Some(token) = token.and_then(|(_, rest)| rest.split('"').next()) {
            token.clone_into(&mut self.form_token.lock().unwrap());
        }
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
            bytes,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// The token in the form that was shown last.
    pub(crate) fn form_token(&self) -> String {
        self.form_token.lock().unwrap().clone()
    }

    /// Sends the form that was shown last, filled in like this.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token();
        let all = [&[("csrf_token", token.as_str())], fields].concat();
        self.post_form(path, ORIGIN, &all).await
    }

    /// Sends a form from a page of `origin`, with exactly these fields.
    pub(crate) async fn post_form(
        &self,
        path: &str,
        origin: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let request = Request::post(path)
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(encoded(fields)));
        self.send(request.unwrap()).await
    }

    /// What the page's script does first.
    pub(crate) async fn challenge(&self) -> Start {
        let request = Request::post("/login/challenge").header("origin", ORIGIN);
        let answer = self.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        Start {
            challenge: text("challenge"),
            token: text("token"),
        }
    }

    /// What the page's script does last, for a company's card.
    pub(crate) async fn post_card(&self, token: &str, assertion: impl Into<Body>) -> Answer {
        self.post_to("/login/company", token, assertion).await
    }

    /// The same at another place.
    pub(crate) async fn post_to(
        &self,
        path: &str,
        token: &str,
        assertion: impl Into<Body>,
    ) -> Answer {
        let request = Request::post(path)
            .header("origin", ORIGIN)
            .header("content-type", "application/json")
            .header("x-csrf-token", token)
            .body(assertion.into());
        self.send(request.unwrap()).await
    }
}

/// Fields as browsers write them.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let plain = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", plain(name), plain(value)));
    pairs.collect::<Vec<_>>().join("&")
}
