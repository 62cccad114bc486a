//! The whole road, with each kind of card, in each browser, by fetch and by popup: a person presses
//! the card picture of the portal, types the PIN into the real window, and is signed in.

use std::time::Duration;

use e2e::browser::{Answer, Chromium, Firefox, Options, Page, policy};
use e2e::card::{self, Card, Slot};
use e2e::namespace::Namespace;
use e2e::pkcs12::{self, Certificates};
use e2e::pki::{Credential, Holder, KeyKind, Pki, Request};
use e2e::site::HOST;
use e2e::softhsm::{self, SoftHsm};
use e2e::stack::CardStack;

use crate::browser_scene::{LONG, in_namespace};
use crate::sign_in_desk::{Cards, Desk, ended_with};

/// Of a PKCS #12 file.
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) fn company(kind: KeyKind) -> Credential {
    Pki::shared()
        .credential(&Request::of(&Holder::company()), kind)
        .unwrap()
}

/// A company's card in SoftHSM: the certificate that signs and, as on each GPKI card, the one that
/// must not.
fn soft_token(namespace: &Namespace, kind: KeyKind) -> Cards {
    let tokens = SoftHsm::new(namespace.folder()).unwrap();
    let holder = Holder::company();
    let encryption = Request::of(&holder).for_encryption();
    let encryption = Pki::shared()
        .credential(&encryption, KeyKind::Rsa(2048))
        .unwrap();
    let both = [("cert2", &encryption), ("cert1", &company(kind))];
    tokens.add_token("GPKI-TEST", &both).unwrap();
    Cards {
        environment: vec![("SOFTHSM2_CONF", tokens.configuration())],
        ..Cards::module(tokens.module())
    }
}

/// A company's emulated PIV card, in the reader of a pcscd of our own, behind OpenSC.
pub(crate) fn piv(namespace: &Namespace, kind: KeyKind) -> (CardStack, Cards) {
    let card = Card::default()
        .with(Slot::Authentication, &company(kind))
        .unwrap();
    let stack = CardStack::start(namespace, [card]).unwrap();
    let cards = Cards::module(&stack.module().unwrap());
    (stack, cards)
}

fn file(namespace: &Namespace, certificates: Certificates) -> Cards {
    let file = namespace.folder().join("工商憑證.p12");
    let credential = company(KeyKind::P521);
    pkcs12::write(&file, &credential, &[], PASSWORD, certificates).unwrap();
    Cards {
        pkcs12: vec![file],
        ..Cards::default()
    }
}

/// Presses the card, enters the PIN, is signed in.
async fn by_fetch(desk: &Desk, page: &impl Page, pin: &str) {
    desk.press_card(page).await;
    desk.enter(pin).await;
    desk.signed_in(page).await;
}

/// The same where the browser does not let the page reach loopback.
async fn by_popup(desk: &Desk, page: &impl Page, pin: &str) {
    desk.press_card(page).await;
    page.wait_for("document.querySelector('#proceed')", LONG)
        .await
        .unwrap();
    page.click("#proceed").await.unwrap();
    desk.enter(pin).await;
    desk.signed_in(page).await;
}

async fn chromium(desk: &Desk) -> Chromium {
    Chromium::start(&desk.home, Options::default())
        .await
        .unwrap()
}

async fn firefox(desk: &Desk) -> Firefox {
    Firefox::start(&desk.home, Options::default())
        .await
        .unwrap()
}

#[test]
fn sign_in_with_a_pkcs12_file_in_chromium_by_fetch() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace, &file(namespace, Certificates::Readable)).await;
        let browser = chromium(&desk).await;
        by_fetch(&desk, &browser.page().await.unwrap(), PASSWORD).await;
    });
}

#[test]
fn sign_in_with_a_pkcs12_file_that_hides_its_certificate_in_chromium_by_popup() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace, &file(namespace, Certificates::Hidden)).await;
        let browser = chromium(&desk).await;
        by_popup(&desk, &browser.page().await.unwrap(), PASSWORD).await;
    });
}

#[test]
fn sign_in_where_the_browser_does_not_trust_the_agent_is_explained_in_the_small_window() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace, &file(namespace, Certificates::Readable)).await;
        desk.home.distrust(1).unwrap();
        let browser = chromium(&desk).await;
        let page = browser.page().await.unwrap();

        desk.press_card(&page).await;
        let button = "document.querySelector('#proceed')";
        page.wait_for(button, LONG).await.unwrap();
        page.click("#proceed").await.unwrap();

        ended_with(&page, "agent_untrusted").await;
    });
}

#[test]
fn sign_in_with_softhsm_rsa_2048_in_chromium_by_popup() {
    in_namespace(async |namespace| {
        let desk = Desk::new(namespace, &soft_token(namespace, KeyKind::Rsa(2048))).await;
        let browser = chromium(&desk).await;
        by_popup(&desk, &browser.page().await.unwrap(), softhsm::PIN).await;
    });
}

#[test]
fn sign_in_with_softhsm_p_256_in_firefox_by_fetch() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace, &soft_token(namespace, KeyKind::P256)).await;
        let browser = firefox(&desk).await;
        by_fetch(&desk, &browser.page().await.unwrap(), softhsm::PIN).await;
    });
}

#[test]
fn sign_in_with_a_piv_card_rsa_2048_in_chromium_by_fetch() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let (stack, cards) = piv(namespace, KeyKind::Rsa(2048));
        let desk = Desk::new(namespace, &cards).await;
        let browser = chromium(&desk).await;

        by_fetch(&desk, &browser.page().await.unwrap(), card::PIN).await;

        let counts = stack.reader().card().counts;
        assert_eq!((counts.verifies, counts.private_ops), (1, 1));
    });
}

#[test]
fn sign_in_with_a_piv_card_p_384_in_firefox_by_fetch() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let (_stack, cards) = piv(namespace, KeyKind::P384);
        let desk = Desk::new(namespace, &cards).await;
        let browser = firefox(&desk).await;
        by_fetch(&desk, &browser.page().await.unwrap(), card::PIN).await;
    });
}

#[test]
fn sign_in_after_the_real_permission_prompt_was_blocked_ends_by_a_click() {
    in_namespace(async |namespace| {
        let (_stack, cards) = piv(namespace, KeyKind::Rsa(2048));
        let desk = Desk::new(namespace, &cards).await;
        let options = Options {
            display: Some(&desk.display),
            ..Options::default()
        };
        let browser = Chromium::start(&desk.home, options).await.unwrap();
        let page = browser.page().await.unwrap();

        desk.press_card(&page).await;
        // The person takes their time; the page says what it waits for.
        let waiting = "document.querySelector('[data-state=waiting_for_permission]')";
        page.wait_for(waiting, LONG).await.unwrap();
        tokio::time::sleep(Duration::from_secs(10)).await;
        page.answer_prompt(&desk.display, Answer::Block, LONG)
            .await
            .unwrap();
        page.wait_for("document.querySelector('#proceed')", LONG)
            .await
            .unwrap();
        page.click("#proceed").await.unwrap();
        desk.enter(card::PIN).await;

        desk.signed_in(&page).await;
    });
}
