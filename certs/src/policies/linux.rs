//! Linux: JSON files below `/etc`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::{CHROMIUM_POLICIES, Effect, FIREFOX, FIREFOX_POLICIES, FOLDERS, Policy, PolicyFile};
use crate::stores::Browser;

/// Reads the policy files of all browsers below `etc`, normally `/etc`.
#[must_use]
pub fn look(etc: &Path) -> Vec<PolicyFile> {
    let mut found = Vec::new();
    for (browser, folder) in FOLDERS {
        for path in json_files(&etc.join(folder)) {
            let policies = read(&path).map(|file| pick(&file, &CHROMIUM_POLICIES));
            found.push(PolicyFile {
                browser,
                path,
                policies,
            });
        }
    }
    let path = etc.join(FIREFOX);
    if path.exists() {
        let policies =
            read(&path).map(|file| firefox(file.get("policies").unwrap_or(&Value::Null)));
        found.push(PolicyFile {
            browser: Browser::Firefox,
            path,
            policies,
        });
    }
    found
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|cause| cause.to_string())?;
    let value: Value = serde_json::from_str(&text).map_err(|cause| cause.to_string())?;
    if value.is_object() {
        Ok(value)
    } else {
        Err("it is not a JSON object".to_owned())
    }
}

fn firefox(policies: &Value) -> Vec<Policy> {
    let mut picked = pick(policies, &FIREFOX_POLICIES);
    // Here false is what opens: no checks at all.
    let enabled = policies.pointer("/LocalNetworkAccess/Enabled");
    if enabled == Some(&Value::Bool(false)) {
        let name = "LocalNetworkAccess.Enabled";
        let values = vec!["false".to_owned()];
        picked.push(Policy {
            name,
            effect: Effect::OpensAll,
            values,
        });
    }
    picked
}

fn pick(file: &Value, names: &[(&'static str, Effect)]) -> Vec<Policy> {
    let policy = |&(name, effect): &(&'static str, Effect)| {
        let value = file.pointer(&format!("/{}", name.replace('.', "/")))?;
        // Switched off is as good as not there.
        let values = values(value);
        (*value != Value::Bool(false)).then_some(Policy {
            name,
            effect,
            values,
        })
    };
    names.iter().filter_map(policy).collect()
}

fn values(value: &Value) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Array(entries) => entries.iter().map(text).collect(),
        other => vec![text(other)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etc_with(files: &[(&str, &str)]) -> Vec<PolicyFile> {
        let etc = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = etc.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        look(etc.path())
    }

    #[test]
    fn policies_that_concern_us_are_read_and_others_are_not() {
        let json = r#"{"HomepageLocation": "x", "LoopbackNetworkAllowedForUrls": ["https://a.example"],
            "LocalNetworkAccessRestrictionsTemporaryOptOut": false}"#;
        let found = etc_with(&[("opt/chrome/policies/managed/site.json", json)]);
        let policy = Policy {
            name: "LoopbackNetworkAllowedForUrls",
            effect: Effect::Allows,
            values: vec!["https://a.example".to_owned()],
        };
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].browser, Browser::Chrome);
        assert_eq!(found[0].policies, Ok(vec![policy]));
    }

    #[test]
    fn a_broken_file_is_named_and_the_others_are_still_read() {
        let found = etc_with(&[
            ("chromium/policies/managed/a.json", "{"),
            ("chromium/policies/managed/b.json", "[]"),
            (
                "chromium/policies/managed/c.json",
                r#"{"PopupsAllowedForUrls": [1, {"a": 2}]}"#,
            ),
            ("chromium/policies/managed/d.txt", "{"),
        ]);
        assert_eq!(found.len(), 3);
        assert!(found[0].policies.is_err() && found[1].policies.is_err());
        let values = &found[2].policies.as_ref().unwrap()[0].values;
        assert_eq!(values, &["1", r#"{"a":2}"#]);
    }

    #[test]
    fn firefox_has_its_policies_one_level_down() {
        let json = r#"{"policies": {"LocalNetworkAccess": {"Enabled": false, "SkipDomains": ["a.example"]},
            "Certificates": {"Install": ["/a.pem"]}}}"#;
        let found = etc_with(&[("firefox/policies/policies.json", json)]);
        let effects: Vec<_> = found[0]
            .policies
            .as_ref()
            .unwrap()
            .iter()
            .map(|policy| policy.effect)
            .collect();
        assert_eq!(effects, [Effect::Allows, Effect::Trusts, Effect::OpensAll]);
    }

    #[test]
    fn odd_shapes_do_no_harm() {
        let odd = [
            r#"{"policies": []}"#,
            r#"{"policies": {"LocalNetworkAccess": 3}}"#,
            "{}",
        ];
        for json in odd {
            let found = etc_with(&[("firefox/policies/policies.json", json)]);
            assert_eq!(found[0].policies, Ok(vec![]), "{json}");
        }
        assert_eq!(etc_with(&[]), []);
    }

    #[test]
    fn an_authority_in_a_policy_is_trusted_by_it() {
        let now = std::time::SystemTime::now();
        let pair = crate::LocalhostPair::generate(now, crate::Lifetime::PerPerson).unwrap();
        let base64: String = pair
            .authority_pem()
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), pair.authority_pem()).unwrap();
        for (place, json) in [
            (
                "chromium/policies/managed/a.json",
                format!(r#"{{"CACertificates": ["{base64}"]}}"#),
            ),
            (
                "opt/edge/policies/managed/a.json",
                format!(r#"{{"CACertificatesWithConstraints": [{{"certificate": "{base64}"}}]}}"#),
            ),
            (
                "firefox/policies/policies.json",
                format!(
                    r#"{{"policies": {{"Certificates": {{"Install": [{:?}]}}}}}}"#,
                    file.path()
                ),
            ),
        ] {
            let found = etc_with(&[(place, &json)]);
            assert!(found[0].trusts(pair.authority()), "{place}");
            assert!(!found[0].trusts(b"another"), "{place}");
        }
    }
}
