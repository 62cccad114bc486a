//! What browsers trust, and what their policies say.

use std::path::Path;

#[cfg(not(windows))]
use chop_certs::nss::Database;
use chop_certs::{
    policies::{Effect, Policy, PolicyFile},
    stores::{Browser, Trust, TrustStore},
};

use super::{Area, Line, State, anchor::Anchor};
use crate::text::doctor::browsers as text;

/// One line for each store, and one for each policy file that trusts the authority.
pub(super) fn trust(
    stores: Option<(&dyn Anchor, Vec<TrustStore>)>,
    policies: &[PolicyFile],
) -> Vec<Line> {
    let Some((pair, stores)) = stores else {
        return vec![Line::note(Area::Trust, text::NOTHING_TO_TRUST, None)];
    };
    let by_policy: Vec<&PolicyFile> = policies
        .iter()
        .filter(|file| file.trusts(pair.authority()))
        .collect();
    let trusted = |store: &TrustStore| {
        let told = by_policy
            .iter()
            .any(|file| reads(store.browser, file.browser));
        store.trust == Trust::Trusted || told
    };
    let anybody = stores.iter().any(trusted);
    let of_policies = by_policy
        .iter()
        .map(|file| Line::ok(Area::Trust, text::trusted(file.browser.name(), &file.path)));
    let of_stores = stores.iter().filter_map(|store| {
        let told = trusted(store) && store.trust != Trust::Trusted;
        (!told).then(|| line(store, pair.name(), anybody))
    });
    of_policies.chain(of_stores).collect()
}

/// Whether a browser of the store's family reads that policy.
fn reads(store: Browser, policy: Browser) -> bool {
    (store == Browser::Firefox) == (policy == Browser::Firefox)
}

/// `anybody`: another browser trusts the authority already.
fn line(store: &TrustStore, name: &str, anybody: bool) -> Line {
    let (browser, folder) = (store.browser.name(), store.folder.as_path());
    let command = Some(add_command(&ourselves(), name, folder));
    let problem = |words| Line::problem(Area::Trust, words);
    match &store.trust {
        Trust::Trusted => Line::ok(Area::Trust, text::trusted(browser, folder)),
        Trust::Untrusted => Line {
            command,
            ..problem((text::untrusted(browser, folder), text::ADD_TRUST))
        },
        Trust::NoStore => {
            let what = text::no_store(browser);
            // Whoever uses another browser has no need of this one.
            let state = if anybody { State::Note } else { State::Problem };
            Line {
                command,
                state,
                ..problem((what, text::ADD_TRUST))
            }
        }
        Trust::Unknown { reason } => problem(text::store_unreadable(browser, folder, reason)),
        _ => Line::note(Area::Trust, text::not_looked_at(browser), None),
    }
}

/// This program as a shell calls it: by its path, because it need not be on the `PATH`.
fn ourselves() -> String {
    let path = std::env::current_exe().unwrap_or_else(|_| "chop".into());
    shell(&path.display().to_string())
}

/// Trusts the authority in the person's own store; Windows asks the person then.
#[cfg(windows)]
fn add_command(chop: &str, _: &str, _: &Path) -> String {
    let file = r#""%TEMP%\chop.pem""#;
    format!("{chop} certificate > {file} & certutil -user -addstore Root {file}")
}

/// Makes the NSS database where there is none, and trusts the authority in it. `chop` is a word of
/// the shell. Whoever runs it twice has no more than by running it once.
#[cfg(not(windows))]
fn add_command(chop: &str, name: &str, folder: &Path) -> String {
    let exists = Database::at(folder).exists();
    let (name, path) = (shell(name), folder.display());
    let (folder, database) = (shell(&path.to_string()), shell(&format!("sql:{path}")));
    // `certutil -N` fails where there is a database already, and the second line would not run.
    let new = format!("certutil -N -d {database} --empty-password");
    let make = format!("mkdir -p {folder} && {{ [ -e {folder}/cert9.db ] || {new}; }}");
    let add = format!("{chop} certificate | certutil -A -a -d {database} -n {name} -t C,,");
    if exists {
        add
    } else {
        format!("{make} && {add}")
    }
}

