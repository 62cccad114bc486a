use std::time::{Duration, SystemTime};

use chop_protocol::{Origin, Plain};
use chop_service::{Act, Asked, Caller, Grant, Outcome, Scope};
use chop_token::Inventory;

use super::{frame::Frame, *};
use crate::{
    doctor::{Area, Line, Report},
    text::{Language, Words},
};

fn preferences(person: &str, policy: &str) -> (tempfile::TempDir, Paths, Preferences) {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::below(folder.path());
    for (path, text) in [(&paths.policy, policy), (&paths.settings, person)] {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let preferences = Preferences::new(&paths, &Settings::load(&paths).unwrap());
    (folder, paths, preferences)
}

const ENGLISH: &str = "language = 'en'";

#[test]
fn what_readers_and_sites_call_themselves_cannot_become_a_part_of_a_page() {
    let (_folder, _, preferences) = preferences(ENGLISH, "");
    let frame = |page| Frame::new(page, &preferences, None);
    let odd = "<script>alert('1')</script>&\"\u{7}";
    let what = Words {
        zh: odd.to_owned().into(),
        en: odd.to_owned().into(),
    };
    let report = Report {
        lines: vec![Line {
            command: Some(odd.to_owned()),
            ..Line::problem(Area::Readers, (what.clone(), what))
        }],
    };
    let findings = doctor::Findings::of(report);
    let grant = Grant {
        caller: odd.to_owned(),
        scope: None,
        since: 0,
        used: 0,
    };
    let asked = Asked {
        at: SystemTime::UNIX_EPOCH,
        caller: Caller::Program(odd.into()),
        act: Act::Sign,
        outcome: Outcome::Done,
        times: 1,
    };
    for page in [
        pages::self_test(frame(Page::SelfTest), &findings),
        pages::sites(frame(Page::Sites), &[grant], &Settings::default()),
        pages::requests(frame(Page::Requests), &[asked], UtcOffset::UTC),
    ] {
        assert!(!page.contains("<script>"), "{page}");
        assert!(
            page.contains("&#60;script&#62;alert(&#39;1&#39;)"),
            "{page}"
        );
    }
}

#[test]
fn pages_have_no_code_in_them_and_say_their_language() {
    let (_folder, paths, preferences) = preferences("", "");
    for (language, lang) in [(Language::CHINESE, "zh-Hant-TW"), (Language::ENGLISH, "en")] {
        preferences.language().send_replace(language);
        for page in Page::ALL {
            let frame = Frame::new(page, &preferences, None);
            let html = match page {
                Page::SelfTest => pages::self_test(frame, &doctor::Findings::default()),
                Page::Requests => pages::requests(frame, &[], UtcOffset::UTC),
                Page::Sites => pages::sites(frame, &[], &Settings::default()),
                Page::Settings => pages::settings(frame, &paths, &Inventory::default()),
                Page::About => pages::about(frame),
            };
            assert!(html.contains(&format!("<html lang=\"{lang}\"")), "{html}");
            for code in [" style=", " onclick=", "<style", "javascript:"] {
                assert!(!html.contains(code), "{code}");
            }
            assert_eq!(html.matches("<script").count(), 1);
            assert_eq!(html.matches("<h1>").count(), 1);
            let current = format!("<a href=\"{}\" aria-current=\"page\">", page.name());
            assert!(html.contains(&current), "{html}");
        }
    }
}

#[test]
fn what_a_policy_has_decided_is_shown_as_locked_and_cannot_be_changed() {
    let policy =
        "theme = 'dark'\nlocked = ['theme']\n[hipki]\nallow_sign = ['https://bank.example']";
    let (_folder, paths, preferences) = preferences(ENGLISH, policy);
    let settings = Settings::load(&paths).unwrap();
    let html = pages::settings(
        Frame::new(Page::Settings, &preferences, None),
        &paths,
        &Inventory::default(),
    );
    assert!(
        html.contains("<fieldset disabled>\n<legend>Appearance"),
        "{html}"
    );
    assert!(html.contains("<fieldset>\n<legend>Language"), "{html}");
    assert!(
        html.contains("<span class=\"lock\">policy, locked</span>"),
        "{html}"
    );
    assert!(html.contains("data-theme=\"dark\""), "{html}");

    assert!(html.contains("action=\"use-file\""), "{html}");
    let root = if cfg!(windows) { "C:/" } else { "/" };
    let policy = format!("pkcs12 = ['{root}etc/card.p12']\nlocked = ['pkcs12']");
    let (_folder, paths, preferences) = self::preferences(ENGLISH, &policy);
    let html = pages::settings(
        Frame::new(Page::Settings, &preferences, None),
        &paths,
        &Inventory::default(),
    );
    assert!(
        html.contains(&format!("<p class=\"who\">{root}etc/card.p12</p>")),
        "{html}"
    );
    assert!(!html.contains("-file\""), "{html}");

    let grant = Grant {
        caller: "https://shop.example".to_owned(),
        scope: Some(Scope::Read),
        since: 0,
        used: 0,
    };
    let sites = pages::sites(
        Frame::new(Page::Sites, &preferences, None),
        &[grant],
        &settings,
    );
    assert_eq!(sites.matches("action=\"take-back\"").count(), 1, "{sites}");
    assert!(sites.contains("https://bank.example"), "{sites}");
}

#[test]
fn requests_stand_the_newest_first_in_the_persons_own_time() {
    let (_folder, _, preferences) = preferences(ENGLISH, "");
    let bank = Origin::parse("https://bank.example", Plain::Never).unwrap();
    let asked = |hour: u64, caller: Caller| Asked {
        at: SystemTime::UNIX_EPOCH + Duration::from_secs(hour * 3600),
        caller,
        act: Act::SignIn,
        outcome: Outcome::Failed(ErrorCode::UserRefused),
        times: 3,
    };
    let list = [asked(1, Caller::Site(bank)), asked(2, Caller::SelfTest)];
    let taipei = UtcOffset::from_hms(8, 0, 0).unwrap();
    let html = pages::requests(
        Frame::new(Page::Requests, &preferences, None),
        &list,
        taipei,
    );
    let place = |text: &str| {
        html.find(text)
            .unwrap_or_else(|| panic!("no {text} in {html}"))
    };
    assert!(place("1/1 10:00") < place("1/1 09:00"));
    assert!(
        html.contains("datetime=\"1970-01-01T09:00:00+08:00\""),
        "{html}"
    );
    assert!(html.contains("sign-in × 3"), "{html}");
}

#[test]
fn a_language_that_is_chosen_is_spoken_and_kept() {
    let (_folder, paths, preferences) = preferences("", "");
    preferences.speak(Language::ENGLISH).unwrap();
    assert_eq!(*preferences.language().borrow(), Language::ENGLISH);
    let settings = Settings::load(&paths).unwrap();
    assert_eq!(settings.language.value.language(), Language::ENGLISH);
    settings::set(&paths, "theme", "dark").unwrap();
    settings::set(&paths, "language", "zh-TW").unwrap();
    preferences.reload().unwrap();
    assert_eq!(*preferences.theme().borrow(), settings::Theme::Dark);
    assert_eq!(*preferences.language().borrow(), Language::CHINESE);
}

#[test]
fn a_language_that_a_policy_has_locked_is_spoken_until_the_agent_ends() {
    let policy = "language = 'zh-TW'\nlocked = ['language']";
    let (_folder, _, preferences) = preferences("", policy);
    let kept = preferences.speak(Language::ENGLISH);
    assert!(matches!(kept, Err(SetError::Locked { .. })));
    assert_eq!(*preferences.language().borrow(), Language::ENGLISH);
}
