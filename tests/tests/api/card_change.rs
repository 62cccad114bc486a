//! Another PIN for the emulated card: changed through OpenSC, unblocked with the PUK past it.

use std::time::Duration;

use chop_token::{Error, Keyring, Module, PinState, TokenId};
use e2e::{
    card::{Card, PIN, PUK, Slot, TRIES},
    keyring::{messages, pin, signer, start, until},
    namespace::Namespace,
    pki::{Holder, KeyKind, Pki, Request},
    stack::CardStack,
};

use crate::{browser_scene::in_namespace, card_journal::Journal};

const NEW: &str = "654321";
const SOON: Duration = Duration::from_secs(15);

/// A card, what watches it, and the card's name there.
struct Scene {
    stack: CardStack,
    keyring: Keyring,
    token: TokenId,
}

impl Scene {
    async fn new(namespace: &Namespace) -> Self {
        Self::over(namespace, e2e::module::opensc().unwrap().into()).await
    }

    async fn over(namespace: &Namespace, module: Module) -> Self {
        let stack = CardStack::start(namespace, [card(&Holder::company())]).unwrap();
        let keyring = start(vec![module], &[]);
        let inventory = until(&keyring, SOON, |it| signer(it).is_some())
            .await
            .unwrap();
        let token = inventory.tokens[0].id.clone();
        Self {
            stack,
            keyring,
            token,
        }
    }

    async fn signs_with(&self, text: &str) -> Result<(), Error> {
        // The card is listed anew after a change, and not there meanwhile.
        let inventory = until(&self.keyring, SOON, |it| signer(it).is_some()).await;
        let key = signer(&inventory.unwrap()).unwrap().key;
        let signed = self.keyring.sign_in(&key, &pin(text), &messages()).await;
        signed.map(|_| ())
    }

    async fn shows(&self, reached: impl Fn(&PinState) -> bool) {
        let reached = |pin: Option<&PinState>| pin.is_some_and(&reached);
        until(&self.keyring, SOON, |it| {
            reached(it.tokens.first().map(|token| &token.pin))
        })
        .await
        .unwrap();
    }
}

fn card(holder: &Holder) -> Card {
    let credential = Pki::shared().credential(&Request::of(holder), KeyKind::P256);
    let card = Card::default().with(Slot::Authentication, &credential.unwrap());
    card.unwrap()
}

#[test]
fn card_pin_is_changed_with_one_try_of_the_old_one() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let change = async |old| {
            let (old, new) = (pin(old), pin(NEW));
            scene.keyring.change_pin(&scene.token, &old, &new).await
        };

        let wrong = change("000000").await;
        assert!(
            matches!(wrong, Err(Error::PinWrong { left: Some(2) })),
            "{wrong:?}"
        );
        assert_eq!(scene.stack.reader().card().pin.left, TRIES - 1);
        scene.shows(|pin| pin.tries_left == Some(TRIES - 1)).await;
        change(PIN).await.unwrap();

        let old = scene.signs_with(PIN).await;
        assert!(matches!(old, Err(Error::PinWrong { .. })), "{old:?}");
        scene.signs_with(NEW).await.unwrap();
    });
}

#[test]
fn card_that_is_locked_is_unblocked_with_its_puk() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.stack.reader().card().pin.left = 1;
        let locked = scene.signs_with("000000").await;
        assert!(matches!(locked, Err(Error::PinLocked)), "{locked:?}");
        let unblock = async |puk| {
            let (puk, new) = (pin(puk), pin(NEW));
            scene.keyring.unblock(&scene.token, &puk, &new).await
        };

        let wrong = unblock("00000000").await;
        assert!(
            matches!(wrong, Err(Error::PukWrong { left: Some(2) })),
            "{wrong:?}"
        );
        unblock(PUK).await.unwrap();

        scene
            .shows(|pin| !pin.locked && pin.tries_left == Some(TRIES))
            .await;
        assert_eq!(scene.stack.reader().card().puk.left, TRIES);
        scene.signs_with(NEW).await.unwrap();
    });
}

#[test]
fn card_that_was_swapped_hears_no_puk_of_the_one_before() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        tokio::task::block_in_place(|| scene.stack.swap(card(&Holder::citizen()))).unwrap();
        // Again and again, while nobody has noticed yet and while everybody has.
        for _ in 0..20 {
            let (puk, new) = (pin("00000000"), pin(NEW));
            let asked = scene.keyring.unblock(&scene.token, &puk, &new).await;
            assert!(asked.is_err());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }

        assert_eq!(scene.stack.reader().card().puk.left, TRIES);
    });
}

#[test]
fn card_that_answers_a_puk_with_nothing_known_does_not_have_it_again() {
    in_namespace(async |namespace| {
        let module = e2e::module::opensc().unwrap();
        let journal = Journal::around(namespace.folder(), &module);
        let scene = Scene::over(namespace, journal.module()).await;
        for fault in [0x6f00, 0x6982, 0x6300] {
            scene.stack.reader().card().puk_fault = Some(fault);
            let before = scene.stack.reader().card().counts.puks;
            let (puk, new) = (pin(PUK), pin(NEW));
            let asked = loop {
                match scene.keyring.unblock(&scene.token, &puk, &new).await {
                    // On a busy machine; the card has heard nothing.
                    Err(Error::NotFree) => {
                        assert_eq!(scene.stack.reader().card().counts.puks, before);
                    }
                    asked => break asked,
                }
            };

            match (fault, asked) {
                (0x6300, Err(Error::PukWrong { left: None })) => {}
                (_, Err(Error::Module { code, .. })) if code == u64::from(fault) => {}
                (_, other) => panic!("{fault:#x}: {other:?}"),
            }
            assert_eq!(scene.stack.reader().card().counts.puks, before + 1);
        }
        // Not even its module was asked to try.
        assert_eq!(journal.logins(), "");
        assert_eq!(scene.stack.reader().card().puk.left, TRIES);
    });
}

#[test]
fn card_that_is_slow_over_a_puk_is_waited_for() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        scene.stack.reader().card().puk_delay = Duration::from_secs(3);
        let (puk, new) = (pin(PUK), pin(NEW));

        scene
            .keyring
            .unblock(&scene.token, &puk, &new)
            .await
            .unwrap();

        assert_eq!(scene.stack.reader().card().counts.puks, 1);
        scene.signs_with(NEW).await.unwrap();
    });
}
