use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    person::{self, Setting},
    *,
};

/// A machine in memory.
#[derive(Default)]
struct Machine {
    keys: RefCell<BTreeMap<String, BTreeMap<String, Value>>>,
    roots: RefCell<BTreeSet<Vec<u8>>>,
    ports: RefCell<BTreeSet<u16>>,
    /// A port that somebody listens on just now.
    taken: Option<u16>,
    /// Whether the person says no when Windows asks about the ROOT store.
    says_no: bool,
    /// How often Windows has asked.
    asked: RefCell<u32>,
    /// Which paths people may read, and which not.
    read: RefCell<BTreeMap<PathBuf, bool>>,
}

impl Machine {
    fn with_windows_own() -> Self {
        let machine = Self::default();
        machine.make(r"Software\Policies");
        machine.make(r"Software\Policies\Microsoft");
        machine
    }

    fn make(&self, key: &str) {
        let mut keys = self.keys.borrow_mut();
        let ends = key.match_indices('\\').map(|(at, _)| at).chain([key.len()]);
        for at in ends {
            keys.entry(key[..at].to_owned()).or_default();
        }
    }

    fn put(&self, key: &str, name: &str, value: Value) {
        self.make(key);
        let mut keys = self.keys.borrow_mut();
        keys.get_mut(key).unwrap().insert(name.to_owned(), value);
    }

    fn texts(&self, key: &str) -> Vec<(String, String)> {
        let values = self.values(key).unwrap().into_iter();
        values
            .filter_map(|(name, value)| match value {
                Value::Text(text) => Some((name, text)),
                _ => None,
            })
            .collect()
    }

    /// Everything that can be seen of it.
    fn snapshot(&self) -> String {
        format!("{:?} {:?} {:?}", self.keys, self.roots, self.ports)
    }
}

impl System for Machine {
    fn values(&self, key: &str) -> io::Result<Vec<(String, Value)>> {
        let keys = self.keys.borrow();
        let values = keys.get(key).cloned().unwrap_or_default();
        Ok(values.into_iter().collect())
    }

    fn has_key(&self, key: &str) -> bool {
        self.keys.borrow().contains_key(key)
    }

    fn set(&self, key: &str, name: &str, value: &Value) -> io::Result<()> {
        self.put(key, name, value.clone());
        Ok(())
    }

    fn remove(&self, key: &str, name: &str) -> io::Result<()> {
        self.keys.borrow_mut().get_mut(key).unwrap().remove(name);
        Ok(())
    }

    fn remove_if_empty(&self, key: &str) -> io::Result<()> {
        let mut keys = self.keys.borrow_mut();
        let below = format!("{key}\\");
        let empty = keys.get(key).is_some_and(BTreeMap::is_empty)
            && !keys.keys().any(|it| it.starts_with(&below));
        if empty {
            keys.remove(key);
        }
        Ok(())
    }

    fn trusts(&self, authority: &[u8]) -> io::Result<bool> {
        Ok(self.roots.borrow().contains(authority))
    }

