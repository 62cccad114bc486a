use chop_token::{PinState, TokenId};

use super::*;

fn card(serial: &str, tries_left: Option<u8>) -> Token {
    Token {
        id: TokenId {
            source: "/module.so".into(),
            slot: 0,
            serial: serial.to_owned(),
        },
        label: String::new(),
        manufacturer: String::new(),
        model: String::new(),
        reader: None,
        pin: PinState {
            tries_left,
            locked: false,
            length: 6..=8,
            keypad: false,
        },
        certificates: Vec::new(),
        hidden: false,
    }
}

async fn enter(tries: &Tries, token: &Token, done: Result<(), Error>) {
    let mut turn = tries.of(token).turn().await;
    turn.begins();
    turn.came(&done);
}

async fn leaves_the_last(tries: &Tries, token: &Token) -> bool {
    tries.of(token).turn().await.leaves_the_last(token)
}

fn wrong() -> Result<(), Error> {
    Err(Error::PinWrong { left: None })
}

#[tokio::test]
async fn two_wrong_ones_leave_the_last_until_one_is_right() {
    let (tries, token) = (Tries::in_memory(), card("1", None));
    enter(&tries, &token, wrong()).await;
    assert!(!leaves_the_last(&tries, &token).await);
    enter(&tries, &token, wrong()).await;
    assert!(leaves_the_last(&tries, &token).await);
    assert!(!leaves_the_last(&tries, &card("2", None)).await);
    enter(&tries, &token, Ok(())).await;
    assert!(!leaves_the_last(&tries, &token).await);
    assert!(leaves_the_last(&tries, &card("1", Some(1))).await);
}

#[tokio::test]
async fn what_may_have_reached_the_card_counts_and_what_certainly_has_not_does_not() {
    for (done, counts) in [
        (Err(Error::CardRemoved), true),
        (Err(Error::WorkerEnded), true),
        (Err(Error::Deadline { seconds: 60 }), true),
        (Err(Error::PinLength), false),
        (Err(Error::Cancelled), false),
        (Err(Error::NotFree), false),
    ] {
        let (tries, token) = (Tries::in_memory(), card("1", None));
        enter(&tries, &token, wrong()).await;
        let said = format!("{done:?}");
        enter(&tries, &token, done).await;
        assert_eq!(leaves_the_last(&tries, &token).await, counts, "{said}");
    }
}

#[tokio::test]
async fn one_that_nobody_waits_for_any_more_counts() {
    let (tries, token) = (Tries::in_memory(), card("1", None));
    for _ in 0..2 {
        let mut turn = tries.of(&token).turn().await;
        turn.begins();
        drop(turn);
    }
    assert!(leaves_the_last(&tries, &token).await);
}

#[tokio::test]
async fn another_process_and_a_restart_know_them_and_the_file_names_no_card() {
    let folder = tempfile::tempdir().unwrap();
    let (agent, command) = (Tries::load(folder.path()), Tries::load(folder.path()));
    let token = card("TP12345678", None);
    enter(&agent, &token, wrong()).await;
    enter(&command, &token, wrong()).await;
    for tries in [&agent, &command, &Tries::load(folder.path())] {
        assert!(leaves_the_last(tries, &token).await);
    }
    let text = std::fs::read_to_string(folder.path().join("tries.json")).unwrap();
    assert!(!text.contains("TP12345678"), "{text}");
    enter(&command, &token, Ok(())).await;
    assert!(!leaves_the_last(&agent, &token).await);
}

#[tokio::test]
async fn not_more_than_a_hundred_cards_are_remembered() {
    let tries = Tries::in_memory();
    for number in 0..=MOST {
        let token = card(&number.to_string(), None);
        enter(&tries, &token, wrong()).await;
        enter(&tries, &token, wrong()).await;
    }
    assert!(!leaves_the_last(&tries, &card("0", None)).await);
    assert!(leaves_the_last(&tries, &card("1", None)).await);
}
