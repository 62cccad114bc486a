use std::fs;

use super::*;

/// What makes a path absolute here.
const ROOT: &str = if cfg!(windows) { "C:/" } else { "/" };

fn load(policy: &str, person: &str) -> Result<Settings, Error> {
    let folder = tempfile::tempdir().unwrap();
    let paths = Paths::below(folder.path());
    for (path, text) in [(&paths.policy, policy), (&paths.settings, person)] {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    Settings::load(&paths)
}

#[test]
fn without_files_the_defaults_hold() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::load(&Paths::below(folder.path())).unwrap();
    assert_eq!(settings.ports.value, chop_protocol::PORTS);
    assert_eq!(settings.ports.source, Source::BuiltIn);
    assert!(!settings.development.value);
}

#[test]
fn the_person_overrides_a_policy_that_is_not_locked() {
    let settings = load("ports = [30000]\ntray = false", "ports = [30001]").unwrap();
    let ports = Setting {
        value: vec![30001],
        source: Source::Person,
    };
    assert_eq!(settings.ports, ports);
    assert_eq!(
        settings.tray,
        Setting {
            value: false,
            source: Source::Policy
        }
    );
}

#[test]
fn a_locked_policy_wins_and_says_so() {
    let policy = "development = false\nlocked = ['development', 'log']";
    let settings = load(policy, "development = true\nlog = 'trace'").unwrap();
    let development = Setting {
        value: false,
        source: Source::Locked,
    };
    assert_eq!(settings.development, development);
    let log = Setting {
        value: LogLevel::Warn,
        source: Source::Locked,
    };
    assert_eq!(settings.log, log);
}

