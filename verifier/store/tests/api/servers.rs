//! PostgreSQL and Redis of our own, each in a temporary folder, ended with the test.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use nix::unistd::{Uid, User, chown};
use tempfile::TempDir;

/// Nobody waits longer for a server to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running PostgreSQL.
pub(crate) struct Postgres {
    url: String,
    child: Child,
    _folder: TempDir,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        // PostgreSQL does not run as root.
        let as_root = Uid::effective().is_root();
        if as_root {
            let user = User::from_name("postgres")
                .unwrap()
                .expect("postgresql is installed");
            for path in [folder.path(), &data] {
                chown(path, Some(user.uid), Some(user.gid)).unwrap();
            }
        }
        let program = |name: &str| {
            let path = programs().join(name);
            let mut command = Command::new(if as_root { Path::new("setpriv") } else { &path });
            if as_root {
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(&path);
            }
            command
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command
        };
        let made = program("initdb")
            .args(["--auth=trust", "--username=postgres", "--no-sync", "-D"])
            .arg(&data)
            .status();
        assert!(made.unwrap().success());
        let port = free_port();
        let child = program("postgres")
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200",
            ])
            .args(["-p", &port.to_string(), "-k"])
            .arg(folder.path())
            .arg("-D")
            .arg(&data)
            .spawn()
            .unwrap();
        let server = Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            child,
            _folder: folder,
        };
        let ready = || {
            let mut command = Command::new(programs().join("pg_isready"));
            let status = command
                .args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])
                .status();
            status.is_ok_and(|status| status.success())
        };
        wait_for(ready);
        server
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Debian keeps PostgreSQL's programs off the path, below their version.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("postgresql is installed");
    let mut versions: Vec<_> = versions
        .map(|entry| entry.unwrap().path().join("bin"))
        .collect();
    versions.sort();
    versions.pop().expect("postgresql is installed")
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // "Immediate": nobody needs what is in it.
        let _ = Command::new("kill")
            .arg("-QUIT")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

/// A running Redis.
pub(crate) struct Redis {
    url: String,
    child: Child,
    _folder: TempDir,
}

impl Redis {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let child = Command::new("redis-server")
            .args([
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--port",
                &port.to_string(),
                "--dir",
            ])
            .arg(folder.path())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed");
        let server = Self {
            url: format!("redis://127.0.0.1:{port}/"),
            child,
            _folder: folder,
        };
        wait_for(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        server
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One that was free a moment ago; these servers cannot take port 0 and say which it was.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn wait_for(ready: impl Fn() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < PATIENCE, "the server does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
}