/// One word for Windows' command prompt; a path has no quotes.
#[cfg(windows)]
fn shell(text: &str) -> String {
    format!("\"{text}\"")
}

/// One word for a POSIX shell.
#[cfg(not(windows))]
fn shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// One line for each browser in a box that no policy of ours reaches.
pub(super) fn flatpaks(names: &[&str]) -> Vec<Line> {
    let line = |name: &&str| {
        let (what, remedy) = text::flatpak(name);
        Line::note(Area::Trust, what, Some(remedy))
    };
    names.iter().map(line).collect()
}

/// One line for each policy that concerns us.
pub(super) fn policies(files: &[PolicyFile]) -> Vec<Line> {
    if files.is_empty() {
        return vec![Line::note(Area::Policies, text::NO_POLICY, None)];
    }
    files.iter().flat_map(file).collect()
}

fn file(file: &PolicyFile) -> Vec<Line> {
    let browser = file.browser.name();
    match &file.policies {
        Err(reason) => {
            let words = text::policy_unreadable(browser, &file.path, reason);
            vec![Line::problem(Area::Policies, words)]
        }
        Ok(policies) if policies.is_empty() => {
            vec![Line::ok(
                Area::Policies,
                text::no_concern(browser, &file.path),
            )]
        }
        Ok(policies) => policies.iter().map(|one| policy(browser, one)).collect(),
    }
}

fn policy(browser: &str, policy: &Policy) -> Line {
    let ok = |words| Line::ok(Area::Policies, words);
    let problem = |words| Line::problem(Area::Policies, words);
    // `*`, or a whole scheme: everybody, as far as we are concerned.
    let everybody = |value: &String| matches!(value.as_str(), "*" | "https://*" | "[*.]");
    match policy.effect {
        Effect::Allows if policy.values.iter().any(everybody) => {
            problem(text::opens_all(browser, policy.name))
        }
        Effect::Allows => ok(text::allows(browser, &policy.values)),
        Effect::AllowsPopups => ok(text::allows_popups(browser, &policy.values)),
        Effect::Trusts => ok(text::trusts(browser, policy.values.len())),
        Effect::Blocks => problem(text::blocks(browser, &policy.values)),
        Effect::OpensAll => problem(text::opens_all(browser, policy.name)),
    }
}

#[cfg(test)]
mod tests {
    use std::{path::PathBuf, time::SystemTime};

    use chop_certs::{Lifetime, LocalhostPair};

    use super::*;

    fn pair() -> LocalhostPair {
        LocalhostPair::generate(SystemTime::now(), Lifetime::PerPerson).unwrap()
    }

    fn store(browser: Browser, trust: Trust) -> TrustStore {
        TrustStore {
            browser,
            folder: PathBuf::from("/home/a b/.pki/nssdb"),
            trust,
        }
    }

    fn states(
        stores: Vec<TrustStore>,
        policies: &[PolicyFile],
        pair: &LocalhostPair,
    ) -> Vec<State> {
        let lines = trust(Some((pair, stores)), policies);
        lines.iter().map(|line| line.state).collect()
    }

