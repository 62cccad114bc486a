//! Installs, uses and removes the packages as an IT department does, without a person at the screen.
//!
//! Spec: docs/deployment.md; docs/threat-model.md, C-32.

use std::{
    collections::BTreeMap,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::{
    guide,
    machine::{Machine, image},
};
use crate::step;

/// The quick build of both, with one set of features.
pub(super) const BUILD: [&str; 9] = [
    "build",
    "--package",
    "chop-agent",
    "--package",
    "e2e",
    "--bin",
    "chop",
    "--bin",
    "person",
];

/// The longest that an installation may take.
const INSTALL: Duration = Duration::from_secs(5);

/// Somebody's policies for browsers, there before us.
const THEIRS: &str = r#"
mkdir -p /etc/firefox/policies /etc/chromium/policies/managed
echo '{"policies": {"DisableTelemetry": true, "Certificates": {"Install": ["/etc/company.pem"]}}}' > /etc/firefox/policies/policies.json
chmod 604 /etc/firefox/policies/policies.json; touch -d 2026-01-02 /etc/firefox/policies/policies.json
echo '{"HomepageLocation": "https://intranet.example"}' > /etc/chromium/policies/managed/company.json
"#;

/// A desktop, as far as systemd is concerned: it wants what GNOME's and Plasma's units want.
pub(super) const DESKTOP: &str = r#"
mkdir -p /etc/systemd/user
cat > /etc/systemd/user/desk.service <<'END'
[Unit]
Description=A desktop
Wants=graphical-session.target xdg-desktop-autostart.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
END
"#;

/// Every file that is not of the machine's own housekeeping: name, kind, mode, owner, length,
/// target, and what is in it. For trust stores, what they hold.
const SNAPSHOT: &str = r#"
cd /
find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./tmp -o -path ./mnt \
    -o -path ./var/log -o -path ./var/cache -o -path ./var/tmp -o -path ./var/lib/dpkg -o -path ./var/lib/apt \
    -o -path ./var/lib/rpm -o -path ./root/.rpmdb -o -path ./usr/lib/sysimage -o -path ./var/lib/private \
    -o -path ./var/lib/systemd/random-seed -o -path ./home/lin -o -path ./etc/resolv.conf \) -prune \
    -o -printf '%p\t%y %m %u %g %l\n' | sort
find ./etc ./usr ./opt ./var/lib ./home ./root -xdev \( -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./home/lin \
    -o -path ./var/lib/rpm -o -path ./root/.rpmdb -o -path ./usr/lib/sysimage -o -path ./var/lib/private \
    -o -path ./var/lib/systemd/random-seed -o -path ./etc/resolv.conf -o -name cert9.db -o -name key4.db \) -prune \
    -o -type f -exec sha256sum {} + | awk '{h=$1; $1=""; print "content" $0 "\t" h}' | sort
for db in $(find /home /root -name cert9.db -not -path '/home/lin/*'); do certutil -L -d sql:$(dirname $db) | sed "s|^|$db: |"; done
"#;

pub(super) fn run(folder: &Path, deb: &Path, rpm: &Path) -> Result<()> {
    ensure!(
        step::is_root(),
        "a machine of its own needs root: sudo cargo xtask package --check"
    );
    step::run("build the person at the screen", &mut step::cargo(&BUILD))?;
    let person = step::built("debug", "person")?;
    let tools = person.parent().context("it lies in a folder")?;
    let image = image(folder)?;
    let machine = || Machine::start(&image, &[(tools, "tools"), (folder, "packages")]);
    let name = |path: &Path| path.file_name().map(|it| it.to_string_lossy().into_owned());
    let (deb, rpm) = (name(deb).unwrap_or_default(), name(rpm).unwrap_or_default());

    with_sites(&machine()?, &deb)?;
    at_home(&machine()?, &deb)?;
    for_one_person(&machine()?)?;
    by_rpm(&machine()?, &rpm)?;
    guide::follow(&machine()?, &deb)
}

