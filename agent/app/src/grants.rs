//! `chop grants`: what sites written for HiCOS, and programs, may do.

use std::{fmt::Write as _, time::SystemTime};

use chop_service::{Grant, Grants};

use crate::{doctor::harmless, text::grants as text};

/// For people: a caller on each line.
#[must_use]
pub fn text(grants: &Grants, now: SystemTime) -> String {
    let list = grants.list(now);
    if list.is_empty() {
        return format!("{}\n", text::NONE.line());
    }
    let mut lines = String::new();
    for grant in &list {
        let (may, used) = (text::may(grant.scope), text::used(&text::day(grant.used)));
        // Writing into a string does not fail.
        let _ = writeln!(
            lines,
            "{}\n    {} · {}\n    {} · {}",
            harmless(&grant.caller),
            may.zh,
            used.zh,
            may.en,
            used.en
        );
    }
    lines
}

/// For programs: a list of what [`Grant`] has.
#[must_use]
pub fn json(grants: &Grants, now: SystemTime) -> String {
    let list: Vec<Grant> = grants.list(now);
    serde_json::to_string_pretty(&list).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_said_to_be_nobody() {
        let grants = Grants::in_memory();
        assert!(text(&grants, SystemTime::UNIX_EPOCH).contains("No site"));
        assert_eq!(json(&grants, SystemTime::UNIX_EPOCH), "[]\n");
    }

    #[test]
    fn each_caller_is_listed_with_what_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let stored = r#"[
            {"caller":"https://bank.example","scope":"sign","since":1,"used":1800000000},
            {"caller":"https://evil.example","scope":null,"since":1,"used":1800000000}
        ]"#;
        std::fs::write(folder.path().join("grants.json"), stored).unwrap();
        let grants = Grants::load(folder.path());
        let now = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
        let text = text(&grants, now);
        for words in [
            "https://bank.example",
            "讀取、簽章",
            "last used 2027-01-15",
            "blocked",
        ] {
            assert!(text.contains(words), "{text}");
        }
        assert!(json(&grants, now).contains(r#""scope": "sign""#));
    }
}
