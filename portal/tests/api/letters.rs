//! Letters on their way: nothing is lost, nothing is sent twice without need.

use portal::State;

use crate::{
    applying::{FIELDS, PERSON, apply},
    scene::{MAIL, ORIGIN, Scene},
};

#[tokio::test]
async fn the_activation_mail_has_the_number_the_link_and_the_bare_address() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;

    let letter = scene.letter(0).await;

    assert_eq!(letter.to, [MAIL]);
    assert_eq!(letter.subject, "【網路線上申辦】啟用您的電子身分證");
    let link = letter.link(&format!("{ORIGIN}/activate/")).unwrap();
    for text in ["IC", "啟用電子身分證", "授權其他單位", &link] {
        assert!(letter.text.contains(text), "{text}");
        assert!(letter.html.contains(text), "{text}");
    }
    // As a link with words, and as an address to copy.
    assert_eq!(letter.html.matches(&link).count(), 3);
    for header in [
        "Auto-Submitted: auto-generated\r\n",
        "Content-Type: multipart/alternative;",
        "Message-ID: <",
    ] {
        assert!(letter.raw.contains(header), "{header}");
    }
    assert_eq!(letter.raw.matches("\r\nTo: ").count(), 1);
    assert!(!letter.raw.contains("\r\nBcc:") && !letter.raw.contains("\r\nCc:"));
}

#[tokio::test]
async fn whoever_applies_in_english_gets_english_mail() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    browser.get("/?lang=en").await;
    browser.get("/apply/cardless").await;
    let check = browser.submit("/apply/cardless", &PERSON).await;
    let form = check.field("form");
    let send = [&PERSON[..], &[("form", &form), ("step", "send")]].concat();
    browser.submit("/apply/cardless", &send).await;

    let letter = scene.letter(0).await;

    assert_eq!(letter.subject, "[Online Application] Activate your account");
    assert!(letter.text.starts_with("Dear applicant,"));
    assert!(letter.html.contains(r#"<html lang="en">"#));
}

#[tokio::test]
async fn a_mail_server_that_is_down_loses_nothing() {
    let mut down = String::new();
    let scene = Scene::with(|settings| {
        let mail = settings.mail.as_mut().unwrap();
        down = std::mem::replace(&mut mail.server, "smtp://127.0.0.1:1".to_owned());
    })
    .await;
    apply(&scene.browser(), "company", &FIELDS).await;
    assert_eq!(scene.portal.deliver().await.unwrap(), 0);
    // It waits before it is tried again.
    assert_eq!(scene.portal.letters().await.unwrap()[0].attempts, 1);
    scene.portal.deliver().await.unwrap();
    let letters = scene.portal.letters().await.unwrap();
    assert_eq!(
        (letters[0].state.as_str(), letters[0].attempts),
        ("waiting", 1)
    );
    assert!(!letters[0].fault.is_empty());

    // Another node has a mail server that is up.
    let mut settings = portal::Settings::default();
    settings.origin = ORIGIN.parse().unwrap();
    settings.database.clone_from(&scene.database.url);
    settings.mail = Some(portal::Mail {
        server: down,
        from: "noreply@portal.example".to_owned(),
        user: None,
        password_file: None,
    });
    let later = || std::time::SystemTime::now() + std::time::Duration::from_secs(10);
    let other = portal::Portal::open_at(settings, later).await.unwrap();
    assert_eq!(other.deliver().await.unwrap(), 1);
    let letter = scene.mail.letters().remove(0);
    let page = scene.browser().get(&crate::activation::path(&letter)).await;
    page.shows(&["啟用電子身分證"]);
}

#[tokio::test]
async fn a_mailbox_that_is_full_is_tried_again_and_one_that_is_not_there_is_given_up() {
    let scene = Scene::new().await;
    scene.mail.refuse(Some("452 mailbox full"));
    apply(&scene.browser(), "company", &FIELDS).await;
    assert_eq!(scene.portal.deliver().await.unwrap(), 0);
    assert_eq!(scene.portal.letters().await.unwrap()[0].state, "waiting");

    scene.mail.refuse(Some("550 no such mailbox"));
    scene.later(1);
    assert_eq!(scene.portal.deliver().await.unwrap(), 0);
    let letters = scene.portal.letters().await.unwrap();
    assert_eq!(
        (letters[0].state.as_str(), letters[0].attempts),
        ("failed", 2)
    );
    assert!(
        letters[0].fault.contains("no such mailbox"),
        "{}",
        letters[0].fault
    );

    scene.mail.refuse(None);
    scene.later(60);
    assert_eq!(scene.portal.deliver().await.unwrap(), 0);
    assert!(scene.portal.send_again(&letters[0].id).await.unwrap());
    assert_eq!(scene.portal.deliver().await.unwrap(), 1);
    assert!(!scene.portal.send_again(&letters[0].id).await.unwrap());
}

#[tokio::test]
async fn a_letter_is_tried_for_three_days() {
    let scene = Scene::new().await;
    scene.mail.refuse(Some("451 try later"));
    apply(&scene.browser(), "company", &FIELDS).await;
    for _ in 0..71 {
        scene.portal.deliver().await.unwrap();
        scene.later(60);
    }
    assert_eq!(scene.portal.letters().await.unwrap()[0].state, "waiting");
    scene.later(2 * 60);
    scene.portal.deliver().await.unwrap();
    assert_eq!(scene.portal.letters().await.unwrap()[0].state, "failed");
}

#[tokio::test]
async fn of_two_nodes_one_sends_a_letter() {
    let scene = Scene::new().await;
    for _ in 0..5 {
        apply(&scene.browser(), "cardless", &PERSON).await;
    }
    let mut settings = portal::Settings::default();
    settings.origin = ORIGIN.parse().unwrap();
    settings.database.clone_from(&scene.database.url);
    settings.mail = Some(portal::Mail {
        server: scene.mail.url(),
        from: "noreply@portal.example".to_owned(),
        user: None,
        password_file: None,
    });
    // Connections of its own to the same database.
    let other = portal::Portal::open(settings).await.unwrap();
    let one = scene.portal.clone();
    let one = tokio::spawn(async move { one.deliver().await.unwrap() });
    let two = tokio::spawn(async move { other.deliver().await.unwrap() });
    assert_eq!(one.await.unwrap() + two.await.unwrap(), 5);
    scene.no_more_letters_than(5).await;
}

#[tokio::test]
async fn a_letter_whose_purpose_is_gone_is_not_sent() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;
    let number = scene.portal.letters().await.unwrap()[0].account.clone();
    let accounts = scene.portal.accounts();
    accounts.disable(&number, true, "test").await.unwrap();
    scene.no_more_letters_than(0).await;
    assert_eq!(scene.portal.letters().await.unwrap()[0].state, "dropped");
}

