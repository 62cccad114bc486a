use std::fs;

use chop_service::Keys as _;

use super::*;

#[test]
fn a_managed_installation_has_no_simulated_cards() {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::below(folder.path());
    assert!(refuse_if_managed(&paths).is_ok());

    let refused = || matches!(refuse_if_managed(&paths), Err(Error::Managed));
    let policies = paths.policy.parent().unwrap();
    fs::create_dir_all(policies).unwrap();
    assert!(!refused());
    for policy in ["", "development = true\n", "not a policy"] {
        fs::write(&paths.policy, policy).unwrap();
        assert!(refused(), "{policy:?}");
    }
    fs::remove_file(&paths.policy).unwrap();
    assert!(!refused());

    if cfg!(any(target_os = "linux", windows)) {
        // The folder alone anybody could have made.
        fs::create_dir_all(&paths.machine).unwrap();
        assert!(!refused());
        fs::write(paths.machine.join("authority.pem"), "").unwrap();
        assert!(refused(), "installed for everybody");
    }
}

#[test]
fn a_line_changes_cards_and_script_and_nothing_else_does() {
    let cards = SimulatedCards::make(&[Kind::Company], SystemTime::now()).unwrap();
    let script = Script::of(&[Answer::Allow]);
    let tokens = || cards.inventory().borrow().tokens.len();

    assert_eq!(
        obey(" card company citizen", &cards, None),
        Ok("card company citizen".to_owned())
    );
    assert_eq!(tokens(), 2);
    assert!(obey("card", &cards, None).is_ok());
    assert_eq!(tokens(), 0);
    assert!(obey("answer refuse allow", &cards, Some(&script)).is_ok());

    for odd in [
        "",
        "card file.p12",
        "answer yes",
        "module /usr/lib/opensc-pkcs11.so",
        "allow",
    ] {
        let said = obey(odd, &cards, Some(&script)).unwrap_err();
        assert!(said.starts_with("error: "), "{odd}: {said}");
    }
    assert!(obey("answer allow", &cards, None).is_err());
    assert_eq!(tokens(), 0);
}
