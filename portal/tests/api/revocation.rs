//! Cards that were reported lost: what the lists say decides, and a list that is missing refuses.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};

use axum::{Router, http::StatusCode, routing::get};
use portal::State;
use tokio::net::TcpListener;

use crate::{
    card::{Authority, COMPANY},
    exemptions::{document, made, post},
    scene::{ORIGIN, Scene},
};

/// As the authority's server has it; nothing where it is down.
type Served = Arc<Mutex<Option<Vec<u8>>>>;

/// The serial number of every card here.
const CARD: &[u8] = &[0x0a, 0x1b, 0x2c];
const OTHER: &[u8] = &[0x0a, 0x1b, 0x2d];

/// Serves a list, and gives its address.
async fn server(served: Served) -> String {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TcpListener::bind(any_port).await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move || async move { served.lock().unwrap().clone().ok_or(StatusCode::GONE) };
    let router = Router::new().route("/complete.crl", get(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/complete.crl")
}

/// A portal that asks for one list, of its companies' authority, and takes nothing without it.
async fn scene(change: impl FnOnce(&mut portal::Settings)) -> (Scene, Served) {
    let served = Served::default();
    let address = server(Arc::clone(&served)).await;
    let scene = Scene::with(|settings| {
        settings.revocation.lists = vec![address];
        settings.revocation.allow_unknown_revocation = false;
        change(settings);
    })
    .await;
    scene.seed(State::Active).await;
    (scene, served)
}

impl Scene {
    /// Puts a list up, that counts for a day, and lets the portal see it.
    async fn list(&self, served: &Served, authority: &Authority, revoked: &[&[u8]]) {
        *served.lock().unwrap() = Some(authority.list(revoked, 0..1));
        self.looks_again().await;
    }

    /// After an hour the portal asks whether there is a newer one, and goes on meanwhile.
    async fn looks_again(&self) {
        self.later(61);
        self.looks().await;
    }

    async fn looks(&self) {
        for _ in 0..20 {
            self.portal.fetch_lists().await;
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    async fn card_ends_with(&self, status: u16, code: &str) {
        let browser = self.browser();
        let answer = self.sign_in(&browser, &self.card(&COMPANY)).await;
        answer.is_code(status, code);
        assert_eq!(browser.get("/account").await.header("location"), "/");
    }

    async fn card_signs_in(&self) {
        let answer = self.sign_in(&self.browser(), &self.card(&COMPANY)).await;
        assert_eq!(answer.location(), "/account");
    }
}

#[tokio::test]
async fn a_card_is_taken_until_it_is_on_the_list_and_once_it_is_off_again() {
    let (scene, served) = scene(|_| ()).await;
    scene.list(&served, &scene.companies, &[OTHER]).await;
    scene.card_signs_in().await;

    scene.list(&served, &scene.companies, &[CARD, OTHER]).await;
    scene.card_ends_with(403, "certificate_revoked").await;

    scene.list(&served, &scene.companies, &[OTHER]).await;
    scene.card_signs_in().await;
}

#[tokio::test]
async fn a_signature_of_a_card_that_was_revoked_meanwhile_is_refused() {
    let (scene, served) = scene(|_| ()).await;
    scene.list(&served, &scene.companies, &[OTHER]).await;
    // Half an hour without a click ends a session, so the list is there before.
    *served.lock().unwrap() = Some(scene.companies.list(&[CARD], 0..1));
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    assert_eq!(scene.sign_in(&browser, &card).await.location(), "/account");
    let address = made(&browser).await;
    let text = document(&browser, &address).await;
    scene.later(25);
    browser.get("/account").await;
    scene.later(25);
    browser.get("/account").await;
    scene.later(25);
    scene.looks().await;

    let answer = post(&browser, &address, &card.sign_document(&text)).await;

    answer.is_code(403, "certificate_revoked");
}

#[tokio::test]
async fn no_card_is_taken_while_the_list_is_missing() {
    let (scene, served) = scene(|_| ()).await;
    scene.card_ends_with(503, "revocation_unknown").await;
    scene.portal.fetch_lists().await;
    scene.card_ends_with(503, "revocation_unknown").await;
    let missing = scene.portal.lists();
    assert!(missing[0].fault.as_ref().unwrap().contains("410"));

    scene.list(&served, &scene.companies, &[]).await;

    scene.card_signs_in().await;
    assert!(scene.portal.lists()[0].fault.is_none());
}

#[tokio::test]
async fn no_card_is_taken_where_no_list_is_set() {
    let (scene, _) = scene(|settings| settings.revocation.lists.clear()).await;
    scene.portal.fetch_lists().await;
    scene.card_ends_with(503, "revocation_unknown").await;
}

#[tokio::test]
async fn a_list_of_another_authority_with_the_same_name_is_none() {
    let (scene, served) = scene(|_| ()).await;
    scene.list(&served, &Authority::of_companies(), &[]).await;
    scene.card_ends_with(503, "revocation_unknown").await;
}

#[tokio::test]
async fn a_citizens_list_says_nothing_of_companies() {
    let (scene, served) = scene(|_| ()).await;
    scene.list(&served, &scene.citizens, &[]).await;
    scene.card_ends_with(503, "revocation_unknown").await;
}

#[tokio::test]
async fn a_list_counts_until_it_is_out_of_date() {
    let (scene, served) = scene(|_| ()).await;
    scene.list(&served, &scene.companies, &[]).await;
    scene.card_signs_in().await;
    // Its server goes down, and a day passes.
    *served.lock().unwrap() = None;
    scene.later(24 * 60);
    scene.portal.fetch_lists().await;

    scene.card_ends_with(503, "revocation_unknown").await;
}

#[tokio::test]
async fn an_operator_may_let_it_count_for_longer() {
    let (scene, served) = scene(|settings| settings.revocation.allow_stale_lists_hours = 6).await;
    scene.list(&served, &scene.companies, &[OTHER]).await;
    *served.lock().unwrap() = None;
    scene.later(24 * 60);
    scene.card_signs_in().await;
    scene.later(7 * 60);
    scene.card_ends_with(503, "revocation_unknown").await;
}

#[tokio::test]
async fn a_list_outlasts_the_portal() {
    let (scene, served) = scene(|_| ()).await;
    scene.list(&served, &scene.companies, &[OTHER]).await;
    *served.lock().unwrap() = None;
    let mut settings = portal::Settings::default();
    settings.origin = ORIGIN.parse().unwrap();
    settings.database.clone_from(&scene.database.url);
    settings.anchors = vec![scene.folder.path().to_owned()];
    settings.revocation.folder = scene.folder.path().join("revocation");
    settings.revocation.lists = vec![scene.portal.lists()[0].address.clone()];

    let after = portal::Portal::open(settings).await.unwrap();
    after.fetch_lists().await;

    let list = after.lists()[0].list.clone().unwrap();
    assert_eq!(list.entries(), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_keeps_the_portal_from_starting() {
    let (scene, _) = scene(|_| ()).await;
    let mut settings = portal::Settings::default();
    settings.database.clone_from(&scene.database.url);
    settings.revocation.folder = scene.folder.path().join("companies.pem");
    settings.revocation.lists = vec!["http://ca.example/complete.crl".to_owned()];
    let error = portal::Portal::open(settings).await.err().unwrap();
    assert!(matches!(error, portal::Error::Lists(_)), "{error}");
}

#[tokio::test]
async fn operators_see_lists_and_what_is_wrong_with_them() {
    let (scene, served) = scene(|settings| {
        settings.operators = vec!["company:12345675".parse().unwrap()];
    })
    .await;
    scene.list(&served, &scene.companies, &[OTHER]).await;
    let operator = scene.browser();
    let card = scene.card(&COMPANY);
    scene.sign_in_at(&operator, "/operator/login", &card).await;
    let page = operator.get("/operator/trust").await;
    page.shows(&["complete.crl", "OU=工商憑證管理中心", "下次更新"]);
    page.hides(&["過期", "allow_unknown_revocation"]);
    let soon = figures(&scene).await;
    assert!(soon.contains("portal_lists{fault=\"late\"} 0"), "{soon}");

    *served.lock().unwrap() = None;
    scene.later(24 * 60);
    scene.portal.fetch_lists().await;

    let late = figures(&scene).await;
    assert!(late.contains("portal_lists{fault=\"late\"} 1"), "{late}");
}

async fn figures(scene: &Scene) -> String {
    let figures = crate::browser::Browser::new(scene.portal.metrics());
    figures.get("/metrics").await.body
}
