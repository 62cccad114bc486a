//! Where tests run: as root, in a home and a temporary folder of their own.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context as _, Result};

use crate::step;

/// How long one test program may take. The slowest needs three minutes on two cores.
const TIME: &str = "30m";

/// A folder that is there as long as the tests are. What they start (browsers, a bus, a window
/// manager) leaves files wherever it is told that home and temporary files are.
pub(crate) struct Place {
    folder: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Result<Self> {
        let name = format!("chop-test-{}", std::process::id());
        // Short: names of sockets below it have an end at 107 bytes.
        let folder = std::env::temp_dir().join(name);
        for part in ["home", "tmp"] {
            let part = folder.join(part);
            fs::create_dir_all(&part)
                .with_context(|| format!("{} cannot be made", part.display()))?;
        }
        Ok(Self { folder })
    }

    /// Makes cargo run its tests here. Namespaces, a pcscd of our own and a second user need root;
    /// the build itself does not.
    pub(crate) fn runs(&self, cargo: &mut Command) {
        let folder = self.folder.display();
        let root = if step::is_root() {
            ""
        } else {
            "sudo --preserve-env "
        };
        let runner = format!(
            "{root}env HOME={folder}/home TMPDIR={folder}/tmp timeout --kill-after=10 {TIME}"
        );
        cargo.env(runner_variable(), runner);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if step::is_root() {
            let _ = fs::remove_dir_all(&self.folder);
            return;
        }
        // What root left behind; also where Cargo lets tests keep files.
        let kept = step::root().join("target/tmp");
        let commands = [
            Command::new("sudo")
                .arg("rm")
                .arg("-rf")
                .arg(&self.folder)
                .status(),
            Command::new("sudo")
                .args(["chown", "-R", "--reference=."])
                .arg(kept)
                .status(),
        ];
        if commands
            .iter()
            .any(|ran| !ran.as_ref().is_ok_and(std::process::ExitStatus::success))
        {
            eprintln!("    {} could not be removed", self.folder.display());
        }
    }
}

/// Which variable names the program that Cargo runs tests with.
fn runner_variable() -> String {
    let host = step::output("rustc", &["--print", "host-tuple"]).unwrap_or_default();
    let host = host.to_uppercase().replace(['-', '.'], "_");
    format!("CARGO_TARGET_{host}_RUNNER")
}
