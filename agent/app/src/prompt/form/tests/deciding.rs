//! May a site or a program use cards?

use chop_service::Scope;

use super::*;
use crate::prompt::wire::CallerKind;

fn deciding(caller: CallerKind, scope: Scope, may_last: bool) -> Scene {
    let mut scene = Scene::asked_by(caller, Purpose::Access { scope, may_last });
    scene.show(View::Deciding);
    scene.pass(1.0);
    scene
}

#[test]
fn a_yes_is_for_once_unless_the_box_is_ticked() {
    let mut scene = deciding(CallerKind::Site, Scope::Sign, true);
    scene.clicks("Allow");
    assert_eq!(scene.outcomes(), ["Once"]);

    let mut scene = deciding(CallerKind::Site, Scope::Sign, true);
    scene.clicks("Allow from now on");
    scene.clicks("Allow");
    assert_eq!(scene.outcomes(), ["Always"]);
}

#[test]
fn block_is_for_good_and_cancel_for_now() {
    let mut scene = deciding(CallerKind::Site, Scope::Read, true);
    scene.clicks("Block");
    assert_eq!(scene.outcomes(), ["Block"]);

    let mut scene = deciding(CallerKind::Site, Scope::Read, true);
    scene.clicks("Cancel");
    assert_eq!(scene.outcomes(), ["closed"]);
}

#[test]
fn a_page_that_is_not_encrypted_is_said_to_be_such_and_is_never_for_good() {
    let scene = deciding(CallerKind::PlainSite, Scope::Sign, false);
    assert!(scene.says("not secure"));
    assert!(!scene.says("from now on"));
}

#[test]
fn a_program_is_said_to_be_one() {
    let scene = deciding(CallerKind::Program, Scope::Decrypt, true);
    assert!(scene.says("A program asks"));
    assert!(scene.says("decrypt with your card"));
}

#[test]
fn nothing_typed_before_the_window_listens_decides() {
    let purpose = Purpose::Access {
        scope: Scope::Sign,
        may_last: true,
    };
    let mut scene = Scene::asked_by(CallerKind::Site, purpose);
    scene.show(View::Deciding);
    scene.presses(Key::Enter);
    scene.clicks("Block");
    assert_eq!(scene.outcomes(), [""; 0]);
}

#[test]
fn enter_decides_nothing_until_the_keyboard_is_on_a_button() {
    for (tabs, outcome) in [(3, "Once"), (4, "closed"), (5, "Block")] {
        let mut scene = deciding(CallerKind::Site, Scope::Sign, true);
        scene.presses(Key::Enter);
        scene.presses(Key::Space);
        assert_eq!(scene.outcomes(), [""; 0]);
        // Language, from now on, allow, cancel, block.
        for _ in 0..tabs {
            scene.presses(Key::Tab);
        }
        scene.pass(1.0);
        scene.presses(Key::Enter);
        assert_eq!(scene.outcomes(), [outcome]);
    }
}
