//! `chop machine`: what root does for everybody when Chop is installed, kept up, and removed. The
//! packages' scripts call it, and so can an administrator.

mod people;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, bail};
use chop_certs::machine::{self, LeftAlone, Places};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use crate::{gate, paths::Paths, run::Order, settings::Settings};

pub use people::forget_people;

/// The authority of the machine's pair.
///
/// # Errors
/// [`chop_certs::Error::File`] and [`chop_certs::Error::Damaged`].
pub fn authority(paths: &Paths) -> Result<CertificateDer<'static>, chop_certs::Error> {
    read_authority(&paths.machine.join("authority.pem"))
}

/// The authorities that this person's stores are to trust: none where policies do it.
pub(crate) fn wanted_authorities(paths: &Paths) -> Vec<CertificateDer<'static>> {
    if paths.machine.join("trusted-by-policy").exists() {
        return Vec::new();
    }
    let files = ["authority.pem", "next-authority.pem"].map(|name| paths.machine.join(name));
    files
        .iter()
        .filter_map(|it| read_authority(it).ok())
        .collect()
}

fn read_authority(path: &Path) -> Result<CertificateDer<'static>, chop_certs::Error> {
    let file = |cause| chop_certs::Error::File {
        path: path.to_path_buf(),
        action: "read",
        cause,
    };
    let text = fs::read(path).map_err(file)?;
    CertificateDer::from_pem_slice(&text).map_err(|_| chop_certs::Error::Damaged {
        what: "the machine's authority is no certificate",
    })
}

/// Makes the pair, and the browsers' policies of the sites in the machine's policy. Whoever serves
/// the pair is restarted when it has changed.
///
/// # Errors
/// When this is not root, the policy is not understood, or a file cannot be written.
pub fn set_up(policy: &Path) -> Result<()> {
    only_root()?;
    let settings = Settings::of_the_machine(policy)?;
    let sites: Vec<_> = settings
        .sites
        .value
        .iter()
        .map(ToString::to_string)
        .collect();
    let places = Places::of_this_system();
    let done = machine::set_up(
        &places,
        &sites,
        SystemTime::now(),
        all_browsers_started_since,
    )?;
    for left in &done.left_alone {
        eprintln!("{}", advice(left));
    }
    if done.pair_changed {
        restart_gate();
    }
    Ok(())
}

/// Takes everything back that was done for everybody; with `people`, also what agents have added
/// to people's own stores.
///
/// # Errors
/// When this is not root, or a file cannot be written.
pub fn clear() -> Result<()> {
    only_root()?;
    for left in machine::clear(&Places::of_this_system())? {
        eprintln!("{}", advice(&left));
    }
    // What the gate remembers; systemd keeps it in the one place, and has a link in the other.
    let memory = Path::new(gate::people::FOLDER);
    let _ = fs::remove_dir_all("/var/lib/private/chop-gate");
    let _ = match fs::symlink_metadata(memory).is_ok_and(|it| it.is_symlink()) {
        true => fs::remove_file(memory),
        false => fs::remove_dir_all(memory),
    };
    Ok(())
}

/// Tells all agents, and the gate, that there is another version, or that Chop is being removed.
///
/// # Errors
/// When this is not root. Without a gate there is nobody to be told.
pub fn tell(order: Order) -> Result<()> {
    only_root()?;
    let Some(paths) = Paths::of_this_person() else {
        bail!("root has no home folder");
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if let Err(error) = runtime.block_on(gate::order(&paths.gate, order)) {
        eprintln!(
            "chop: the gate does not answer ({error}); agents start anew with the next login"
        );
    }
    Ok(())
}

fn only_root() -> Result<()> {
    if nix::unistd::geteuid().is_root() {
        return Ok(());
    }
    bail!("這需要系統管理員權限 · this is for root: sudo chop machine …")
}

/// Whether every browser that runs was started after this moment, and so has read the policies.
pub(crate) fn all_browsers_started_since(moment: SystemTime) -> bool {
    let since_1970 = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    let Some(boot) = boot_time() else {
        return false;
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let started = processes.filter_map(|process| browser_start(&process.path()));
    started
        .map(|since_boot| boot + since_boot)
        .all(|start| start > since_1970)
}

fn boot_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let line = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    Some(Duration::from_secs(line.trim().parse().ok()?))
}

/// When this process was started, counted from the start of the machine, if it is a browser.
fn browser_start(process: &Path) -> Option<Duration> {
    const BROWSERS: [&str; 9] = [
        "firefox",
        "firefox-esr",
        "firefox-bin",
        "chromium",
        "chrome",
        "msedge",
        "brave",
        "opera",
        "vivaldi-bin",
    ];
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    // pid (name) state …; the name may have brackets of its own.
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    let ticks: u64 = rest.split_ascii_whitespace().nth(19)?.parse().ok()?;
    // USER_HZ is 100 on every Linux that programs see.
    BROWSERS
        .contains(&name)
        .then(|| Duration::from_millis(ticks * 10))
}

fn restart_gate() {
    // Without systemd the administrator starts the gate, and restarts it.
    if Path::new("/run/systemd/system").is_dir() {
        let _ = Command::new("systemctl")
            .args(["try-restart", "chop-gate.service"])
            .status();
    }
}

/// What the administrator has to do.
pub(crate) fn advice(left: &LeftAlone) -> String {
    let (browser, path) = (left.browser.name(), left.path.display());
    match (left.policy, left.add.is_empty()) {
        (Some(policy), _) => format!(
            "chop: {browser} 的 {policy} 已由 {path} 設定，請自行加入 · {browser}'s {policy} is set by {path} already and was left alone; add to it:\n{}",
            left.add
        ),
        (None, false) => format!(
            "chop: {path} 無法合併，請自行加入 · {path} could not be merged into and was left alone; add to it:\n{}",
            left.add
        ),
        (None, true) => format!(
            "chop: {path} 已被修改，因此保留 · {path} was changed since, and was left as it is"
        ),
    }
}

/// Where packages are copied that may be installed. It goes with everything else.
#[must_use]
pub fn updates() -> PathBuf {
    Places::of_this_system().state.join("updates")
}

/// Where the gate's pair is: what systemd has copied for it, or the machine's own.
#[must_use]
pub fn gate_pair() -> PathBuf {
    match std::env::var_os("CREDENTIALS_DIRECTORY") {
        Some(folder) => PathBuf::from(folder).join("localhost.pem"),
        None => chop_certs::store::place(&Places::of_this_system().pair()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_is_no_browser_does_not_count() {
        assert_eq!(browser_start(Path::new("/proc/self")), None);
        assert!(boot_time().is_some());
        let folder = tempfile::tempdir().unwrap();
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4200 99";
        fs::write(
            folder.path().join("stat"),
            format!("7 (firefox-esr) {rest}"),
        )
        .unwrap();
        assert_eq!(browser_start(folder.path()), Some(Duration::from_secs(42)));
        fs::write(folder.path().join("stat"), format!("7 (a) firefox) {rest}")).unwrap();
        assert_eq!(browser_start(folder.path()), None);
    }
}
