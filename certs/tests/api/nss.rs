//! Trust in NSS databases, through the real `certutil`.

use std::fs;

use chop_certs::{
    Error, Lifetime, LocalhostPair,
    nss::Database,
    stores::{self, Browser, Trust},
};

use crate::day;

fn pair() -> LocalhostPair {
    LocalhostPair::generate(day(20_000), Lifetime::PerPerson).unwrap()
}

#[test]
fn an_authority_is_added_found_and_removed() {
    let (home, pair) = (tempfile::tempdir().unwrap(), pair());
    let database = Database::at(home.path().join("deep/nssdb"));
    database.create_if_missing().unwrap();
    database.create_if_missing().unwrap();
    assert!(!database.contains(pair.authority()).unwrap());

    database.add(pair.name(), pair.authority()).unwrap();
    assert!(database.contains(pair.authority()).unwrap());

    database.remove(pair.name()).unwrap();
    assert!(!database.contains(pair.authority()).unwrap());
}

#[test]
fn another_authority_of_ours_does_not_count() {
    let (home, one, two) = (tempfile::tempdir().unwrap(), pair(), pair());
    let database = Database::at(home.path());
    database.create_if_missing().unwrap();
    database.add(one.name(), one.authority()).unwrap();
    database
        .add("a name with  two spaces", two.authority())
        .unwrap();
    database.remove(one.name()).unwrap();
    assert!(!database.contains(one.authority()).unwrap());
    assert!(database.contains(two.authority()).unwrap());
}

#[test]
fn looking_at_a_database_that_is_not_there_makes_none() {
    let home = tempfile::tempdir().unwrap();
    let database = Database::at(home.path().join("nssdb"));
    assert!(!database.contains(pair().authority()).unwrap());
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn what_certutil_says_is_in_the_error() {
    let home = tempfile::tempdir().unwrap();
    let removed = Database::at(home.path()).remove("nobody");
    let Err(Error::Tool {
        program: "certutil",
        message,
    }) = removed
    else {
        panic!("{removed:?}")
    };
    assert!(message.contains("SEC_ERROR"), "{message}");
}

#[test]
fn each_store_of_a_home_is_looked_at_by_itself() {
    let (home, pair) = (tempfile::tempdir().unwrap(), pair());
    let chromium = Database::at(stores::chromium_database(home.path()));
    let firefox = Database::at(home.path().join(".mozilla/firefox/x.default"));
    for database in [&chromium, &firefox] {
        database.create_if_missing().unwrap();
    }
    firefox.add(pair.name(), pair.authority()).unwrap();
    let broken = home.path().join(".mozilla/firefox/y.broken");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("cert9.db"), "this is not a database").unwrap();

    let found = stores::look(home.path(), pair.authority());

    let states: Vec<_> = found
        .iter()
        .map(|store| (store.browser, &store.trust))
        .collect();
    assert_eq!(states[0], (Browser::Chromium, &Trust::Untrusted));
    assert_eq!(states[1], (Browser::Firefox, &Trust::Trusted));
    assert!(
        matches!(states[2], (Browser::Firefox, Trust::Unknown { .. })),
        "{states:?}"
    );
}
