//! Pages, windows and agents that go away in the middle.
//!
//! Spec: docs/protocol.md, "Operations"; docs/threat-model.md, C-9.

use std::{sync::Arc, time::Duration};

use chop_service::{Act, Event, Outcome, View};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    client::{Http, connect, read},
    scene::{Scene, Stage, card_in_reader, enter, sign_in_body, token},
};

/// Asks, and goes away when `when` has happened.
async fn page_that_leaves(stage: &Stage, http: Http, when: &str) {
    let page = stage.page().over(http);
    tokio::select! {
        reply = page.sign_in() => panic!("answered: {reply:?}"),
        () = stage.until(when) => {}
    }
}

#[tokio::test]
async fn a_page_that_goes_away_takes_its_window_with_it() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::new().start().await;
        page_that_leaves(&stage, http, "shows 1 choices, None").await;
        stage.until("window gone").await;
        assert_eq!(stage.count("card"), 0);
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_takes_its_window_and_leaves_the_connection() {
    let stage = Scene::new().start().await;
    let page = stage.page().over(Http::Two);
    let mut line = page.line().await;
    let body = sign_in_body();
    tokio::select! {
        reply = line.ask(&page, "POST", "/v1/sign-in", &body) => panic!("{reply:?}"),
        () = stage.until("shows 1 choices, None") => {}
    }
    stage.until("window gone").await;
    assert_eq!(line.ask(&page, "GET", "/v1/info", "").await.status, 200);
}

#[tokio::test]
async fn a_page_that_goes_away_while_the_card_works_stops_the_card_before_the_window_goes() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::willing().card(|_, _, _| None).start().await;
        page_that_leaves(&stage, http, "shows Checking").await;
        stage.until("window gone").await;
        assert_eq!(
            stage.happened()[stage.happened().len() - 2..],
            ["card stopped", "window gone"]
        );
        // The person sees that the card was used.
        let mut recent = stage.service.recent().watch();
        let recent = recent
            .wait_for(|list| !list.is_empty())
            .await
            .unwrap()
            .clone();
        let told: Vec<_> = recent.iter().map(|it| (it.act, it.outcome)).collect();
        assert_eq!(told, [(Act::SignIn, Outcome::Left)]);
    }
}

#[tokio::test]
async fn when_the_page_has_gone_another_may_ask() {
    for http in [Http::One, Http::Two] {
        let stage = Scene::new().start().await;
        page_that_leaves(&stage, http, "shows 1 choices, None").await;
        stage.until("window gone").await;
        // The window goes before the turn is given back.
        let again = async {
            while tokio::time::timeout(Duration::from_millis(200), stage.page().sign_in())
                .await
                .is_ok_and(|reply| reply.code() == "busy")
            {}
        };
        tokio::time::timeout(Duration::from_secs(20), again)
            .await
            .unwrap();
        assert!(stage.count("window for https://bank.example") >= 2);
    }
}

#[tokio::test]
async fn a_second_request_while_a_window_is_open_is_refused_and_changes_nothing() {
    let stage = Scene::new().start().await;
    let page = stage.page();
    tokio::select! {
        reply = page.sign_in() => panic!("{reply:?}"),
        () = async {
            stage.until("shows 1 choices, None").await;
            let before = stage.happened();
            for origin in ["https://bank.example", "https://evil.example"] {
                let second = stage.page().with("origin", origin).sign_in().await;
                assert_eq!((second.status.as_u16(), second.code().as_str()), (409, "busy"));
            }
            assert_eq!(stage.happened(), before);
        } => {}
    }
}

#[tokio::test]
async fn every_end_gives_the_turn_back() {
    let mut windows = 0;
    let scene = Scene::new().person(move |view| match view {
        View::Ready {
            choices,
            notice: None,
        } => {
            windows += 1;
            Some(match windows {
                1 => Event::Closed,
                2 => Event::TimedOut,
                _ => enter(choices[0].id),
            })
        }
        _ => None,
    });
    let mut tries = 0;
    let stage = scene
        .card(move |_, _, messages| {
            tries += 1;
            Some(match tries {
                1 => Err(chop_token::Error::CardRemoved),
                2 => Err(chop_token::Error::WorkerEnded),
                _ => Ok(crate::scene::signed(messages)),
            })
        })
        .start()
        .await;
    for code in [
        "user_refused",
        "user_timeout",
        "card_removed",
        "card_fault",
        "",
        "",
    ] {
        assert_eq!(stage.page().sign_in().await.code(), code);
    }
}