/// An organization: sites are named beforehand, nobody is asked anything.
fn with_sites(machine: &Machine, deb: &str) -> Result<()> {
    eprintln!("\n==> an organization, with its sites");
    machine.sh(THEIRS)?;
    machine.sh(DESKTOP)?;
    machine
        .sh("mkdir -p /etc/chop; echo 'sites = [\"https://site.test\"]' > /etc/chop/policy.toml")?;
    let before = snapshot(machine)?;
    let start = Instant::now();
    machine.sh(&format!(
        "apt-get install -y -q /mnt/packages/{deb} </dev/null"
    ))?;
    say("installed", start);
    if !cfg!(debug_assertions) {
        ensure!(start.elapsed() < INSTALL, "the installation takes too long");
    }
    machine.sh("systemctl is-active chop-gate.service chop-renew.timer")?;
    machine.sh("useradd --create-home --shell /bin/bash lin")?;
    let start = Instant::now();
    let said = machine.sh("su - lin -c '/mnt/tools/person sign-in' </dev/null")?;
    eprint!("{said}");
    say("both browsers signed in without a question", start);

    // The machine knows who is served, and renews on its own.
    machine.sh("systemctl start chop-renew.service && systemctl is-active chop-gate.service")?;
    upgrade(machine, deb)?;

    machine.sh("apt-get purge -y -q chop </dev/null")?;
    machine.sh("! pgrep -x chop")?;
    same(&before, &snapshot(machine)?)
}

/// Somebody logs in, and stays: their desktop starts.
pub(super) fn log_in(machine: &Machine, user: &str) -> Result<()> {
    machine.sh(&format!("loginctl enable-linger {user}"))?;
    wait("there is a session", || {
        machine
            .sh(&format!("test -S /run/user/$(id -u {user})/bus"))
            .is_ok()
    })?;
    machine.sh(&format!(
        "runuser -u {user} -- env XDG_RUNTIME_DIR=/run/user/$(id -u {user}) systemctl --user start desk.service"
    ))?;
    Ok(())
}

/// The same version again stands for the next one: what happens to those who are at work is the
/// same.
fn upgrade(machine: &Machine, deb: &str) -> Result<()> {
    let agent = || machine.sh("pgrep -u lin -x chop | head -1 | grep .");
    log_in(machine, "lin")?;
    wait("lin's agent runs", || agent().is_ok())?;
    let before = (agent()?, machine.sh("systemctl show -P MainPID chop-gate")?);
    machine.sh(&format!(
        "apt-get install -y -q --reinstall /mnt/packages/{deb} </dev/null"
    ))?;
    // The agent becomes the new program in its old process; the gate is another.
    wait("the gate is a new one", || {
        machine
            .sh("systemctl show -P MainPID chop-gate")
            .is_ok_and(|it| it != before.1 && it.trim() != "0")
    })?;
    wait("lin's agent is the new program", || {
        machine
            .sh("! readlink /proc/$(pgrep -u lin -x chop | head -1)/exe | grep deleted")
            .is_ok()
    })?;
    ensure!(agent()? == before.0, "the agent was killed");
    machine.sh("loginctl disable-linger lin")?;
    Ok(())
}

/// At home: no sites, no policy. Each person's own stores are given the authority, and freed of it.
fn at_home(machine: &Machine, deb: &str) -> Result<()> {
    eprintln!("\n==> a computer at home");
    machine.sh(DESKTOP)?;
    add_mei(machine)?;
    let before = snapshot(machine)?;
    machine.sh(&format!(
        "apt-get install -y -q /mnt/packages/{deb} </dev/null"
    ))?;
    machine.sh("! test -e /etc/chromium/policies && ! test -e /etc/firefox/policies && ! test -e /etc/brave")?;
    log_in(machine, "mei")?;
    let trusts = "certutil -L -d sql:/home/mei/.local/share/pki/nssdb";
    wait("the store of Mei's Chromium trusts the agent", || {
        machine
            .sh(trusts)
            .is_ok_and(|it| it.contains("Chop localhost authority"))
    })?;
    machine.sh("apt-get purge -y -q chop </dev/null; ! pgrep -x chop; loginctl disable-linger mei; loginctl terminate-user mei || true")?;
    same(&before, &snapshot(machine)?)
}