    fn trust(&self, authority: &[u8]) -> io::Result<()> {
        *self.asked.borrow_mut() += 1;
        if self.says_no {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        self.roots.borrow_mut().insert(authority.to_vec());
        Ok(())
    }

    fn distrust(&self, authority: &[u8]) -> io::Result<()> {
        self.roots.borrow_mut().remove(authority);
        Ok(())
    }

    fn reserves(&self, port: u16) -> bool {
        self.ports.borrow().contains(&port)
    }

    fn reserve(&self, port: u16) -> io::Result<()> {
        if self.taken == Some(port) {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        self.ports.borrow_mut().insert(port);
        Ok(())
    }

    fn release(&self, port: u16) -> io::Result<()> {
        self.ports.borrow_mut().remove(&port);
        Ok(())
    }

    fn claim(&self, folder: &Path) -> io::Result<()> {
        self.read.borrow_mut().insert(folder.to_owned(), true);
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    fn keep_from_people(&self, path: &Path) -> io::Result<()> {
        self.read.borrow_mut().insert(path.to_owned(), false);
        fs::metadata(path).map(drop)
    }
}

struct Scene {
    machine: Machine,
    _folder: tempfile::TempDir,
    places: Places,
    now: SystemTime,
}

impl Scene {
    fn new(machine: Machine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            state: folder.path().join("Chop/machine"),
        };
        Self {
            machine,
            _folder: folder,
            places,
            now: SystemTime::now(),
        }
    }

    fn set_up(&self, sites: &[&str], ports: &[u16]) -> Done {
        let sites: Vec<_> = sites.iter().map(|it| (*it).to_owned()).collect();
        let wish = Wish {
            sites: &sites,
            ports,
        };
        set_up(&self.machine, &self.places, &wish, self.now, |_| true).unwrap()
    }
}

const CHROME: &str = r"Software\Policies\Google\Chrome\LoopbackNetworkAllowedForUrls";
const FIREFOX: &str = r"Software\Policies\Mozilla\Firefox\LocalNetworkAccess";

fn entry(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn everything_is_set_and_all_of_it_taken_back() {
    let scene = Scene::new(Machine::with_windows_own());
    let before = scene.machine.snapshot();

    let done = scene.set_up(&["https://a.example", "https://b.example:8443"], &[61161]);

    assert!(done.pair_changed && done.held.is_empty() && done.not_reserved.is_empty());
    let sites = [
        entry("1", "https://a.example"),
        entry("2", "https://b.example:8443"),
    ];
    for browser in [
        r"Google\Chrome",
        r"Microsoft\Edge",
        r"BraveSoftware\Brave",
        "Chromium",
    ] {
        for list in ["LoopbackNetworkAllowedForUrls", "PopupsAllowedForUrls"] {
            let key = format!(r"Software\Policies\{browser}\{list}");
            assert_eq!(scene.machine.texts(&key), sites, "{key}");
        }
    }
    let hosts = [entry("1", "a.example"), entry("2", "b.example")];
    assert_eq!(
        scene.machine.texts(&format!(r"{FIREFOX}\SkipDomains")),
        hosts
    );
    let switch = ("Enabled".to_owned(), Value::Number(1));
    assert!(scene.machine.values(FIREFOX).unwrap().contains(&switch));
    assert_eq!(scene.machine.roots.borrow().len(), 1);
    assert!(scene.machine.reserves(61161));
    let key = crate::store::place(&scene.places.pair());
    let folders = [
        (scene.places.state.parent().unwrap().to_owned(), true),
        (scene.places.state.clone(), true),
        (scene.places.pair(), false),
        (key, false),
    ];
    assert_eq!(*scene.machine.read.borrow(), BTreeMap::from(folders));
    let again = scene.machine.snapshot();
    scene.set_up(&["https://a.example", "https://b.example:8443"], &[61161]);
    assert_eq!(scene.machine.snapshot(), again);

    clear(&scene.machine, &scene.places).unwrap();

    assert_eq!(scene.machine.snapshot(), before);
    assert!(!scene.places.state.parent().unwrap().exists());
}

#[test]
fn others_numbers_stay_and_ours_are_those_that_are_free() {
    let scene = Scene::new(Machine::with_windows_own());
    let theirs = |name, text: &str| {
        let text = Value::Text(text.to_owned());
        scene.machine.put(CHROME, name, text);
    };
    theirs("1", "https://theirs.example");
    theirs("3", "https://a.example");
    let before = scene.machine.snapshot();

    scene.set_up(&["https://a.example", "https://b.example"], &[]);

    let found = scene.machine.texts(CHROME);
    assert_eq!(found.len(), 3);
    assert!(
        found.contains(&entry("2", "https://b.example")),
        "{found:?}"
    );
    clear(&scene.machine, &scene.places).unwrap();
    assert_eq!(scene.machine.snapshot(), before);
}

#[test]
fn a_site_that_is_not_wanted_any_more_goes_and_the_others_stay() {
    let scene = Scene::new(Machine::with_windows_own());
    scene.set_up(&["https://a.example", "https://b.example"], &[61161, 16888]);
    scene.set_up(&["https://b.example"], &[16888]);
    assert_eq!(
        scene.machine.texts(CHROME),
        [entry("2", "https://b.example")]
    );
    assert!(!scene.machine.reserves(61161) && scene.machine.reserves(16888));
    scene.set_up(&[], &[]);
    let policies = |key: &String| key.contains("Chrome") || key.contains("Mozilla");
    assert!(!scene.machine.keys.borrow().keys().any(policies));
}

#[test]
fn what_somebody_has_changed_since_stays_as_it_is() {
    let scene = Scene::new(Machine::with_windows_own());
    scene.set_up(&["https://a.example"], &[]);
    let changed = Value::Text("https://changed.example".to_owned());
    scene.machine.put(CHROME, "1", changed);
    clear(&scene.machine, &scene.places).unwrap();
    assert_eq!(
        scene.machine.texts(CHROME),
        [entry("1", "https://changed.example")]
    );
}

#[test]
fn a_switch_that_somebody_has_off_stays_off_and_is_told() {
    let scene = Scene::new(Machine::with_windows_own());
    scene.machine.put(FIREFOX, "Enabled", Value::Number(0));
    let done = scene.set_up(&["https://a.example"], &[]);
    assert_eq!(done.held.len(), 1);
    assert_eq!(
        (done.held[0].name.as_str(), done.held[0].wanted),
        ("Enabled", 1)
    );
    clear(&scene.machine, &scene.places).unwrap();
    let left = scene.machine.values(FIREFOX).unwrap();
    assert_eq!(left, [("Enabled".to_owned(), Value::Number(0))]);
}

#[test]
fn a_port_in_use_is_told_and_the_rest_is_done() {
    let scene = Scene::new(Machine {
        taken: Some(61161),
        ..Machine::with_windows_own()
    });
    scene.machine.ports.borrow_mut().insert(16888);
    let done = scene.set_up(&[], &[61161, 16888]);
    assert_eq!(done.not_reserved.len(), 1);
    clear(&scene.machine, &scene.places).unwrap();
    // It was reserved by somebody else.
    assert!(scene.machine.reserves(16888));
}

#[test]
fn the_next_authority_is_trusted_beside_the_old_one_which_goes_afterwards() {
    let mut scene = Scene::new(Machine::with_windows_own());
    scene.set_up(&[], &[]);
    scene.now += Duration::from_secs(350 * 86_400);
    scene.set_up(&[], &[]);
    assert_eq!(scene.machine.roots.borrow().len(), 2);
    assert_eq!(
        scene.machine.read.borrow().get(&scene.places.next()),
        Some(&false)
    );
    let done = scene.set_up(&[], &[]);
    assert!(done.pair_changed);
    assert_eq!(scene.machine.roots.borrow().len(), 1);
}

#[test]
fn an_authority_that_is_trusted_already_is_not_ours_to_remove() {
    let scene = Scene::new(Machine::with_windows_own());
    scene.set_up(&[], &[]);
    let book = scene.places.book();
    // A book that is lost: nothing is guessed.
    fs::remove_file(&book).unwrap();
    scene.set_up(&[], &[]);
    clear(&scene.machine, &scene.places).unwrap();
    assert_eq!(scene.machine.roots.borrow().len(), 1);
}

#[test]
fn a_torn_book_stops_everything() {
    let scene = Scene::new(Machine::with_windows_own());
    scene.set_up(&["https://a.example"], &[]);
    fs::write(scene.places.book(), "{").unwrap();
    assert!(clear(&scene.machine, &scene.places).is_err());
    assert!(!scene.machine.texts(CHROME).is_empty());
}

const RUN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
const OWN: &str = r"Software\Chop";

fn settings(version: &str) -> [Setting; 2] {
    let setting = |key, name| Setting {
        key,
        name,
        value: Value::Text(version.to_owned()),
    };
    [setting(RUN, "Chop"), setting(OWN, "Program")]
}

fn authority() -> CertificateDer<'static> {
    let pair = LocalhostPair::generate(SystemTime::now(), Lifetime::PerPerson).unwrap();
    pair.authority().clone()
}

#[test]
fn one_persons_installation_follows_the_version_and_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("install.json");
    let machine = Machine::with_windows_own();
    let theirs = Value::Text("theirs.exe".to_owned());
    machine.put(RUN, "Theirs", theirs);
    let before = machine.snapshot();
    for version in ["old", "new"] {
        let held = person::set(&machine, &book, &settings(version)).map(|it| it.len());
        assert_eq!(held.unwrap(), 0);
        assert_eq!(machine.texts(OWN), [entry("Program", version)]);
    }
    // The pair was renewed meanwhile.
    for authority in [authority(), authority()] {
        person::trust(&machine, &book, &[authority]).unwrap();
    }
    assert_eq!(machine.roots.borrow().len(), 1);

    person::clear(&machine, &book).unwrap();

    assert_eq!(machine.snapshot(), before);
    assert!(!book.exists());
}

#[test]
fn a_start_at_login_that_is_somebody_elses_stays_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("install.json");
    let machine = Machine::with_windows_own();
    machine.put(RUN, "Chop", Value::Text("theirs.exe".to_owned()));
    let wanted = settings("ours");
    let held = person::set(&machine, &book, &wanted).unwrap();
    assert_eq!(held.iter().map(|it| it.key).collect::<Vec<_>>(), [RUN]);
    person::clear(&machine, &book).unwrap();
    assert_eq!(machine.texts(RUN), [entry("Chop", "theirs.exe")]);
}

#[test]
fn who_says_no_to_an_authority_is_asked_again_only_when_installing() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("install.json");
    let machine = Machine {
        says_no: true,
        ..Machine::with_windows_own()
    };
    let authority = [authority()];
    assert!(person::trust(&machine, &book, &authority).is_err());
    person::trust_new(&machine, &book, &authority).unwrap();
    assert_eq!(*machine.asked.borrow(), 1);
    assert!(person::trust(&machine, &book, &authority).is_err());
    assert_eq!(*machine.asked.borrow(), 2);
}
