//! Firefox: one file for all policies, so ours are merged into what is there.

use std::{fs, path::Path};

use serde_json::{Map, Value, json};

use super::{LeftAlone, Places, Wish, book::Book};
use crate::{Error, policies::FIREFOX, stores::Browser};

/// Lists below `policies` that we add to.
const LISTS: [&[&str]; 3] = [
    &["Certificates", "Install"],
    &["LocalNetworkAccess", "SkipDomains"],
    &["PopupBlocking", "Allow"],
];

/// What must be on for the second of them to mean anything; set where nobody has.
const SWITCHES: [&[&str]; 2] = [
    &["LocalNetworkAccess", "Enabled"],
    &["LocalNetworkAccess", "EnablePrompting"],
];

/// Merges our policies into the file, or makes it.
pub(super) fn write(
    places: &Places,
    wish: &Wish<'_>,
    book: &mut Book,
) -> Result<Vec<LeftAlone>, Error> {
    let path = places.etc.join(FIREFOX);
    let left_alone = |path: &Path| {
        let mut policies = Map::new();
        // The whole of it, for whoever merges by hand.
        let _ = merge(&mut policies, wish);
        vec![LeftAlone {
            browser: Browser::Firefox,
            path: path.to_path_buf(),
            policy: None,
            add: format!("{:#}", json!({ "policies": policies })),
        }]
    };
    // Through a link, somebody else's file would be changed.
    if fs::symlink_metadata(&path).is_ok_and(|it| !it.is_file()) {
        return Ok(left_alone(&path));
    }
    let before = book.before(&path)?;
    let mut file = match &before {
        None => {
            // With a file of ours Firefox would not read this one any more.
            if let Some(other) = beside_the_program(&places.programs) {
                return Ok(left_alone(&other));
            }
            json!({})
        }
        Some(text) => match serde_json::from_str(text) {
            Ok(file @ Value::Object(_)) => file,
            // Firefox does not understand it either; its administrator has to see that first.
            _ => return Ok(left_alone(&path)),
        },
    };
    let policies = file
        .as_object_mut()
        .map(|file| file.entry("policies").or_insert_with(|| json!({})));
    let merged = match policies {
        Some(Value::Object(policies)) => merge(policies, wish),
        _ => false,
    };
    if !merged {
        return Ok(left_alone(&path));
    }
    book.write(Browser::Firefox, &path, format!("{file:#}\n"))?;
    Ok(Vec::new())
}

/// Adds to the lists what they lack; `false`, and nothing of use, when something has another shape.
fn merge(policies: &mut Map<String, Value>, wish: &Wish<'_>) -> bool {
    let files = wish.authorities.iter().map(|(_, file)| json!(file));
    // The list is of hosts: a site's name, without scheme and port.
    let hosts = wish.sites.iter().map(|site| json!(host(site)));
    let sites = wish.sites.iter().map(|site| json!(site));
    let added: [Vec<Value>; 3] = [files.collect(), hosts.collect(), sites.collect()];
    let lists = LISTS.into_iter().zip(added).all(|(path, added)| {
        let Some(Value::Array(list)) = place(policies, path, json!([])) else {
            return false;
        };
        for item in added {
            if !list.contains(&item) {
                list.push(item);
            }
        }
        true
    });
    lists
        && SWITCHES
            .into_iter()
            .all(|path| place(policies, path, json!(true)).is_some())
}

/// The value at `path`, made to be `default` where there is none.
fn place<'a>(
    policies: &'a mut Map<String, Value>,
    path: &[&str],
    default: Value,
) -> Option<&'a mut Value> {
    let [first, second] = path else { return None };
    let group = policies.entry(*first).or_insert_with(|| json!({}));
    Some(group.as_object_mut()?.entry(*second).or_insert(default))
}

fn host(site: &str) -> &str {
    let rest = site.split_once("://").map_or(site, |(_, rest)| rest);
    rest.rsplit_once(':').map_or(rest, |(host, _)| host)
}

/// Firefox's own file, which distributions and administrators of old have used.
fn beside_the_program(programs: &[std::path::PathBuf]) -> Option<std::path::PathBuf> {
    let names = ["firefox", "firefox-esr"];
    let places = programs
        .iter()
        .flat_map(|folder| names.map(|name| folder.join(name).join("distribution/policies.json")));
    places.into_iter().find(|path| path.exists())
}

/// Takes out of a file that somebody has changed since what we had added to it; `true` when that
/// was done. Only the lists' entries go: whether a switch is still wanted cannot be told.
pub(super) fn without_ours(
    browser: Browser,
    path: &Path,
    before: Option<&str>,
    after: &str,
) -> Result<bool, Error> {
    if browser != Browser::Firefox {
        return Ok(false);
    }
    let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    let (Some(mut file), Some(after)) = (read(&text), read(after)) else {
        return Ok(false);
    };
    let before = before.and_then(read).unwrap_or_default();
    for path in LISTS {
        let pointer = format!("/policies/{}", path.join("/"));
        let list = |file: &Value| file.pointer(&pointer).and_then(Value::as_array).cloned();
        let (theirs, ours) = (list(&before).unwrap_or_default(), list(&after));
        if let Some(list) = file.pointer_mut(&pointer).and_then(Value::as_array_mut) {
            let ours = ours.unwrap_or_default();
            list.retain(|item| theirs.contains(item) || !ours.contains(item));
        }
    }
    super::book::replace(
        path,
        format!("{file:#}\n").as_bytes(),
        super::book::mode_of(path),
    )?;
    Ok(true)
}
