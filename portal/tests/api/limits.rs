//! What costs the site something can be done so often and no more; what costs nothing makes no row.

use axum::{body::Body, http::Request};

use crate::{
    browser::Browser,
    card::COMPANY,
    scene::{ORIGIN, Scene},
};

#[tokio::test]
async fn looking_at_pages_makes_no_row() {
    let scene = Scene::new().await;
    for path in [
        "/",
        "/apply/company",
        "/sign-in",
        "/help",
        "/account",
        "/nothing",
    ] {
        scene.browser().get(path).await;
    }
    for table in [
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM chop_challenges",
        "SELECT COUNT(*) FROM counts",
    ] {
        assert_eq!(scene.rows(table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_challenge_makes_no_session() {
    let scene = Scene::new().await;
    scene.browser().challenge().await;
    assert_eq!(scene.rows("SELECT COUNT(*) FROM sessions").await, 0);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM chop_challenges").await, 1);
}

#[tokio::test]
async fn one_address_gets_so_many_challenges_a_minute() {
    let scene = Scene::new().await;
    let ask = async |browser: &Browser| {
        let request = Request::post("/login/challenge").header("origin", ORIGIN);
        browser.send(request.body(Body::empty()).unwrap()).await
    };
    for _ in 0..120 {
        assert_eq!(ask(&scene.browser()).await.status, 200);
    }

    ask(&scene.browser()).await.is_code(429, "too_often");

    assert_eq!(
        scene.rows("SELECT COUNT(*) FROM chop_challenges").await,
        120
    );
    scene.later(1);
    assert_eq!(ask(&scene.browser()).await.status, 200);
}

#[tokio::test]
async fn one_address_gets_so_many_applications_an_hour() {
    let scene = Scene::new().await;
    for _ in 0..30 {
        crate::applying::apply(&scene.browser(), "cardless", &crate::applying::PERSON).await;
    }
    let answer =
        crate::applying::apply(&scene.browser(), "cardless", &crate::applying::PERSON).await;
    assert_eq!(answer.status, 429);
    answer.shows(&["次數太多"]);
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((3000..=3600).contains(&wait), "{wait}");
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 30);
}

#[tokio::test]
async fn what_has_expired_is_deleted() {
    let scene = Scene::new().await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    scene.sign_in(&browser, &card).await;
    browser.challenge().await;
    crate::applying::apply(&scene.browser(), "cardless", &crate::applying::PERSON).await;
    scene.letter(0).await;

    scene.later(73 * 60);
    scene.portal.sweep().await.unwrap();

    for table in [
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM chop_challenges",
        "SELECT COUNT(*) FROM counts",
        "SELECT COUNT(*) FROM links",
    ] {
        assert_eq!(scene.rows(table).await, 0, "{table}");
    }
}
