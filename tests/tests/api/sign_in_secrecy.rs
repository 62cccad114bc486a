//! What is left of a PIN after it was used, and that nothing but a person's window takes one.
//! (C-26, C-27)

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;
use std::time::Duration;

use e2e::agent::chop;
use e2e::browser::{Chromium, Options, policy};
use e2e::card::{Card, Secret, Slot, TRIES};
use e2e::client::Client;
use e2e::pki::KeyKind;
use e2e::process::children;
use e2e::site::{HOST, SITE};
use e2e::softhsm::PIN;
use e2e::stack::CardStack;

use crate::browser_scene::in_namespace;
use crate::hipki_desk::Desk as HipkiDesk;
use crate::sign_in_desk::{Cards, Desk};
use crate::sign_in_roads::company;

/// A PIN that stands nowhere by chance.
const CANARY: &str = "83749265";

/// The canary in every form that a careless program writes it in.
fn forms() -> Vec<(&'static str, Vec<u8>)> {
    let ascii = CANARY.as_bytes();
    let hex: String = ascii.iter().map(|byte| format!("{byte:02x}")).collect();
    let bcd = |pair: &[u8]| (pair[0] - b'0') << 4 | (pair[1] - b'0');
    vec![
        ("ASCII", ascii.to_vec()),
        (
            "UTF-16LE",
            ascii.iter().flat_map(|byte| [*byte, 0]).collect(),
        ),
        (
            "UTF-16BE",
            ascii.iter().flat_map(|byte| [0, *byte]).collect(),
        ),
        (
            "UTF-32",
            ascii.iter().flat_map(|byte| [*byte, 0, 0, 0]).collect(),
        ),
        ("hex", hex.clone().into_bytes()),
        ("HEX", hex.to_uppercase().into_bytes()),
        // base64 of the PIN alone; within a longer text it would have another phase.
        ("base64", b"ODM3NDkyNjU".to_vec()),
        ("BCD", ascii.chunks(2).map(bcd).collect()),
    ]
}

/// The forms in which `data` holds the canary.
fn found(data: &[u8]) -> BTreeSet<&'static str> {
    let holds = |form: &[u8]| data.windows(form.len()).any(|part| part == form);
    forms()
        .into_iter()
        .filter(|(_, form)| holds(form))
        .map(|(name, _)| name)
        .collect()
}

/// Everything that a process has in memory and can write: heap, stacks, data. What it maps from
/// files read-only was there before the PIN.
fn memory(pid: u32) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
    let mut file = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut all = Vec::new();
    for line in maps
        .lines()
        .filter(|line| line.split(' ').nth(1).unwrap().starts_with("rw"))
    {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let start = u64::from_str_radix(start, 16).unwrap();
        let end = u64::from_str_radix(end, 16).unwrap();
        file.seek(SeekFrom::Start(start)).unwrap();
        // A page that the kernel does not give (a guard page) ends this piece.
        let _ = (&mut file).take(end - start).read_to_end(&mut all);
    }
    all
}

#[test]
fn sign_in_leaves_no_pin_in_the_agent_its_workers_or_any_log() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let mut card = Card::default()
            .with(Slot::Authentication, &company(KeyKind::P256))
            .unwrap();
        card.pin = Secret::new(CANARY, TRIES);
        let stack = CardStack::start(namespace, [card]).unwrap();
        let mut cards = Cards::module(&stack.module().unwrap());
        cards.settings = "log = 'trace'";
        let desk = Desk::new(namespace, &cards).await;
        let browser = Chromium::start(&desk.home, Options::default())
            .await
            .unwrap();
        let page = browser.page().await.unwrap();

        desk.press_card(&page).await;
        // A wrong one first: error paths copy more than others.
        desk.enter("11111111").await;
        desk.window_says_wrong_pin().await;
        desk.type_pin(CANARY).await;
        desk.signed_in(&page).await;

        let agent = memory(desk.agent.program.pid());
        // The search works: what the agent must know is there.
        let origin = desk.portal.origin.as_bytes();
        assert!(agent.windows(origin.len()).any(|part| part == origin));
        assert_eq!(found(&agent), BTreeSet::new(), "in the agent's memory");
        let log = desk.agent.log().unwrap();
        assert!(log.contains("TRACE"), "the log is at trace level");
        assert_eq!(found(log.as_bytes()), BTreeSet::new(), "in the agent's log");
        let workers = children(desk.agent.program.pid(), "worker");
        assert!(!workers.is_empty());
        for worker in workers {
            let left = found(&memory(worker));
            // OpenSC 0.23 keeps a copy of the PIN while its token is open (its PIN cache), in a
            // process that nobody but root may look into. Ours leave none.
            eprintln!("left by the module in worker {worker}: {left:?}");
            assert!(
                left.is_subset(&["ASCII"].into()),
                "in a worker's memory: {left:?}"
            );
        }
    });
}

