use minisign::KeyPair;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2027-01-01 0:00 UTC);

/// A folder as a release leaves it, and its keys.
struct Scene {
    folder: tempfile::TempDir,
    keys: Vec<KeyPair>,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("share")).unwrap();
        let scene = Self {
            folder,
            keys: (0..2)
                .map(|_| KeyPair::generate_unencrypted_keypair().unwrap())
                .collect(),
        };
        scene.write("chop_0.2.0_amd64.deb", b"the package");
        scene.manifest("0.2.0", "chop_0.2.0_amd64.deb");
        scene
    }

    /// What is where packages are copied to.
    fn copies(&self) -> Vec<String> {
        let to = fs::read_dir(self.folder.path().join("to")).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<_> = to.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    fn share(&self) -> PathBuf {
        self.folder.path().join("share")
    }

    fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.share().join(name), content).unwrap();
    }

    fn manifest(&self, version: &str, file: &str) {
        let digest = hexadecimal(&ring::digest::digest(&SHA256, b"the package"));
        let manifest = serde_json::json!({
            "product": "chop",
            "version": version,
            "expires": "2027-06-01T00:00:00Z",
            "packages": [{ "file": file, "sha256": digest }],
        });
        self.write(MANIFEST, manifest.to_string().as_bytes());
        self.sign(&[0, 1]);
    }

    /// Signs what is there with these keys.
    fn sign(&self, keys: &[usize]) {
        let manifest = fs::read(self.share().join(MANIFEST)).unwrap();
        for key in keys {
            let pair = &self.keys[*key];
            let signed = minisign::sign(Some(&pair.pk), &pair.sk, &manifest[..], None, None);
            let name = format!("{MANIFEST}.{key}.minisig");
            self.write(&name, signed.unwrap().into_string().as_bytes());
        }
    }

    fn ask(
        &self,
        keys: &[usize],
        installed: &str,
        now: OffsetDateTime,
    ) -> Result<Option<PathBuf>, Error> {
        let keys: Vec<_> = keys
            .iter()
            .map(|key| self.keys[*key].pk.to_base64())
            .collect();
        newest(&Question {
            from: &self.share(),
            keys: &keys,
            kind: Kind::Deb,
            installed,
            now,
            to: &self.folder.path().join("to"),
        })
    }
}

#[test]
fn what_every_key_has_signed_is_copied_and_what_is_no_newer_is_not() {
    let scene = Scene::new();
    let path = scene.ask(&[0, 1], "0.1.9", NOW).unwrap().unwrap();
    assert_eq!(path, scene.folder.path().join("to/chop_0.2.0_amd64.deb"));
    assert_eq!(fs::read(&path).unwrap(), b"the package");
    // Again, over what is there.
    assert_eq!(scene.ask(&[0], "0.1.10", NOW).unwrap(), Some(path));
    for installed in ["0.2.0", "0.10.0", "1.0.0"] {
        assert_eq!(
            scene.ask(&[0], installed, NOW).unwrap(),
            None,
            "{installed}"
        );
    }
}

#[test]
fn scripts_that_ask_at_once_are_all_given_the_package_and_what_is_older_goes() {
    let scene = Scene::new();
    let to = scene.folder.path().join("to");
    fs::create_dir(&to).unwrap();
    for old in ["chop_0.1.9_amd64.deb", ".tmpOld"] {
        fs::write(to.join(old), b"old").unwrap();
    }
    let days_ago = std::time::SystemTime::now() - LONGEST_COPY * 48;
    let old = File::options().write(true).open(to.join(".tmpOld"));
    old.unwrap().set_modified(days_ago).unwrap();
    // One of the right name that is not the one.
    fs::write(to.join("chop_0.2.0_amd64.deb"), b"cut").unwrap();
    let ask = || scene.ask(&[0], "0.1.0", NOW).unwrap().unwrap();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        for one in all {
            let path = one.join().unwrap();
            assert_eq!(fs::read(path).unwrap(), b"the package");
        }
    });
    assert_eq!(scene.copies(), ["chop_0.2.0_amd64.deb"]);

    // One that is being installed stays the same file.
    let made = fs::metadata(ask()).unwrap().created().unwrap();
    assert_eq!(fs::metadata(ask()).unwrap().created().unwrap(), made);
}

#[test]
fn the_package_is_of_this_processor() {
    let scene = Scene::new();
    for other in ["chop_0.2.0_riscv64.deb", "chop.deb", "chop_0.2.0_amd64.rpm"] {
        scene.manifest("0.2.0", other);
        let error = scene.ask(&[0], "0.1.0", NOW).unwrap_err();
        assert!(matches!(error, Error::NoPackage { .. }), "{other}: {error}");
    }
}

