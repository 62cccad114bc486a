//! A port of the HiCOS room that another program has: the agent says whose it is, goes on without
//! it, and takes it when it is free.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use e2e::agent::{Agent, Options};
use e2e::namespace::Namespace;
use serde_json::Value;

use crate::browser_scene::in_namespace;

/// The agent tries again every 30 seconds; a loaded machine is a little late.
const AGAIN: Duration = Duration::from_secs(50);

/// A program that listens and answers nothing; it ends with this value.
struct Squatter(Child);

impl Squatter {
    fn start(namespace: &Namespace, port: u16) -> Self {
        let script = namespace.folder().join("squatter.py");
        let text = "import socket, sys, time\n\
                    it = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
                    print('ready', flush=True)\n\
                    time.sleep(600)\n";
        std::fs::write(&script, text).unwrap();
        let mut child = Command::new("/usr/bin/python3")
            .arg(&script)
            .arg(port.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 6];
        let output = child.stdout.as_mut().unwrap();
        std::io::Read::read_exact(output, &mut ready).unwrap();
        Self(child)
    }
}

impl Drop for Squatter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What doctor says of a port: its state and sentence.
fn doctor(agent: &Agent, port: u16) -> (String, String) {
    let mut doctor = agent.command(&Options::default());
    let said = doctor.args(["doctor", "--json"]).output().unwrap().stdout;
    let report: Value = serde_json::from_slice(&said).unwrap();
    let lines = report["lines"].as_array().unwrap();
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let words = "written for HiCOS";
    let line = lines.iter().find(|line| {
        let en = text(line, "en");
        en.contains(words) && en.contains(&port.to_string())
    });
    let line = line.unwrap_or_else(|| panic!("{report}"));
    (text(line, "state"), text(line, "en"))
}

#[test]
fn hipki_port_that_another_program_has_is_named_and_taken_when_it_is_free() {
    in_namespace(async |namespace| {
        let squatter = Squatter::start(namespace, 61161);
        let options = Options::default();
        let agent = Agent::start(namespace.folder(), &options).await.unwrap();
        let owner = format!("squatter.py ({})", squatter.0.id());

        let (state, taken) = doctor(&agent, 61161);
        assert_eq!(state, "note");
        assert!(taken.contains(&owner), "{taken}");
        let (state, answers) = doctor(&agent, 16888);
        assert_eq!(state, "ok", "{answers}");
        assert!(answers.contains("127.0.0.1 and ::1"), "{answers}");
        let log = agent.log().unwrap();
        assert!(log.contains("61161") && log.contains(&owner), "{log}");

        let freed = Instant::now();
        drop(squatter);
        loop {
            let (state, said) = doctor(&agent, 61161);
            if state == "ok" {
                break;
            }
            assert!(freed.elapsed() < AGAIN, "{said}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
}

#[test]
fn hipki_ports_can_be_moved_and_closed() {
    in_namespace(async |namespace| {
        let options = Options {
            settings: "hipki.ports = [61999]\n",
            ..Options::default()
        };
        let agent = Agent::start(namespace.folder(), &options).await.unwrap();
        assert_eq!(doctor(&agent, 61999).0, "ok");
        assert!(std::net::TcpStream::connect("127.0.0.1:61161").is_err());
    });
    in_namespace(async |namespace| {
        let options = Options {
            settings: "hipki.ports = []\n",
            ..Options::default()
        };
        let agent = Agent::start(namespace.folder(), &options).await.unwrap();
        let mut doctor = agent.command(&Options::default());
        let said = doctor.arg("doctor").output().unwrap().stdout;
        let said = String::from_utf8(said).unwrap();
        assert!(
            said.contains("for HiCOS are closed by the settings"),
            "{said}"
        );
        for port in [61161, 16888] {
            assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        }
    });
}
