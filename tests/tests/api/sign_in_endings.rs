//! How a sign-in ends without a signature: each ending has its own code on the page, and takes from
//! the card exactly what it must.

use std::time::{Duration, Instant};

use e2e::browser::{Chromium, ChromiumPage, Options, Page as _, policy};
use e2e::card::{self, TRIES};
use e2e::namespace::Namespace;
use e2e::pki::KeyKind;
use e2e::site::HOST;
use e2e::stack::CardStack;
use serde_json::{Value, json};

use crate::browser_scene::{LONG, in_namespace};
use crate::hanging_module;
use crate::sign_in_desk::{ANY, Cards, Desk, ended_with};
use crate::sign_in_roads::piv;

const WRONG: &str = "000000";
const KEY: KeyKind = KeyKind::P256;

/// A desk with an emulated card, and a browser that may reach loopback, on the portal's home page.
struct Scene {
    page: ChromiumPage,
    _browser: Chromium,
    desk: Desk,
    stack: CardStack,
}

impl Scene {
    async fn new(namespace: &Namespace) -> Self {
        let (stack, cards) = piv(namespace, KEY);
        Self::with(namespace, stack, &cards).await
    }

    async fn with(namespace: &Namespace, stack: CardStack, cards: &Cards) -> Self {
        policy::allow_loopback(namespace, HOST).unwrap();
        let desk = Desk::new(namespace, cards).await;
        let browser = Chromium::start(&desk.home, Options::default())
            .await
            .unwrap();
        let page = browser.page().await.unwrap();
        Self {
            page,
            _browser: browser,
            desk,
            stack,
        }
    }

    async fn press(&self) {
        self.desk.press_card(&self.page).await;
    }

    /// Presses the card and closes the window with Escape as soon as it listens.
    async fn press_and_close(&self) {
        self.press().await;
        self.desk.any_window().await;
        self.desk.display.key("Escape").await.unwrap();
    }

    async fn ends_with(&self, code: &str) -> Value {
        let number = ended_with(&self.page, code).await;
        self.desk.display.wait_until_gone(ANY, LONG).await.unwrap();
        number
    }

    /// The card comes in anew, with so many tries left: the agent has seen those of before.
    fn comes_in_with(&self, tries: u8) {
        self.stack.remove().unwrap();
        self.stack.reader().card().pin.left = tries;
        self.stack.insert().unwrap();
    }

    /// PINs that the card was shown, and those it has left.
    fn pins(&self) -> (u64, u8) {
        let card = self.stack.reader().card();
        (card.counts.verifies, card.pin.left)
    }
}

#[test]
fn sign_in_with_a_wrong_pin_tells_the_page_what_the_card_says_when_the_window_is_closed() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;

        scene.press().await;
        scene.desk.enter(WRONG).await;
        scene.desk.window_says_wrong_pin().await;
        scene.desk.display.key("Escape").await.unwrap();

        assert_eq!(scene.ends_with("pin_wrong").await, json!("2"));
        assert_eq!(scene.pins(), (1, TRIES - 1));
    });
}

#[test]
fn sign_in_with_a_wrong_pin_takes_the_right_one_in_the_same_window() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;

        scene.press().await;
        scene.desk.enter(WRONG).await;
        scene.desk.window_says_wrong_pin().await;
        scene.desk.type_pin(card::PIN).await;

        scene.desk.signed_in(&scene.page).await;
        assert_eq!(scene.pins(), (2, TRIES));
    });
}

#[test]
fn sign_in_never_takes_the_last_try_unless_the_person_says_so() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.comes_in_with(2);

        scene.press().await;
        scene.desk.enter(WRONG).await;
        scene.desk.window_says_wrong_pin().await;
        // Without the confirmation the field takes nothing.
        scene.desk.type_pin(WRONG).await;
        scene.desk.display.key("Escape").await.unwrap();

        assert_eq!(scene.ends_with("pin_wrong").await, json!("1"));
        assert_eq!(scene.pins(), (1, 1));
    });
}

#[test]
fn sign_in_with_a_locked_card_says_so_and_shows_it_no_pin() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.comes_in_with(0);

        scene.press_and_close().await;

        scene.ends_with("pin_locked").await;
        assert_eq!(scene.pins(), (0, 0));
    });
}

#[test]
fn sign_in_without_a_card_waits_for_it_and_goes_on_by_itself() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.stack.remove().unwrap();

        scene.press().await;
        scene.desk.any_window().await;
        scene.stack.insert().unwrap();
        scene.desk.enter(card::PIN).await;

        scene.desk.signed_in(&scene.page).await;
    });
}

#[test]
fn sign_in_without_a_card_is_no_card_when_the_window_is_closed() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.stack.remove().unwrap();

        scene.press_and_close().await;

        scene.ends_with("no_card").await;
    });
}

#[test]
fn sign_in_without_a_reader_is_no_reader_when_the_window_is_closed() {
    in_namespace(async |namespace| {
        let stack = CardStack::without_reader(namespace).unwrap();
        let cards = Cards::module(&stack.module().unwrap());
        let scene = Scene::with(namespace, stack, &cards).await;

        scene.press_and_close().await;

        scene.ends_with("no_reader").await;
    });
}

#[test]
fn sign_in_without_the_smart_card_service_is_no_reader_when_the_window_is_closed() {
    in_namespace(async |namespace| {
        let mut scene = Scene::new(namespace).await;
        scene.stack.stop_service();

        scene.press_and_close().await;

        scene.ends_with("no_reader").await;
    });
}

