use std::time::Duration;

use p384::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
use rsa::pkcs8::DecodePublicKey as _;

use super::*;
use crate::pki::{Credential, Holder, KeyKind, Pki, PrivateKey, Request};

const SELECT: &[u8] = &[
    0x00, 0xa4, 0x04, 0x00, 0x09, 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00,
];
const TRIES_LEFT: &[u8] = &[0x00, 0x20, 0x00, 0x80];

#[test]
fn wrong_pins_count_down_to_a_lock() {
    let mut card = selected(Card::default());

    let answers: Vec<_> = (0..4).map(|_| verify(&mut card, "111111")).collect();

    assert_eq!(answers, [0x63c2, 0x63c1, 0x6983, 0x6983]);
}

#[test]
fn a_locked_card_refuses_the_right_pin() {
    let mut card = selected(Card::default());
    card.pin.left = 0;

    assert_eq!(verify(&mut card, PIN), 0x6983);
}

#[test]
fn the_right_pin_gives_all_tries_back() {
    let mut card = selected(Card::default());
    verify(&mut card, "111111");

    assert_eq!(verify(&mut card, PIN), 0x9000);

    card.reset();
    run(&mut card, SELECT);
    assert_eq!(status_of(&mut card, TRIES_LEFT), 0x63c3);
}

#[test]
fn a_pin_of_a_wrong_length_costs_nothing() {
    let mut card = selected(Card::default());

    assert_eq!(
        status_of(&mut card, &[0, 0x20, 0, 0x80, 2, 0x31, 0x31]),
        0x6a80
    );

    assert_eq!(card.pin.left, TRIES);
}

#[test]
fn asking_for_the_tries_left_is_not_counted_as_a_pin() {
    let mut card = selected(Card::default());

    assert_eq!(status_of(&mut card, TRIES_LEFT), 0x63c3);

    assert_eq!(
        card.counts,
        Counts {
            apdus: 2,
            verifies: 0,
            puks: 0,
            private_ops: 0,
            certificates: 0,
        }
    );
}

#[test]
fn the_puk_unlocks_the_card_with_a_new_pin() {
    let mut card = selected(Card::default());
    card.pin.left = 0;
    let command = [
        &[0, 0x2c, 0, 0x80, 16][..],
        PUK.as_bytes(),
        &padded("654321"),
    ]
    .concat();

    assert_eq!(status_of(&mut card, &command), 0x9000);

    assert_eq!(verify(&mut card, "654321"), 0x9000);
}

#[test]
fn the_pin_can_be_changed() {
    let mut card = selected(Card::default());
    let command = [&[0, 0x24, 0, 0x80, 16][..], &padded(PIN), &padded("654321")].concat();

    assert_eq!(status_of(&mut card, &command), 0x9000);

    assert_eq!(verify(&mut card, PIN), 0x63c2);
    assert_eq!(verify(&mut card, "654321"), 0x9000);
}

#[test]
fn nothing_is_signed_without_a_pin() {
    let mut card = selected(p384_in(Slot::Authentication).0);

    assert_eq!(
        status_of(&mut card, &sign_p384(Slot::Authentication)),
        0x6982
    );

    assert_eq!(card.counts.private_ops, 0);
}

#[test]
fn p384_in_9a_signs_with_its_key() {
    let (card, key) = p384_in(Slot::Authentication);
    let mut card = selected(card);
    verify(&mut card, PIN);

    let answer = run(&mut card, &sign_p384(Slot::Authentication));

    // 7C len 82 len signature 9000
    let signature = Signature::from_der(&answer[4..answer.len() - 2]).unwrap();
    let key = VerifyingKey::from_public_key_der(key.public_key()).unwrap();
    assert!(key.verify_prehash(&[0x11; 48], &signature).is_ok());
}

#[test]
fn slot_9c_wants_the_pin_for_each_signature() {
    let mut card = selected(p384_in(Slot::Signature).0);
    verify(&mut card, PIN);

    let answers = [0; 2].map(|_| run(&mut card, &sign_p384(Slot::Signature)));

    assert_eq!(answers[0][0], 0x7c);
    assert_eq!(answers[1], [0x69, 0x82]);
}

#[test]
fn slot_9e_signs_without_a_pin() {
    let mut card = selected(p384_in(Slot::CardAuthentication).0);

    assert_eq!(
        run(&mut card, &sign_p384(Slot::CardAuthentication))[0],
        0x7c
    );
}

#[test]
fn a_fault_answers_its_status_word_and_is_counted() {
    let mut card = selected(p384_in(Slot::Authentication).0);
    verify(&mut card, PIN);
    card.fault = Some(Fault::Answers(0x6f00));

    assert_eq!(
        status_of(&mut card, &sign_p384(Slot::Authentication)),
        0x6f00
    );

    assert_eq!(card.counts.private_ops, 1);
}

