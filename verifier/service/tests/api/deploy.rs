//! What lies in `deploy` can be followed.

use std::{fs, path::Path, process::Command};

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(name)
}

/// The values of a key in the unit.
fn values(unit: &str, key: &str) -> Vec<String> {
    let lines = unit.lines().filter_map(|line| line.strip_prefix(key));
    lines
        .filter_map(|rest| rest.strip_prefix('='))
        .map(str::to_owned)
        .collect()
}

/// Somebody else can be put into a group only if it stays: not into that of a dynamic user.
#[test]
fn the_units_user_and_group_are_made_by_the_file_beside_it() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("etc")).unwrap();
    let made = Command::new("systemd-sysusers")
        .arg(format!("--root={}", root.path().display()))
        .arg(file("chop-verify.sysusers"))
        .output()
        .expect("systemd-sysusers is installed");
    assert!(made.status.success(), "{made:?}");
    let unit = fs::read_to_string(file("chop-verify.service")).unwrap();
    assert!(values(&unit, "DynamicUser").is_empty());
    for (key, book) in [("User", "etc/passwd"), ("Group", "etc/group")] {
        let book = fs::read_to_string(root.path().join(book)).unwrap();
        let [name] = &values(&unit, key)[..] else {
            panic!("{key} is not in the unit")
        };
        assert!(
            book.lines()
                .any(|line| line.starts_with(&format!("{name}:"))),
            "{name} is not in {book}"
        );
    }
}
