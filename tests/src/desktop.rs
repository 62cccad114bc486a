//! A desktop of the test's own: a session bus, xfce4-panel on a display, and what screen readers
//! see.

mod panel;
mod tree;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use zbus::{Connection, Proxy, connection};

pub use self::panel::{Item, Sign};
pub use self::tree::{Node, Role};

use crate::display::Display;
use crate::program::Program;

/// How long the desktop's parts may take to start.
const START: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(50);

/// The panel's layout: a task list, and a place for signs at the right end of its top edge.
const LAYOUT: &str = include_str!("desktop/xfce4-panel.xml");
/// Starts the bus of screen readers; in the package at-spi2-core.
const ACCESSIBILITY: &str = "/usr/libexec/at-spi-bus-launcher";

/// The running desktop. Its programs end when this is dropped.
pub struct Desktop {
    connection: Connection,
    accessibility: Connection,
    address: String,
    folder: PathBuf,
    _programs: Vec<Program>,
    _bus: Program,
}

impl Desktop {
    /// Starts it on `display`, with its files below `folder`.
    ///
    /// # Errors
    /// When dbus-daemon, xfce4-panel or at-spi2-core is missing or does not come up.
    pub async fn start(display: &Display, folder: &Path) -> Result<Self> {
        let folder = folder.join("desktop");
        let layout = folder.join("config/xfce4/xfconf/xfce-perchannel-xml");
        for name in ["run", "home"] {
            fs::create_dir_all(folder.join(name))?;
        }
        fs::create_dir_all(&layout)?;
        fs::write(layout.join("xfce4-panel.xml"), LAYOUT)?;
        let socket = folder.join("bus");
        let address = format!("unix:path={}", socket.display());
        let mut bus = Program::command("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--nosyslog"]);
        bus.arg(format!("--address={address}"));
        surround(&mut bus, display, &folder, &address);
        let bus = Program::start(bus, &folder.join("bus.log"))?;
        wait_until("the bus", || socket.exists()).await?;
        let connection = connection::Builder::address(address.as_str())?;
        let connection = connection.build().await?;

        let log = |name: &str| folder.join(format!("{name}.log"));
        let started = |mut command: std::process::Command, name: &str| {
            surround(&mut command, display, &folder, &address);
            Program::start(command, &log(name))
        };
        let mut launcher = Program::command(ACCESSIBILITY);
        launcher.arg("--launch-immediately");
        let mut programs = vec![started(launcher, "accessibility")?];
        let accessibility = accessibility(&connection).await?;
        let mut panel = Program::command("xfce4-panel");
        panel.arg("--disable-wm-check");
        programs.push(started(panel, "panel")?);
        let desktop = Self {
            connection,
            accessibility,
            address,
            folder,
            _programs: programs,
            _bus: bus,
        };
        desktop.wait_for_panel().await?;
        Ok(desktop)
    }

    /// The value of `DBUS_SESSION_BUS_ADDRESS` for programs that are on this desktop.
    #[must_use]
    pub fn address(&self) -> PathBuf {
        self.address.clone().into()
    }

    async fn wait_for_panel(&self) -> Result<()> {
        let start = Instant::now();
        loop {
            let watcher = self.proxy(
                "org.kde.StatusNotifierWatcher",
                "/StatusNotifierWatcher",
                "org.kde.StatusNotifierWatcher",
            );
            let watcher = watcher.await?;
            let shown: zbus::Result<bool> =
                watcher.get_property("IsStatusNotifierHostRegistered").await;
            if shown.is_ok_and(|shown| shown) {
                return Ok(());
            }
            let log = fs::read_to_string(self.folder.join("panel.log")).unwrap_or_default();
            ensure!(start.elapsed() < START, "no panel: {log}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn proxy<'a>(
        &self,
        name: &'a str,
        path: &'a str,
        interface: &'a str,
    ) -> Result<Proxy<'a>> {
        // Signs come and go, and menus change under their numbers: nothing is remembered of them.
        let builder: zbus::proxy::Builder<'a, Proxy<'a>> =
            zbus::proxy::Builder::new(&self.connection);
        Ok(builder
            .destination(name)?
            .path(path)?
            .interface(interface)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?)
    }
}

/// What programs of a desktop have in their environment.
fn surround(command: &mut std::process::Command, display: &Display, folder: &Path, address: &str) {
    command
        .env("DISPLAY", display.name())
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env("HOME", folder.join("home"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_RUNTIME_DIR", folder.join("run"))
        .env("LANG", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
}

/// The bus of screen readers, with one that is listened to.
async fn accessibility(session: &Connection) -> Result<Connection> {
    let start = Instant::now();
    let bus = Proxy::new(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").await?;
    let address: String = loop {
        match bus.call("GetAddress", &()).await {
            Ok(address) => break address,
            Err(error) => {
                ensure!(
                    start.elapsed() < START,
                    "no bus for screen readers: {error}"
                );
                tokio::time::sleep(GLANCE).await;
            }
        }
    };
    // Programs tell nothing while nobody reads.
    let status = Proxy::new(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status").await?;
    for name in ["IsEnabled", "ScreenReaderEnabled"] {
        status.set_property(name, true).await?;
    }
    let connection = connection::Builder::address(address.as_str())?;
    connection
        .build()
        .await
        .context("the bus for screen readers")
}

async fn wait_until(what: &str, mut done: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !done() {
        ensure!(start.elapsed() < START, "{what} does not come up");
        tokio::time::sleep(GLANCE).await;
    }
    Ok(())
}
