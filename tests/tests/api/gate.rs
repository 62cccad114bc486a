//! Several people on one machine: the gate in front, an agent for each.
//!
//! Spec: docs/architecture.md, "Whose connection"; docs/threat-model.md, C-13 to C-15.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    agent::chop,
    namespace::Namespace,
    pkcs12::{self, Certificates},
    pki::{Holder, KeyKind, Pki, Request},
    program::Program,
    site::SITE,
    softhsm::PIN,
};

const SOCKET: &str = "/run/chop/gate.sock";
/// A system user without rights.
const GATE: u32 = 64_999;
/// People.
const LIN: u32 = 1001;
const CHEN: u32 = 1002;
const HUANG: u32 = 1003;

/// A machine with Chop installed for everybody. Fields are dropped in this order.
struct Machine {
    gate: Option<Program>,
    folder: PathBuf,
    chop: PathBuf,
}

impl Machine {
    fn new(namespace: &Namespace, policy: &str) -> Self {
        let folder = namespace.folder().to_path_buf();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        for covered in ["/var/lib", "/run"] {
            namespace.cover(covered).unwrap();
        }
        namespace.write_etc("chop/policy.toml", policy).unwrap();
        let program = folder.join("chop");
        // By another process: a file that is open for writing here cannot be run, and what a test
        // beside this one starts may have it open for a moment longer.
        let copied = Command::new("cp").arg(chop()).arg(&program).status();
        assert!(copied.unwrap().success());
        let mut machine = Self {
            gate: None,
            folder,
            chop: program,
        };
        let set_up = Command::new(&machine.chop)
            .args(["machine", "set-up"])
            .output();
        assert!(set_up.as_ref().unwrap().status.success(), "{set_up:?}");
        machine.start_gate();
        machine
    }

    fn start_gate(&mut self) {
        // As the unit has it: a folder of its own, and a copy of the key that it alone can read.
        let credentials = self.folder.join("credentials");
        for folder in [Path::new("/run/chop"), &credentials] {
            fs::create_dir_all(folder).unwrap();
            nix::unistd::chown(folder, Some(GATE.into()), Some(GATE.into())).unwrap();
        }
        let pair = credentials.join("localhost.pem");
        fs::copy("/var/lib/chop/localhost/localhost.pem", &pair).unwrap();
        nix::unistd::chown(&pair, Some(GATE.into()), None).unwrap();
        fs::set_permissions(&pair, Permissions::from_mode(0o400)).unwrap();
        let mut gate = self.as_user(GATE, &self.chop);
        gate.arg("gate").env("CREDENTIALS_DIRECTORY", &credentials);
        gate.env("STATE_DIRECTORY", &credentials);
        self.gate = Some(Program::start(gate, &self.folder.join("gate.log")).unwrap());
        wait(|| Path::new(SOCKET).exists());
    }

    fn as_user(&self, user: u32, program: &Path) -> Command {
        let mut command = Program::command("setpriv");
        let user = user.to_string();
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups", "--"]);
        command.arg(program).stdin(Stdio::null());
        command
    }

    /// This person's agent, with these settings.
    fn agent(&self, user: u32, settings: &str) -> Program {
        let home = self.home(user);
        fs::create_dir_all(home.join("run")).unwrap();
        fs::create_dir_all(home.join(".config/chop")).unwrap();
        fs::write(home.join(".config/chop/settings.toml"), settings).unwrap();
        let owned = Command::new("chown")
            .arg("-R")
            .arg(user.to_string())
            .arg(&home)
            .status();
        assert!(owned.unwrap().success());
        let mut run = self.chop_of(user);
        run.arg("run").stdout(Stdio::null());
        Program::start(run, &self.folder.join(format!("{user}.log"))).unwrap()
    }

    fn chop_of(&self, user: u32) -> Command {
        let home = self.home(user);
        let mut command = self.as_user(user, &self.chop);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", home.join("run"));
        command
    }

    fn home(&self, user: u32) -> PathBuf {
        self.folder.join(user.to_string())
    }

