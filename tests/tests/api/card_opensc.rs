//! The emulated card through pcscd and OpenSC.

use e2e::{
    card::{Card, Slot},
    namespace::Namespace,
    pki::{Credential, Holder, KeyKind, Pki, Request},
    stack::CardStack,
};

use crate::pkcs11_tool::Tool;

#[test]
fn rsa_2048_in_9a_signs() {
    signs_in_9a(KeyKind::Rsa(2048));
}

#[test]
fn rsa_3072_in_9a_signs() {
    signs_in_9a(KeyKind::Rsa(3072));
}

#[test]
fn p256_in_9a_signs() {
    signs_in_9a(KeyKind::P256);
}

#[test]
fn p384_in_9a_signs() {
    signs_in_9a(KeyKind::P384);
}

#[test]
fn a_citizens_card_is_named_after_the_citizen() {
    let namespace = Namespace::enter().unwrap();
    let card = Card::default().with(Slot::Authentication, &of(&Holder::citizen(), KeyKind::P256));
    let stack = CardStack::start(&namespace, [card.unwrap()]).unwrap();

    let slots = Tool::opensc(&stack, namespace.folder()).run(&["--list-slots"]);

    assert!(slots.contains("token label        : 王小明"), "{slots}");
}

#[test]
fn both_certificates_of_a_company_are_there_each_with_its_key() {
    let namespace = Namespace::enter().unwrap();
    let holder = Holder::company();
    let request = Request::of(&holder).for_encryption();
    let encryption = Pki::shared()
        .credential(&request, KeyKind::Rsa(2048))
        .unwrap();
    let card = Card::default()
        .with(Slot::Authentication, &of(&holder, KeyKind::Rsa(2048)))
        .and_then(|card| card.with(Slot::KeyManagement, &encryption));
    let stack = CardStack::start(&namespace, [card.unwrap()]).unwrap();

    let objects = Tool::opensc(&stack, namespace.folder()).login(e2e::card::PIN);

    assert_eq!(
        objects.matches("Certificate Object").count(),
        2,
        "{objects}"
    );
    assert_eq!(
        objects.matches("Private Key Object").count(),
        2,
        "{objects}"
    );
}

#[test]
fn two_cards_lie_in_two_readers() {
    let namespace = Namespace::enter().unwrap();
    let [one, other] = [Holder::company(), Holder::citizen()]
        .map(|holder| of(&holder, KeyKind::P256))
        .map(|credential| {
            Card::default()
                .with(Slot::Authentication, &credential)
                .unwrap()
        });
    let stack = CardStack::start(&namespace, [one, other]).unwrap();

    let slots = Tool::opensc(&stack, namespace.folder()).run(&["--list-slots"]);

    assert_eq!(slots.matches("token label").count(), 2, "{slots}");
}

#[test]
fn two_tests_do_not_see_each_others_cards() {
    let namespace = Namespace::enter().unwrap();
    let card = |holder| Card::default().with(Slot::Authentication, &of(&holder, KeyKind::P256));
    let _stack = CardStack::start(&namespace, [card(Holder::citizen()).unwrap()]).unwrap();

    let other_test = std::thread::spawn(move || {
        let namespace = Namespace::enter().unwrap();
        let stack = CardStack::start(&namespace, [card(Holder::company()).unwrap()]).unwrap();
        Tool::opensc(&stack, namespace.folder()).run(&["--list-slots"])
    });

    let slots = other_test.join().unwrap();
    assert_eq!(slots.matches("token label").count(), 1, "{slots}");
    assert!(!slots.contains("王小明"), "{slots}");
}

fn signs_in_9a(kind: KeyKind) {
    let namespace = Namespace::enter().unwrap();
    let credential = of(&Holder::company(), kind);
    let card = Card::default()
        .with(Slot::Authentication, &credential)
        .unwrap();
    let stack = CardStack::start(&namespace, [card]).unwrap();

    let signed = Tool::opensc(&stack, namespace.folder()).sign("01", &credential);

    assert_eq!(signed, Ok(()));
    assert_eq!(stack.reader().card().counts.private_ops, 1);
}

fn of(holder: &Holder, kind: KeyKind) -> Credential {
    Pki::shared()
        .credential(&Request::of(holder), kind)
        .unwrap()
}