/// Somebody, not logged in: a session that began before the package would not start its agent.
fn add_mei(machine: &Machine) -> Result<()> {
    machine.sh("useradd --create-home --shell /bin/bash mei; su mei -c 'mkdir -p ~/.local/share ~/.local/state ~/.config ~/.cache'; loginctl terminate-user mei || true")?;
    wait("mei is logged out", || machine.sh("! pgrep -u mei").is_ok())
}

/// One person, without any rights.
fn for_one_person(machine: &Machine) -> Result<()> {
    eprintln!("\n==> one person, without rights");
    add_mei(machine)?;
    let before = snapshot(machine)?;
    let as_mei = |script: &str| machine.sh(&format!("su - mei -c '{script}' </dev/null"));
    as_mei("/mnt/tools/chop install")?;
    wait("the agent answers", || {
        as_mei("chop=$(echo ~/.local/bin/chop); $chop certificate > ca.pem; curl -sS --cacert ca.pem -H \"Origin: https://a.example\" https://localhost:21443/v1/info | grep agent; rm ca.pem").is_ok()
    })?;
    as_mei("certutil -L -d sql:$HOME/.local/share/pki/nssdb | grep \"Chop localhost authority\"")?;
    as_mei("grep -q \"Exec=.*/.local/bin/chop\" ~/.config/autostart/tw.chop.Agent.desktop")?;
    // Again, as an upgrade does.
    as_mei("/mnt/tools/chop install")?;
    as_mei("~/.local/bin/chop uninstall")?;
    machine.sh("! pgrep -x chop")?;
    same(&before, &snapshot(machine)?)
}

/// The .rpm, as far as Debian's rpm goes: it knows nothing of the libraries' packages here.
fn by_rpm(machine: &Machine, rpm: &str) -> Result<()> {
    eprintln!("\n==> the .rpm");
    machine.sh(THEIRS)?;
    machine.sh("mkdir -p /etc/chop; echo 'sites = [\"https://site.test\"]' > /etc/chop/policy.toml; rpm --initdb")?;
    let before = snapshot(machine)?;
    machine.sh(&format!("rpm --install --nodeps /mnt/packages/{rpm}"))?;
    machine.sh("rpm --verify --nodeps chop; systemctl is-active chop-gate.service")?;
    machine.sh(
        "grep -q LoopbackNetworkAllowedForUrls /etc/opt/chrome/policies/managed/00-chop.json",
    )?;
    machine.sh("rpm --erase --nodeps chop; ! systemctl is-active chop-gate.service")?;
    same(&before, &snapshot(machine)?)
}

/// What there is, line by line.
fn snapshot(machine: &Machine) -> Result<BTreeMap<String, String>> {
    let text = machine.sh(SNAPSHOT)?;
    let lines = text
        .lines()
        .map(|line| line.split_once('\t').unwrap_or((line, "")));
    Ok(lines
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect())
}

/// Users that were added meanwhile are no part of the package.
const OF_THE_TEST: [&str; 7] = [
    "/passwd", "/shadow", "/group", "/gshadow", "/subuid", "/subgid", "/linger",
];

fn same(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Result<()> {
    let mut differences = Vec::new();
    for name in before.keys().chain(after.keys()) {
        let ours = OF_THE_TEST
            .iter()
            .any(|it| name.trim_end_matches('-').ends_with(it));
        if before.get(name) != after.get(name) && !ours {
            differences.push(format!(
                "{name}: {:?} → {:?}",
                before.get(name),
                after.get(name)
            ));
        }
    }
    differences.sort();
    differences.dedup();
    if differences.is_empty() {
        eprintln!(
            "    removed without a trace: {} files and entries are as before",
            before.len()
        );
        return Ok(());
    }
    bail!("something is left, or gone:\n{}", differences.join("\n"))
}

pub(super) fn wait(what: &str, until: impl Fn() -> bool) -> Result<()> {
    let start = Instant::now();
    while !until() {
        ensure!(
            start.elapsed() < Duration::from_secs(40),
            "not within 40 s: {what}"
        );
        sleep(Duration::from_millis(200));
    }
    Ok(())
}

fn say(what: &str, start: Instant) {
    eprintln!("    {what}: {:.1} s", start.elapsed().as_secs_f32());
}