    fn tell(&self, what: &str) -> Output {
        Command::new(&self.chop)
            .args(["machine", "tell", what])
            .output()
            .unwrap()
    }

    /// What this person's program is answered, status and body: over TLS that trusts the machine's
    /// authority alone, from a page on `http://localhost`.
    fn page(&self, user: u32, url: &str, more: &[&str]) -> String {
        self.page_of(user, "http://localhost:8000", url, more)
    }

    /// The same from a page of this origin.
    fn page_of(&self, user: u32, origin: &str, url: &str, more: &[&str]) -> String {
        let origin = format!("Origin: {origin}");
        let mut curl = self.as_user(user, Path::new("curl"));
        curl.args(["--silent", "--show-error", "--max-time", "20"]);
        curl.args(["--cacert", "/var/lib/chop/authority.pem"]);
        curl.args(["--header", &origin, "--write-out", " %{http_code}"]);
        let output = curl.args(more).arg(url).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        format!("{}{error}", String::from_utf8_lossy(&output.stdout))
    }

    fn greeting(&self, user: u32) -> String {
        self.page(user, "https://localhost:21443/v1/info", &[])
    }
}

const IS_LINS: &str = "\"agent\":\"chop\"";
const IS_CHENS: &str = "origin_refused";
const IS_NOBODYS: &str = "{\"code\":\"no_agent\"} 503";

/// The sockets of this name that the kernel knows in this namespace: the gate's ends.
fn gate_sockets() -> usize {
    let known = fs::read_to_string("/proc/thread-self/net/unix").unwrap();
    known.lines().filter(|line| line.ends_with(SOCKET)).count()
}

fn wait(until: impl Fn() -> bool) {
    let start = Instant::now();
    while !until() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it does not happen"
        );
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn each_page_reaches_its_own_users_agent_and_nobody_elses() {
    let namespace = Namespace::enter().unwrap();
    let machine = Machine::new(&namespace, "");
    // Lin's agent alone takes pages of `http://localhost`: that tells the two apart.
    let _lin = machine.agent(LIN, "development = true\ntray = false");
    wait(|| machine.greeting(LIN).contains(IS_LINS));
    // While Chen has none, Lin's is not Chen's.
    assert_eq!(machine.greeting(CHEN), IS_NOBODYS);
    let _chen = machine.agent(CHEN, "tray = false");
    wait(|| machine.greeting(CHEN).contains(IS_CHENS));

    for address in ["localhost", "127.0.0.1", "[::1]"] {
        for version in ["--http1.1", "--http2"] {
            let url = format!("https://{address}:21443/v1/info");
            let answer = |user| machine.page(user, &url, &[version]);
            assert!(answer(LIN).contains(IS_LINS), "{address} {version}");
            assert!(answer(CHEN).contains(IS_CHENS), "{address} {version}");
            assert_eq!(answer(HUANG), IS_NOBODYS, "{address} {version}");
        }
    }
    // Who has an agent is remembered, for the removal.
    let people = fs::read_to_string(machine.folder.join("credentials/people"));
    assert_eq!(people.unwrap(), format!("{LIN}\n{CHEN}\n"));
    // A request with a body is not waited for.
    let start = Instant::now();
    let post = ["--http1.1", "--data", "{}"];
    assert_eq!(
        machine.page(HUANG, "https://localhost:21443/v1/sign", &post),
        IS_NOBODYS
    );
    assert!(start.elapsed() < Duration::from_secs(5));
    // The room for HiCOS pages has the same door.
    let room = |user| machine.page(user, "http://localhost:61161/", &[]);
    assert!(!room(LIN).ends_with("503"), "{}", room(LIN));
    assert!(room(HUANG).contains("沒有執行 Chop") && room(HUANG).ends_with("503"));
}

