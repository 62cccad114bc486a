#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails; clippy knows `cfg(test)` alone"
)]

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

/// A machine with nothing of ours.
struct Machine {
    folder: tempfile::TempDir,
    places: Places,
}

impl Machine {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let below = |name: &str| folder.path().join(name);
        let places = Places {
            etc: below("etc"),
            state: below("var/lib/chop"),
            programs: vec![below("usr/lib")],
        };
        fs::create_dir_all(below("var/lib")).unwrap();
        fs::create_dir_all(&places.etc).unwrap();
        let machine = Self { folder, places };
        for (name, text) in files {
            let path = machine.path(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        machine
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    fn set_up(&self, sites: &[&str], now: SystemTime) -> Done {
        let sites: Vec<_> = sites.iter().map(|site| (*site).to_owned()).collect();
        set_up(&self.places, &sites, now, |_| false).unwrap()
    }

    /// Everything there is: names, contents, permissions.
    fn snapshot(&self) -> BTreeMap<PathBuf, (Option<Vec<u8>>, u32)> {
        let mut all = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap().flatten() {
                let metadata = entry.metadata().unwrap();
                let content = metadata.is_file().then(|| fs::read(entry.path()).unwrap());
                if metadata.is_dir() {
                    folders.push(entry.path());
                }
                let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
                all.insert(entry.path(), (content, mode));
            }
        }
        all
    }
}

const SITES: [&str; 2] = ["https://portal.example", "https://login.example:8443"];
const CHROMIUM: &str = "etc/chromium/policies/managed/00-chop.json";
const FIREFOX: &str = "etc/firefox/policies/policies.json";

#[test]
fn without_sites_nothing_is_written_among_browsers_files() {
    let machine = Machine::with(&[]);
    machine.set_up(&[], SystemTime::now());
    assert_eq!(fs::read_dir(&machine.places.etc).unwrap().count(), 0);
    assert!(machine.places.authority().is_file());
    assert!(!machine.places.by_policy().exists());
}

#[test]
fn with_sites_every_browser_is_told_authority_and_sites() {
    let machine = Machine::with(&[]);
    let done = machine.set_up(&SITES, SystemTime::now());
    assert_eq!(done.left_alone, []);

    let chromium = machine.json(CHROMIUM);
    assert_eq!(
        chromium["LoopbackNetworkAllowedForUrls"],
        serde_json::json!(SITES)
    );
    let firefox = &machine.json(FIREFOX)["policies"];
    let hosts = serde_json::json!(["portal.example", "login.example"]);
    assert_eq!(firefox["LocalNetworkAccess"]["SkipDomains"], hosts);

    let pair = crate::store::load(&machine.places.pair(), SystemTime::now()).unwrap();
    let files = crate::policies::look(&machine.places.etc);
    assert_eq!(files.len(), 6);
    assert!(files.iter().all(|file| file.trusts(pair.authority())));
}

#[test]
fn what_was_there_is_kept_and_all_is_as_before_afterwards() {
    let theirs = r#"{"policies":{"DisableTelemetry":true,"Certificates":{"Install":["/a.pem"]}}}"#;
    let machine = Machine::with(&[
        ("etc/firefox/policies/policies.json", theirs),
        (
            "etc/chromium/policies/managed/z.json",
            r#"{"HomepageLocation":"x"}"#,
        ),
    ]);
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o640);
    fs::set_permissions(machine.path(FIREFOX), private).unwrap();
    let before = machine.snapshot();

    machine.set_up(&SITES, SystemTime::now());
    let firefox = &machine.json(FIREFOX)["policies"];
    assert_eq!(firefox["DisableTelemetry"], true);
    assert_eq!(firefox["Certificates"]["Install"][0], "/a.pem");
    // Again, with other sites, and again.
    machine.set_up(&["https://other.example"], SystemTime::now());
    machine.set_up(&SITES, SystemTime::now());
    assert_ne!(machine.snapshot(), before);