#[tokio::test]
async fn an_agent_that_ends_answers_the_page_that_waits() {
    for http in [Http::One, Http::Two] {
        let mut stage = Scene::new().start().await;
        let page = stage.page().over(http);
        let ending = async {
            stage.until("shows 1 choices, None").await;
            stage.shutdown.cancel();
        };
        let (reply, ()) = tokio::join!(page.sign_in(), ending);
        assert_eq!(reply.code(), "agent_fault");
        assert_eq!(stage.count("window gone"), 1);
        stage.serving.take().unwrap().await.unwrap();
    }
}

#[tokio::test]
async fn connections_on_which_nothing_is_asked_end_with_the_agent_at_once() {
    let hour = Duration::from_secs(3600);
    let scene = Scene::new().settings(|settings| settings.limits.shutdown = hour);
    let mut stage = scene.start().await;
    let ended = stage.serving.take().unwrap();
    let (page, page_2) = (stage.page(), stage.page().over(Http::Two));
    let (mut idle, mut idle_2) = (page.line().await, page_2.line().await);
    assert_eq!(idle.ask(&page, "GET", "/v1/info", "").await.status, 200);
    assert_eq!(idle_2.ask(&page_2, "GET", "/v1/info", "").await.status, 200);

    stage.shutdown.cancel();

    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
    assert!(ended.is_ok(), "it waits for the hour to pass");
}

#[tokio::test]
async fn an_agent_that_ends_does_not_wait_for_idle_or_stuck_connections() {
    let mut stage = Scene::new()
        .settings(|settings| {
            settings.limits.shutdown = Duration::from_millis(50);
            settings.limits.handshake = Duration::from_secs(3600);
        })
        .start()
        .await;
    let mut idle = connect(&stage, Http::One).await;
    let _unfinished = tokio::net::TcpStream::connect(("127.0.0.1", stage.port))
        .await
        .unwrap();
    let page = stage.page().over(Http::Two);
    let mut line = page.line().await;
    assert_eq!(line.ask(&page, "GET", "/v1/info", "").await.status, 200);

    stage.shutdown.cancel();

    let ended = stage.serving.take().unwrap();
    tokio::time::timeout(Duration::from_secs(20), ended)
        .await
        .unwrap()
        .unwrap();
    assert!(read(&mut idle).await.is_none());
    let refused = tokio::net::TcpStream::connect(("127.0.0.1", stage.port)).await;
    assert!(refused.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn bytes_of_a_next_request_do_not_hide_that_the_client_has_gone() {
    let stage = Scene::new().start().await;
    let mut stream = connect(&stage, Http::One).await;
    let body = sign_in_body();
    let request = format!(
        "POST /v1/sign-in HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: https://bank.example\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}GET /v1/in",
        stage.port,
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    stage.until("shows 1 choices, None").await;

    drop(stream);

    stage.until("window gone").await;
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_its_answers_gets_them_all() {
    let scene = Scene::new().person(|view| match view {
        View::Ready { choices, .. } if choices.len() == 2 => Some(enter(choices[0].id)),
        _ => None,
    });
    let stage = scene.start().await;
    let mut stream = connect(&stage, Http::One).await;
    let request = format!(
        "GET /v1/info HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: https://bank.example\r\n\r\n",
        stage.port
    );
    let body = sign_in_body();
    let sign_in = format!(
        "POST /v1/sign-in HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: https://bank.example\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        stage.port,
        body.len()
    );
    let all = format!("{sign_in}{request}{request}");
    let (first, rest) = all.split_at(sign_in.len() + 20);
    stream.write_all(first.as_bytes()).await.unwrap();
    stage.until("shows 1 choices, None").await;
    stream.write_all(rest.as_bytes()).await.unwrap();
    let mut two = card_in_reader();
    two.tokens.push(token());
    two.tokens[1].id.slot = 1;
    stage.inventory.send_replace(Arc::new(two));

    let mut answers = Vec::new();
    let three = async {
        while String::from_utf8_lossy(&answers)
            .matches("HTTP/1.1 200")
            .count()
            < 3
        {
            assert_ne!(stream.read_buf(&mut answers).await.unwrap(), 0);
        }
    };
    let patience = Duration::from_secs(20);
    tokio::time::timeout(patience, three).await.unwrap();
}
