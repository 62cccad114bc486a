//! A person's own stores, through the real `certutil`.

use std::fs;

use chop_certs::{
    Lifetime, LocalhostPair,
    nss::Database,
    person::{Authority, Person},
    stores,
};

use crate::day;

fn pair() -> LocalhostPair {
    LocalhostPair::generate(day(20_000), Lifetime::PerPerson).unwrap()
}

fn authority(pair: &LocalhostPair) -> Authority<'_> {
    Authority {
        name: pair.name(),
        der: pair.authority(),
    }
}

/// A home with a profile of Firefox, in which somebody trusts something already.
fn home() -> (tempfile::TempDir, Person, LocalhostPair) {
    let home = tempfile::tempdir().unwrap();
    let theirs = pair();
    let profile = Database::at(home.path().join(".mozilla/firefox/a.default"));
    profile.create_if_missing().unwrap();
    profile.add("theirs", theirs.authority()).unwrap();
    fs::create_dir_all(home.path().join(".local/state/chop")).unwrap();
    let person = Person {
        home: home.path().to_path_buf(),
        book: home.path().join(".local/state/chop/trust.json"),
    };
    (home, person, theirs)
}

#[test]
fn every_store_trusts_what_is_wanted_and_afterwards_all_is_as_before() {
    let (home, person, theirs) = home();
    let (old, new) = (pair(), pair());
    let trusts = |pair: &LocalhostPair| {
        let folders = stores::databases(home.path());
        let mut all = folders
            .iter()
            .map(|it| Database::at(it).contains(pair.authority()).unwrap());
        all.all(|it| it)
    };
    assert!(person.trust(&[authority(&old)]).unwrap().is_empty());
    assert!(trusts(&old));
    // The next one beside it; then alone.
    assert!(
        person
            .trust(&[authority(&old), authority(&new)])
            .unwrap()
            .is_empty()
    );
    assert!(trusts(&old) && trusts(&new));
    assert!(person.trust(&[authority(&new)]).unwrap().is_empty());
    assert!(!trusts(&old) && trusts(&new));

    assert!(person.forget().unwrap().is_empty());
    assert!(!person.trusts_by_us());
    // The store that was made is gone with its folders, the other holds what it held.
    assert!(!home.path().join(".local/share").exists());
    let profile = Database::at(home.path().join(".mozilla/firefox/a.default"));
    assert!(profile.contains(theirs.authority()).unwrap());
    assert!(!profile.contains(new.authority()).unwrap());
}

#[test]
fn a_store_that_was_made_and_is_used_by_now_stays() {
    let (home, person, _) = home();
    let (ours, theirs) = (pair(), pair());
    person.trust(&[authority(&ours)]).unwrap();
    let chromium = Database::at(stores::chromium_database(home.path()));
    chromium
        .add("added by the person", theirs.authority())
        .unwrap();
    assert!(person.forget().unwrap().is_empty());
    assert!(chromium.contains(theirs.authority()).unwrap());
    assert!(!chromium.contains(ours.authority()).unwrap());
}

#[test]
fn two_who_forget_at_once_leave_nothing() {
    let (home, person, _) = home();
    let ours = pair();
    person.trust(&[authority(&ours)]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(person.forget().unwrap().is_empty()));
        }
    });
    assert!(!home.path().join(".local/share").exists());
}

#[test]
fn a_store_that_cannot_be_changed_is_told_and_stays_in_the_book() {
    let (home, person, _) = home();
    let ours = pair();
    person.trust(&[authority(&ours)]).unwrap();
    let profile = home.path().join(".mozilla/firefox/a.default/cert9.db");
    let whole = fs::read(&profile).unwrap();
    fs::write(&profile, "torn").unwrap();
    assert_eq!(person.forget().unwrap().len(), 1);
    assert!(person.trusts_by_us());

    fs::write(&profile, whole).unwrap();
    assert!(person.forget().unwrap().is_empty());
}
