//! Chromium and its relatives: a file of our own in each one's folder.
//!
//! Its name sorts first, and of two files that set the same policy the browser takes the last:
//! ours has the lowest rank, so it can take nothing from anybody. The other way round a policy that
//! is a list is not joined either: where another file has it, ours would say nothing, so it is left
//! out and told.

use std::{fs, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{LeftAlone, Wish, book::Book};
use crate::{Error, policies::FOLDERS};

/// The lowest rank.
const FILE: &str = "00-chop.json";

/// Writes the file of every browser, whether it is installed yet or not.
pub(super) fn write(etc: &Path, wish: &Wish<'_>, book: &mut Book) -> Result<Vec<LeftAlone>, Error> {
    let mut left = Vec::new();
    for (browser, folder) in FOLDERS {
        let folder = etc.join(folder);
        let mut policies = Map::new();
        for (policy, value) in wanted(wish) {
            match set_elsewhere(&folder, policy) {
                None => drop(policies.insert(policy.to_owned(), value)),
                Some(path) => left.push(LeftAlone {
                    browser,
                    path,
                    policy: Some(policy),
                    add: entries(&value),
                }),
            }
        }
        let path = folder.join(FILE);
        if policies.is_empty() {
            left.extend(book.take_back(&path)?);
        } else {
            let text = format!("{:#}\n", Value::Object(policies));
            book.write(browser, &path, text)?;
        }
    }
    Ok(left)
}

/// The policies, by name.
///
/// Spec: the browsers' policy lists; what each does was tried with Chromium 156.
fn wanted(wish: &Wish<'_>) -> [(&'static str, Value); 3] {
    let authority = |der: &[u8]| {
        json!({
            "certificate": STANDARD.encode(der),
            "constraints": {
                "permitted_dns_names": ["localhost"],
                "permitted_cidrs": ["127.0.0.1/32", "::1/128"],
            },
        })
    };
    let authorities = wish.authorities.iter().map(|(der, _)| authority(der));
    [
        (
            "CACertificatesWithConstraints",
            Value::Array(authorities.collect()),
        ),
        ("LoopbackNetworkAllowedForUrls", json!(wish.sites)),
        ("PopupsAllowedForUrls", json!(wish.sites)),
    ]
}

/// The lines for somebody else's list.
fn entries(value: &Value) -> String {
    let items = value.as_array().into_iter().flatten();
    let items: Vec<_> = items.map(ToString::to_string).collect();
    items.join(",\n")
}

/// The file other than ours that sets a policy; of several, the one that counts.
fn set_elsewhere(folder: &Path, policy: &str) -> Option<std::path::PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .filter(|path| path.file_name().is_some_and(|name| name != FILE))
        .collect();
    files.sort();
    files.into_iter().rev().find(|path| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let file: Option<Value> = serde_json::from_str(&text).ok();
        file.is_some_and(|file| file.get(policy).is_some())
    })
}
