//! A D-Bus session of the test's own, with a stand-in for a panel.

use std::{
    process::{Child, Command, Stdio},
    sync::mpsc,
};

use zbus::{Connection, connection, fdo, interface, message::Header};

use crate::display::next_line;

/// A session bus; it ends when this is dropped.
pub(crate) struct Bus {
    address: String,
    daemon: Child,
}

impl Bus {
    pub(crate) fn new() -> Self {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is installed");
        Self {
            address: next_line(&mut daemon),
            daemon,
        }
    }

    /// The value of `DBUS_SESSION_BUS_ADDRESS`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A panel that shows signs; the names of those that appear come out of the channel.
    pub(crate) async fn panel(&self) -> (Connection, mpsc::Receiver<String>) {
        let (appeared, names) = mpsc::channel();
        let connection = connection::Builder::address(self.address.as_str())
            .and_then(|builder| builder.name("org.kde.StatusNotifierWatcher"))
            .and_then(|builder| builder.serve_at("/StatusNotifierWatcher", Panel { appeared }))
            .unwrap();
        (connection.build().await.unwrap(), names)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

struct Panel {
    appeared: mpsc::Sender<String>,
}

/// As much of a panel as a sign needs.
#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Panel {
    fn register_status_notifier_item(
        &self,
        service: &str,
        #[zbus(header)] header: Header<'_>,
    ) -> fdo::Result<()> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let name = if service.starts_with('/') {
            sender
        } else {
            service.to_owned()
        };
        self.appeared
            .send(name)
            .map_err(|error| fdo::Error::Failed(error.to_string()))
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}
