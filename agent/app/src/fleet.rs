//! `chop inventory`: what of Chop is on this computer, for a fleet's tools. Whether all is well is
//! `chop doctor --json`'s to say.
//!
//! There is nothing of the person in it: no card, no certificate, no file of theirs, and no value
//! that they have set.
//!
//! Spec: docs/deployment.md, "A fleet's tools".

use std::{
    io::{self, Write as _},
    path::Path,
    time::SystemTime,
};

use chop_certs::store;
use chop_token::{Inventory, Readers};
use directories::BaseDirs;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use x509_cert::{Certificate, der::Decode as _};

use crate::{
    cards::ShownModule,
    doctor, install,
    paths::Paths,
    settings::{Settings, Shown, Source},
    update::hexadecimal,
};

/// All of it; a JSON object with these keys.
#[derive(Debug, Serialize)]
struct Facts {
    /// The version.
    chop: &'static str,
    system: &'static str,
    processor: &'static str,
    installed: Installed,
    /// What browsers have to trust; `null` where nothing was made yet.
    authority: Option<Authority>,
    settings: Vec<Value>,
    modules: Vec<Module>,
    /// How many there are; `null` where the smart card service does not run.
    readers: Option<usize>,
}

/// A PKCS #11 module.
#[derive(Debug, Serialize)]
struct Module {
    /// Why it cannot be used: [`chop_token::Fault::code`].
    fault: Option<&'static str>,
    /// Where it is, and what it says of itself; `null` where the person has named it.
    #[serde(rename = "module")]
    shown: Option<ShownModule>,
}

/// For whom it is installed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Installed {
    Everybody,
    Person,
    No,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
struct Authority {
    /// Of the certificate, hexadecimal.
    sha256: String,
    /// Seconds since 1970.
    not_after: u64,
}

#[derive(Debug, Serialize)]
struct Value {
    key: &'static str,
    /// As a settings file has it; `null` where the person has set it.
    value: Option<String>,
    source: &'static str,
}

/// Prints it.
///
/// # Errors
/// The system's, when modules cannot be asked or nothing can be written.
pub fn run(settings: &Settings, paths: &Paths) -> io::Result<()> {
    let inventory = doctor::take(settings)?;
    let text = serde_json::to_string(&facts(settings, paths, &inventory))?;
    writeln!(io::stdout(), "{text}")
}

fn facts(settings: &Settings, paths: &Paths, inventory: &Inventory) -> Facts {
    let installed = match (paths.has_gate(), install::is_persons(paths)) {
        (true, _) => Installed::Everybody,
        (false, true) => Installed::Person,
        (false, false) => Installed::No,
    };
    // A file in which somebody keeps a certificate is no module.
    let of_settings = |path: &Path| {
        let mut modules = settings.modules.value.iter();
        modules.any(|module| module.path == path)
    };
    let sources = inventory.sources.iter().filter(|it| of_settings(&it.path));
    let persons = settings.modules.source == Source::Person;
    let home = BaseDirs::new().map(|folders| folders.home_dir().to_owned());
    let module = |source: &chop_token::Source| {
        let at_home = home.as_ref().is_some_and(|it| source.path.starts_with(it));
        let shown = ShownModule::of(source);
        Module {
            fault: source.fault.as_ref().map(chop_token::Fault::code),
            // Where a person has put one, and what it says, may be anything.
            shown: (!persons && !at_home).then_some(shown),
        }
    };
    Facts {
        chop: env!("CARGO_PKG_VERSION"),
        system: std::env::consts::OS,
        processor: std::env::consts::ARCH,
        installed,
        authority: authority(paths),
        settings: settings.shown().into_iter().map(value).collect(),
        modules: sources.map(module).collect(),
        readers: match &inventory.readers {
            Readers::Present(readers) => Some(readers.len()),
            Readers::Unknown | Readers::ServiceDown => None,
        },
    }
}

