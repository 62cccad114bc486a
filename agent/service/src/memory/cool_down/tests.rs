use std::time::Duration;

use super::*;

fn site(origin: &str) -> Caller {
    Caller::Site(origin.parse().unwrap())
}

fn bank() -> Caller {
    site("https://bank.example")
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
}

fn wait(cool_down: &CoolDown, now: SystemTime) -> Option<u32> {
    match cool_down.check(&bank(), now) {
        Err(Error::CoolingDown { seconds }) => Some(seconds),
        _ => None,
    }
}

#[test]
fn two_wrong_windows_in_a_row_cost_fifteen_minutes_and_each_further_one_again() {
    let cool_down = CoolDown::in_memory();
    cool_down.wrong(&bank(), at(0));
    assert_eq!(wait(&cool_down, at(1)), None);
    cool_down.wrong(&bank(), at(2));
    assert_eq!(wait(&cool_down, at(2)), Some(900));
    assert_eq!(wait(&cool_down, at(901)), Some(1));
    assert_eq!(wait(&cool_down, at(902)), None);
    cool_down.wrong(&bank(), at(903));
    assert_eq!(wait(&cool_down, at(903)), Some(900));
}

#[test]
fn the_fifth_unanswered_window_costs_a_minute_and_each_further_one_twice_as_much() {
    let cool_down = CoolDown::in_memory();
    for second in 0..4 {
        cool_down.unanswered(&bank(), at(second));
        assert_eq!(wait(&cool_down, at(second)), None);
    }
    let mut now = 4;
    for expected in [60, 120, 240, 480, 900, 900] {
        cool_down.unanswered(&bank(), at(now));
        assert_eq!(wait(&cool_down, at(now)), Some(expected));
        now += u64::from(expected);
        assert_eq!(wait(&cool_down, at(now)), None);
    }
}

#[test]
fn an_hour_forgets_unanswered_windows_but_not_wrong_pins() {
    let cool_down = CoolDown::in_memory();
    cool_down.wrong(&bank(), at(0));
    for _ in 0..4 {
        cool_down.unanswered(&bank(), at(0));
    }
    cool_down.unanswered(&bank(), at(3600));
    assert_eq!(wait(&cool_down, at(3600)), None);
    cool_down.wrong(&bank(), at(3601));
    assert_eq!(wait(&cool_down, at(3601)), Some(900));
}

#[test]
fn sub_domains_and_ports_share_a_count_and_other_domains_have_their_own() {
    let cool_down = CoolDown::in_memory();
    cool_down.wrong(&site("https://a.bank.example"), at(0));
    cool_down.wrong(&site("https://b.bank.example:8443"), at(0));
    assert_eq!(wait(&cool_down, at(0)), Some(900));
    for other in ["https://shop.example", "https://bank.example.org"] {
        assert!(cool_down.check(&site(other), at(0)).is_ok());
    }
}

#[test]
fn success_or_a_day_clear_the_count() {
    let cool_down = CoolDown::in_memory();
    cool_down.wrong(&bank(), at(0));
    cool_down.right(&bank());
    cool_down.wrong(&bank(), at(1));
    assert_eq!(wait(&cool_down, at(1)), None);
    cool_down.wrong(&bank(), at(24 * 3600 + 1));
    assert_eq!(wait(&cool_down, at(24 * 3600 + 1)), None);
    cool_down.wrong(&bank(), at(24 * 3600 + 2));
    assert_eq!(wait(&cool_down, at(24 * 3600 + 2)), Some(900));
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait_for_years() {
    let cool_down = CoolDown::in_memory();
    cool_down.wrong(&bank(), at(1_000_000));
    cool_down.wrong(&bank(), at(1_000_000));
    assert_eq!(wait(&cool_down, at(0)), Some(900));
    assert_eq!(wait(&cool_down, at(900)), None);
}

#[test]
fn a_restart_forgets_nothing_and_the_file_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/cool-down.json");
    let cool_down = CoolDown::load(path.clone());
    cool_down.wrong(&bank(), at(0));
    cool_down.wrong(&bank(), at(0));

    assert_eq!(wait(&CoolDown::load(path.clone()), at(1)), Some(899));
    assert!(!std::fs::read_to_string(&path).unwrap().contains("bank"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_broken_file_counts_as_empty_and_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cool-down.json");
    for broken in ["", "{", "[]", r#"{"salt":"","domains":[{"domain":1}]}"#] {
        std::fs::write(&path, broken).unwrap();
        let cool_down = CoolDown::load(path.clone());
        assert_eq!(wait(&cool_down, at(0)), None);
        cool_down.wrong(&bank(), at(0));
        cool_down.wrong(&bank(), at(0));
        assert_eq!(
            wait(&CoolDown::load(path.clone()), at(0)),
            Some(900),
            "{broken:?}"
        );
    }
}

#[test]
fn not_more_than_two_hundred_domains_are_remembered() {
    let cool_down = CoolDown::in_memory();
    for number in 0..=MOST as u64 {
        cool_down.wrong(&site(&format!("https://a{number}.example")), at(number));
    }
    let mut domains = cool_down.domains.lock().unwrap();
    assert_eq!(domains.list.len(), MOST);
    assert!(domains.find("a0.example").is_none());
}
