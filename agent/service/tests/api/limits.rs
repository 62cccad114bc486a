//! What one client may take of the agent.
//!
//! Spec: docs/protocol.md, "Limits"; docs/threat-model.md, C-28.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    client::{Http, connect, raw, read},
    scene::{Scene, sign_in_body},
};

/// So short that a test can wait for it, so long that a busy machine gets an answer in time.
const SHORT: Duration = Duration::from_millis(400);

#[tokio::test]
async fn ten_megabytes_are_refused_before_they_are_read() {
    for length in [8193, 10_000_000] {
        let stage = Scene::willing().start().await;
        let reply = raw(
            &stage,
            &format!(
                "POST /v1/sign-in HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://bank.example\r\n\
                 Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
            ),
        )
        .await;
        assert_eq!(
            (reply.status.as_u16(), reply.code().as_str()),
            (413, "too_large")
        );
        assert!(stage.nothing_happened());
    }
}

#[tokio::test]
async fn a_body_that_hides_its_length_is_refused_when_it_is_too_long() {
    let stage = Scene::willing().start().await;
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000)).repeat(3);
    let reply = raw(
        &stage,
        &format!(
            "POST /v1/sign-in HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://bank.example\r\n\
             Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
        ),
    )
    .await;
    assert_eq!(reply.code(), "too_large");
    let page = stage.page().over(Http::Two);
    assert_eq!(
        page.post("/v1/sign-in", &" ".repeat(9000)).await.code(),
        "too_large"
    );
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn of_bodies_that_may_be_large_two_are_read_at_once() {
    let stage = Scene::willing().start().await;
    let head = "POST /v1/sign HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://bank.example\r\n\
                Content-Type: application/json\r\n";
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n");
    let long = format!("{head}Content-Length: 9000\r\n\r\n{{");
    let mut lines = Vec::new();
    for request in [&chunked, &long] {
        let mut line = connect(&stage, Http::One).await;
        let request = request.replace("PORT", &stage.port.to_string());
        line.write_all(request.as_bytes()).await.unwrap();
        lines.push(line);
    }
    let ended = format!("{chunked}1\r\n}}\r\n0\r\n\r\n");
    let asking = async {
        // Until the first two have been seen.
        while raw(&stage, &ended).await.code() != "busy" {}
    };
    tokio::time::timeout(Duration::from_secs(20), asking)
        .await
        .unwrap();
    // A small one that says so is read all the same.
    let small = format!("{head}Content-Length: 2\r\n\r\n{{}}");
    assert_eq!(raw(&stage, &small).await.code(), "invalid_request");
    drop(lines);
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_body_of_eight_kibibytes_is_read() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let body = sign_in_body();
        let body = body.clone() + &" ".repeat(8192 - body.len());
        assert_eq!(
            stage
                .page()
                .over(http)
                .post("/v1/sign-in", &body)
                .await
                .status,
            200
        );
    }
}

#[tokio::test]
async fn the_cookies_of_every_program_on_localhost_fit() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let mut page = stage.page().over(http);
        for number in 0..80 {
            page = page.and(&format!("x-{number}"), &"c".repeat(380));
        }
        assert_eq!(page.sign_in().await.status, 200, "{http:?}");
    }
}

#[tokio::test]
async fn more_than_32_kibibytes_of_headers_are_refused() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let page = stage.page().over(http);
        let somewhat = page.with("cookie", &"c".repeat(33 * 1024)).sign_in().await;
        assert_eq!(
            (somewhat.status.as_u16(), somewhat.code().as_str()),
            (431, "too_large"),
            "{http:?}"
        );
        assert!(stage.nothing_happened());
    }
    // Far more is not even read; HTTP/2 clients see the limit in the settings.
    let stage = Scene::willing().start().await;
    let much = format!(
        "GET /v1/info HTTP/1.1\r\nHost: localhost:PORT\r\nCookie: {}\r\n\r\n",
        "c".repeat(65_000)
    );
    assert_eq!(raw(&stage, &much).await.status, 431);
}