#[tokio::test]
async fn without_a_mail_server_letters_wait() {
    let scene = Scene::with(|settings| settings.mail = None).await;
    apply(&scene.browser(), "company", &FIELDS).await;
    assert_eq!(scene.portal.deliver().await.unwrap(), 0);
    assert_eq!(scene.portal.letters().await.unwrap()[0].state, "waiting");
}

#[tokio::test]
async fn the_database_holds_no_link() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "company", &FIELDS).await;
    let letter = scene.letter(0).await;
    let link = crate::activation::path(&letter);
    let token = link.rsplit('/').next().unwrap();
    let pool = sqlx::AnyPool::connect(&scene.database.url).await.unwrap();
    let (stored,): (String,) = sqlx::query_as("SELECT token FROM links")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_ne!(stored, token);
}

#[tokio::test]
async fn the_operator_can_have_an_activation_mail_sent_again() {
    let scene = Scene::new().await;
    let account = scene.seed(State::Pending).await;
    scene.portal.resend(&account.number, "test").await.unwrap();
    scene.letter(0).await;
    let active = scene
        .seed_of(portal::Kind::Citizen, &crate::card::CITIZEN, State::Active)
        .await;
    assert!(scene.portal.resend(&active.number, "test").await.is_err());
}

#[test]
fn what_cannot_be_a_mail_server_is_named() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (server, from) in [("http://a", "a@b.example"), ("smtp://a", "nobody")] {
        let mut settings = portal::Settings::default();
        settings.database = "sqlite::memory:".to_owned();
        settings.mail = Some(portal::Mail {
            server: server.to_owned(),
            from: from.to_owned(),
            user: None,
            password_file: None,
        });
        let error = runtime
            .block_on(portal::Portal::open(settings))
            .err()
            .unwrap();
        let named = [server, from]
            .iter()
            .any(|text| error.to_string().contains(text));
        assert!(named, "{error}");
    }
}
