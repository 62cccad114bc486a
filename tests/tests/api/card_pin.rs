//! The PIN of the emulated card through pcscd and OpenSC.

use e2e::{
    card::{Card, PIN, Slot, TRIES},
    namespace::Namespace,
    pki::{Holder, KeyKind, Pki, Request},
    stack::CardStack,
};

use crate::pkcs11_tool::Tool;

#[test]
fn each_wrong_pin_costs_exactly_one_try_until_the_card_locks() {
    let (namespace, stack) = stack();
    let tool = Tool::opensc(&stack, namespace.folder());

    let said = [2, 1, 0].map(|left| {
        let said = tool.login("111111");
        assert_eq!(stack.reader().card().pin.left, left);
        said
    });

    assert!(said[0].contains("CKR_PIN_INCORRECT"), "{said:?}");
    assert!(said[1].contains("CKR_PIN_INCORRECT"), "{said:?}");
    assert!(said[2].contains("CKR_PIN_LOCKED"), "{said:?}");
    assert_eq!(stack.reader().card().counts.verifies, 3);
}

#[test]
fn a_locked_card_refuses_the_right_pin_too() {
    let (namespace, stack) = stack();
    stack.reader().card().pin.left = 0;

    let said = Tool::opensc(&stack, namespace.folder()).login(PIN);

    assert!(said.contains("CKR_PIN_LOCKED"), "{said}");
}

#[test]
fn a_right_pin_after_a_wrong_one_gives_the_tries_back() {
    let (namespace, stack) = stack();
    let tool = Tool::opensc(&stack, namespace.folder());
    tool.login("111111");

    tool.login(PIN);

    assert_eq!(stack.reader().card().pin.left, TRIES);
}

fn stack() -> (Namespace, CardStack) {
    let namespace = Namespace::enter().unwrap();
    let holder = Holder::company();
    let credential = Pki::shared()
        .credential(&Request::of(&holder), KeyKind::P256)
        .unwrap();
    let card = Card::default()
        .with(Slot::Authentication, &credential)
        .unwrap();
    let stack = CardStack::start(&namespace, [card]).unwrap();
    (namespace, stack)
}
