//! What the keeper makes of what it hears.

use std::path::PathBuf;

use tokio::sync::mpsc::unbounded_channel;

use super::*;
use crate::{
    Allowed, PinState, WorkerSource,
    keyring::{WorkerProgram, host::Host},
};

/// A keeper that knows one card, with three tries.
fn keeper() -> (Keeper, TokenId) {
    let program = WorkerProgram {
        program: "/nothing".into(),
        arguments: Vec::new(),
    };
    let module = crate::Module::from(PathBuf::from("/module.so"));
    let host = Host::new(program, WorkerSource::Module(module), Allowed::any());
    let id = TokenId {
        source: "/module.so".into(),
        slot: 0,
        serial: "1".to_owned(),
    };
    let token = Token {
        id: id.clone(),
        label: String::new(),
        manufacturer: String::new(),
        model: String::new(),
        reader: Some("reader".to_owned()),
        pin: PinState {
            tries_left: Some(3),
            locked: false,
            length: 6..=8,
            keypad: false,
        },
        certificates: Vec::new(),
        hidden: false,
    };
    let mut source = Source::new(Arc::new(host));
    source.listed.kept.push(Kept {
        token,
        place: String::new(),
        count: 1,
        tells: true,
    });
    let (watch, seats) = Watch::start();
    let keeper = Keeper {
        sources: vec![source],
        watch,
        seats,
        events: unbounded_channel().0.downgrade(),
        inventory: channel::channel(Arc::default()).0,
        told: Arc::default(),
        grace: Duration::ZERO,
        shown: Seats::Unknown,
        looked: false,
        begun: true,
        tries_asked: None,
    };
    (keeper, id)
}

fn tries_shown(keeper: &Keeper) -> Option<u8> {
    keeper.inventory.borrow().tokens[0].pin.tries_left
}

#[test]
fn after_a_wrong_pin_the_tries_are_those_that_the_card_says() {
    let (mut keeper, id) = keeper();
    keeper.hear(Event::Refused(id, Some(Tries::Left(2))));
    assert_eq!(tries_shown(&keeper), Some(2));
}

#[test]
fn after_a_wrong_pin_a_card_that_does_not_answer_has_no_tries_of_before() {
    let (mut keeper, id) = keeper();
    keeper.hear(Event::Refused(id, None));
    assert_eq!(tries_shown(&keeper), None);
}

#[test]
fn a_worker_that_ended_while_it_was_asked_is_asked_once_more_and_not_for_ever() {
    let (mut keeper, _) = keeper();
    let host = Arc::clone(&keeper.sources[0].host);
    let crash = || Event::Listed(Arc::clone(&host), Err(Fault::Crashed { signal: 9 }));

    keeper.hear(crash());
    assert_eq!(keeper.sources[0].fault, None);
    assert_eq!(keeper.sources[0].listed.kept.len(), 1);

    keeper.hear(crash());
    assert_eq!(keeper.sources[0].fault, Some(Fault::Crashed { signal: 9 }));
    assert!(keeper.inventory.borrow().tokens.is_empty());
}

#[test]
fn a_source_that_stays_keeps_what_is_known_and_one_that_went_is_not_listened_to() {
    let (mut keeper, _) = keeper();
    let old = Arc::clone(&keeper.sources[0].host);
    let new = {
        let (other, _) = self::keeper();
        Arc::clone(&other.sources[0].host)
    };

    keeper.hear(Event::Sources(vec![Arc::clone(&new), Arc::clone(&old)]));
    assert_eq!(tries_shown(&keeper), Some(3));
    assert_eq!(keeper.sources[1].listed.kept.len(), 1);

    keeper.hear(Event::Sources(vec![new]));
    assert!(keeper.inventory.borrow().tokens.is_empty());
    keeper.hear(Event::Listed(old, Err(Fault::Crashed { signal: 9 })));
    assert_eq!(keeper.sources[0].fault, None);
}
