//! An X display of the test's own, with a window manager.

use std::{
    io::Read as _,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

/// Xvfb and openbox; they end when this is dropped.
pub(crate) struct Display {
    name: String,
    programs: Vec<Child>,
}

impl Display {
    pub(crate) fn new() -> Self {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed");
        let number = next_line(&mut server);
        let mut display = Self {
            name: format!(":{number}"),
            programs: vec![server],
        };
        let mut manager = display
            .command("openbox")
            .args(["--startup", "echo up"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openbox is installed");
        // Before that it may complain about menus.
        while next_line(&mut manager) != "up" {}
        display.programs.push(manager);
        display
    }

    /// The value of `DISPLAY`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.name);
        command
    }

    /// Runs a program on the display and returns what it said.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output: Output = self.command(program).args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "{program} {arguments:?}: {output:?}"
        );
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Presses keys, by their X names.
    pub(crate) fn press(&self, keys: &[&str]) {
        self.run("xdotool", &[&["key", "--delay", "20"], keys].concat());
    }

    /// Waits for a window that can be seen and whose title has this in it, and returns its number.
    pub(crate) fn window(&self, title: &str) -> String {
        loop {
            let mut search = self.command("xdotool");
            search.args(["search", "--onlyvisible", "--name", title]);
            let found = search.output().unwrap();
            let found = String::from_utf8_lossy(&found.stdout);
            if let Some(window) = found.lines().next() {
                return window.to_owned();
            }
            // X says nothing to a program that only looks.
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

/// The next line of what a program says.
#[allow(clippy::unbuffered_bytes)] // so that the line after it stays for the next call
pub(crate) fn next_line(program: &mut Child) -> String {
    let output = program.stdout.as_mut().unwrap().bytes();
    let line: Vec<_> = output
        .map(Result::unwrap)
        .take_while(|byte| *byte != b'\n')
        .collect();
    assert!(!line.is_empty(), "it ended, or says nothing");
    String::from_utf8(line).unwrap()
}