#[test]
fn what_is_not_a_setting_is_named() {
    for (text, key) in [
        ("prots = [1]", "prots"),
        ("[hipki]\npins = 'page'", "hipki.pins"),
        ("[hikpi]\npin = 'page'", "hikpi.pin"),
        ("locked = ['log']", "locked"),
    ] {
        let error = load("", text).unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
    assert!(matches!(load("", "= 1"), Err(Error::Content { .. })));
    for odd in [
        "ports = []",
        "ports = [80]",
        "window_seconds = 1",
        "modules = ['a.so']",
        "allowed_modules = ['lib']",
        "ports = 21443",
        "ports = [70000]",
        "tray = 'yes'",
        "log = 'loud'",
        "[hipki]\nports = [80]",
        "[hipki]\npin = 'both'",
        "hipki.version = 'new'",
        "hipki.block = ['bank.example']",
        "hipki.allow_sign = ['http://intranet.example']",
    ] {
        assert!(matches!(load("", odd), Err(Error::Value { .. })), "{odd}");
    }
    let odd = format!("modules = [{{ path = '{ROOT}a.so', writable = ['b'] }}]");
    assert!(matches!(load("", &odd), Err(Error::Value { .. })));
}

#[test]
fn a_module_is_a_path_or_a_table_with_more() {
    let [a, b, w] = ["a.so", "b.so", "w"].map(|name| format!("{ROOT}{name}"));
    let text = format!(
        "modules = ['{a}', {{ path = '{b}', parameters = \"x='y'\", writable = ['{w}'] }}]"
    );
    let settings = load("", &text).unwrap();
    let expected = [
        Module::from(PathBuf::from(a)),
        Module {
            path: b.clone().into(),
            parameters: Some("x='y'".to_owned()),
            writable: vec![w.into()],
        },
    ];
    assert_eq!(settings.modules.value, expected);
    let odd = format!("modules = [{{ path = '{b}', other = 1 }}]");
    assert!(load("", &odd).is_err());
}

#[test]
fn a_policy_can_say_which_modules_are_loaded_whatever_the_person_wants() {
    let [theirs, own] = ["usr/lib", "home"].map(|name| format!("{ROOT}{name}"));
    let settings = load(
        &format!("allowed_modules = ['{theirs}']\nlocked = ['allowed_modules']"),
        &format!("allowed_modules = ['{own}']\nmodules = ['{own}/a.so']"),
    )
    .unwrap();
    let allowed = Setting {
        value: Some(vec![theirs.into()]),
        source: Source::Locked,
    };
    assert_eq!(settings.allowed_modules, allowed);
}

#[test]
fn a_lock_on_what_is_not_a_setting_stops_the_agent() {
    let misspelt = "development = false\nlocked = ['developement']";
    let loaded = load(misspelt, "development = true");
    let error = loaded.unwrap_err();
    assert!(error.to_string().contains("locked"), "{error}");
}

#[test]
fn keys_of_a_table_are_set_and_locked_one_by_one() {
    let policy = "locked = ['hipki.pin']\n[hipki]\npin = 'ask'\nports = []";
    let settings = load(policy, "hipki.pin = 'page'\nhipki.ports = [61161]").unwrap();
    assert_eq!(settings.hipki_pin.value, PinFrom::Window);
    assert_eq!(settings.hipki_pin.source, Source::Locked);
    assert_eq!(settings.hipki_ports.value, [61161]);
}

#[test]
fn a_policy_may_let_in_what_a_person_may_not() {
    let plain = "hipki.allow_sign = ['http://intranet.example']";
    assert_eq!(load(plain, "").unwrap().hipki_allow_sign.value.len(), 1);
    assert!(load("", "hipki.allow_sign = ['https://bank.example']").is_ok());
}

#[test]
fn each_setting_is_shown_as_the_files_have_it() {
    let text = "log = 'info'\nhipki.pin = 'ask'\nhipki.block = ['https://evil.example']";
    let shown = load("", text).unwrap().shown();
    let value = |key| shown.iter().find(|it| it.key == key).unwrap().value.clone();
    assert_eq!(value("log"), "\"info\"");
    assert_eq!(value("hipki.pin"), "\"ask\"");
    assert_eq!(value("hipki.block"), "[https://evil.example]");
    assert_eq!(value("allowed_modules"), "any");
    assert_eq!(value("window_seconds"), "120");
    assert_eq!(shown.len(), KEYS.len());
}

#[test]
fn the_documentation_has_every_key() {
    let text = include_str!("../../../../docs/settings.md");
    for key in KEYS {
        assert!(text.contains(&format!("| `{key}` |")), "{key}");
    }
}

/// A value for the policy and another for the person, as files have them.
fn two_values(setting: &Described) -> [String; 2] {
    match setting.kind {
        Kind::Switch => ["true".into(), "false".into()],
        Kind::Number => ["30".into(), "40".into()],
        Kind::Numbers => ["[30000]".into(), "[30001]".into()],
        Kind::Word(words) => [format!("{:?}", words[0]), format!("{:?}", words[1])],
        Kind::Text => ["\"1.2\"".into(), "\"1.3\"".into()],
        // Paths, names or origins: what fits one kind of list does not fit another.
        Kind::Texts => {
            let fits = |value: &str| load(&format!("{} = {value}", setting.key), "").is_ok();
            let origins = ["a", "b"].map(|name| format!("['https://{name}.example']"));
            let paths = ["a", "b"].map(|name| format!("['{ROOT}{name}']"));
            let mut pairs = [origins, paths].into_iter();
            pairs.find(|pair| fits(&pair[0])).unwrap()
        }
    }
}

#[test]
fn of_each_setting_a_locked_policy_wins_over_the_persons_value_and_is_shown_as_locked() {
    for setting in TABLE {
        let key = setting.key;
        let [policys, persons] = two_values(setting);
        let policy = format!("{key} = {policys}\nlocked = ['{key}']");
        let shown = |policy: &str, person: &str| {
            let settings = load(policy, person).unwrap_or_else(|error| panic!("{key}: {error}"));
            settings
                .shown()
                .into_iter()
                .find(|it| it.key == key)
                .unwrap()
        };
        let wanted = Shown {
            source: Source::Locked,
            ..shown(&policy, "")
        };
        // What only a policy may say is refused in the person's file, rather than passed over.
        if key == "sites" {
            assert_eq!(shown(&policy, ""), wanted);
            continue;
        }
        let alone = shown("", &format!("{key} = {persons}"));
        assert_eq!(alone.source, Source::Person, "{key}");
        assert_ne!(alone.value, wanted.value, "{key}");
        assert_eq!(
            shown(&policy, &format!("{key} = {persons}")),
            wanted,
            "{key}"
        );
    }
}

#[test]
fn sites_are_the_machines_alone() {
    assert!(load("", "sites = ['https://a.example']").is_err());
    let settings = load("sites = ['https://a.example']", "").unwrap();
    assert_eq!(settings.sites.value.len(), 1);
}
