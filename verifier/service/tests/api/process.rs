//! The program as a process of its own, and what it writes to its log.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread::JoinHandle,
};

use chop_testpki::Holder;

use crate::{
    client::Connection,
    scene::{Files, SESSION, card, sign_in},
};

/// A running `chop-verify serve`.
pub(crate) struct Process {
    pub(crate) address: String,
    child: Child,
    /// Reads the log as it comes: a pipe that nobody empties would stop the process.
    log: Option<JoinHandle<String>>,
}

impl Process {
    pub(crate) fn start(settings: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chop-verify"))
            .args(["serve", "--settings"])
            .arg(settings)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).unwrap();
            log
        });
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("listening on ");
        let Some(address) = address.map(str::to_owned) else {
            panic!("{line}{}", log.join().unwrap());
        };
        let log = Some(log);
        Self {
            address,
            child,
            log,
        }
    }

    /// Ends it as an operator does; gives its log.
    pub(crate) fn end(mut self) -> String {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        let log = self.log.take().unwrap().join().unwrap();
        assert!(self.child.wait().unwrap().success());
        log
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_log_says_what_happened_and_nothing_of_a_person() {
    let (files, holder) = (Files::new(), Holder::citizen());
    let toml = files.settings("127.0.0.1:0") + &files.with_lists();
    let process = Process::start(&files.write("settings.toml", toml.as_bytes()));
    let card = card(&holder);
    let mut caller = Connection::to(&process.address).await;
    let accepted = sign_in(&mut caller, &card).await;
    assert_eq!(accepted.status, 200);
    let (challenge, id) = crate::scene::issue(&mut caller).await;
    let mut assertion = crate::scene::signed(&card, &challenge);
    assertion["algorithm"] = "RS256".into();
    let question = serde_json::json!({ "session": SESSION, "id": id, "assertion": assertion });
    assert_eq!(caller.post("/v1/sign-ins", &question).await.status, 403);

    let log = process.end();
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |code: &str| lines.iter().filter(|line| line["code"] == code).count();
    assert_eq!((of("ok"), of("algorithm_mismatch")), (3, 1), "{log}");
    let serial = accepted.json()["signer"]["certificate"]["serial"]
        .as_str()
        .unwrap()
        .to_owned();
    for personal in [
        holder.name.as_str(),
        &holder.number,
        "6789",
        SESSION,
        &challenge,
        &id,
        &serial,
    ] {
        assert!(!log.contains(personal), "{personal}: {log}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_said_and_end_it_with_two() {
    let files = Files::new();
    let path = files.write("settings.toml", b"listen = 7");
    let output = Command::new(env!("CARGO_BIN_EXE_chop-verify"))
        .args(["serve", "--settings"])
        .arg(path)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("settings.toml is not a settings file"),
        "{said}"
    );
}