    #[test]
    fn a_store_that_does_not_trust_us_is_a_problem_with_the_command_that_mends_it() {
        let pair = pair();
        let lines = trust(
            Some((&pair, vec![store(Browser::Firefox, Trust::Untrusted)])),
            &[],
        );
        assert_eq!(lines[0].state, State::Problem);
        let command = lines[0].command.as_ref().unwrap();
        let parts = if cfg!(windows) {
            [
                "certificate > \"%TEMP%\\chop.pem\"".to_owned(),
                "certutil -user -addstore Root \"%TEMP%\\chop.pem\"".to_owned(),
            ]
        } else {
            [
                "-d 'sql:/home/a b/.pki/nssdb'".to_owned(),
                format!("-n '{}'", pair.name()),
            ]
        };
        for part in parts {
            assert!(command.contains(&part), "{command}");
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn the_command_may_be_run_twice_and_needs_no_program_on_the_path() {
        let home = tempfile::tempdir().unwrap();
        let (folder, pair) = (home.path().join("it's new"), pair());
        let pem = home.path().join("authority.pem");
        std::fs::write(&pem, pair.authority_pem()).unwrap();
        // What stands for `chop certificate`; that command has tests of its own.
        let chop = home.path().join("a b");
        std::fs::write(&chop, format!("cat {}", shell(pem.to_str().unwrap()))).unwrap();
        let chop = format!("sh {}", shell(chop.to_str().unwrap()));
        let command = add_command(&chop, pair.name(), &folder);
        for _ in 0..2 {
            let mut sh = std::process::Command::new("sh");
            let output = sh.args(["-c", &command]).output().unwrap();
            assert!(output.status.success(), "{command}: {output:?}");
        }
        assert!(Database::at(&folder).exists());
        assert!(Path::new(ourselves().trim_matches('\'')).is_absolute());
    }

    #[test]
    fn a_browser_in_a_flatpak_is_a_note_that_names_it() {
        let lines = flatpaks(&["Chromium"]);
        assert_eq!(lines[0].state, State::Note);
        assert!(
            lines[0].what.en.starts_with("Chromium as a Flatpak"),
            "{lines:?}"
        );
        assert!(lines[0].remedy.is_some());
    }

    #[test]
    fn a_browser_that_is_not_used_is_no_problem_if_another_trusts_us() {
        let (none, trusted) = (
            store(Browser::Chromium, Trust::NoStore),
            store(Browser::Firefox, Trust::Trusted),
        );
        let pair = pair();
        assert_eq!(states(vec![none.clone()], &[], &pair), [State::Problem]);
        assert_eq!(
            states(vec![none, trusted], &[], &pair),
            [State::Note, State::Ok]
        );
    }

    #[test]
    fn a_policy_that_trusts_us_stands_for_the_store() {
        let pair = pair();
        let base64 = pair
            .authority_pem()
            .lines()
            .filter(|line| !line.starts_with('-'))
            .collect();
        let policy = Policy {
            name: "CACertificates",
            effect: Effect::Trusts,
            values: vec![base64],
        };
        let file = PolicyFile {
            browser: Browser::Chrome,
            path: PathBuf::from("/etc/x.json"),
            policies: Ok(vec![policy]),
        };
        let stores = vec![store(Browser::Chromium, Trust::Untrusted)];
        assert_eq!(states(stores, &[file], &pair), [State::Ok]);
    }

    #[test]
    fn each_policy_has_its_own_verdict() {
        let policy = |name, effect| Policy {
            name,
            effect,
            values: vec!["https://a.example".into()],
        };
        let good = PolicyFile {
            browser: Browser::Chrome,
            path: PathBuf::from("/etc/x.json"),
            policies: Ok(vec![
                policy("LoopbackNetworkAllowedForUrls", Effect::Allows),
                policy("LoopbackNetworkBlockedForUrls", Effect::Blocks),
                policy(
                    "LocalNetworkAccessRestrictionsTemporaryOptOut",
                    Effect::OpensAll,
                ),
            ]),
        };
        let broken = PolicyFile {
            policies: Err("EOF".to_owned()),
            ..good.clone()
        };
        let lines = policies(&[good, broken]);
        let states: Vec<_> = lines.iter().map(|line| line.state).collect();
        assert_eq!(
            states,
            [State::Ok, State::Problem, State::Problem, State::Problem]
        );
        assert!(
            lines[0]
                .what
                .en
                .contains("Chrome: https://a.example may reach")
        );
    }

    #[test]
    fn a_list_of_everybody_is_no_list() {
        let policy = Policy {
            name: "LoopbackNetworkAllowedForUrls",
            effect: Effect::Allows,
            values: vec!["https://a.example".into(), "*".into()],
        };
        let file = PolicyFile {
            browser: Browser::Chrome,
            path: PathBuf::from("/etc/x.json"),
            policies: Ok(vec![policy]),
        };
        let lines = policies(&[file]);
        assert_eq!(lines[0].state, State::Problem);
        assert!(
            lines[0].what.en.contains("every site"),
            "{}",
            lines[0].what.en
        );
    }

    #[test]
    fn without_policies_it_is_said_what_the_browser_will_ask() {
        assert_eq!(policies(&[])[0].state, State::Note);
    }
}
