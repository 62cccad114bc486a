use chop_service::Asks;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;

use super::*;
use crate::prompt::scene::Scene;

fn card() -> Choice {
    Choice {
        id: ChoiceId(1),
        holder: Some("Holder".to_owned()),
        issuer: "Issuer".to_owned(),
        not_after: Some(1_900_000_000),
        certificate: None,
        label: "Token".to_owned(),
        reader: Some("Reader 00".to_owned()),
        tries_left: Some(3),
        locked: false,
        asks: Asks::Pin,
        shortest: 4,
        longest: 8,
    }
}

fn window(task: PinTask, card: Choice) -> Scene {
    let mut scene = Scene::of(PinForm::new(task, Language::ENGLISH, 1_800_000_000));
    show(&mut scene, card);
    scene
}

fn show(scene: &mut Scene, card: Choice) {
    scene.show(View::Ready {
        choices: vec![card],
        notice: None,
    });
    scene.pass(1.0);
}

fn fill(scene: &mut Scene, secrets: [&str; 3]) {
    for secret in secrets {
        scene.types(secret);
        scene.presses(Key::Enter);
    }
}

#[test]
fn enter_leads_from_field_to_field_and_hands_over_at_the_end() {
    let mut scene = window(PinTask::Change, card());
    scene.types("1234");
    scene.presses(Key::Enter);
    scene.types("567890");
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), [""; 0]);
    scene.types("567890");
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), ["1: Change 1234 567890"]);
    assert!(scene.says("changing"));
}

#[test]
fn new_pins_that_differ_or_are_the_old_one_go_nowhere() {
    let mut scene = window(PinTask::Change, card());
    fill(&mut scene, ["1234", "567890", "567891"]);
    assert!(scene.says("differ"));
    scene.clicks("Change");
    assert_eq!(scene.outcomes(), [""; 0]);

    let mut scene = window(PinTask::Change, card());
    fill(&mut scene, ["1234", "1234", "1234"]);
    assert!(scene.says("is the present one"));
    assert_eq!(scene.outcomes(), [""; 0]);
}

#[test]
fn what_is_too_short_for_the_card_goes_nowhere() {
    let mut scene = window(PinTask::Change, card());
    fill(&mut scene, ["123", "567890", "567890"]);
    assert_eq!(scene.outcomes(), [""; 0]);

    let mut scene = window(PinTask::Change, card());
    fill(&mut scene, ["1234", "567", "567"]);
    assert_eq!(scene.outcomes(), [""; 0]);
}

#[test]
fn the_last_try_has_to_be_confirmed() {
    let last = Choice {
        tries_left: Some(1),
        ..card()
    };
    let mut scene = window(PinTask::Change, last);
    fill(&mut scene, ["1234", "567890", "567890"]);
    assert_eq!(scene.outcomes(), [""; 0]);
    scene.clicks("I understand");
    fill(&mut scene, ["1234", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["1: Change 1234 567890"]);
}

#[test]
fn after_a_wrong_pin_everything_is_typed_anew() {
    let mut scene = window(PinTask::Change, card());
    fill(&mut scene, ["1234", "567890", "567890"]);
    assert_eq!(scene.outcomes().len(), 1);
    let left = Choice {
        tries_left: Some(2),
        ..card()
    };
    show(&mut scene, left);
    scene.fail(PinFault::PinWrong {
        tries_left: Some(2),
    });
    assert!(scene.says("2"));
    scene.pass(1.0);
    scene.presses(Key::Enter);
    assert_eq!(
        scene.outcomes(),
        [""; 0],
        "nothing is left of what was typed"
    );
    fill(&mut scene, ["4321", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["1: Change 4321 567890"]);
}

#[test]
fn a_locked_card_is_unblocked_with_its_puk() {
    let locked = Choice {
        locked: true,
        tries_left: Some(0),
        ..card()
    };
    let mut scene = window(PinTask::Change, locked);
    assert!(scene.says("PUK"));
    fill(&mut scene, ["12345678", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["1: Unblock 12345678 567890"]);
}

#[test]
fn the_last_try_of_the_puk_has_to_be_confirmed() {
    let locked = Choice {
        locked: true,
        tries_left: Some(0),
        ..card()
    };
    let mut scene = window(PinTask::Unblock, locked.clone());
    fill(&mut scene, ["12345678", "567890", "567890"]);
    assert_eq!(scene.outcomes().len(), 1);
    show(&mut scene, locked);
    scene.fail(PinFault::PukWrong {
        tries_left: Some(1),
    });
    scene.pass(1.0);
    assert!(scene.says("One more wrong PUK"));

    fill(&mut scene, ["12345678", "567890", "567890"]);
    assert_eq!(scene.outcomes(), [""; 0]);
    scene.clicks("I understand");
    fill(&mut scene, ["12345678", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["1: Unblock 12345678 567890"]);

    // Another card has said nothing of the kind.
    let other = Choice {
        id: ChoiceId(2),
        ..card()
    };
    show(&mut scene, other);
    fill(&mut scene, ["12345678", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["2: Unblock 12345678 567890"]);
}

#[test]
fn a_card_of_the_state_is_unlocked_by_its_issuer() {
    let locked = Choice {
        locked: true,
        issuer: "經濟部工商憑證管理中心".to_owned(),
        ..card()
    };
    let scene = window(PinTask::Change, locked);
    assert!(scene.says("moeaca"));
    let fields = scene.harness.query_all_by_role(Role::PasswordInput);
    assert_eq!(fields.count(), 0);
}

#[test]
fn what_is_typed_for_one_way_is_not_sent_the_other() {
    let mut scene = window(PinTask::Change, card());
    scene.types("1234");
    scene.clicks("PUK");
    scene.pass(1.0);
    assert_eq!(scene.outcomes(), [""; 0]);
    fill(&mut scene, ["12345678", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["1: Unblock 12345678 567890"]);
}

#[test]
fn a_card_that_is_swapped_takes_what_was_typed_away() {
    let mut scene = window(PinTask::Change, card());
    scene.types("1234");
    let other = Choice {
        id: ChoiceId(2),
        ..card()
    };
    show(&mut scene, other);
    fill(&mut scene, ["9999", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["2: Change 9999 567890"]);
}

#[test]
fn it_says_that_no_site_asked_and_how_it_ended() {
    let mut scene = window(PinTask::Change, card());
    assert!(scene.says("no website"));
    scene.end(Ending::Done);
    assert!(scene.says("The PIN is changed"));
    scene.pass(1.0);
    scene.clicks("Close");
    assert_eq!(scene.outcomes(), ["over"]);
}

#[test]
fn nothing_typed_before_the_window_listens_counts() {
    let mut scene = Scene::of(PinForm::new(
        PinTask::Change,
        Language::ENGLISH,
        1_800_000_000,
    ));
    scene.show(View::Ready {
        choices: vec![card()],
        notice: None,
    });
    scene.types("0000");
    scene.pass(1.0);
    fill(&mut scene, ["1234", "567890", "567890"]);
    assert_eq!(scene.outcomes(), ["1: Change 1234 567890"]);
}
