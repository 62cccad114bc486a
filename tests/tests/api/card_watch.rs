//! Readers and cards that come and go under the eyes of the agent's card layer: nobody looks, and
//! nothing polls.

use std::time::{Duration, Instant};

use chop_token::{Inventory, Keyring, Reader, Readers};
use e2e::{
    card::{self, Card, Slot},
    keyring::{messages, over, pin, signer, until},
    pki::{Credential, Holder, KeyKind, Pki, Request},
    stack::{CardStack, READERS},
};

use crate::browser_scene::in_namespace;

/// pcscd looks at its virtual readers every 0.4 s, and this machine may be busy.
const SOON: Duration = Duration::from_secs(15);

fn credential(holder: &Holder, kind: KeyKind) -> Credential {
    Pki::shared()
        .credential(&Request::of(holder), kind)
        .unwrap()
}

fn card_of(holder: &Holder) -> Card {
    let credential = credential(holder, KeyKind::P256);
    Card::default()
        .with(Slot::Authentication, &credential)
        .unwrap()
}

fn readers(inventory: &Inventory) -> &[Reader] {
    match &inventory.readers {
        Readers::Present(readers) => readers,
        _ => &[],
    }
}

/// Who can sign in, and what the card in the first reader is called, when all modules have answered.
async fn holder(keyring: &Keyring) -> (String, &'static str) {
    let ready = |inventory: &Inventory| inventory.settled && signer(inventory).is_some();
    let inventory = until(keyring, SOON, ready).await.unwrap();
    let certificate = signer(&inventory).unwrap().certificate.unwrap();
    let model = inventory.model_in(&readers(&inventory)[0]);
    (certificate.holder, model.unwrap().zh)
}

#[test]
fn card_that_is_put_in_is_ready_and_named_without_a_look() {
    in_namespace(async |namespace| {
        let company = Holder::company();
        let stack = CardStack::start(namespace, [card_of(&company)]).unwrap();
        stack.remove().unwrap();
        let keyring = over(stack.module().unwrap());
        let inventory = until(&keyring, SOON, |it| readers(it).len() == 2).await;
        // No module is loaded before there is a card.
        assert_eq!(inventory.unwrap().sources[0].library, None);

        stack.reader().insert().unwrap();

        assert_eq!(
            holder(&keyring).await,
            (company.name.to_owned(), "工商憑證卡")
        );
    });
}

#[test]
fn card_that_was_swapped_is_the_other_one() {
    in_namespace(async |namespace| {
        let stack = CardStack::start(namespace, [card_of(&Holder::company())]).unwrap();
        let keyring = over(stack.module().unwrap());
        assert_eq!(holder(&keyring).await.1, "工商憑證卡");
        let before = signer(&keyring.inventory().borrow()).unwrap();

        stack.swap(card_of(&Holder::citizen())).unwrap();

        let citizens = |it: &Inventory| {
            signer(it).is_some_and(|it| it.certificate.unwrap().holder == Holder::citizen().name)
        };
        until(&keyring, SOON, citizens).await.unwrap();
        let gone = keyring
            .sign_in(&before.key, &pin(card::PIN), &messages())
            .await;
        assert!(gone.is_err());
        assert_eq!(stack.reader().card().counts.verifies, 0);
    });
}

#[test]
fn card_service_that_ends_and_starts_again_is_noticed_without_a_look() {
    in_namespace(async |namespace| {
        let company = Holder::company();
        let mut stack = CardStack::start(namespace, [card_of(&company)]).unwrap();
        let keyring = over(stack.module().unwrap());
        holder(&keyring).await;
        for _ in 0..3 {
            stack.stop_service();
            let down = |it: &Inventory| it.readers == Readers::ServiceDown;
            let inventory = until(&keyring, SOON, down).await.unwrap();
            assert!(signer(&inventory).is_none());

            stack.start_service().unwrap();

            assert_eq!(holder(&keyring).await.0, company.name);
        }
    });
}

#[test]
fn card_service_that_was_never_there_is_waited_for() {
    in_namespace(async |namespace| {
        let module = e2e::module::opensc().unwrap();
        let keyring = over(module);
        let down = |it: &Inventory| it.readers == Readers::ServiceDown;
        until(&keyring, SOON, down).await.unwrap();
        // Longer than it is tried for after a change.
        tokio::time::sleep(Duration::from_secs(4)).await;

        let company = Holder::company();
        let _stack = CardStack::start(namespace, [card_of(&company)]).unwrap();

        assert_eq!(holder(&keyring).await.0, company.name);
    });
}

