//! The walk of the document that this project came from, as its reader would take it: apply with a
//! card, activate by mail, sign in with the PIN window, change one's data; and each outcome of a
//! sign-in. With real programs all the way.

use e2e::browser::{Chromium, Firefox, Options, Page, policy};
use e2e::card;
use e2e::namespace::Namespace;
use e2e::pki::Holder;
use e2e::portal_stage::Kind;
use e2e::site::{HOST, SITE};
use serde_json::json;

use crate::browser_scene::{LONG, in_namespace};
use crate::portal_desk::{Album, PortalDesk, at, credential, fill, follow, letter, state, text};
use crate::portal_sign;
use crate::sign_in_desk::window_titled;

const MAIL: &str = "office@company.example";

async fn desk(namespace: &Namespace, kind: Kind) -> PortalDesk {
    policy::allow_loopback(namespace, HOST).unwrap();
    PortalDesk::new(namespace, kind).await
}

/// From first to last.
async fn walk(desk: &PortalDesk, page: &impl Page, album: &Album) {
    let company = Holder::company();

    // 系統登入: the PIN is wrong. A warning, with the tries that are left; nothing else changes.
    page.goto(SITE).await.unwrap();
    album.keep(page, "01-home").await;
    desk.press_card(page).await;
    desk.enter("000000").await;
    window_titled(&desk.display, crate::portal_desk::WRONG).await;
    album
        .keep_screen(&desk.display, "02-window-wrong-pin")
        .await;
    desk.close_wrong().await;
    assert_eq!(state(page, "pin_wrong").await, json!("2"));
    assert!(
        text(page, "#card-status .title")
            .await
            .contains("還可以試 2 次")
    );
    assert_eq!(page.eval("location.pathname").await.unwrap(), "/");
    album.keep(page, "03-pin-wrong").await;

    // 憑證卡與密碼正確，但尚未申請帳號: the application, with what the card says filled in.
    desk.press_card(page).await;
    window_titled(&desk.display, crate::portal_desk::ENTER).await;
    album.keep_screen(&desk.display, "04-window").await;
    desk.enter(card::PIN).await;
    at(page, "/apply/company").await;
    let value = "document.querySelector('[name=ban]').value";
    assert_eq!(page.eval(value).await.unwrap(), company.number.as_str());
    fill(
        page,
        &[
            ("representative", "林負責"),
            ("address", "臺北市中正區測試路 1 號"),
            ("contact", "吳小姐"),
            ("phone", "02-2345-6789"),
            ("mail", MAIL),
        ],
    )
    .await;
    album.keep(page, "05-apply").await;
    follow(page, "#next", "/apply/company").await;
    assert!(text(page, "main").await.contains("臺北市中正區測試路 1 號"));
    album.keep(page, "06-check").await;
    follow(page, "#send", "/applied").await;
    album.keep(page, "07-applied").await;

    // 啟用帳號: not yet, says the site, before the mail was followed.
    desk.press_card(page).await;
    desk.enter(card::PIN).await;
    at(page, "/pending").await;
    album.keep(page, "08-pending").await;
    let mail = letter(&desk.stage, MAIL, 0).await;
    let link = mail.link(&format!("{SITE}/activate/")).unwrap();
    page.goto(&link).await.unwrap();
    let number = text(page, "#account-number").await;
    assert!(
        number.starts_with("IC") && mail.text.contains(&number),
        "{number}"
    );
    album.keep(page, "09-activate").await;
    let path = link.strip_prefix(SITE).unwrap();
    follow(page, "#activate", path).await;
    assert_eq!(text(page, "#account-number").await, number);
    album.keep(page, "10-activated").await;

    // 如憑證卡與密碼正確，且已申請過帳號: signed in.
    desk.press_card(page).await;
    desk.enter(card::PIN).await;
    at(page, "/account").await;
    assert_eq!(text(page, "#holder-name").await, company.name);
    assert_eq!(text(page, "#account-number").await, number);
    album.keep(page, "11-account").await;

    // 網路線上免稅函申請作業.
    portal_sign::sign(desk, page, album).await;

    // 申請人管理功能 > 修改基本資料.
    follow(page, ".menu a[href='/account/profile']", "/account/profile").await;
    let value = "document.querySelector('[name=contact]').value";
    assert_eq!(page.eval(value).await.unwrap(), "吳小姐");
    album.keep(page, "12-profile").await;
    fill(page, &[("contact", "陳先生"), ("phone", "02-8765-4321")]).await;
    follow(page, "#send", "/account").await;
    assert!(!text(page, "#changed").await.is_empty());
    follow(page, ".menu a[href='/account/profile']", "/account/profile").await;
    assert_eq!(page.eval(value).await.unwrap(), "陳先生");
    follow(page, "#clear", "/account/profile").await;
    assert_eq!(page.eval(value).await.unwrap(), "");
    album.keep(page, "13-cleared").await;
    follow(page, ".menu a[href='/account/profile']", "/account/profile").await;
    assert_eq!(page.eval(value).await.unwrap(), "陳先生");
    follow(page, "#sign-out", "/").await;
    page.goto(&format!("{SITE}/account")).await.unwrap();
    at(page, "/").await;
}

