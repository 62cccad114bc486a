use chop_token::{Certificate, KeyKind, PinState, Source, Token, TokenId, Uses};

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

#[test]
fn a_module_is_good_missing_or_faulty() {
    let modules: Vec<PathBuf> = ["/a.so", "/b.so", "/c.so"].map(Into::into).into();
    let fault = Source {
        path: "/c.so".into(),
        library: None,
        fault: Some("no entry point".to_owned()),
    };
    let inventory = Inventory {
        sources: vec![fault],
        ..with(Readers::Unknown)
    };
    let lines = sources(&modules, &[], &inventory, |path| path != Path::new("/b.so"));
    assert_eq!(states(&lines), [State::Ok, State::Problem, State::Problem]);
    assert!(
        lines[2].what.en.contains("no entry point"),
        "{:?}",
        lines[2]
    );
}

#[test]
fn no_module_at_all_is_a_problem_unless_there_is_a_file() {
    let inventory = with(Readers::Unknown);
    assert_eq!(
        states(&sources(&[], &[], &inventory, |_| true)),
        [State::Problem]
    );
    let files = [PathBuf::from("/card.p12")];
    assert_eq!(
        states(&sources(&[], &files, &inventory, |_| true)),
        [State::Ok]
    );
}

#[test]
fn a_module_that_does_not_answer_is_a_problem() {
    let inventory = Inventory::default();
    let lines = sources(&["/a.so".into()], &[], &inventory, |_| true);
    assert_eq!(
        lines.last().unwrap(),
        &Line::problem(Area::Modules, text::SLOW)
    );
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
            "A: a card (3B 01)",
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
    let lines = cards(&inventory, NOW);
    assert_eq!(states(&lines), [State::Ok, State::Problem]);
    assert!(lines[1].what.en.contains("in B "), "{:?}", lines[1]);
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
    assert_eq!(states(&cards(&inventory, NOW)), [State::Ok]);
}

#[test]
fn no_card_is_worth_a_note() {
    let inventory = with(Readers::Present(vec![reader("A", false)]));
    assert_eq!(
        cards(&inventory, NOW),
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
