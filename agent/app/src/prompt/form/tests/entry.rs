//! Choosing a certificate and entering its PIN.

use super::*;

#[test]
fn a_typed_pin_and_enter_are_handed_over() {
    let mut scene = Scene::ready(vec![card(7)]);

    scene.types("123456");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), ["7: 123456"]);
    assert!(scene.says("Your card is signing"));
}

#[test]
fn the_pin_field_has_the_focus_from_the_start() {
    let scene = Scene::ready(vec![card(1)]);
    assert!(scene.field().is_focused());
}

#[test]
fn a_screen_reader_hears_how_much_was_typed_and_not_what() {
    let mut scene = Scene::ready(vec![card(1)]);

    scene.types("1234");

    assert_eq!(scene.field().value().as_deref(), Some("••••"));
    let tree = format!("{:?}", scene.harness.root());
    assert!(!tree.contains("1234"), "{tree}");
}

#[test]
fn a_short_pin_is_not_handed_over() {
    let mut scene = Scene::ready(vec![card(1)]);

    scene.types("123");
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), [""; 0]);

    scene.types("4");
    scene.presses(Key::Enter);
    assert_eq!(scene.outcomes(), ["1: 1234"]);
}

#[test]
fn no_more_characters_are_taken_than_the_card_takes() {
    let mut scene = Scene::ready(vec![card(1)]);

    scene.types("1234567890");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), ["1: 12345678"]);
}

#[test]
fn backspace_corrects_and_with_control_clears() {
    let mut scene = Scene::ready(vec![card(1)]);

    scene.types("12345");
    scene.presses(Key::Backspace);
    assert_eq!(scene.typed(), 4);

    scene
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Backspace);
    scene.pass(0.01);
    assert_eq!(scene.typed(), 0);
}

#[test]
fn nothing_is_pasted() {
    let mut scene = Scene::ready(vec![card(1)]);

    scene.harness.event(Event::Paste("123456".to_owned()));
    scene
        .harness
        .event(Event::Ime(egui::ImeEvent::Commit("123456".to_owned())));
    scene.pass(0.01);

    assert_eq!(scene.typed(), 0);
}

#[test]
fn no_input_method_is_ever_asked_for() {
    let mut scene = Scene::ready(vec![card(1)]);

    scene.types("12");

    assert!(scene.harness.output().platform_output.ime.is_none());
}

#[test]
fn tab_leads_from_the_pin_to_sign_in_then_to_cancel() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.types("1234");

    for label in ["Sign in", "Cancel", "中文"] {
        scene.presses(Key::Tab);
        assert!(scene.harness.get_by_label(label).is_focused(), "{label}");
    }
    scene.presses(Key::Tab);
    assert!(scene.field().is_focused());
}

#[test]
fn the_button_signs_in_by_mouse_and_by_the_space_bar() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.types("1234");
    scene.clicks("Sign in");
    assert_eq!(scene.outcomes(), ["1: 1234"]);

    let mut scene = Scene::ready(vec![card(1)]);
    scene.types("1234");
    scene.presses(Key::Tab);
    scene.presses(Key::Space);
    assert_eq!(scene.outcomes(), ["1: 1234"]);
}

#[test]
fn the_last_try_has_to_be_confirmed_first() {
    let mut scene = Scene::ready(vec![with_tries(1)]);
    scene.types("1234");
    scene.presses(Key::Enter);
    assert_eq!((scene.typed(), scene.outcomes().len()), (0, 0));
    assert!(scene.says("One more wrong PIN locks the card."));

    // It has the focus; Enter does not tick it, the space bar does.
    scene.presses(Key::Space);
    scene.pass(1.0);
    assert!(scene.field().is_focused());
    scene.types("1234");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), ["1: 1234"]);
}

#[test]
fn the_confirmation_of_the_last_try_can_be_taken_back() {
    let mut scene = Scene::ready(vec![with_tries(1)]);
    scene.clicks("I understand");
    scene.types("1234");
    scene.clicks("I understand");

    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), [""; 0]);
}

#[test]
fn a_wrong_pin_before_the_last_try_asks_for_the_confirmation() {
    let mut scene = Scene::ready(vec![with_tries(2)]);
    scene.types("1234");
    scene.presses(Key::Enter);
    drop(scene.outcomes());

    let notice = Some(Notice::PinWrong {
        tries_left: Some(1),
    });
    scene.show(View::Ready {
        choices: vec![with_tries(1)],
        notice,
    });
    scene.pass(1.0);
    scene.types("1234");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), [""; 0]);
    assert!(scene.says("Wrong PIN, 1 try left"));
}

#[test]
fn a_wrong_password_of_a_file_is_called_a_password() {
    let file = Choice {
        holder: None,
        ..card(1)
    };
    let mut scene = Scene::ready(vec![file.clone()]);
    let notice = Some(Notice::PinWrong { tries_left: None });
    scene.show(View::Ready {
        choices: vec![file],
        notice,
    });
    scene.pass(1.0);
    assert!(scene.says("Wrong password, please enter it again"));
    assert!(!scene.says("Wrong PIN, please enter it again"));
}

#[test]
fn of_several_certificates_one_is_chosen_by_the_arrow_keys() {
    let mut scene = Scene::ready(vec![card(1), card(2), card(3)]);

    scene.presses(Key::ArrowDown);
    scene.presses(Key::ArrowDown);
    scene.presses(Key::ArrowDown);
    scene.presses(Key::ArrowUp);
    scene.pass(1.0);
    scene.types("1234");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), ["2: 1234"]);
}

#[test]
fn of_several_certificates_one_is_chosen_by_the_mouse() {
    let mut scene = Scene::ready(vec![card(1), card(2)]);

    scene.clicks("Holder 2");
    scene.types("1234");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), ["2: 1234"]);
}

#[test]
fn of_several_certificates_the_first_that_is_not_locked_is_chosen() {
    let mut scene = Scene::ready(vec![locked(), card(2)]);

    scene.types("1234");
    scene.presses(Key::Enter);

    assert_eq!(scene.outcomes(), ["2: 1234"]);
}

#[test]
fn a_pin_typed_for_one_certificate_is_never_used_for_another() {
    let mut scene = Scene::ready(vec![card(1), card(2)]);
    scene.types("1234");

    scene.presses(Key::ArrowDown);

    assert_eq!(scene.typed(), 0);
}

#[test]
fn a_pin_is_gone_with_its_card_and_stays_when_another_comes() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.types("1234");
    scene.show(View::Ready {
        choices: vec![card(1), card(2)],
        notice: None,
    });
    assert_eq!(scene.typed(), 4);

    scene.show(View::Ready {
        choices: vec![card(2)],
        notice: None,
    });
    assert_eq!(scene.typed(), 0);
}

#[test]
fn a_pin_being_typed_after_a_wrong_one_stays_when_another_card_comes() {
    let notice = Some(Notice::PinWrong {
        tries_left: Some(2),
    });
    let mut scene = Scene::ready(vec![with_tries(3)]);
    scene.show(View::Ready {
        choices: vec![with_tries(2)],
        notice,
    });
    scene.pass(1.0);
    scene.types("12");

    scene.show(View::Ready {
        choices: vec![with_tries(2), card(2)],
        notice,
    });

    assert_eq!(scene.typed(), 2);
}
