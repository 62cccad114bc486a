//! PKCS #11 modules: which there are on a system, and which may be loaded.

#[cfg_attr(target_os = "macos", path = "modules/macos.rs")]
#[cfg_attr(windows, path = "modules/windows.rs")]
#[cfg_attr(not(any(target_os = "macos", windows)), path = "modules/linux.rs")]
mod known;
mod nss;
pub(crate) mod p11_kit;

use std::path::{Path, PathBuf};

/// A PKCS #11 module, and how it is loaded.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Module {
    /// The library.
    pub path: PathBuf,
    /// What `C_Initialize` is given as its reserved argument, where a module wants one: NSS, and
    /// what p11-kit calls `x-init-reserved`.
    pub parameters: Option<String>,
    /// Folders that it may write below, beside those that every worker may (README.md).
    pub writable: Vec<PathBuf>,
}

impl From<PathBuf> for Module {
    fn from(path: PathBuf) -> Self {
        Self {
            path,
            parameters: None,
            writable: Vec::new(),
        }
    }
}

/// Where modules are looked for.
#[derive(Clone, Debug)]
pub struct Places {
    /// `/`, or in tests a folder that stands for it.
    pub root: PathBuf,
    /// The person's own folder.
    pub home: Option<PathBuf>,
}

impl Places {
    /// Where this system's programs are.
    #[must_use]
    pub fn of_this_system(home: Option<PathBuf>) -> Self {
        Self {
            root: if cfg!(windows) { r"C:\" } else { "/" }.into(),
            home,
        }
    }

    /// An absolute path below the root.
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches(['/', '\\']))
    }
}

/// The modules that are installed, each once, those that know more about Taiwanese cards first:
///
/// 1. HiCOS, and the open module for the same cards,
/// 2. OpenSC,
/// 3. what is registered with p11-kit, in the order of its priorities,
/// 4. NSS, if the person has keys in its database.
///
/// A module that is here is not known to work: that it does is said of it when it is loaded.
#[must_use]
pub fn installed(places: &Places) -> Vec<Module> {
    let known = known::all(places).into_iter().map(Module::from);
    let registered = p11_kit::registered(places);
    let mut found: Vec<(PathBuf, Module)> = Vec::new();
    for module in known.chain(registered).chain(nss::with_keys(places)) {
        let Ok(real) = module.path.canonicalize() else {
            continue;
        };
        match found.iter_mut().find(|(other, _)| *other == real) {
            Some((_, other)) => other.parameters = other.parameters.take().or(module.parameters),
            None => found.push((real, module)),
        }
    }
    found.into_iter().map(|(_, module)| module).collect()
}

/// Those of the paths that are files.
fn files(paths: impl IntoIterator<Item = PathBuf>) -> impl Iterator<Item = PathBuf> {
    paths.into_iter().filter(|path| path.is_file())
}

/// Which modules may be loaded.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Allowed(Option<Vec<PathBuf>>);

impl Allowed {
    /// Any.
    #[must_use]
    pub fn any() -> Self {
        Self(None)
    }

    /// These alone, each a module or a folder with modules.
    #[must_use]
    pub fn only(paths: Vec<PathBuf>) -> Self {
        Self(Some(paths))
    }

    /// The file to load, where links lead to it: what was asked about is what is loaded. `None` if
    /// it is not allowed.
    pub(crate) fn permits(&self, path: &Path) -> Option<PathBuf> {
        let Some(allowed) = &self.0 else {
            return Some(path.to_owned());
        };
        let real = path.canonicalize().ok()?;
        let is_in = |allowed: &PathBuf| {
            let allowed = allowed.canonicalize();
            allowed.is_ok_and(|allowed| real.starts_with(allowed))
        };
        allowed.iter().any(is_in).then_some(real)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_on_the_list_is_permitted_and_links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("lib")).unwrap();
        fs::create_dir(at("elsewhere")).unwrap();
        for file in ["lib/a.so", "lib/b.so", "elsewhere/c.so"] {
            fs::write(at(file), "").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(at("elsewhere/c.so"), at("lib/link.so")).unwrap();
            std::os::unix::fs::symlink(at("lib/a.so"), at("elsewhere/link.so")).unwrap();
        }
        let real = |name: &str| at(name).canonicalize().ok();

        let one = Allowed::only(vec![at("lib/a.so")]);
        assert_eq!(one.permits(&at("lib/a.so")), real("lib/a.so"));
        assert_eq!(one.permits(&at("lib/b.so")), None);
        let all_in = Allowed::only(vec![at("lib"), at("none")]);
        assert_eq!(all_in.permits(&at("lib/b.so")), real("lib/b.so"));
        assert_eq!(all_in.permits(&at("elsewhere/c.so")), None);
        assert_eq!(all_in.permits(&at("none")), None);
        #[cfg(unix)]
        {
            assert_eq!(all_in.permits(&at("lib/link.so")), None);
            assert_eq!(all_in.permits(&at("elsewhere/link.so")), real("lib/a.so"));
        }
        assert_eq!(Allowed::only(Vec::new()).permits(&at("lib/a.so")), None);
        assert_eq!(Allowed::any().permits(&at("any")), Some(at("any")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn installed_modules_are_found_once_each_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            root: folder.path().join("root"),
            home: Some(folder.path().join("home")),
        };
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert_eq!(installed(&places), []);

        let lib = "root/usr/lib/x86_64-linux-gnu";
        write(&format!("{lib}/pkcs11/opensc-pkcs11.so"), "");
        write(&format!("{lib}/libsoftokn3.so"), "");
        write(&format!("{lib}/softhsm/libsofthsm2.so"), "");
        write(
            "root/usr/local/HiPKILocalSignServerApp/libHicos_p11v1.so",
            "",
        );
        write("home/.pki/nssdb/key4.db", "");
        let registered = "root/usr/share/p11-kit/modules";
        write(
            &format!("{registered}/opensc.module"),
            "module: opensc-pkcs11.so\n",
        );
        let softhsm = folder.path().join(lib).join("softhsm/libsofthsm2.so");
        write(
            &format!("{registered}/softhsm2.module"),
            &format!("module: {}\npriority: 5\n", softhsm.display()),
        );

        let found = installed(&places);

        let names: Vec<_> = found
            .iter()
            .map(|module| module.path.file_name().unwrap().to_str().unwrap())
            .collect();
        let expected = [
            "libHicos_p11v1.so",
            "opensc-pkcs11.so",
            "libsofthsm2.so",
            "libsoftokn3.so",
        ];
        assert_eq!(names, expected);
        let parameters = found[3].parameters.as_deref().unwrap();
        let database = folder.path().join("home/.pki/nssdb");
        let database = format!("configDir='sql:{}'", database.display());
        assert!(parameters.starts_with(&database), "{parameters}");
    }
}