fn authority(paths: &Paths) -> Option<Authority> {
    let der = match doctor::authority_of_the_machine(paths) {
        Some(der) => der,
        None => store::load(&paths.localhost, SystemTime::now())
            .ok()?
            .authority()
            .clone(),
    };
    let certificate = Certificate::from_der(&der).ok()?;
    let not_after = certificate.tbs_certificate().validity().not_after;
    Some(Authority {
        sha256: hexadecimal(&digest(&SHA256, &der)),
        not_after: not_after.to_unix_duration().as_secs(),
    })
}

fn value(shown: Shown) -> Value {
    let Shown { key, value, source } = shown;
    Value {
        key,
        value: (source != Source::Person).then_some(value),
        source: match source {
            Source::BuiltIn => "built_in",
            Source::Policy => "policy",
            Source::Locked => "policy_locked",
            Source::Person => "person",
        },
    }
}

#[cfg(test)]
mod tests {
    use chop_certs::Lifetime;
    use chop_token::Reader;

    use super::*;

    #[test]
    fn a_fleets_tools_learn_what_is_installed_and_nothing_of_the_person() {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        let pair = store::load_or_create(&paths.localhost, SystemTime::now(), Lifetime::PerPerson);
        let pair = pair.unwrap();
        for (path, text) in [
            (&paths.policy, "log = 'error'\nlocked = ['log']"),
            (
                &paths.settings,
                "pkcs12 = []\nhipki.block = ['https://private.example']",
            ),
        ] {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let settings = Settings::load(&paths).unwrap();
        let reader = Reader {
            name: "Reader of Lin".to_owned(),
            card: None,
        };
        let inventory = Inventory {
            readers: Readers::Present(vec![reader]),
            ..Inventory::default()
        };
        let text = serde_json::to_string(&facts(&settings, &paths, &inventory)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();

        assert_eq!(json["chop"], env!("CARGO_PKG_VERSION"));
        assert_eq!(json["installed"], "no");
        assert_eq!(json["readers"], 1);
        let sha256 = hexadecimal(&digest(&SHA256, pair.authority()));
        assert_eq!(json["authority"]["sha256"], *sha256);
        let of = |key: &str| {
            let all = json["settings"].as_array().unwrap();
            all.iter().find(|it| it["key"] == key).unwrap().clone()
        };
        assert_eq!(of("log")["value"], "\"error\"");
        assert_eq!(of("log")["source"], "policy_locked");
        assert_eq!(of("hipki.block")["source"], "person");
        assert!(of("hipki.block")["value"].is_null());
        for private in ["private.example", "Lin"] {
            assert!(!text.contains(private), "{text}");
        }
    }

    /// What is said of a module at `path`, which a policy or the person has named.
    fn module_at(path: &Path, by_policy: bool) -> serde_json::Value {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::below(folder.path());
        let file = if by_policy {
            &paths.policy
        } else {
            &paths.settings
        };
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, format!("modules = [{path:?}]")).unwrap();
        let source = |path: &Path| chop_token::Source {
            path: path.to_owned(),
            library: Some(chop_token::Library {
                cryptoki: (2, 40),
                version: (1, 0),
                description: "Lin's own".to_owned(),
                manufacturer: "Lin".to_owned(),
            }),
            fault: None,
        };
        let inventory = Inventory {
            // A file in which somebody keeps a certificate is a source as well.
            sources: vec![source(path), source(Path::new("/srv/Lin.p12"))],
            ..Inventory::default()
        };
        let settings = Settings::load(&paths).unwrap();
        let text = serde_json::to_string(&facts(&settings, &paths, &inventory)).unwrap();
        assert!(!text.contains("Lin.p12"), "{text}");
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["modules"].as_array().unwrap().len(), 1);
        json["modules"][0].take()
    }

    #[test]
    fn a_module_that_a_person_has_named_or_has_at_home_is_counted_and_not_shown() {
        let everybodys = Path::new(if cfg!(windows) { "C:/" } else { "/" }).join("module.so");
        let home = BaseDirs::new().unwrap().home_dir().join("module.so");
        assert!(module_at(&everybodys, true)["module"].is_object());
        assert!(module_at(&everybodys, false)["module"].is_null());
        assert!(module_at(&home, true)["module"].is_null());
    }
}