#[test]
fn a_pulled_card_says_nothing_after_its_time() {
    let mut card = selected(p384_in(Slot::Authentication).0);
    verify(&mut card, PIN);
    card.fault = Some(Fault::Pulled);
    card.delay = Duration::from_secs(2);

    let reply = card.apdu(&sign_p384(Slot::Authentication));

    assert_eq!((reply.answer, reply.after), (None, Duration::from_secs(2)));
}

#[test]
fn a_chained_rsa_operation_is_answered_in_pages() {
    let credential = credential(KeyKind::Rsa(2048));
    let mut card = selected(
        Card::default()
            .with(Slot::Authentication, &credential)
            .unwrap(),
    );
    verify(&mut card, PIN);
    let block = [&[0, 1][..], &[0xff; 253], &[0]].concat();
    let template = [&[0x7c, 0x82, 1, 6, 0x82, 0, 0x81, 0x82, 1, 0][..], &block].concat();
    let (first, second) = template.split_at(200);

    let chained = run(&mut card, &[&[0x10, 0x87, 0x07, 0x9a, 200], first].concat());
    let page = run(
        &mut card,
        &[&[0, 0x87, 0x07, 0x9a, 66], second, &[0]].concat(),
    );
    let rest = run(&mut card, &[0, 0xc0, 0, 0, 8]);

    assert_eq!(chained, [0x90, 0x00]);
    assert_eq!(page[256..], [0x61, 8]);
    let signature = [&page[8..256], &rest[..8]].concat();
    let key = rsa::PublicKey::from_public_key_der(credential.key.public_key()).unwrap();
    let signature = rsa::BoxedUint::from_be_slice(&signature, 2048).unwrap();
    let opened = rsa::hazmat::rsa_encrypt(&key, &signature).unwrap();
    assert_eq!(opened.to_be_bytes().as_ref(), block);
}

#[test]
fn a_certificate_can_be_read_without_a_pin() {
    let credential = credential(KeyKind::P256);
    let mut card = selected(Card::default().with(Slot::Signature, &credential).unwrap());

    let read = [
        0, 0xcb, 0x3f, 0xff, 0, 0, 5, 0x5c, 3, 0x5f, 0xc1, 0x0a, 0, 0,
    ];
    let answer = run(&mut card, &read);

    let certificate = credential.certificate;
    assert!(
        answer
            .windows(certificate.len())
            .any(|part| part == certificate)
    );
}

#[test]
fn keys_that_piv_does_not_know_are_refused() {
    let credential = credential(KeyKind::P521);

    assert!(
        Card::default()
            .with(Slot::Authentication, &credential)
            .is_err()
    );
}

#[test]
fn broken_commands_get_a_status_word() {
    let mut card = selected(Card::default());

    for command in [
        &[][..],
        &[0, 0x20],
        &[0, 0x20, 0, 0x80, 9, 1],
        &[0, 0x20, 0, 0x80, 0, 1, 0, 1],
    ] {
        assert_eq!(run(&mut card, command), [0x67, 0x00], "{command:02x?}");
    }
}

fn credential(kind: KeyKind) -> Credential {
    Pki::shared()
        .credential(&Request::of(&Holder::company()), kind)
        .unwrap()
}

fn p384_in(slot: Slot) -> (Card, PrivateKey) {
    let credential = credential(KeyKind::P384);
    (
        Card::default().with(slot, &credential).unwrap(),
        credential.key,
    )
}

/// Signs a hash of 48 times 0x11.
fn sign_p384(slot: Slot) -> Vec<u8> {
    let template = [&[0x7c, 0x34, 0x82, 0, 0x81, 0x30][..], &[0x11; 48]].concat();
    [&[0, 0x87, 0x14, slot as u8, 0x36][..], &template, &[0]].concat()
}

fn selected(mut card: Card) -> Card {
    assert_eq!(run(&mut card, SELECT)[0], 0x61);
    card
}

fn verify(card: &mut Card, pin: &str) -> u16 {
    status_of(card, &[&[0, 0x20, 0, 0x80, 8][..], &padded(pin)].concat())
}

fn padded(pin: &str) -> [u8; 8] {
    let mut bytes = [0xff; 8];
    bytes[..pin.len()].copy_from_slice(pin.as_bytes());
    bytes
}

fn run(card: &mut Card, command: &[u8]) -> Vec<u8> {
    card.apdu(command).answer.unwrap()
}

fn status_of(card: &mut Card, command: &[u8]) -> u16 {
    let answer = run(card, command);
    assert_eq!(answer.len(), 2, "{answer:02x?}");
    u16::from_be_bytes([answer[0], answer[1]])
}
