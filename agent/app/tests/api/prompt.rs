//! `chop prompt` as the agent uses it: frames on its standard input and output.

use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use chop_service::{Asks, Choice, ChoiceId, View};
use chop_token::pipe::{Frame, blocking};
use serde_json::{Value, json};

/// A window's process.
pub(crate) struct Prompt {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
}

impl Prompt {
    /// Starts it on a display; an empty name is no display.
    pub(crate) fn start(display: &str, seconds: u64) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chop"));
        command
            .arg("prompt")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY");
        if !display.is_empty() {
            command.env("DISPLAY", display);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().unwrap());
        let mut prompt = Self {
            child,
            stdin,
            stdout,
        };
        prompt.say(&json!({
            "language": "zh-TW",
            "dark": null,
            "about": { "site": {
                "origin": "https://login.bank.example:8443",
                "owner": {"start": 14, "end": 26},
                "purpose": "sign_in",
                "seconds": seconds,
            }},
        }));
        prompt
    }

    pub(crate) fn say(&mut self, message: &Value) {
        let json = serde_json::to_vec(message).unwrap();
        blocking::write_message(self.stdin.as_mut().unwrap(), &json).unwrap();
    }

    pub(crate) fn show(&mut self, view: &View) {
        self.say(&json!({ "show": view }));
    }

    /// The next message; [`Value::Null`] at the end.
    pub(crate) fn hear(&mut self) -> Value {
        match blocking::read(&mut self.stdout).unwrap() {
            Some(Frame::Message(json)) => serde_json::from_slice(&json).unwrap(),
            Some(Frame::Secret(_)) => panic!("a secret out of turn"),
            None => Value::Null,
        }
    }

    /// The PIN that must come next.
    pub(crate) fn hear_secret(&mut self) -> Vec<u8> {
        match blocking::read(&mut self.stdout).unwrap() {
            Some(Frame::Secret(pin)) => pin.expose().to_vec(),
            _ => panic!("no secret"),
        }
    }

    /// Closes its input, as the agent's end does.
    pub(crate) fn hang_up(&mut self) {
        self.stdin = None;
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Prompt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A view with one certificate.
pub(crate) fn ready() -> View {
    let choice = Choice {
        id: ChoiceId(7),
        holder: Some("王小明".to_owned()),
        issuer: "內政部憑證管理中心".to_owned(),
        not_after: Some(1_900_000_000),
        certificate: None,
        label: "Token".to_owned(),
        reader: Some("Reader 00".to_owned()),
        tries_left: Some(3),
        locked: false,
        asks: Asks::Pin,
        shortest: 4,
        longest: 8,
    };
    View::Ready {
        choices: vec![choice],
        notice: None,
    }
}
