//! The browsers' policies in the registry.
//!
//! Spec: the browsers' policy lists, "Windows registry location": a list is a key of the policy's
//! name with a `REG_SZ` for each entry, called `1`, `2` and so on.

use super::{Held, System, Value, book::Book};
use crate::{Error, stores::Browser};

/// Where each browser's policies are, below `HKEY_LOCAL_MACHINE`.
pub(crate) const KEYS: [(Browser, &str); 5] = [
    (Browser::Chromium, r"Software\Policies\Chromium"),
    (Browser::Chrome, r"Software\Policies\Google\Chrome"),
    (Browser::Edge, r"Software\Policies\Microsoft\Edge"),
    (Browser::Brave, r"Software\Policies\BraveSoftware\Brave"),
    (Browser::Firefox, r"Software\Policies\Mozilla\Firefox"),
];

/// Lists of sites, of Chromium and its relatives.
const LISTS: [&str; 2] = ["LoopbackNetworkAllowedForUrls", "PopupsAllowedForUrls"];

/// What Firefox has to have on: what is in Windows' ROOT store, and the look at local networks,
/// without which the list of sites means nothing.
const SWITCHES: [(&str, &str); 3] = [
    ("Certificates", "ImportEnterpriseRoots"),
    ("LocalNetworkAccess", "Enabled"),
    ("LocalNetworkAccess", "EnablePrompting"),
];

/// Makes the policies be what these sites need; without sites there are none.
pub(super) fn write(
    system: &impl System,
    book: &mut Book,
    sites: &[String],
) -> Result<Vec<Held>, Error> {
    let mut held = Vec::new();
    let mut lists = Vec::new();
    let mut switches = Vec::new();
    if !sites.is_empty() {
        for (browser, key) in KEYS {
            if browser == Browser::Firefox {
                let hosts = sites.iter().map(|site| host(site).to_owned());
                let local = format!(r"{key}\LocalNetworkAccess\SkipDomains");
                lists.push((local, hosts.collect::<Vec<_>>()));
                lists.push((format!(r"{key}\PopupBlocking\Allow"), sites.to_vec()));
                let switch = |(group, name)| (format!(r"{key}\{group}"), name);
                switches.extend(SWITCHES.map(switch));
            } else {
                let list = |policy| (format!(r"{key}\{policy}"), sites.to_vec());
                lists.extend(LISTS.map(list));
            }
        }
    }
    for key in book.places() {
        let list = lists.iter().find(|(it, _)| *it == key);
        let kept = |text: &String| list.is_some_and(|(_, wanted)| wanted.contains(text));
        for entry in book.ours(&key) {
            let still_wanted = match &entry.value {
                Value::Text(text) => kept(text),
                _ => switches
                    .iter()
                    .any(|(it, name)| *it == key && *name == entry.name),
            };
            if !still_wanted {
                book.take_back(system, &entry)?;
            }
        }
    }
    for (key, wanted) in &lists {
        add(system, book, key, wanted)?;
    }
    for (key, name) in &switches {
        let there = values(system, key)?;
        match there.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)) {
            None => book.set(system, key, name, Value::Number(1))?,
            Some((_, Value::Number(1))) => {}
            Some(_) => held.push(Held {
                browser: Browser::Firefox,
                key: key.clone(),
                name: (*name).to_owned(),
                wanted: 1,
            }),
        }
    }
    book.remove_keys(system)?;
    Ok(held)
}

/// Adds to a list what it lacks, each under the lowest number that is free.
fn add(system: &impl System, book: &mut Book, key: &str, wanted: &[String]) -> Result<(), Error> {
    for text in wanted {
        let there = values(system, key)?;
        let value = Value::Text(text.clone());
        if there.iter().any(|(_, it)| *it == value) {
            continue;
        }
        let free = |number: &u32| there.iter().all(|(name, _)| *name != number.to_string());
        // One of so many is free.
        let number = (1..=u32::MAX).find(free).unwrap_or(u32::MAX);
        book.set(system, key, &number.to_string(), value)?;
    }
    Ok(())
}

fn values(system: &impl System, key: &str) -> Result<Vec<(String, Value)>, Error> {
    let values = system.values(key);
    values.map_err(Error::system("a browser's policy could not be read"))
}

/// A site's name, without scheme and port.
fn host(site: &str) -> &str {
    let rest = site.split_once("://").map_or(site, |(_, rest)| rest);
    rest.rsplit_once(':').map_or(rest, |(host, _)| host)
}