#[test]
fn a_key_that_has_not_signed_this_manifest_stops_it() {
    let scene = Scene::new();
    let other = Scene::new();
    let unsigned = |scene: &Scene| {
        let error = scene.ask(&[0, 1], "0.1.0", NOW).unwrap_err();
        assert!(matches!(error, Error::Unsigned { .. }), "{error}");
        assert!(!scene.folder.path().join("to").exists());
    };
    // One of the two alone; another's; none.
    fs::remove_file(scene.share().join(format!("{MANIFEST}.1.minisig"))).unwrap();
    assert!(scene.ask(&[0], "0.1.0", NOW).unwrap().is_some());
    fs::remove_dir_all(scene.folder.path().join("to")).unwrap();
    unsigned(&scene);
    fs::copy(
        other.share().join(format!("{MANIFEST}.1.minisig")),
        scene.share().join(format!("{MANIFEST}.1.minisig")),
    )
    .unwrap();
    unsigned(&scene);
    scene.write(&format!("{MANIFEST}.1.minisig"), b"nonsense");
    unsigned(&scene);
    // A manifest that was changed after it was signed.
    let other = Scene::new();
    let text = fs::read_to_string(other.share().join(MANIFEST)).unwrap();
    other.write(MANIFEST, text.replace("0.2.0", "0.3.0").as_bytes());
    unsigned(&other);
}

#[test]
fn a_package_that_is_another_is_not_given_and_not_left() {
    let scene = Scene::new();
    scene.write("chop_0.2.0_amd64.deb", b"another package");
    let error = scene.ask(&[0], "0.1.0", NOW).unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");
    assert_eq!(scene.copies(), [""; 0]);
}

#[test]
fn a_manifest_that_has_expired_is_not_gone_by() {
    let scene = Scene::new();
    let last = datetime!(2027-06-01 0:00 UTC);
    assert!(
        scene
            .ask(&[0], "0.1.0", last - time::Duration::SECOND)
            .is_ok()
    );
    let error = scene.ask(&[0], "0.1.0", last).unwrap_err();
    assert!(error.to_string().contains("2027-06-01"), "{error}");
    // Not either to say that nothing is newer: somebody may keep the newer one away.
    assert!(scene.ask(&[0], "0.2.0", last).is_err());
}

#[test]
fn names_that_lead_elsewhere_and_versions_that_are_none_are_refused() {
    for (version, file) in [
        ("0.2.0", "../chop_amd64.deb"),
        ("0.2.0", "a/chop_amd64.deb"),
        ("0.2.0", r"C:\chop_amd64.deb"),
        ("0.2.0", "._amd64.deb"),
        ("0.2", "chop_amd64.deb"),
        ("0.2.0.0", "chop_amd64.deb"),
        ("0.+2.0", "chop_amd64.deb"),
        ("0.2.0", ""),
        ("new", "chop_amd64.deb"),
        ("", "chop_amd64.deb"),
    ] {
        let scene = Scene::new();
        scene.manifest(version, file);
        let error = scene.ask(&[0], "0.1.0", NOW).unwrap_err();
        let refused = matches!(error, Error::Manifest { .. } | Error::NoPackage { .. });
        assert!(refused, "{version} {file}: {error}");
    }
}

#[test]
fn what_is_no_key_and_what_is_no_manifest_is_named() {
    let scene = Scene::new();
    let question = Question {
        from: &scene.share(),
        keys: &["RWQnonsense".to_owned()],
        kind: Kind::Deb,
        installed: "0.1.0",
        now: NOW,
        to: &scene.folder.path().join("to"),
    };
    let error = newest(&question).unwrap_err();
    assert!(error.to_string().contains("RWQnonsense"), "{error}");
    let another = r#"{"product": "other", "version": "9.0.0", "expires": "2027-06-01T00:00:00Z", "packages": []}"#;
    for text in ["{}", "nonsense", r#"{"version": 2}"#, another] {
        scene.write(MANIFEST, text.as_bytes());
        scene.sign(&[0]);
        let error = scene.ask(&[0], "0.1.0", NOW).unwrap_err();
        assert!(matches!(error, Error::Manifest { .. }), "{error}");
    }
    scene.write(MANIFEST, &vec![b' '; 100_000]);
    assert!(matches!(
        scene.ask(&[0], "0.1.0", NOW),
        Err(Error::File { .. })
    ));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened_and_what_cannot_be_read_signs_nothing() {
    let scene = Scene::new();
    let decoy = scene.share().join(format!("{MANIFEST}.\u{1b}[2J.minisig"));
    fs::create_dir(decoy).unwrap();
    assert!(scene.ask(&[0, 1], "0.1.0", NOW).unwrap().is_some());
    fs::remove_dir_all(scene.folder.path().join("to")).unwrap();
    let mode = nix::sys::stat::Mode::S_IRWXU;
    for name in ["chop_0.2.0_amd64.deb", MANIFEST] {
        let path = scene.share().join(name);
        fs::remove_file(&path).unwrap();
        nix::unistd::mkfifo(&path, mode).unwrap();
        let error = scene.ask(&[0], "0.1.0", NOW).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "{error}");
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let error = scene.ask(&[0], "0.1.0", NOW).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "{error}");
    }
}

#[test]
fn nothing_is_made_where_nothing_is_installed() {
    let scene = Scene::new();
    let keys = [scene.keys[0].pk.to_base64()];
    let to = scene.folder.path().join("not/installed");
    let question = Question {
        from: &scene.share(),
        keys: &keys,
        kind: Kind::Deb,
        installed: "0.1.0",
        now: NOW,
        to: &to,
    };
    assert!(matches!(newest(&question), Err(Error::File { .. })));
    assert!(!to.parent().unwrap().exists());
}