    assert_eq!(clear(&machine.places).unwrap(), []);
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn sites_that_are_taken_away_leave_no_policy() {
    let machine = Machine::with(&[]);
    machine.set_up(&[], SystemTime::now());
    let before = machine.snapshot();
    machine.set_up(&SITES, SystemTime::now());
    machine.set_up(&[], SystemTime::now());
    assert_eq!(machine.snapshot(), before);
}

#[test]
fn a_list_that_another_file_sets_is_left_alone_and_told() {
    let theirs = r#"{"PopupsAllowedForUrls": ["https://a.example"]}"#;
    let machine = Machine::with(&[("etc/chromium/policies/managed/company.json", theirs)]);
    let done = machine.set_up(&SITES, SystemTime::now());
    let left = LeftAlone {
        browser: Browser::Chromium,
        path: machine.path("etc/chromium/policies/managed/company.json"),
        policy: Some("PopupsAllowedForUrls"),
        add: "\"https://portal.example\",\n\"https://login.example:8443\"".to_owned(),
    };
    assert_eq!(done.left_alone, [left]);
    let ours = machine.json(CHROMIUM);
    assert!(ours.get("PopupsAllowedForUrls").is_none());
    assert!(ours.get("LoopbackNetworkAllowedForUrls").is_some());
}

#[test]
fn a_firefox_file_that_is_odd_elsewhere_or_a_link_is_left_alone() {
    for (name, text) in [
        (FIREFOX, "{"),
        (FIREFOX, "[]"),
        (FIREFOX, r#"{"policies": 3}"#),
        (
            FIREFOX,
            r#"{"policies": {"Certificates": {"Install": "x"}}}"#,
        ),
        ("usr/lib/firefox-esr/distribution/policies.json", "{}"),
    ] {
        let machine = Machine::with(&[(name, text)]);
        let done = machine.set_up(&SITES, SystemTime::now());
        assert_eq!(done.left_alone.len(), 1, "{text}");
        assert_eq!(done.left_alone[0].path, machine.path(name));
        assert!(done.left_alone[0].add.contains("SkipDomains"));
        assert_eq!(fs::read_to_string(machine.path(name)).unwrap(), text);
    }
    let machine = Machine::with(&[("etc/firefox/policies/x", ""), ("elsewhere", "{}")]);
    std::os::unix::fs::symlink(machine.path("elsewhere"), machine.path(FIREFOX)).unwrap();
    let done = machine.set_up(&SITES, SystemTime::now());
    assert_eq!(done.left_alone.len(), 1);
    assert_eq!(fs::read_to_string(machine.path("elsewhere")).unwrap(), "{}");
}

#[test]
fn what_an_administrator_adds_afterwards_stays_when_we_go() {
    let theirs = r#"{"policies":{"PopupBlocking":{"Allow":["https://portal.example"]}}}"#;
    let machine = Machine::with(&[(FIREFOX, theirs)]);
    machine.set_up(&SITES, SystemTime::now());
    let mut file = machine.json(FIREFOX);
    file["policies"]["DisableTelemetry"] = true.into();
    fs::write(machine.path(FIREFOX), file.to_string()).unwrap();

    assert_eq!(clear(&machine.places).unwrap(), []);

    let policies = &machine.json(FIREFOX)["policies"];
    assert_eq!(policies["DisableTelemetry"], true);
    assert_eq!(policies["Certificates"]["Install"], serde_json::json!([]));
    // It was theirs before it was ours.
    assert_eq!(
        policies["PopupBlocking"]["Allow"],
        serde_json::json!(["https://portal.example"])
    );
}

#[test]
fn a_file_of_ours_that_somebody_changed_is_told_and_stays() {
    let machine = Machine::with(&[]);
    machine.set_up(&SITES, SystemTime::now());
    fs::write(machine.path(CHROMIUM), "{}").unwrap();
    let left = clear(&machine.places).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].path, machine.path(CHROMIUM));
    assert!(machine.path(CHROMIUM).exists() && !machine.path(FIREFOX).exists());
}

#[test]
fn a_torn_book_stops_us_instead_of_being_guessed() {
    let machine = Machine::with(&[]);
    machine.set_up(&SITES, SystemTime::now());
    fs::write(machine.places.book(), "{\"version\": 1").unwrap();
    assert!(matches!(clear(&machine.places), Err(Error::File { .. })));
    assert!(machine.path(CHROMIUM).exists());
}

#[test]
fn a_pair_is_followed_by_the_next_once_every_browser_has_seen_that() {
    let machine = Machine::with(&[]);
    let start = SystemTime::now();
    assert!(machine.set_up(&SITES, start).pair_changed);
    let pair = |now| crate::store::load(&machine.places.pair(), now).unwrap();
    let first = pair(start).name().to_owned();
    let installed = || machine.json(FIREFOX)["policies"]["Certificates"]["Install"].clone();

    // Nothing is due.
    assert!(!machine.set_up(&SITES, start + 300 * DAY).pair_changed);
    assert_eq!(installed().as_array().unwrap().len(), 1);
    // Due: both are trusted, the old one is served.
    let due = start + 340 * DAY;
    for _ in 0..2 {
        assert!(!machine.set_up(&SITES, due).pair_changed);
        assert_eq!(installed().as_array().unwrap().len(), 2);
        assert_eq!(pair(due).name(), first);
    }
    // Every browser has been started since: the next is served, and alone is trusted.
    let sites = SITES.map(str::to_owned);
    let done = set_up(&machine.places, &sites, due, |_| true).unwrap();
    assert!(done.pair_changed);
    assert_ne!(pair(due).name(), first);
    assert_eq!(installed().as_array().unwrap().len(), 1);
    assert!(!machine.places.next_authority().exists());
}

#[test]
fn a_week_before_the_end_the_next_pair_does_not_wait_any_longer() {
    let machine = Machine::with(&[]);
    let start = SystemTime::now();
    machine.set_up(&[], start);
    machine.set_up(&[], start + 340 * DAY);
    assert!(!machine.set_up(&[], start + 389 * DAY).pair_changed);
    assert!(machine.set_up(&[], start + 391 * DAY).pair_changed);
}

#[test]
fn an_expired_or_broken_pair_is_replaced_at_once_and_a_wrong_clock_is_told() {
    let machine = Machine::with(&[]);
    let start = SystemTime::now();
    machine.set_up(&[], start);
    assert!(machine.set_up(&[], start + 500 * DAY).pair_changed);
    let behind = set_up(&machine.places, &[], start, |_| false);
    assert!(matches!(behind, Err(Error::NotYetValid { .. })));
    fs::write(crate::store::place(&machine.places.pair()), "").unwrap();
    assert!(machine.set_up(&[], start).pair_changed);
}

#[test]
fn nobody_but_the_owner_reads_a_pair_or_the_book() {
    let machine = Machine::with(&[]);
    machine.set_up(&SITES, SystemTime::now());
    for path in [
        crate::store::place(&machine.places.pair()),
        machine.places.book(),
    ] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
        assert_eq!(mode & 0o077, 0);
    }
}
