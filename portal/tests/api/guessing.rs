//! Passwords that are guessed: many at once, from many places, for nobody.

use std::time::Duration;

use axum::{body::Body, http::Request};

use crate::{
    browser::{Answer, Browser, encoded},
    passwords::{OTHER, PASSWORD, account, sign_in},
    scene::{ORIGIN, Scene},
};

#[tokio::test]
async fn guesses_that_come_all_at_once_have_no_more_tries_than_one_after_the_other() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let browser = scene.browser();
    for _ in 0..9 {
        assert_eq!(sign_in(&browser, &number, OTHER).await.status, 403);
    }

    let wrong = [("number", &*number), ("password", OTHER)];
    let right = [("number", &*number), ("password", PASSWORD)];
    let mut guesses = Vec::new();
    for _ in 0..49 {
        guesses.push(browser.submit("/sign-in", &wrong));
    }
    guesses.push(browser.submit("/sign-in", &right));
    let answers = join_all(guesses).await;

    // One of them was looked at; the right one came too late.
    let refused = answers.iter().filter(|answer| answer.status == 403).count();
    let too_often = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!((refused, too_often), (1, 49));
}

#[tokio::test]
async fn a_right_password_is_no_wrong_one() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    for _ in 0..12 {
        let answer = sign_in(&scene.browser(), &number, PASSWORD).await;
        assert_eq!(answer.header("location"), "/account");
    }
}

/// Guesses from many addresses, told by a proxy.
#[tokio::test]
async fn nobody_locks_a_holder_out_of_where_they_sign_in() {
    let scene = Scene::with(|settings| {
        settings.proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let number = account(&scene).await;
    let site = Site::serve(&scene).await;
    let holder = scene.browser();
    assert_eq!(
        site.from("198.51.100.1", &holder, &number, PASSWORD).await,
        303
    );

    for host in 0..10 {
        let address = format!("203.0.113.{host}");
        for _ in 0..10 {
            let browser = scene.browser();
            assert_eq!(site.from(&address, &browser, &number, OTHER).await, 403);
        }
    }

    let stranger = scene.browser();
    assert_eq!(
        site.from("203.0.113.99", &stranger, &number, OTHER).await,
        429
    );
    assert_eq!(
        site.from("198.51.100.1", &holder, &number, PASSWORD).await,
        303
    );
}

/// What cannot be a number is refused as any other, whatever is in it.
#[tokio::test]
async fn odd_numbers_are_no_fault_of_the_sites() {
    let scene = Scene::new().await;
    let long = "IN".repeat(6000);
    for number in [
        "",
        "\0",
        "IN000000000\0",
        "IN00000000000",
        "XX0000000000",
        &long,
    ] {
        let answer = sign_in(&scene.browser(), number, PASSWORD).await;
        assert!(
            answer.status == 403 || answer.status == 400,
            "{number:?}: {}",
            answer.status
        );
    }
    let longest = scene.rows("SELECT MAX(LENGTH(key)) FROM counts").await;
    assert!(longest < 100, "{longest}");
}

/// The row of the audit log is written for a number that is nobody's as well: it takes its time.
#[tokio::test]
async fn a_number_that_is_nobodys_is_written_down_like_any_other() {
    let scene = Scene::new().await;
    let number = account(&scene).await;
    let rows = "SELECT COUNT(*) FROM audit WHERE action = 'password_refused'";
    sign_in(&scene.browser(), &number, OTHER).await;
    assert_eq!(scene.rows(rows).await, 1);
    sign_in(&scene.browser(), "IN0000000000", OTHER).await;
    assert_eq!(scene.rows(rows).await, 2);
    let unknown = scene.portal.audit().before("", "", 1).await.unwrap();
    assert_eq!(unknown[0].account, "");
}

/// The portal behind a proxy that says whom it speaks for.
struct Site {
    address: std::net::SocketAddr,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Site {
    async fn serve(scene: &Scene) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        tokio::spawn(
            scene
                .portal
                .clone()
                .serve(listener, async { drop(stopped.await) }),
        );
        Self {
            address,
            _stop: stop,
        }
    }

    /// Posts a password from this address; the answer's status.
    async fn from(&self, from: &str, browser: &Browser, number: &str, password: &str) -> u16 {
        browser.get("/sign-in").await;
        let token = browser.form_token();
        let fields = [
            ("csrf_token", token.as_str()),
            ("number", number),
            ("password", password),
        ];
        let request = Request::post("/sign-in")
            .header("host", "portal.example")
            .header("origin", ORIGIN)
            .header("x-forwarded-for", from)
            .header(
                "cookie",
                format!("__Host-portal={}", browser.session().unwrap()),
            )
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(encoded(&fields)))
            .unwrap();
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let io = hyper_util::rt::TokioIo::new(stream);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        let answer = sender.send_request(request);
        let answer = tokio::time::timeout(Duration::from_secs(30), answer).await;
        answer.unwrap().unwrap().status().as_u16()
    }
}

/// All of them at the same time.
async fn join_all(futures: Vec<impl Future<Output = Answer>>) -> Vec<Answer> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut answers: Vec<_> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut all = true;
        for (future, answer) in futures.iter_mut().zip(&mut answers) {
            if answer.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(done) => *answer = Some(done),
                    std::task::Poll::Pending => all = false,
                }
            }
        }
        if all {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}