#[tokio::test]
async fn more_than_a_hundred_headers_are_refused() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().start().await;
        let mut page = stage.page().over(http);
        for number in 0..120 {
            page = page.and(&format!("x-{number}"), "x");
        }
        assert_eq!(page.sign_in().await.status, 431, "{http:?}");
        assert!(stage.nothing_happened());
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let stage = Scene::willing()
        .settings(|settings| settings.limits.body = SHORT)
        .start()
        .await;
    let reply = raw(
        &stage,
        "POST /v1/sign-in HTTP/1.1\r\nHost: localhost:PORT\r\nOrigin: https://bank.example\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    )
    .await;
    assert_eq!(reply.code(), "invalid_request");
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn headers_that_come_byte_by_byte_are_given_up() {
    let stage = Scene::willing()
        .settings(|settings| settings.limits.headers = SHORT)
        .start()
        .await;
    let mut stream = connect(&stage, Http::One).await;
    let (mut reader, mut writer) = tokio::io::split(&mut stream);
    let dripping = async {
        for byte in b"GET /v1/info HTTP/1.1\r\nX: "
            .iter()
            .chain(std::iter::repeat(&b'x'))
        {
            if writer.write_all(&[*byte]).await.is_err() || writer.flush().await.is_err() {
                break;
            }
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    let mut rest = Vec::new();
    let ended = async { _ = reader.read_to_end(&mut rest).await };
    tokio::select! {
        () = ended => {}
        () = dripping => {}
        () = tokio::time::sleep(Duration::from_secs(20)) => panic!("still open"),
    }
}

#[tokio::test]
async fn idle_and_unfinished_connections_are_given_up_and_used_ones_live_on() {
    let scene = Scene::willing().settings(|settings| {
        settings.limits.idle = SHORT;
        settings.limits.handshake = SHORT;
    });
    let stage = scene.start().await;
    let mut silent = TcpStream::connect(("127.0.0.1", stage.port)).await.unwrap();
    let mut unused = connect(&stage, Http::One).await;
    let mut unused_2 = connect(&stage, Http::Two).await;
    let (page, page_2) = (stage.page(), stage.page().over(Http::Two));
    let (mut used, mut used_2) = (page.line().await, page_2.line().await);

    // Asked all the time, a connection outlives the limit of idle ones several times.
    let begun = std::time::Instant::now();
    while begun.elapsed() < SHORT * 3 {
        assert_eq!(used.ask(&page, "GET", "/v1/info", "").await.status, 200);
        assert_eq!(used_2.ask(&page_2, "GET", "/v1/info", "").await.status, 200);
        tokio::time::sleep(SHORT / 20).await;
    }

    let mut bytes = Vec::new();
    assert_eq!(silent.read_to_end(&mut bytes).await.unwrap_or(0), 0);
    assert!(read(&mut unused).await.is_none());
    assert!(read(&mut unused_2).await.is_none());
}

#[tokio::test]
async fn a_request_may_take_longer_than_the_idle_limit() {
    for http in [Http::One, Http::Two] {
        let scene = Scene::new().settings(|settings| {
            settings.limits.idle = SHORT / 4;
            settings.limits.headers = SHORT / 4;
        });
        let stage = scene.start().await;
        let page = stage.page().over(http);
        let asking = page.sign_in();
        let waited = tokio::time::timeout(SHORT, asking).await;
        assert!(waited.is_err(), "it waits for the person: {waited:?}");
        assert_eq!(stage.count("shows 1 choices, None"), 1);
    }
}

#[tokio::test]
async fn with_hundreds_of_idle_sockets_info_still_answers() {
    let stage = Scene::new().start().await;
    let mut sockets = Vec::new();
    // Both ends are in this process, and many systems give one 1024 files.
    for _ in 0..400 {
        sockets.push(TcpStream::connect(("127.0.0.1", stage.port)).await.unwrap());
    }
    assert_eq!(stage.page().get("/v1/info").await.status, 200);

    let mut open = 0;
    for socket in &mut sockets {
        let closed = tokio::time::timeout(Duration::from_millis(1), socket.read(&mut [0])).await;
        open += usize::from(closed.is_err());
    }
    assert!(open <= 64, "{open} are open");
}

#[tokio::test]
async fn a_crowd_of_idle_sockets_does_not_end_a_request_that_waits() {
    let stage = Scene::new().start().await;
    let page = stage.page();
    let crowd = async {
        stage.until("shows 1 choices, None").await;
        let mut sockets = Vec::new();
        for _ in 0..200 {
            sockets.push(TcpStream::connect(("127.0.0.1", stage.port)).await.unwrap());
        }
        assert_eq!(stage.page().get("/v1/info").await.status, 200);
    };
    tokio::select! {
        reply = page.sign_in() => panic!("{reply:?}"),
        () = crowd => {}
    }
    assert_eq!(stage.count("window gone"), 0);
}

#[tokio::test]
async fn over_http_2_the_first_request_has_to_come_in_time() {
    let stage = Scene::willing()
        .settings(|settings| settings.limits.headers = SHORT)
        .start()
        .await;
    let mut unused = connect(&stage, Http::Two).await;
    let page = stage.page().over(Http::Two);
    let mut used = page.line().await;
    assert_eq!(used.ask(&page, "GET", "/v1/info", "").await.status, 200);

    let patience = Duration::from_secs(20);
    let ended = tokio::time::timeout(patience, read(&mut unused)).await;

    assert!(ended.is_ok_and(|reply| reply.is_none()), "still open");
    tokio::time::sleep(SHORT * 2).await;
    // One that was used has the time of an idle connection.
    assert_eq!(used.ask(&page, "GET", "/v1/info", "").await.status, 200);
}
