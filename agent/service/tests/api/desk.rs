//! The desk: a page for the person alone, and everybody else who tries.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chop_service::{Desk, DeskFields, DeskPages, DeskTimes, Limits, Next};
use hyper::{HeaderMap, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_util::sync::CancellationToken;

use crate::client::{Reply, parse};

/// Pages that remember what was done.
#[derive(Clone, Default)]
struct Desktop {
    done: Arc<Mutex<Vec<String>>>,
}

impl DeskPages for Desktop {
    type Notice = String;

    async fn show(&self, page: &str, notice: Option<String>) -> Option<String> {
        let said = notice.unwrap_or_default();
        (page == "settings").then(|| format!("<p>my cards {said}</p>"))
    }

    async fn act(&self, action: &str, fields: &DeskFields) -> Option<Next<String>> {
        if action == "wait" {
            std::future::pending::<()>().await;
        }
        let theme = fields.one("theme")?;
        self.done.lock().unwrap().push(format!("{action} {theme}"));
        Some(Next {
            page: "settings",
            notice: Some("saved".to_owned()),
        })
    }

    fn file(&self, name: &str) -> Option<(&'static str, &'static [u8])> {
        (name == "desk.css").then_some(("text/css", b"p{}"))
    }
}

struct Stage {
    desk: Desk<Desktop>,
    pages: Desktop,
    ending: CancellationToken,
}

/// A visit: what the browser knows of it.
#[derive(Clone, Debug)]
struct Visit {
    port: u16,
    room: String,
    cookie: String,
}

impl Stage {
    fn new() -> Self {
        Self::with(DeskTimes::default())
    }

    fn with(times: DeskTimes) -> Self {
        let (pages, ending) = (Desktop::default(), CancellationToken::new());
        let limits = Limits::default();
        Self {
            desk: Desk::new(pages.clone(), times, limits, ending.clone()),
            pages,
            ending,
        }
    }

    /// A new link's port and path.
    fn link(&self) -> (u16, String) {
        let link = self.desk.link("settings").unwrap();
        let rest = link.strip_prefix("http://127.0.0.1:").unwrap();
        let (port, path) = rest.split_once('/').unwrap();
        (port.parse().unwrap(), format!("/{path}"))
    }

    async fn visit(&self) -> Visit {
        let (port, path) = self.link();
        let opened = ask(port, &get(&path, &PERSON)).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER);
        let place = opened.header("location").unwrap();
        let room = place.strip_suffix("/settings").unwrap().to_owned();
        let cookie = opened.header("set-cookie").unwrap();
        assert_eq!(
            cookie.split_once("; ").unwrap().1,
            format!("Path={room}/; Max-Age=1800; HttpOnly; SameSite=Strict")
        );
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Visit { port, room, cookie }
    }

    fn done(&self) -> Vec<String> {
        self.pages.done.lock().unwrap().clone()
    }
}

type Headers = [(&'static str, &'static str); 3];

/// Typed into the browser, or opened by another program.
const PERSON: Headers = from("none", "navigate", "document");
/// A link or form of the page itself.
const OURS: Headers = from("same-origin", "navigate", "document");

const fn from(site: &'static str, mode: &'static str, destination: &'static str) -> Headers {
    [
        ("sec-fetch-site", site),
        ("sec-fetch-mode", mode),
        ("sec-fetch-dest", destination),
    ]
}

fn get(path: &str, headers: &[(&str, &str)]) -> String {
    request("GET", path, "127.0.0.1:PORT", headers, "")
}

fn request(method: &str, path: &str, host: &str, headers: &[(&str, &str)], body: &str) -> String {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{lines}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends these bytes and reads one answer. `PORT` in them is the desk's.
async fn ask(port: u16, request: &str) -> Reply {
    try_to_ask(port, request).await.expect("an answer")
}

async fn try_to_ask(port: u16, request: &str) -> Option<Reply> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request = request.replace("PORT", &port.to_string());
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut text = Vec::new();
    loop {
        if let Some(reply) = parse(&text) {
            return Some(reply);
        }
        if stream.read_buf(&mut text).await.ok()? == 0 {
            return None;
        }
    }
}

