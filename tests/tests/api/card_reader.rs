//! Cards that come and go, are slow or broken; readers and services that are not there.

use std::time::{Duration, Instant};

use e2e::{
    card::{Card, Fault, Slot},
    namespace::Namespace,
    pki::{Credential, Holder, KeyKind, Pki, Request},
    stack::CardStack,
};
use pcsc::{Context, Scope};

use crate::pkcs11_tool::Tool;

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_card_that_is_taken_out_and_put_in_again_signs() {
    let (namespace, stack, credential) = stack();
    let tool = Tool::opensc(&stack, namespace.folder());

    stack.remove().unwrap();
    let without = tool.run(&["--list-slots"]);
    stack.insert().unwrap();

    assert!(!without.contains("token label"), "{without}");
    assert_eq!(tool.sign("01", &credential), Ok(()));
}

#[test]
fn a_card_that_vanishes_while_it_signs_is_gone_for_pcsc() {
    let (namespace, stack, credential) = stack();
    stack.reader().card().fault = Some(Fault::Pulled);

    let _signing = Tool::opensc(&stack, namespace.folder()).begin_to_sign("01", &credential);
    stack.wait_until_removed().unwrap();

    assert!(!stack.reader().is_inserted());
    assert_eq!(stack.reader().card().counts.private_ops, 1);
}

#[test]
fn a_card_can_be_pulled_while_it_signs_and_works_afterwards() {
    let (namespace, stack, credential) = stack();
    let tool = Tool::opensc(&stack, namespace.folder());
    stack.reader().card().delay = LONG;

    let signing = tool.begin_to_sign("01", &credential);
    stack
        .reader()
        .wait_until(LONG, |card| card.counts.private_ops == 1)
        .unwrap();
    stack.remove().unwrap();
    // Whether the program comes back is OpenSC's affair: 0.23 may hang for ever.
    drop(signing);

    stack.reader().card().delay = Duration::ZERO;
    stack.insert().unwrap();
    assert_eq!(tool.sign("01", &credential), Ok(()));
}

#[test]
fn a_slow_card_takes_its_time() {
    let (namespace, stack, credential) = stack();
    let delay = Duration::from_millis(300);
    stack.reader().card().delay = delay;

    let start = Instant::now();
    let signed = Tool::opensc(&stack, namespace.folder()).sign("01", &credential);

    assert_eq!(signed, Ok(()));
    assert!(start.elapsed() >= delay);
}

#[test]
fn a_broken_card_fails_until_it_is_mended() {
    let (namespace, stack, credential) = stack();
    let tool = Tool::opensc(&stack, namespace.folder());
    stack.reader().card().fault = Some(Fault::Answers(0x6f00));

    let broken = tool.sign("01", &credential);
    stack.reader().card().fault = None;

    assert!(broken.unwrap_err().contains("C_Sign"));
    assert_eq!(tool.sign("01", &credential), Ok(()));
}

#[test]
fn a_stack_without_reader_has_none() {
    let namespace = Namespace::enter().unwrap();
    let _stack = CardStack::without_reader(&namespace).unwrap();

    let readers = Context::establish(Scope::User)
        .unwrap()
        .list_readers_owned();

    assert_eq!(readers, Ok(Vec::new()));
}

#[test]
fn a_stopped_service_is_gone() {
    let namespace = Namespace::enter().unwrap();
    let mut stack = CardStack::without_reader(&namespace).unwrap();

    stack.stop_service();

    assert_eq!(
        Context::establish(Scope::User).err(),
        Some(pcsc::Error::NoService)
    );
}

fn stack() -> (Namespace, CardStack, Credential) {
    let namespace = Namespace::enter().unwrap();
    let holder = Holder::company();
    let credential = Pki::shared()
        .credential(&Request::of(&holder), KeyKind::Rsa(2048))
        .unwrap();
    let card = Card::default()
        .with(Slot::Authentication, &credential)
        .unwrap();
    let stack = CardStack::start(&namespace, [card]).unwrap();
    (namespace, stack, credential)
}