#[test]
fn card_readers_come_and_go_with_the_service() {
    in_namespace(async |namespace| {
        let mut stack = CardStack::without_reader(namespace).unwrap();
        let keyring = over(stack.module().unwrap());
        let names = |it: &Inventory| match &it.readers {
            Readers::Present(all) => Some(all.iter().map(|it| it.name.clone()).collect()),
            _ => None::<Vec<String>>,
        };
        let none = |it: &Inventory| names(it).is_some_and(|names| names.is_empty());
        until(&keyring, SOON, none).await.unwrap();

        stack.start_with_readers(true).unwrap();
        let both = |it: &Inventory| names(it).is_some_and(|names| names == READERS);
        until(&keyring, SOON, both).await.unwrap();

        stack.start_with_readers(false).unwrap();
        until(&keyring, SOON, none).await.unwrap();
    });
}

#[test]
fn card_reader_that_a_program_made_up_is_not_there() {
    in_namespace(async |namespace| {
        let name = "Windows Hello for Business";
        let stack = CardStack::start_as(namespace, name, [card_of(&Holder::company())]).unwrap();
        let keyring = over(stack.module().unwrap());
        let none = |it: &Inventory| it.readers == Readers::Present(Vec::new());
        until(&keyring, SOON, none).await.unwrap();
        // Nor does its card have a module loaded.
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!keyring.inventory().borrow().settled);
    });
}

#[test]
fn card_that_is_used_without_contact_is_said_to_be() {
    in_namespace(async |namespace| {
        let mut card = card_of(&Holder::citizen());
        card.atr = [&[0x3b, 0x84, 0x80, 0x01][..], b"Chop", &[0x05]].concat();
        card.atr[8] = card.atr[1..8].iter().fold(0, |sum, byte| sum ^ byte);
        let stack = CardStack::start(namespace, [card]).unwrap();
        let keyring = over(stack.module().unwrap());

        holder(&keyring).await;

        let inventory = keyring.inventory().borrow().clone();
        let [first, second] = readers(&inventory) else {
            panic!("{inventory:?}")
        };
        assert!(first.is_contactless() && !second.is_contactless());
        assert_eq!(first.text(), Some("Chop"));
    });
}

/// Certificates that were read of each card, and PINs that it was shown, and private operations.
fn costs(stack: &CardStack) -> Vec<(u64, u64, u64)> {
    let cost = |reader: &card::Reader| {
        let counts = reader.card().counts;
        (counts.certificates, counts.verifies, counts.private_ops)
    };
    stack.readers().iter().map(cost).collect()
}

#[test]
fn card_sign_in_costs_one_login_one_signature_and_reads_no_certificate() {
    in_namespace(async |namespace| {
        let stack = CardStack::start(namespace, [card_of(&Holder::company())]).unwrap();
        let keyring = over(stack.module().unwrap());
        holder(&keyring).await;
        let key = signer(&keyring.inventory().borrow()).unwrap().key;
        let before = costs(&stack)[0];

        keyring.look();
        let signed = keyring.sign_in(&key, &pin(card::PIN), &messages()).await;

        signed.unwrap();
        let after = costs(&stack)[0];
        assert_eq!(after, (before.0, before.1 + 1, before.2 + 1));
    });
}

#[test]
fn card_that_stays_is_not_read_again_when_another_comes_and_goes() {
    in_namespace(async |namespace| {
        let cards = [Holder::company(), Holder::citizen()].map(|holder| card_of(&holder));
        let stack = CardStack::start(namespace, cards).unwrap();
        let keyring = over(stack.module().unwrap());
        let both = |it: &Inventory| it.settled && it.tokens.len() == 2;
        until(&keyring, SOON, both).await.unwrap();
        let read = costs(&stack)[0].0;

        stack.readers()[1].remove();
        until(&keyring, SOON, |it| it.settled && it.tokens.len() == 1)
            .await
            .unwrap();
        stack.readers()[1].insert().unwrap();
        until(&keyring, SOON, both).await.unwrap();

        assert_eq!(costs(&stack)[0].0, read);
    });
}

#[test]
fn card_of_one_module_does_not_wait_for_another_module() {
    in_namespace(async |namespace| {
        let stack = CardStack::start(namespace, [card_of(&Holder::company())]).unwrap();
        stack.remove().unwrap();
        let opensc = stack.module().unwrap();
        let hanging = crate::hanging_module::build_dead(namespace);
        let keyring = e2e::keyring::start(vec![hanging.into(), opensc.into()], &[]);
        until(&keyring, SOON, |it| readers(it).len() == 2)
            .await
            .unwrap();

        stack.reader().insert().unwrap();
        let start = Instant::now();
        let inventory = until(&keyring, SOON, |it| signer(it).is_some())
            .await
            .unwrap();
        let key = signer(&inventory).unwrap().key;
        keyring
            .sign_in(&key, &pin(card::PIN), &messages())
            .await
            .unwrap();

        // The other one is given 15 s.
        assert!(
            start.elapsed() < Duration::from_secs(8),
            "{:?}",
            start.elapsed()
        );
        assert!(!keyring.inventory().borrow().settled);
    });
}
