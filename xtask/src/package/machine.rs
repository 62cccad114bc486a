//! A small Debian with systemd, in a container, on a throw-away layer: what is installed in it is
//! gone with it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::step;

/// What it has: systemd, both browsers, a screen, what the package depends on, and what
/// administrators use.
const PACKAGES: &str = "systemd,systemd-sysv,dbus,dbus-user-session,libpam-systemd,ca-certificates,iproute2,procps,chromium,firefox-esr,xvfb,openbox,xdotool,x11-utils,pcscd,vsmartcard-vpcd,opensc,fonts-noto-cjk,libnss3-tools,openssl,imagemagick,libxkbcommon-x11-0,libglib2.0-bin,wmctrl,man-db,rpm,curl,adduser,python3-minimal,sudo,minisign,ansible-core,python3-apt";

/// How long it may take to start.
const START: Duration = Duration::from_secs(90);

/// A running machine. It ends, and is gone, with this value.
pub(super) struct Machine {
    nspawn: Child,
    /// Its first process, seen from outside.
    first: u32,
    layers: PathBuf,
}

/// Makes the image where there is none, or one with other packages.
pub(super) fn image(folder: &Path) -> Result<PathBuf> {
    let image = folder.join("image");
    let made_of = folder.join("image-made-of");
    if fs::read_to_string(&made_of).is_ok_and(|packages| packages == PACKAGES) {
        return Ok(image);
    }
    match fs::remove_dir_all(&image) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let include = format!("--include={PACKAGES}");
    let mut build = step::command("mmdebstrap", &["--variant=minbase", &include]);
    build
        .arg("--aptopt=Acquire::Retries \"5\"")
        .arg("bookworm")
        .arg(&image);
    step::run("a small Debian", &mut build)?;
    fs::write(made_of, PACKAGES)?;
    Ok(image)
}

impl Machine {
    /// Starts a new one with the image below it; `shared` are folders to be seen inside, read-only,
    /// below `/mnt`.
    pub(super) fn start(image: &Path, shared: &[(&Path, &str)]) -> Result<Self> {
        let layers = std::env::temp_dir().join(format!("chop-machine-{}", std::process::id()));
        for part in ["layer", "layer/upper", "layer/work", "root"] {
            fs::create_dir_all(layers.join(part))?;
        }
        let options = format!(
            "lowerdir={},upperdir={u}/layer/upper,workdir={u}/layer/work",
            image.display(),
            u = layers.display()
        );
        let mut mount = step::command("mount", &["-t", "overlay", "overlay", "-o", &options]);
        step::run("a layer over the image", mount.arg(layers.join("root")))?;
        let log = fs::File::create(layers.join("log"))?;
        let mut nspawn = Command::new("systemd-nspawn");
        nspawn.arg("--directory").arg(layers.join("root"));
        nspawn.args([
            "--boot",
            "--register=no",
            "--keep-unit",
            "--private-network",
            "--quiet",
        ]);
        nspawn.args([
            "--link-journal=no",
            "--resolv-conf=off",
            "--timezone=off",
            "--machine=chop",
        ]);
        for (outside, inside) in shared {
            nspawn.arg(format!("--bind-ro={}:/mnt/{inside}", outside.display()));
        }
        let nspawn = nspawn
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut machine = Self {
            nspawn,
            first: 0,
            layers,
        };
        machine.first = machine.wait_for_first()?;
        // The network has localhost, and an address that browsers take for a public one.
        machine.sh("ip address add 93.184.216.34/32 dev lo; ip link set lo up; sysctl -qw net.ipv4.ip_unprivileged_port_start=80; echo '93.184.216.34 site.test' >> /etc/hosts; systemctl is-system-running --wait || true")?;
        Ok(machine)
    }

    /// Runs a script as root inside, and gives what it prints.
    pub(super) fn sh(&self, script: &str) -> Result<String> {
        let output = self.output(script)?;
        let (out, error) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        ensure!(output.status.success(), "{script}\n{out}\n{error}");
        Ok(out.into_owned())
    }

    /// The same, whatever comes of it.
    pub(super) fn output(&self, script: &str) -> Result<Output> {
        let first = self.first.to_string();
        let mut enter = Command::new("nsenter");
        enter.args(["--target", &first, "--all", "--", "/usr/bin/env", "-i"]);
        enter.args([
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG=C.UTF-8",
            "HOME=/root",
        ]);
        enter.args(["DEBIAN_FRONTEND=noninteractive", "sh", "-ec", script]);
        enter
            .stdin(Stdio::null())
            .output()
            .context("nsenter cannot be started")
    }

    fn wait_for_first(&mut self) -> Result<u32> {
        let start = Instant::now();
        let children = format!("/proc/{0}/task/{0}/children", self.nspawn.id());
        loop {
            if let Some(status) = self.nspawn.try_wait()? {
                bail!("the machine ended: {status}\n{}", self.log());
            }
            let first = fs::read_to_string(&children).unwrap_or_default();
            if let Some(first) = first
                .split_whitespace()
                .next()
                .and_then(|it| it.parse().ok())
            {
                self.first = first;
                let answers = self.output("systemctl is-system-running --wait");
                let state = answers.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
                if state.is_ok_and(|it| it.starts_with("running") || it.starts_with("degraded")) {
                    return Ok(first);
                }
            }
            ensure!(
                start.elapsed() < START,
                "the machine does not start\n{}",
                self.log()
            );
            sleep(Duration::from_millis(200));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.layers.join("log")).unwrap_or_default()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // In order, so that nothing of it stays mounted.
        let _ = self.output("systemctl poweroff --force");
        let start = Instant::now();
        while self.nspawn.try_wait().ok().flatten().is_none() {
            if start.elapsed() > Duration::from_secs(10) {
                let _ = self.nspawn.kill();
                let _ = self.nspawn.wait();
                break;
            }
            sleep(Duration::from_millis(100));
        }
        let unmounted = Command::new("umount")
            .arg(self.layers.join("root"))
            .status();
        if unmounted.is_ok_and(|it| it.success()) {
            let _ = fs::remove_dir_all(&self.layers);
        }
    }
}
