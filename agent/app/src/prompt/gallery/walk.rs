//! Every window by keyboard alone, and as a screen reader has it.

use std::collections::BTreeSet;

use egui::{Key, Modifiers, accesskit::Role};

use super::scenes::SCENES;
use crate::{prompt::scene::Scene, text::Language};

/// Everything in a window that a person can act on or type into.
const CONTROLS: [Role; 6] = [
    Role::Button,
    Role::CheckBox,
    Role::RadioButton,
    Role::Link,
    Role::PasswordInput,
    Role::TextInput,
];

/// More than any window has.
const MANY: usize = 16;

/// A control of a window.
struct Control {
    role: Role,
    name: String,
    value: String,
    focused: bool,
    disabled: bool,
}

fn controls(scene: &Scene) -> Vec<Control> {
    let mut found = Vec::new();
    let mut left = vec![scene.harness.kittest_state().root()];
    while let Some(node) = left.pop() {
        let mut children: Vec<_> = node.children().collect();
        children.reverse();
        left.extend(children);
        if CONTROLS.contains(&node.role()) {
            found.push(Control {
                role: node.role(),
                name: node.label().unwrap_or_default(),
                value: node.value().unwrap_or_default(),
                focused: node.is_focused(),
                disabled: node.is_disabled(),
            });
        }
    }
    found
}

#[test]
fn tab_leads_to_everything_in_every_window_there_and_back() {
    for shown in SCENES {
        for language in [Language::CHINESE, Language::ENGLISH] {
            let mut scene = Scene::of_boxed((shown.make)(language));
            // Keys count, and there is something in the window.
            scene.pass(1.0);
            scene.types(shown.types);
            let all: BTreeSet<_> = controls(&scene)
                .into_iter()
                .filter(|control| !control.disabled)
                .map(|control| (format!("{:?}", control.role), control.name))
                .collect();
            for (way, modifiers) in [("Tab", Modifiers::NONE), ("Shift+Tab", Modifiers::SHIFT)] {
                let mut reached = BTreeSet::new();
                for _ in 0..MANY {
                    scene.harness.key_press_modifiers(modifiers, Key::Tab);
                    scene.pass(0.01);
                    let now = controls(&scene)
                        .into_iter()
                        .filter(|control| control.focused);
                    reached.extend(now.map(|it| (format!("{:?}", it.role), it.name)));
                }
                assert_eq!(reached, all, "{} in {language} by {way}", shown.name);
            }
            // One that shows an end may have gone meanwhile.
            let came = scene.outcomes();
            assert!(
                came.iter().all(|it| it == "over"),
                "{}: Tab does {came:?}",
                shown.name
            );
        }
    }
}

#[test]
fn every_window_has_a_name_and_so_has_everything_in_it_and_no_secret_is_told() {
    for shown in SCENES {
        for language in [Language::CHINESE, Language::ENGLISH] {
            let mut scene = Scene::of_boxed((shown.make)(language));
            scene.pass(1.0);
            scene.types(shown.types);
            let title = scene.harness.kittest_state().root().label();
            assert!(
                title.is_some_and(|title| title.starts_with("Chop")),
                "{}",
                shown.name
            );
            let controls = controls(&scene);
            if controls.is_empty() {
                scene.pass(30.0);
                let came = scene.outcomes();
                assert_eq!(
                    came.first().map(String::as_str),
                    Some("over"),
                    "{}",
                    shown.name
                );
            }
            for control in controls {
                let (name, role) = (&control.name, control.role);
                assert!(
                    !name.trim().is_empty(),
                    "{}: a {role:?} without a name",
                    shown.name
                );
                if role == Role::PasswordInput {
                    let masked = control.value.chars().all(|char| char == '•');
                    assert!(masked, "{}: {name} tells {}", shown.name, control.value);
                }
            }
        }
    }
}

#[test]
fn escape_closes_every_window_that_waits_for_the_person() {
    for shown in SCENES {
        let mut scene = Scene::of_boxed((shown.make)(Language::CHINESE));
        scene.pass(1.0);
        // One that shows an end goes by itself; a card at work is not left by a slip of a finger.
        let closes = controls(&scene)
            .iter()
            .any(|control| ["取消", "關閉"].contains(&control.name.as_str()));
        if closes {
            scene.presses(Key::Escape);
            let came = scene.outcomes();
            let gone = came.iter().any(|it| it == "closed" || it == "over");
            assert!(gone, "{}: {came:?}", shown.name);
        }
    }
}
