//! The window on a real display, with real key presses.

use std::{fs, thread::sleep, time::Duration};

use serde_json::{Value, json};

use crate::{
    display::Display,
    prompt::{Prompt, ready},
};

/// Longer than the window ignores keys after it has changed (C-9): a person's time, not a
/// program's.
const PAUSE: Duration = Duration::from_millis(900);

#[test]
fn a_pin_typed_on_the_keyboard_arrives_with_its_certificate() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 60);
    assert_eq!(prompt.hear(), json!("opened"));
    prompt.show(&ready());
    sleep(PAUSE);

    display.press(&["1", "2", "x", "BackSpace", "3", "exclam", "Return"]);

    assert_eq!(prompt.hear(), json!({ "entered": 7 }));
    assert_eq!(prompt.hear_secret(), b"123!");
}

#[test]
fn keys_pressed_as_the_window_opens_do_not_land_in_it() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 60);
    prompt.show(&ready());
    assert_eq!(prompt.hear(), json!("opened"));

    display.press(&["1", "2", "3", "4", "Return", "Escape"]);
    sleep(PAUSE);
    display.press(&["5", "6", "7", "8", "Return"]);

    assert_eq!(prompt.hear(), json!({ "entered": 7 }));
    assert_eq!(prompt.hear_secret(), b"5678");
}

#[test]
fn the_title_names_the_site_and_the_window_stays_in_front() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 60);
    assert_eq!(prompt.hear(), json!("opened"));
    let window = display.window("login.bank.example");
    let title = display.run("xdotool", &["getwindowname", &window]);
    assert_eq!(title, "Chop － 尋找卡片 login.bank.example:8443");

    let state = || display.run("xprop", &["-id", &window, "_NET_WM_STATE"]);
    while !state().contains("_NET_WM_STATE_ABOVE") {
        // The window manager takes its time; a window that never gets there is a failure of the
        // whole test run.
        sleep(Duration::from_millis(20));
    }

    let class = display.run("xprop", &["-id", &window, "WM_CLASS"]);
    assert_eq!(class, r#"WM_CLASS(STRING) = "prompt", "chop""#);
}

#[test]
fn escape_and_the_window_s_own_button_close_it() {
    let display = Display::new();
    for by_key in [true, false] {
        let mut prompt = Prompt::start(display.name(), 60);
        assert_eq!(prompt.hear(), json!("opened"));
        let window = display.window("^Chop");
        if by_key {
            sleep(PAUSE);
            display.press(&["Escape"]);
        } else {
            display.run("wmctrl", &["-i", "-c", &window]);
        }

        assert_eq!(
            (prompt.hear(), prompt.hear()),
            (json!("closed"), Value::Null)
        );
        assert!(prompt.wait().success());
    }
}

#[test]
fn the_window_ends_by_itself_when_the_time_is_over() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 1);

    assert_eq!(prompt.hear(), json!("opened"));
    assert_eq!(
        (prompt.hear(), prompt.hear()),
        (json!("timed_out"), Value::Null)
    );
}

#[test]
fn the_window_goes_with_the_agent() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 60);
    assert_eq!(prompt.hear(), json!("opened"));

    prompt.hang_up();

    assert_eq!(prompt.hear(), Value::Null);
    assert!(prompt.wait().success());
}

#[test]
fn an_ending_is_shown_and_then_the_window_goes_even_without_the_agent() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 60);
    assert_eq!(prompt.hear(), json!("opened"));

    prompt.say(&json!({ "end": "done" }));
    prompt.hang_up();

    assert_eq!(prompt.hear(), Value::Null);
    assert!(prompt.wait().success());
}

#[test]
fn without_a_display_that_lives_it_says_so() {
    for display in ["", ":54321"] {
        let mut prompt = Prompt::start(display, 60);
        assert_eq!(
            (prompt.hear(), prompt.hear()),
            (json!("no_display"), Value::Null)
        );
        assert_eq!(prompt.wait().code(), Some(3), "{display:?}");
    }
}

#[test]
fn the_request_is_on_no_command_line() {
    let display = Display::new();
    let mut prompt = Prompt::start(display.name(), 60);
    assert_eq!(prompt.hear(), json!("opened"));

    let line = fs::read(format!("/proc/{}/cmdline", prompt.id())).unwrap();

    let arguments: Vec<_> = line.split(|byte| *byte == 0).skip(1).collect();
    assert_eq!(arguments, [&b"prompt"[..], b""]);
}
