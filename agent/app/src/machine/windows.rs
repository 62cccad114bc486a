//! `chop machine` on Windows: what an administrator does for everybody when Chop is installed, kept
//! up, and removed. The installer calls it.

mod processes;
mod renewal;
mod service;

use std::{
    fs,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context as _, Result, bail};
use chop_certs::{
    Error, store,
    windows::{self, Held, Local, Places, Wish},
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use windows_registry::LOCAL_MACHINE;

use crate::{
    logging,
    paths::{self, Paths},
    run::{Order, signals},
    settings::Settings,
};
pub(crate) use processes::image;

/// What the installer was told that is no setting.
const CHOP: &str = r"Software\Chop";

/// The authority of the machine's pair.
///
/// # Errors
/// [`Error::File`] and [`Error::Damaged`].
pub fn authority(paths: &Paths) -> Result<CertificateDer<'static>, Error> {
    let path = paths.machine.join("authority.pem");
    let file = |cause| Error::File {
        path: path.clone(),
        action: "read",
        cause,
    };
    let text = fs::read(&path).map_err(file)?;
    CertificateDer::from_pem_slice(&text).map_err(|_| Error::Damaged {
        what: "the machine's authority is no certificate",
    })
}

/// Makes the pair, trusts it, reserves the ports of HiCOS pages, writes the browsers' policies of
/// the sites in the machine's policy, and has the gate run as a service. A task of the system does
/// it again each day. The gate starts anew when the pair has changed.
///
/// # Errors
/// When this is no administrator, the policy is not understood, or something cannot be written.
pub fn set_up(policy: &Path) -> Result<()> {
    let this = installed()?;
    let settings = Settings::of_the_machine(policy)?;
    let sites = settings.sites.value.iter().map(ToString::to_string);
    let sites = match wants_browser_policies() {
        true => sites.collect(),
        false => Vec::new(),
    };
    let wish = Wish {
        sites: &sites,
        ports: &settings.hipki_ports.value,
    };
    // Whether every browser was started since cannot be told: a week before the end will do.
    let done = windows::set_up(
        &Local::of_the_machine(),
        &places(),
        &wish,
        SystemTime::now(),
        |_| false,
    );
    let done = done.context(
        "這需要系統管理員權限 · this is for an administrator: open a console as administrator first",
    )?;
    for held in &done.held {
        logging::say(&advice(held));
    }
    for (port, error) in &done.not_reserved {
        logging::say(&format!(
            "chop: 無法保留連接埠 {port} · port {port} could not be reserved: {error}"
        ));
    }
    if let Err(error) = renewal::keep(&this, &places().state) {
        logging::say(&format!(
            "chop: 無法排定憑證的更新，請每月執行一次 chop machine set-up · the certificate's renewal could not be scheduled, have chop machine set-up run each month: {error}"
        ));
    }
    let kept = match done.pair_changed {
        true => service::keep(&this).and_then(|()| service::restart()),
        false => service::keep(&this),
    };
    kept.context(
        "無法啟動 Chop 的系統服務 · the service that hands connections on could not be set up",
    )
}

/// This program, if it is the one that an installer has put where administrators alone can change
/// it: the system itself will run it.
fn installed() -> Result<PathBuf> {
    let this = std::env::current_exe().context("the program's own path is not known")?;
    match program() {
        Some(program) if are_of_one_version(&program, &this) => Ok(this),
        Some(program) => bail!(
            "請執行已安裝的 chop.exe · run the chop.exe that is installed: {}",
            program.with_file_name("chop.exe").display()
        ),
        None => bail!(
            "Chop 尚未為所有使用者安裝，請先安裝 MSI · Chop is not installed for everybody: install the MSI first"
        ),
    }
}

/// Each version has a folder of its own.
fn are_of_one_version(one: &Path, other: &Path) -> bool {
    let folder = |path: &Path| path.parent().map(|it| it.as_os_str().to_ascii_lowercase());
    folder(one) == folder(other)
}

