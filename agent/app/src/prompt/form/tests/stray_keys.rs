//! Keys that were meant for another window, or for what this one showed before (C-9).

use super::*;

#[test]
fn keys_in_the_first_400_ms_do_not_count() {
    for view in [
        View::Looking,
        View::Ready {
            choices: vec![card(1)],
            notice: None,
        },
    ] {
        let mut scene = Scene::new();
        scene.show(view);
        for key in [Key::Enter, Key::Escape] {
            scene.presses(key);
        }
        scene.types("123456");

        assert_eq!(scene.outcomes(), [""; 0]);
    }
}

#[test]
fn keys_of_a_sentence_being_typed_elsewhere_do_not_count_however_long_it_is() {
    let mut scene = Scene::new();
    scene.show(View::Ready {
        choices: vec![card(1)],
        notice: None,
    });

    for _ in 0..20 {
        scene.pass(0.2);
        scene.types("word");
    }
    scene.pass(0.2);
    scene.presses(Key::Enter);
    assert_eq!((scene.typed(), scene.outcomes().len()), (0, 0));

    scene.pass(0.5);
    scene.types("1234");
    assert_eq!(scene.typed(), 4);
}

#[test]
fn keys_in_flight_when_the_form_appears_do_not_count() {
    let mut scene = Scene::new();
    scene.pass(10.0);
    scene.show(View::Ready {
        choices: vec![card(1)],
        notice: None,
    });

    scene.types("123456");
    scene.presses(Key::Enter);

    assert_eq!((scene.typed(), scene.outcomes().len()), (0, 0));
}

#[test]
fn keys_right_after_the_window_got_the_focus_back_do_not_count() {
    let mut scene = Scene::ready(vec![card(1)]);
    scene.harness.input_mut().focused = false;
    scene.pass(5.0);

    scene.harness.input_mut().focused = true;
    scene.pass(0.01);
    scene.types("1234");

    assert_eq!(scene.typed(), 0);
}