impl Visit {
    fn get(&self, name: &str, headers: &[(&str, &str)]) -> String {
        let cookie = [("cookie", self.cookie.as_str())];
        get(&self.path(name), &[headers, &cookie].concat())
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.room)
    }

    /// The form of the settings, with these headers instead of the right ones.
    fn form(&self, change: &[(&str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        let right = [
            ("origin", "http://127.0.0.1:PORT"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", &self.cookie),
        ];
        for (name, value) in OURS.iter().chain(&right).chain(change) {
            let name: hyper::header::HeaderName = name.parse().unwrap();
            headers.remove(&name);
            if !value.is_empty() {
                headers.insert(name, value.parse().unwrap());
            }
        }
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        let path = self.path("looks");
        request("POST", &path, "127.0.0.1:PORT", &headers, "theme=dark")
    }
}

#[tokio::test]
async fn a_person_follows_the_link_sees_the_page_and_changes_something() {
    let stage = Stage::new();
    let visit = stage.visit().await;

    let page = ask(visit.port, &visit.get("settings", &OURS)).await;
    assert_eq!(page.body, "<p>my cards </p>");
    let style = from("same-origin", "no-cors", "style");
    let style = ask(visit.port, &visit.get("files/desk.css", &style)).await;
    assert_eq!(style.body, "p{}");

    let changed = ask(visit.port, &visit.form(&[])).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    assert_eq!(changed.header("location"), Some(&*visit.path("settings")));
    assert_eq!(stage.done(), ["looks dark"]);
    // What is said is said once; a reload comes as a person's own.
    for said in ["<p>my cards saved</p>", "<p>my cards </p>"] {
        let page = ask(visit.port, &visit.get("settings", &PERSON)).await;
        assert_eq!(page.body, said);
    }
}

#[tokio::test]
async fn pages_can_be_framed_read_and_kept_by_nobody() {
    let stage = Stage::new();
    let visit = stage.visit().await;
    let page = ask(visit.port, &visit.get("settings", &OURS)).await;
    for (name, value) in [
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let policy = page.header("content-security-policy").unwrap();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_link_is_good_once_and_for_the_person_alone() {
    let stage = Stage::new();
    let (port, path) = stage.link();
    // Whoever else has it cannot even spend it.
    for headers in [
        from("cross-site", "navigate", "document"),
        from("same-site", "navigate", "document"),
        from("same-origin", "navigate", "document"),
        from("cross-site", "no-cors", "image"),
        from("cross-site", "cors", "empty"),
        from("none", "navigate", "iframe"),
    ] {
        let refused = ask(port, &get(&path, &headers)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert_eq!(refused.header("set-cookie"), None);
    }
    for headers in [&[] as &[_], &PERSON[..2]] {
        let refused = ask(port, &get(&path, headers)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let prefetch = [&PERSON[..], &[("sec-purpose", "prefetch")]].concat();
    let refused = ask(port, &get(&path, &prefetch)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    let opened = ask(port, &get(&path, &PERSON)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    let again = ask(port, &get(&path, &PERSON)).await;
    assert_eq!(again.header("set-cookie"), None);
    let said = String::from_utf8_lossy(&again.body).into_owned();
    assert!(said.contains("這一頁已經結束"), "{said}");
}

#[tokio::test]
async fn without_both_secrets_nothing_is_shown_or_done() {
    let stage = Stage::new();
    let (visit, other) = (stage.visit().await, stage.visit().await);
    let mixed = Visit {
        cookie: other.cookie.clone(),
        ..visit.clone()
    };
    let none = Visit {
        cookie: "other=1".to_owned(),
        ..visit.clone()
    };
    let twice = Visit {
        cookie: format!("{}; {}", visit.cookie, other.cookie),
        ..visit.clone()
    };
    for visit in [&mixed, &none, &twice] {
        for request in [visit.get("settings", &OURS), visit.form(&[])] {
            let refused = ask(visit.port, &request).await;
            let body = String::from_utf8_lossy(&refused.body).into_owned();
            assert!(
                !body.contains("my cards") && body.contains("已經結束"),
                "{body}"
            );
        }
    }
    assert!(stage.done().is_empty());
}

#[tokio::test]
async fn a_site_that_knows_both_secrets_can_still_do_nothing() {
    let stage = Stage::new();
    let visit = stage.visit().await;
    for headers in [
        from("cross-site", "navigate", "document"),
        from("same-site", "navigate", "document"),
        from("same-origin", "navigate", "iframe"),
        from("cross-site", "cors", "empty"),
        from("same-site", "no-cors", "script"),
        from("same-origin", "cors", "empty"),
    ] {
        let refused = ask(visit.port, &visit.get("settings", &headers)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    for change in [
        &[("origin", "https://evil.example")] as &[_],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "http://localhost:PORT")],
        &[("origin", "http://127.0.0.1:1")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "none")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        &[("sec-fetch-dest", "iframe")],
    ] {
        let refused = ask(visit.port, &visit.form(change)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{change:?}");
    }
    let change = [("content-type", "text/plain")];
    let refused = ask(visit.port, &visit.form(&change)).await;
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(stage.done().is_empty());
}

#[tokio::test]
async fn no_other_name_leads_here() {
    let stage = Stage::new();
    let visit = stage.visit().await;
    let (port, path) = stage.link();
    let ours = [&PERSON[..], &[("cookie", visit.cookie.as_str())]].concat();
    for host in [
        "localhost:PORT",
        "[::1]:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "evil.example:PORT",
        "127.0.0.1.evil.example:PORT",
        "127.0.0.1:PORT\r\nhost: 127.0.0.1:PORT",
    ] {
        for path in [&path, &visit.path("settings")] {
            let refused = ask(port, &request("GET", path, host, &ours, "")).await;
            assert_eq!(refused.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        }
    }
}

#[tokio::test]
async fn there_is_nothing_else() {
    let stage = Stage::new();
    let visit = stage.visit().await;
    let port = visit.port;
    for path in ["/", "/open", "/settings", "/files/desk.css", "/v1/info"] {
        let refused = ask(port, &get(path, &PERSON)).await;
        assert_ne!(refused.status, StatusCode::OK, "{path}");
        assert!(!String::from_utf8_lossy(&refused.body).contains("my cards"));
    }
    for name in [
        "nothing",
        "settings/",
        "settings/../settings",
        "files/",
        "%73ettings",
    ] {
        let refused = ask(port, &visit.get(name, &OURS)).await;
        assert_ne!(refused.status, StatusCode::OK, "{name}");
    }
    let cookie = [&OURS[..], &[("cookie", visit.cookie.as_str())]].concat();
    for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let request = request(
            method,
            &visit.path("settings"),
            "127.0.0.1:PORT",
            &cookie,
            "",
        );
        let refused = ask(port, &request).await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}

#[tokio::test]
async fn the_port_is_open_only_as_long_as_somebody_may_come() {
    let stage = Stage::with(DeskTimes {
        link: Duration::from_millis(200),
        visit: Duration::from_millis(200),
    });
    let (port, path) = stage.link();
    let opened = ask(port, &get(&path, &PERSON)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    while TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // And again when it is wanted.
    let (port, path) = stage.link();
    let opened = ask(port, &get(&path, &PERSON)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_that_nobody_follows_in_time_ends() {
    let stage = Stage::with(DeskTimes {
        link: Duration::from_millis(50),
        visit: Duration::from_secs(60),
    });
    // Keeps the port open.
    let (port, path) = stage.link();
    let opened = ask(port, &get(&path, &PERSON)).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    let (port, path) = stage.link();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let late = ask(port, &get(&path, &PERSON)).await;
    assert_eq!(late.header("set-cookie"), None);
}

#[tokio::test]
async fn the_desk_ends_with_the_agent_also_what_is_being_done() {
    let stage = Stage::new();
    let visit = stage.visit().await;
    let form = visit.form(&[]).replace("/looks ", "/wait ");
    let waiting = tokio::spawn(async move { try_to_ask(visit.port, &form).await });
    tokio::time::sleep(Duration::from_millis(50)).await;
    stage.ending.cancel();
    let ended = waiting.await.unwrap();
    assert!(ended.is_none_or(|reply| reply.status == StatusCode::INTERNAL_SERVER_ERROR));
}
