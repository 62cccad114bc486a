//! Windows: the registry's Policies keys, of the machine and of the person.

use std::path::{Path, PathBuf};

use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type, Value};

use super::{CHROMIUM_POLICIES, Effect, FIREFOX_POLICIES, Policy, PolicyFile};
use crate::{stores::Browser, windows::KEYS};

/// Reads the policies of all browsers; the folder is for other systems.
#[must_use]
pub fn look(_etc: &Path) -> Vec<PolicyFile> {
    let hives = [
        ("HKEY_LOCAL_MACHINE", LOCAL_MACHINE),
        ("HKEY_CURRENT_USER", CURRENT_USER),
    ];
    let mut found = Vec::new();
    for (hive, root) in hives {
        for (browser, key) in KEYS {
            let Ok(open) = root.open(key) else { continue };
            let names = match browser {
                Browser::Firefox => &FIREFOX_POLICIES[..],
                _ => &CHROMIUM_POLICIES[..],
            };
            let policies = names.iter();
            let mut policies: Vec<_> = policies
                .filter_map(|(name, effect)| policy(&open, name, *effect))
                .collect();
            if browser == Browser::Firefox {
                policies.extend(opens_all(&open));
            }
            found.push(PolicyFile {
                browser,
                path: PathBuf::from(format!(r"{hive}\{key}")),
                policies: Ok(policies),
            });
        }
    }
    found
}

/// A list is a key with numbered values, a switch a value; Firefox's dots are keys below.
fn policy(key: &Key, name: &'static str, effect: Effect) -> Option<Policy> {
    let path = name.replace('.', "\\");
    let list = |list: Key| {
        list.values()
            .ok()
            .map(|it| it.map(|(_, it)| text(it)).collect())
    };
    let mut values: Vec<String> = key.open(&path).ok().and_then(list).unwrap_or_default();
    if values.is_empty() {
        let (above, last) = path.rsplit_once('\\').unwrap_or(("", &path));
        let above = if above.is_empty() {
            None
        } else {
            key.open(above).ok()
        };
        let value = above.as_ref().unwrap_or(key).get_value(last).ok()?;
        values.push(text(value));
    }
    // Switched off is as good as not there.
    (values != ["0"]).then_some(Policy {
        name,
        effect,
        values,
    })
}

/// Here zero is what opens: no checks at all.
fn opens_all(firefox: &Key) -> Option<Policy> {
    let enabled = firefox.open("LocalNetworkAccess").ok()?.get_u32("Enabled");
    (enabled.ok()? == 0).then(|| Policy {
        name: "LocalNetworkAccess.Enabled",
        effect: Effect::OpensAll,
        values: vec!["false".to_owned()],
    })
}

fn text(value: Value) -> String {
    match value.ty() {
        Type::U32 => u32::try_from(value).map_or_else(|_| String::new(), |it| it.to_string()),
        _ => String::try_from(value).unwrap_or_default(),
    }
}