/// Posts to the room for HiCOS pages, as a page that asks directly, in two pieces that part the
/// canary, and reads until the agent ends the connection.
fn post(path: &str, origin: &str, body: &str) -> String {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost:61161\r\norigin: {origin}\r\n\
         content-type: text/plain\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let middle = body.find(CANARY).unwrap() + CANARY.len() / 2;
    let (first, second) = body.split_at(middle);
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, 61161)).unwrap();
    stream.write_all((head + first).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    // Whoever is refused unread finds the connection closed.
    let _ = stream.write_all(second.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

#[test]
fn hipki_page_leaves_no_pin_in_the_agent_its_workers_or_its_log() {
    in_namespace(async |namespace| {
        let policy = format!(
            "[hipki]\nallow_sign = ['{SITE}']\nallow_decrypt = ['{SITE}']\ndirect = ['{SITE}']\n"
        );
        namespace.write_etc("chop/policy.toml", &policy).unwrap();
        let desk = HipkiDesk::traced(namespace).await;
        let agent = desk.agent.as_ref().unwrap();

        // The card's own PIN, and a second field, which nobody asked for.
        let sign = r#""func":"MakeSignature","tbs":"a","signatureType":"PKCS7""#;
        let whole = format!(r#"tbsPackage={{{sign},"pin":"{PIN}","pins":"{CANARY}"}}"#);
        assert!(post("/sign", SITE, &whole).contains(r#""ret_code":0"#));
        // A field twice; the wrong one; what is no JSON; nothing that a site may; another site.
        let twice = format!(r#"tbsPackage={{{sign},"pin":"{PIN}","pin":"{CANARY}"}}"#);
        let wrong = format!(r#"tbsPackage={{{sign},"pin":"{CANARY}"}}"#);
        let broken = format!(r#"tbsPackage={{{sign},"pin":"{CANARY}"#);
        // Far behind in a long one, where the next request overwrites nothing.
        let long = "a".repeat(40_000);
        let long = format!(r#"tbsPackage={{{sign},"more":"{long}","pin":"{CANARY}"}}"#);
        let encoded = format!("tbsPackage=%7B%22pin%22%3A%22{CANARY}%22%2C%22tbs%22%3A%22a%22%7D");
        for (path, origin, body) in [
            ("/sign", SITE, &twice),
            ("/sign", SITE, &wrong),
            ("/sign", SITE, &long),
            ("/sign", "https://other.example", &long),
            ("/nothing", SITE, &long),
            ("/sign", SITE, &broken),
            ("/sign", SITE, &encoded),
            ("/decrypt", SITE, &wrong),
            ("/nothing", SITE, &wrong),
            ("/sign", "https://other.example", &wrong),
        ] {
            let answer = post(path, origin, body);
            assert!(!answer.contains(r#""ret_code":0,"#), "{path}: {answer}");
            assert_eq!(found(answer.as_bytes()), BTreeSet::new(), "{path}");
        }

        // The room itself has nothing to trace; TLS has.
        let client = Client::new(&agent.authority, agent.port, false).unwrap();
        client.cold_get().await.unwrap();

        let all = memory(agent.program.pid());
        let site = SITE.as_bytes();
        assert!(all.windows(site.len()).any(|part| part == site));
        assert_eq!(found(&all), BTreeSet::new(), "in the agent's memory");
        assert_eq!(agent.log().unwrap(), "", "beside the file");
        let log = agent.log_file().unwrap();
        assert!(log.contains("TRACE"), "the log is at trace level");
        assert_eq!(found(log.as_bytes()), BTreeSet::new(), "in the agent's log");
        let workers = children(agent.program.pid(), "worker");
        assert!(!workers.is_empty());
        for worker in workers {
            let left = found(&memory(worker));
            eprintln!("left by the module in worker {worker}: {left:?}");
            assert!(left.is_subset(&["ASCII"].into()), "in a worker: {left:?}");
        }
    });
}

/// The words that a command's help lists as options and subcommands.
fn words(arguments: &[&str]) -> BTreeSet<String> {
    let help = Command::new(chop())
        .args(arguments)
        .arg("--help")
        .output()
        .unwrap();
    assert!(help.status.success(), "{arguments:?}");
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help.lines().filter(|line| line.starts_with("  "));
    let words = listed.flat_map(|line| line.split_whitespace().take(3));
    words
        .map(|word| word.trim_end_matches(','))
        .filter(|word| word.len() > 1)
        .filter(|word| word.starts_with('-') || word.chars().all(|c| c.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

/// The commands that the help lists.
fn commands() -> BTreeSet<String> {
    let help = Command::new(chop()).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names
        .filter(|name| !name.is_empty() && *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn chop_has_no_option_that_answers_a_window_but_for_cards_of_nobody() {
    let set = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let help = ["-h", "--help"];
    for (command, options) in [
        (&["run"][..], &[][..]),
        (&["prompt"], &[]),
        (
            &["worker"],
            &["--module", "--parameters", "--pkcs12", "--writable"],
        ),
        (&["cards"], &["--json", "--watch"]),
        (&["grants"], &["--json"]),
        (&["certificate"], &["--der"]),
        (&["doctor"], &["--json"]),
        (&["self-test"], &["--link"]),
        (&["settings"], &["--page", "--link"]),
        // The one exception: it takes no module, reader or file, and answers for cards that it makes
        // itself. That nothing else can have a script is in its types (agent/simulate).
        (&["simulate"], &["--answer", "--card", "--no-card", "--out"]),
    ] {
        let found: BTreeSet<_> = words(command)
            .into_iter()
            .filter(|word| word.starts_with('-'))
            .collect();
        assert_eq!(found, set(&[&help[..], options].concat()), "{command:?}");
    }
    let found = words(&[]);
    let wanted = set(&[
        "run",
        "doctor",
        "certificate",
        "help",
        "-h",
        "--help",
        "-V",
        "--version",
    ]);
    assert!(found.is_superset(&wanted), "{found:?}");
    // Every command there is, those that no help lists too.
    let listed = commands();
    assert!(
        listed.contains("simulate") && listed.contains("run"),
        "{listed:?}"
    );
    for command in listed
        .iter()
        .map(String::as_str)
        .chain(["prompt", "worker"])
    {
        let answers = words(&[command]).contains("--answer");
        assert_eq!(answers, command == "simulate", "{command}");
    }
    let dashed: BTreeSet<_> = found.iter().filter(|word| word.starts_with('-')).collect();
    assert_eq!(dashed.len(), 4, "{found:?}");
}