#[test]
fn sign_in_with_a_card_pulled_while_opensc_signs_ends_within_five_seconds() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.stack.reader().card().delay = Duration::from_secs(30);

        scene.press().await;
        scene.desk.enter(card::PIN).await;
        scene
            .stack
            .reader()
            .wait_until(LONG, |card| card.counts.private_ops == 1)
            .unwrap();
        scene.stack.reader().remove();
        let pulled = Instant::now();

        ended_with(&scene.page, "card_removed").await;
        assert!(
            pulled.elapsed() < Duration::from_secs(5),
            "{:?}",
            pulled.elapsed()
        );
        assert_eq!(scene.pins().0, 1);
    });
}

#[test]
fn sign_in_with_a_module_that_hangs_for_ever_ends_within_five_seconds_of_the_card() {
    in_namespace(async |namespace| {
        let (stack, mut cards) = piv(namespace, KEY);
        cards.modules = vec![hanging_module::build(namespace, &stack.module().unwrap())];
        let scene = Scene::with(namespace, stack, &cards).await;

        scene.press().await;
        scene.desk.enter(card::PIN).await;
        // The module has logged in, and hangs in C_Sign from now on.
        scene
            .stack
            .reader()
            .wait_until(LONG, |card| card.counts.verifies == 1)
            .unwrap();
        scene.stack.reader().remove();
        let pulled = Instant::now();

        ended_with(&scene.page, "card_removed").await;
        assert!(
            pulled.elapsed() < Duration::from_secs(5),
            "{:?}",
            pulled.elapsed()
        );
    });
}

#[test]
fn sign_in_with_a_card_that_fails_is_a_card_fault() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.stack.reader().card().fault = Some(card::Fault::Answers(0x6F00));

        scene.press().await;
        scene.desk.enter(card::PIN).await;

        ended_with(&scene.page, "card_fault").await;
        assert_eq!(scene.pins(), (1, TRIES));
    });
}

#[test]
fn sign_in_ends_as_refused_when_the_person_closes_the_window() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;

        scene.press().await;
        let window = scene.desk.window().await;
        scene.desk.display.close_window(window).await.unwrap();

        scene.ends_with("user_refused").await;
        assert_eq!(scene.pins().0, 0);
    });
}

#[test]
fn sign_in_ends_as_timed_out_when_nobody_answers() {
    in_namespace(async |namespace| {
        let (stack, mut cards) = piv(namespace, KEY);
        cards.settings = "window_seconds = 10";
        let scene = Scene::with(namespace, stack, &cards).await;

        scene.press().await;

        scene.ends_with("user_timeout").await;
    });
}

#[test]
fn sign_in_that_the_page_gives_up_takes_its_window_along() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;

        scene.press().await;
        scene.desk.window().await;
        // The page's own cancel button, which aborts the `signal`.
        scene.page.click("#card-status .quiet").await.unwrap();

        scene.desk.display.wait_until_gone(ANY, LONG).await.unwrap();
        assert_eq!(scene.pins().0, 0);
    });
}

#[test]
fn sign_in_ends_with_the_tab_that_asked() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let other = scene._browser.new_page().await.unwrap();

        scene.desk.press_card(&other).await;
        scene.desk.window().await;
        other.close().await.unwrap();

        scene.desk.display.wait_until_gone(ANY, LONG).await.unwrap();
    });
}

#[test]
fn sign_in_from_a_second_page_is_busy_and_leaves_the_first_alone() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let other = scene._browser.new_page().await.unwrap();

        scene.press().await;
        scene.desk.window().await;
        scene.desk.press_card(&other).await;
        ended_with(&other, "busy").await;
        scene.desk.enter(card::PIN).await;

        scene.desk.signed_in(&scene.page).await;
    });
}

#[test]
fn sign_in_after_two_windows_with_wrong_pins_has_to_wait_and_shows_the_card_nothing() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        for _ in 0..2 {
            scene.stack.reader().card().pin.left = TRIES;
            scene.press().await;
            scene.desk.enter(WRONG).await;
            scene.desk.window_says_wrong_pin().await;
            scene.desk.display.key("Escape").await.unwrap();
            scene.ends_with("pin_wrong").await;
        }

        scene.press().await;

        scene.ends_with("cooling_down").await;
        assert_eq!(scene.pins().0, 2);
    });
}

#[test]
fn sign_in_without_an_agent_says_so() {
    in_namespace(async |namespace| {
        let Scene {
            page,
            desk,
            _browser,
            stack: _stack,
        } = Scene::new(namespace).await;
        let Desk {
            agent,
            portal,
            home: _home,
            display: _display,
        } = desk;
        drop(agent);

        page.goto(&portal.origin).await.unwrap();
        page.click("#card-login").await.unwrap();

        ended_with(&page, "agent_unreachable").await;
    });
}

#[test]
fn sign_in_without_a_display_says_so_whatever_is_plugged_in() {
    in_namespace(async |namespace| {
        let (stack, mut cards) = piv(namespace, KEY);
        cards.without_display = true;
        let scene = Scene::with(namespace, stack, &cards).await;

        scene.press().await;

        ended_with(&scene.page, "no_display").await;
        assert_eq!(scene.pins().0, 0);
    });
}