/// Also while the other does the same.
#[test]
fn each_user_signs_with_their_own_card_and_with_no_other() {
    let namespace = Namespace::enter().unwrap();
    // An organization lets its site ask as pages for HiCOS do, and no window comes.
    let policy = format!("[hipki]\ndirect = ['{SITE}']\nallow_sign = ['{SITE}']");
    let machine = Machine::new(&namespace, &policy);
    let people = [(LIN, Holder::company()), (CHEN, Holder::citizen())].map(|(user, holder)| {
        let request = Request::of(&holder);
        let credential = Pki::shared().credential(&request, KeyKind::P256).unwrap();
        let home = machine.home(user);
        fs::create_dir_all(&home).unwrap();
        let file = home.join("card.p12");
        pkcs12::write(&file, &credential, &[], PIN, Certificates::Readable).unwrap();
        let settings = format!("pkcs12 = [{file:?}]\nmodules = []\ntray = false");
        let agent = machine.agent(user, &settings);
        wait(|| machine.greeting(user) != IS_NOBODYS);
        (user, credential.certificate, agent)
    });
    let package = format!(r#"tbsPackage={{"tbs":"mine","signatureType":"PKCS7","pin":"{PIN}"}}"#);
    let sign = |user| {
        let url = "http://localhost:61161/sign";
        machine.page_of(user, SITE, url, &["--data-urlencode", &package])
    };
    let signed = |user| {
        let said = sign(user);
        let answer = said.strip_suffix(" 200").expect(&said);
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        assert_eq!(answer["ret_code"], 0, "{answer}");
        let signature = answer["signature"].as_str().unwrap();
        BASE64_STANDARD.decode(signature).unwrap()
    };
    let names = |signature: &[u8], certificate: &[u8]| {
        let mut parts = signature.windows(certificate.len());
        parts.any(|part| part == certificate)
    };

    for _ in 0..3 {
        std::thread::scope(|scope| {
            let [lin, chen] = &people;
            for ((user, own, _), (_, others, _)) in [(lin, chen), (chen, lin)] {
                let (signed, names) = (&signed, &names);
                scope.spawn(move || {
                    let signature = signed(*user);
                    assert!(names(&signature, own));
                    assert!(!names(&signature, others));
                });
            }
        });
    }
    let nobodys = sign(HUANG);
    assert!(nobodys.contains("沒有執行 Chop") && nobodys.ends_with("503"));
}

#[test]
fn nobody_but_the_gate_reads_the_key_and_nobody_but_root_orders_agents_about() {
    let namespace = Namespace::enter().unwrap();
    let machine = Machine::new(&namespace, "");
    let lin = machine.agent(LIN, "development = true\ntray = false");
    wait(|| machine.greeting(LIN).contains(IS_LINS));

    for key in [
        PathBuf::from("/var/lib/chop/localhost/localhost.pem"),
        machine.folder.join("credentials/localhost.pem"),
    ] {
        let read = machine
            .as_user(LIN, Path::new("cat"))
            .arg(key)
            .output()
            .unwrap();
        assert!(!read.status.success());
    }
    let order = "import socket;s=socket.socket(socket.AF_UNIX);s.connect('/run/chop/gate.sock');s.send(b'chQ1')\ntry: print(s.recv(1))\nexcept ConnectionResetError: print(b'')";
    let asked = machine
        .as_user(CHEN, Path::new("/usr/bin/python3"))
        .args(["-c", order])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "b''\n");
    let refused = machine
        .chop_of(CHEN)
        .args(["machine", "tell", "quit"])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(!lin.has_ended());

    assert!(machine.tell("quit").status.success());
    lin.wait_for_end(Duration::from_secs(10)).unwrap();
    assert_eq!(machine.greeting(LIN), IS_NOBODYS);
}