/// Where packages are copied that may be installed. It goes with everything else.
#[must_use]
pub fn updates() -> PathBuf {
    places().state.join("updates")
}

/// Where the gate's pair is.
#[must_use]
pub fn gate_pair() -> PathBuf {
    store::place(&places().pair())
}

/// Takes everything back that was done for everybody.
///
/// # Errors
/// When this is no administrator, or something cannot be changed.
pub fn clear() -> Result<()> {
    renewal::end();
    // A service that does not end keeps nothing else from being taken back.
    let ended = service::end();
    windows::clear(&Local::of_the_machine(), &places())
        .context("這需要系統管理員權限 · this is for an administrator: open a console as administrator first")?;
    ended.context(
        "無法移除 Chop 的系統服務 · the service that hands connections on could not be removed",
    )
}

/// Tells the agents that run from this program's folder, whoever's they are, and waits until they
/// have ended: as long as a window may stay open, and no longer.
///
/// # Errors
/// When this program's folder is not known.
pub fn tell(order: Order) -> Result<()> {
    let this = std::env::current_exe().context("the program's own path is not known")?;
    tell_those_of(&[this], order);
    if order == Order::Restart {
        // The gate was told as well. Without an installation there is none.
        let _ = service::start();
    }
    Ok(())
}

/// The same for agents that run from these programs; `false` if there is none. Who removes Chop waits
/// until none was there for a while: one that was told to start anew before has a successor.
pub(crate) fn tell_those_of(programs: &[PathBuf], order: Order) -> bool {
    let mut rounds = 0;
    let mut last_seen = Instant::now();
    while rounds < ROUNDS && last_seen.elapsed() < NONE_FOR {
        let processes = programs.iter().flat_map(|it| processes::of(it));
        let told: Vec<_> = processes
            .filter(|process| signals::tell(*process, order))
            .collect();
        processes::wait_for(&told);
        if !told.is_empty() {
            rounds += 1;
            last_seen = Instant::now();
        }
        if order == Order::Restart {
            break;
        }
        sleep(NONE_FOR / 8);
    }
    rounds > 0
}

/// So long after an agent was seen last there is none.
const NONE_FOR: Duration = Duration::from_secs(1);
/// An agent, its successor, and no more: one that does not end must not hold up a removal for ever.
const ROUNDS: u32 = 2;

/// When this version is removed: if another has been installed beside it, agents start that one;
/// otherwise they end, and everything is taken back that was done for everybody.
///
/// # Errors
/// Those of [`tell`] and [`clear`].
pub fn leave() -> Result<()> {
    let this = std::env::current_exe().context("the program's own path is not known")?;
    if program().is_some_and(|other| !are_of_one_version(&other, &this)) {
        tell(Order::Restart)?;
        // From now on it is the new version's.
        return service::renew().context(
            "無法啟動 Chop 的系統服務 · the service that hands connections on could not be started",
        );
    }
    tell(Order::Quit)?;
    clear()
}

/// What people see first: the program that the installer points at, for an agent that starts anew.
/// `None` where no installer has been.
#[must_use]
pub fn program() -> Option<PathBuf> {
    let chop = LOCAL_MACHINE.open(CHOP).ok()?;
    Some(chop.get_string("Program").ok()?.into())
}

fn wants_browser_policies() -> bool {
    let chop = LOCAL_MACHINE.open(CHOP);
    let said = chop.and_then(|chop| chop.get_string("BrowserPolicies"));
    !said.is_ok_and(|said| said == "0")
}

fn places() -> Places {
    Places {
        state: paths::MACHINE.into(),
    }
}

/// What the administrator has to do.
fn advice(held: &Held) -> String {
    let Held {
        browser,
        key,
        name,
        wanted,
    } = held;
    let browser = browser.name();
    format!(
        "chop: {browser} 的 {name} 已另外設定，請自行改為 {wanted} · {browser}'s {name} is set otherwise and was left alone; it has to be {wanted}:\nHKEY_LOCAL_MACHINE\\{key}"
    )
}