#[test]
fn portal_walk_ends_early_with_a_card_that_was_reported_lost() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let lost = credential(&Holder::company());
        let revoked = [lost.certificate.as_slice()];
        let desk = PortalDesk::with(namespace, Kind::Single, &lost, &revoked).await;
        let browser = Chromium::start(&desk.home, Options::default())
            .await
            .unwrap();
        let page = browser.page().await.unwrap();
        desk.press_card(&page).await;
        desk.enter(card::PIN).await;
        state(&page, "certificate_revoked").await;
        let said = text(&page, "#card-status").await;
        assert!(said.contains("憑證已停用或廢止"), "{said}");
        page.resize(1280, 900).await.unwrap();
        Album::new("revoked").keep(&page, "01-revoked").await;
        follow(&page, "#card-status a.more", "/help/certificate_revoked").await;
        assert!(text(&page, "main").await.contains("復用"));
    });
}

async fn in_chromium(namespace: &Namespace, kind: Kind, album: &str) {
    let desk = desk(namespace, kind).await;
    let browser = Chromium::start(&desk.home, Options::default())
        .await
        .unwrap();
    let page = browser.page().await.unwrap();
    page.resize(1280, 900).await.unwrap();
    walk(&desk, &page, &Album::new(album)).await;
}

#[test]
fn portal_walk_in_chromium_on_sqlite() {
    in_namespace(async |namespace| {
        in_chromium(namespace, Kind::Single, "walk-chromium").await;
    });
}

#[test]
fn portal_walk_in_chromium_on_postgres_with_two_nodes() {
    in_namespace(async |namespace| {
        in_chromium(namespace, Kind::Cluster, "walk-chromium-two-nodes").await;
    });
}

#[test]
fn portal_walk_in_firefox_on_sqlite() {
    in_namespace(async |namespace| {
        let desk = desk(namespace, Kind::Single).await;
        let browser = Firefox::start(&desk.home, Options::default())
            .await
            .unwrap();
        let page = browser.page().await.unwrap();
        walk(&desk, &page, &Album::new("walk-firefox")).await;
    });
}

#[test]
fn portal_login_begun_on_a_node_that_is_killed_ends_on_the_other() {
    in_namespace(async |namespace| {
        let desk = desk(namespace, Kind::Cluster).await;
        let company = Holder::company();
        let account = desk.stage.nodes[0].command(&[
            "account",
            "add",
            "--kind",
            "company",
            "--subject",
            &company.number,
            "--name",
            &company.name,
            "--mail",
            MAIL,
        ]);
        let made = { account }.output().unwrap();
        let number = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        let browser = Chromium::start(&desk.home, Options::default())
            .await
            .unwrap();
        let page = browser.page().await.unwrap();

        desk.press_card(&page).await;
        window_titled(&desk.display, crate::portal_desk::ENTER).await;
        // The node that gave the challenge dies while the person types.
        let issued = |node: &e2e::portal_node::PortalNode| {
            node.figure("portal_challenges_total").unwrap() > 0.0
        };
        let mut with = desk.stage.nodes.iter().filter(|node| issued(node));
        let node = with.next().unwrap();
        assert!(with.next().is_none());
        node.kill().unwrap();
        desk.enter(card::PIN).await;

        at(&page, "/account").await;
        assert_eq!(text(&page, "#account-number").await, number);
        let other = desk
            .stage
            .nodes
            .iter()
            .find(|other| other.pid() != node.pid());
        let name = "portal_card_logins_total{outcome=\"account\"}";
        assert_eq!(other.unwrap().figure(name).unwrap(), 1.0);
        page.wait_for("document.querySelector('#holder-name')", LONG)
            .await
            .unwrap();
    });
}
