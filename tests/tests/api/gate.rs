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
    card::{Card, PIN, Slot},
    namespace::Namespace,
    pkcs12::{self, Certificates},
    pki::{Credential, Holder, KeyKind, Pki, Request},
    program::Program,
    site::SITE,
    stack::CardStack,
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

/// An organization lets its site ask as pages for HiCOS do, and no window comes.
fn direct() -> String {
    format!("[hipki]\ndirect = ['{SITE}']\nallow_sign = ['{SITE}']")
}

/// What the page of this person at the site is answered.
fn sign(machine: &Machine, user: u32) -> String {
    let package = format!(r#"tbsPackage={{"tbs":"mine","signatureType":"PKCS7","pin":"{PIN}"}}"#);
    let url = "http://localhost:61161/sign";
    machine.page_of(user, SITE, url, &["--data-urlencode", &package])
}

/// What the page of this person is signed. It has the certificate in it.
fn signed(machine: &Machine, user: u32) -> Vec<u8> {
    let said = sign(machine, user);
    let answer = said.strip_suffix(" 200").expect(&said);
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    assert_eq!(answer["ret_code"], 0, "{answer}");
    let signature = answer["signature"].as_str().unwrap();
    BASE64_STANDARD.decode(signature).unwrap()
}

/// Both sign, three times, while the other does the same: each with their own certificate.
fn each_signs_with_their_own(machine: &Machine, people: [(u32, &[u8]); 2]) {
    let names = |signature: &[u8], certificate: &[u8]| {
        let mut parts = signature.windows(certificate.len());
        parts.any(|part| part == certificate)
    };
    let [lin, chen] = people;
    for _ in 0..3 {
        std::thread::scope(|scope| {
            for ((user, own), (_, others)) in [(lin, chen), (chen, lin)] {
                scope.spawn(move || {
                    let signature = signed(machine, user);
                    assert!(names(&signature, own));
                    assert!(!names(&signature, others));
                });
            }
        });
    }
    let nobodys = sign(machine, HUANG);
    assert!(nobodys.contains("沒有執行 Chop") && nobodys.ends_with("503"));
}

/// Of a company and of a citizen.
fn credentials() -> [Credential; 2] {
    [Holder::company(), Holder::citizen()].map(|holder| {
        let request = Request::of(&holder);
        Pki::shared().credential(&request, KeyKind::P256).unwrap()
    })
}

#[test]
fn each_user_signs_with_their_own_file_and_with_no_other() {
    let namespace = Namespace::enter().unwrap();
    let machine = Machine::new(&namespace, &direct());
    let [lins, chens] = credentials();
    let agent = |user, credential: &Credential| {
        let home = machine.home(user);
        fs::create_dir_all(&home).unwrap();
        let file = home.join("card.p12");
        pkcs12::write(&file, credential, &[], PIN, Certificates::Readable).unwrap();
        let settings = format!("pkcs12 = [{file:?}]\nmodules = []\ntray = false");
        let agent = machine.agent(user, &settings);
        wait(|| machine.greeting(user) != IS_NOBODYS);
        agent
    };
    let _agents = [agent(LIN, &lins), agent(CHEN, &chens)];
    let people = [(LIN, &*lins.certificate), (CHEN, &*chens.certificate)];
    each_signs_with_their_own(&machine, people);
}

/// As on a terminal server, where each session has the reader at its own person's desk.
#[test]
fn each_user_signs_with_the_card_in_their_own_reader_and_with_no_other() {
    let namespace = Namespace::enter().unwrap();
    let machine = Machine::new(&namespace, &direct());
    let [lins, chens] = credentials();
    let module = e2e::module::opensc().unwrap();
    let settings = format!("modules = [{module:?}]\ntray = false");
    let folder = namespace.folder();
    let session = |number, user, credential: &Credential| {
        let card = Card::default().with(Slot::Authentication, credential);
        let started = namespace.in_session(|| {
            let stack = CardStack::of_session(folder, number, card).unwrap();
            (machine.agent(user, &settings), stack)
        });
        wait(|| machine.greeting(user) != IS_NOBODYS);
        started.unwrap()
    };
    let (_lins_agent, lins_desk) = session(0, LIN, &lins);
    let (_chens_agent, chens_desk) = session(1, CHEN, &chens);
    let people = [(LIN, &*lins.certificate), (CHEN, &*chens.certificate)];
    each_signs_with_their_own(&machine, people);
    let used = || {
        let used = |desk: &CardStack| desk.reader().card().counts.private_ops;
        [used(&lins_desk), used(&chens_desk)]
    };
    assert_eq!(used(), [3, 3]);

    // Who takes their card away is not served with another's.
    lins_desk.reader().remove();
    wait(|| !sign(&machine, LIN).contains("\"ret_code\":0"));
    signed(&machine, CHEN);
    assert_eq!(used(), [3, 4]);
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
fn an_order_right_after_the_gate_has_started_reaches_agents_that_are_on_their_way_to_it() {
    let namespace = Namespace::enter().unwrap();
    let mut machine = Machine::new(&namespace, "");
    let agents = [LIN, CHEN].map(|user| machine.agent(user, "tray = false"));
    for user in [LIN, CHEN] {
        wait(|| machine.greeting(user).contains(IS_CHENS));
    }
    let gate = machine.gate.take().unwrap();
    let killed = nix::unistd::Pid::from_raw(gate.pid().cast_signed());
    nix::sys::signal::kill(killed, nix::sys::signal::Signal::SIGKILL).unwrap();
    gate.wait_for_end(Duration::from_secs(5)).unwrap();
    // Long enough for the agents to have noticed, and to be waiting for their next try.
    sleep(Duration::from_secs(2));
    machine.start_gate();
    // Its socket is that of the one before for a moment.
    let told = machine.tell("quit");
    assert!(told.status.success() && told.stderr.is_empty(), "{told:?}");
    for agent in agents {
        agent.wait_for_end(Duration::from_secs(10)).unwrap();
    }
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
