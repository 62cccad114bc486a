//! What an operation leaves behind, and what it is called, when it does not go well.

use std::{sync::Arc, time::Duration};

use chop_token::{Error, Inventory, KeyId, Keyring, Padding, Signer, Use};
use e2e::{
    card::{Card, PIN, Slot},
    keyring::{messages, over, pin, signer, start, until},
    namespace::Namespace,
    pki::{Holder, KeyKind, Pki, Request},
    stack::CardStack,
};
use tokio::time::{sleep, timeout};

use crate::{browser_scene::in_namespace, card_journal::Journal};

const SOON: Duration = Duration::from_secs(15);

fn card(request: &Request<'_>, slot: Slot, kind: KeyKind) -> Card {
    let credential = Pki::shared().credential(request, kind).unwrap();
    Card::default().with(slot, &credential).unwrap()
}

async fn ready(keyring: &Keyring, reached: impl Fn(&Inventory) -> bool) -> Arc<Inventory> {
    until(keyring, SOON, reached).await.unwrap()
}

/// Waits for something outside.
async fn comes(reached: impl Fn() -> bool) {
    let looks = async {
        while !reached() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, looks).await.expect("it does not come");
}

fn wrapped(namespace: &Namespace) -> (Journal, Keyring) {
    let journal = Journal::around(namespace.folder(), &e2e::module::opensc().unwrap());
    let keyring = start(vec![journal.module()], &[]);
    (journal, keyring)
}

#[test]
fn card_that_is_pulled_while_it_decrypts_is_said_to_be_removed() {
    in_namespace(async |namespace| {
        let holder = Holder::company();
        let request = Request::of(&holder).for_encryption();
        let card = card(&request, Slot::KeyManagement, KeyKind::Rsa(2048));
        let stack = CardStack::start(namespace, [card]).unwrap();
        let (journal, keyring) = wrapped(namespace);
        let decrypts = |it: &Inventory| !it.signers(Use::Decrypt).is_empty();
        let inventory = ready(&keyring, decrypts).await;
        let Signer {
            key, certificate, ..
        } = inventory.signers(Use::Decrypt).remove(0);
        let certificate = certificate.unwrap();
        journal.decrypts_nothing();
        let block = [1; 256];
        let (pin, pad) = (pin(PIN), Padding::Pkcs1);
        let decrypt = async || keyring.decrypt(&key, &certificate, &pin, pad, &block).await;

        // The module says the same of a block that is none of this key's.
        let still_there = decrypt().await;
        assert!(matches!(still_there, Ok(None)), "{still_there:?}");
        std::fs::remove_file(namespace.folder().join("journal/begun")).unwrap();

        let pull = async {
            comes(|| journal.decrypts()).await;
            stack.reader().remove();
        };
        let (pulled, ()) = tokio::join!(decrypt(), pull);

        assert!(matches!(pulled, Err(Error::CardRemoved)), "{pulled:?}");
    });
}

#[test]
fn card_is_closed_again_when_its_module_cannot_sign_after_all() {
    in_namespace(async |namespace| {
        let request = Holder::company();
        let card = card(&Request::of(&request), Slot::Authentication, KeyKind::P256);
        let stack = CardStack::start(namespace, [card]).unwrap();
        let (journal, keyring) = wrapped(namespace);
        let inventory = ready(&keyring, |it| signer(it).is_some()).await;
        let key = signer(&inventory).unwrap().key;
        journal.knows_no_mechanism();

        let signed = keyring.sign_in(&key, &pin(PIN), &messages()).await;

        assert!(matches!(signed, Err(Error::Unsupported)), "{signed:?}");
        assert_eq!(stack.reader().card().counts.verifies, 1);
        comes(|| !stack.reader().card().is_open()).await;
    });
}

/// Cards of a company and of a citizen in two readers whose names are longer than the 64 bytes that
/// a slot has for them, so that the numbers at their ends are cut.
fn in_readers_of_one_name(namespace: &Namespace) -> CardStack {
    let people = [Holder::company(), Holder::citizen()];
    let cards = people.map(|holder| {
        let request = Request::of(&holder);
        card(&request, Slot::Authentication, KeyKind::P256)
    });
    let name = "Virtual PCD of a maker who has much to say about the readers that it sells";
    CardStack::start_as(namespace, name, cards).unwrap()
}

/// The company's key, once both cards have been read.
async fn companys_key(keyring: &Keyring) -> KeyId {
    let both = |it: &Inventory| it.settled && it.signers(Use::SignIn).len() == 2;
    let inventory = ready(keyring, both).await;
    assert!(inventory.tokens.iter().all(|token| token.reader.is_none()));
    let company = Holder::company().name;
    let is_its = |it: &Signer| it.certificate.as_ref().unwrap().holder == company;
    let mut signers = inventory.signers(Use::SignIn).into_iter();
    signers.find(is_its).unwrap().key
}

#[test]
fn card_in_one_of_two_readers_that_a_module_calls_the_same_is_missed() {
    in_namespace(async |namespace| {
        let stack = in_readers_of_one_name(namespace);
        let keyring = over(e2e::module::opensc().unwrap());
        let key = companys_key(&keyring).await;
        stack.reader().card().delay = Duration::from_secs(40);

        let (pin, messages) = (pin(PIN), messages());
        let sign = timeout(SOON, keyring.sign_in(&key, &pin, &messages));
        let pull = async {
            comes(|| stack.reader().card().counts.private_ops == 1).await;
            stack.reader().remove();
        };
        let (signed, ()) = tokio::join!(sign, pull);

        let signed = signed.expect("nobody misses the card");
        assert!(matches!(signed, Err(Error::CardRemoved)), "{signed:?}");
    });
}

#[test]
fn card_in_one_of_two_readers_that_a_module_calls_the_same_is_closed_again() {
    in_namespace(async |namespace| {
        let stack = in_readers_of_one_name(namespace);
        let (journal, keyring) = wrapped(namespace);
        let key = companys_key(&keyring).await;
        journal.knows_no_mechanism();

        let signed = keyring.sign_in(&key, &pin(PIN), &messages()).await;

        assert!(matches!(signed, Err(Error::Unsupported)), "{signed:?}");
        assert_eq!(stack.reader().card().counts.verifies, 1);
        comes(|| !stack.reader().card().is_open()).await;
    });
}