#[test]
fn agents_and_gate_find_each_other_again_after_either_starts_anew() {
    let namespace = Namespace::enter().unwrap();
    let mut machine = Machine::new(&namespace, "");
    let lin = machine.agent(LIN, "development = true\ntray = false");
    wait(|| machine.greeting(LIN).contains(IS_LINS));

    // Another version: the agent becomes it, in the same process; the gate ends when nobody is
    // being served, for its service manager to start the new one.
    assert!(machine.tell("restart").status.success());
    let gate = machine.gate.take().unwrap();
    gate.wait_for_end(Duration::from_secs(10)).unwrap();
    drop(gate);
    machine.start_gate();
    wait(|| machine.greeting(LIN).contains(IS_LINS));
    assert!(!lin.has_ended());

    // A gate that is killed leaves its socket behind, which the next one replaces.
    let gate = machine.gate.take().unwrap();
    let killed = nix::unistd::Pid::from_raw(gate.pid().cast_signed());
    nix::sys::signal::kill(killed, nix::sys::signal::Signal::SIGKILL).unwrap();
    gate.wait_for_end(Duration::from_secs(5)).unwrap();
    drop(gate);
    machine.start_gate();
    wait(|| machine.greeting(LIN).contains(IS_LINS));
}

#[test]
fn an_agent_after_one_that_was_killed_hears_what_is_told_to_all() {
    let namespace = Namespace::enter().unwrap();
    let machine = Machine::new(&namespace, "");
    let killed = machine.agent(LIN, "development = true\ntray = false");
    wait(|| machine.greeting(LIN).contains(IS_LINS));
    let process = nix::unistd::Pid::from_raw(killed.pid().cast_signed());
    nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGKILL).unwrap();
    killed.wait_for_end(Duration::from_secs(5)).unwrap();

    // The gate itself and the dead one's lines: up to four, as many as it had dialled anew after the
    // page's.
    let before = gate_sockets();
    assert!((2..=5).contains(&before), "{before}");

    // No page asks in between, which would have shown the gate which lines are dead.
    let next = machine.agent(LIN, "development = true\ntray = false");
    wait(|| gate_sockets() == before + 4);
    assert!(machine.tell("quit").status.success());

    next.wait_for_end(Duration::from_secs(10)).unwrap();
}

#[test]
fn a_user_who_has_taken_the_ports_is_named() {
    let namespace = Namespace::enter().unwrap();
    let squatters: Vec<_> = [30_443, 30_444]
        .into_iter()
        .map(|port| {
            // Who makes a socket owns it.
            let before = nix::unistd::setfsuid(HUANG.into());
            let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
            nix::unistd::setfsuid(before);
            listener
        })
        .collect();
    let machine = Machine::new(&namespace, "ports = [30443, 30444]\nhipki.ports = []");
    let log = || fs::read_to_string(machine.folder.join("gate.log")).unwrap();
    wait(|| log().contains("30443: user 1003, 30444: user 1003"));
    drop(squatters);
}

#[test]
fn lines_that_say_nothing_or_nonsense_take_nothing_from_others() {
    let namespace = Namespace::enter().unwrap();
    let machine = Machine::new(&namespace, "");
    let _lin = machine.agent(LIN, "development = true\ntray = false");
    wait(|| machine.greeting(LIN).contains(IS_LINS));
    // Far more than may wait, of another user and of Lin; some are silent, some talk nonsense.
    let crowd = "import socket,sys,time\nl=[]\nfor n in range(200):\n s=socket.socket(socket.AF_UNIX);s.connect('/run/chop/gate.sock');l.append(s)\n try: n%2 and s.send(b'chA1xxxxxxxx')\n except OSError: pass\nsys.stderr.write('there');sys.stderr.flush()\ntime.sleep(60)";
    let mut crowds = Vec::new();
    for user in [HUANG, LIN] {
        let mut python = machine.as_user(user, Path::new("/usr/bin/python3"));
        python.args(["-c", crowd]).stdout(Stdio::null());
        let log = machine.folder.join(format!("crowd-{user}.log"));
        crowds.push(Program::start(python, &log).unwrap());
        wait(|| fs::read_to_string(&log).unwrap().contains("there"));
    }

    let start = Instant::now();
    wait(|| machine.greeting(LIN).contains(IS_LINS));
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(machine.greeting(CHEN), IS_NOBODYS);
}
