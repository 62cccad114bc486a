use chop_token::{Certificate, Fault, KeyKind, PinState, Token, TokenId, Uses};

use super::*;
use crate::doctor::State;

const NOW: i64 = 1_800_000_000;

fn with(readers: Readers) -> Inventory {
    Inventory {
        settled: true,
        readers,
        ..Inventory::default()
    }
}

fn reader(name: &str, card: bool) -> Reader {
    Reader {
        name: name.to_owned(),
        card: card.then(|| vec![0x3B, 0x01]),
    }
}

/// A good card in that reader, of a module that names its readers.
fn token(reader: &str) -> Token {
    Token {
        id: TokenId {
            source: "/lib/a.so".into(),
            slot: 1,
            serial: "0001".to_owned(),
        },
        label: "card".to_owned(),
        manufacturer: String::new(),
        model: String::new(),
        reader: Some(reader.to_owned()),
        pin: PinState {
            tries_left: Some(3),
            locked: false,
            length: 6..=8,
            keypad: false,
        },
        certificates: vec![Certificate {
            id: vec![1],
            label: String::new(),
            der: Vec::new(),
            holder: "測試股份有限公司".to_owned(),
            issuer: "測試工商憑證管理中心".to_owned(),
            subject_name: Vec::new(),
            issuer_name: Vec::new(),
            not_before: 0,
            not_after: NOW + 1,
            key: Some(KeyKind::P256),
            public_key: Vec::new(),
            uses: Uses {
                sign_in: true,
                ..Uses::default()
            },
        }],
        hidden: false,
    }
}

fn signer(token: Token) -> Signer {
    let inventory = Inventory {
        tokens: vec![token],
        ..with(Readers::Unknown)
    };
    inventory.signers(Use::SignIn).remove(0)
}

fn states(lines: &[Line]) -> Vec<State> {
    lines.iter().map(|line| line.state).collect()
}

fn source(path: &str, fault: Option<Fault>) -> Source {
    Source {
        path: path.into(),
        library: None,
        fault,
    }
}

#[test]
fn a_module_is_good_or_faulty_and_says_why() {
    let needs = Fault::Dependency {
        library: "libx.so.1".to_owned(),
    };
    let inventory = Inventory {
        sources: vec![source("/a.so", None), source("/b.so", Some(needs))],
        ..with(Readers::Unknown)
    };
    let lines = sources(&inventory);
    assert_eq!(states(&lines), [State::Ok, State::Problem]);
    assert!(lines[1].what.en.contains("libx.so.1"), "{:?}", lines[1]);
}

#[test]
fn no_module_and_no_file_at_all_is_a_problem() {
    let lines = sources(&with(Readers::Unknown));
    assert_eq!(states(&lines), [State::Problem]);
}

#[test]
fn a_module_that_does_not_answer_is_a_problem() {
    let inventory = Inventory {
        sources: vec![source("/a.so", None)],
        ..Inventory::default()
    };
    let expected = Line::problem(Area::Modules, text::SLOW);
    assert_eq!(sources(&inventory).last().unwrap(), &expected);
}

#[test]
fn a_missing_service_or_reader_is_a_problem_for_whoever_needs_one() {
    for readers_there in [Readers::ServiceDown, Readers::Present(Vec::new())] {
        let inventory = with(readers_there);
        assert_eq!(
            readers(&inventory, false).last().unwrap().state,
            State::Problem
        );
        assert_eq!(readers(&inventory, true).last().unwrap().state, State::Note);
    }
}

#[test]
fn each_reader_says_whether_it_has_a_card() {
    let present = Readers::Present(vec![reader("A", true), reader("B", false)]);
    let lines = readers(&with(present), false);
    let said: Vec<_> = lines.iter().map(|line| line.what.en.as_ref()).collect();
    assert_eq!(
        said,
        [
            "The smart card service runs",
            "A: unknown card (ATR 3B 01)",
            "B: no card"
        ]
    );
}

#[test]
fn a_card_that_no_module_knows_is_a_problem() {
    let present = Readers::Present(vec![reader("A", true), reader("B", true)]);
    let inventory = Inventory {
        tokens: vec![token("A")],
        ..with(present)
    };
    let lines = certificates(&inventory, NOW);
    assert_eq!(states(&lines), [State::Ok, State::Problem]);
    assert!(lines[1].what.en.contains("in B "), "{:?}", lines[1]);
}

#[test]
fn a_card_that_is_known_says_what_to_install() {
    let citizens = Reader {
        name: "A".to_owned(),
        card: Some(b"\x3b\xb8\x13\x00\x81\x31\xfa\x52CHTMOICA\xa5".to_vec()),
    };
    let inventory = with(Readers::Present(vec![citizens]));
    let lines = certificates(&inventory, NOW);
    assert!(lines[0].what.zh.contains("自然人憑證卡"), "{lines:?}");
    let remedy = lines[0].remedy.as_ref().unwrap();
    assert!(remedy.zh.contains("HiCOS"), "{remedy:?}");
    assert!(
        readers(&inventory, false)[1]
            .what
            .zh
            .contains("自然人憑證卡")
    );
}

#[test]
fn a_card_that_a_module_reads_but_that_cannot_sign_needs_no_module() {
    let mut useless = token("A");
    useless.certificates.clear();
    let inventory = Inventory {
        tokens: vec![useless],
        ..with(Readers::Present(vec![reader("A", true)]))
    };
    let remedy = certificates(&inventory, NOW)[0].remedy.clone().unwrap();
    assert!(!remedy.en.contains("nstall"), "{remedy:?}");
}

#[test]
fn a_module_that_names_no_readers_accuses_no_card() {
    let present = Readers::Present(vec![reader("A", true)]);
    let unplaced = Token {
        reader: None,
        ..token("A")
    };
    let inventory = Inventory {
        tokens: vec![unplaced],
        ..with(present)
    };
    assert_eq!(states(&certificates(&inventory, NOW)), [State::Ok]);
}

#[test]
fn no_card_is_worth_a_note() {
    let inventory = with(Readers::Present(vec![reader("A", false)]));
    assert_eq!(
        certificates(&inventory, NOW),
        [Line::note(Area::Cards, text::NO_CARD, None)]
    );
}

#[test]
fn a_card_is_good_expired_locked_or_on_its_last_try() {
    let good = signer(token("A"));
    let (mut locked, mut last) = (good.clone(), good.clone());
    locked.pin.locked = true;
    last.pin.tries_left = Some(1);
    assert_eq!(card(&good, NOW).state, State::Ok);
    assert_eq!(card(&good, NOW + 2).state, State::Problem);
    assert_eq!(card(&locked, NOW).state, State::Problem);
    assert_eq!(card(&last, NOW).state, State::Note);
}
