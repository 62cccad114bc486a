//! Where the agent keeps what it keeps.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// The agent's files and folders for one person.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The person's own settings.
    pub settings: PathBuf,
    /// The machine's policy, written by its administrator.
    pub policy: PathBuf,
    /// The localhost certificate and its key; nobody else may read it.
    pub localhost: PathBuf,
    /// The folder of what is remembered of sites.
    pub memory: PathBuf,
    /// Held by the running agent.
    pub lock: PathBuf,
    /// Where the running agent answers the person's own commands.
    pub line: PathBuf,
    /// Held while the window for another PIN is open.
    pub pin_lock: PathBuf,
    /// What was added to the person's own trust stores.
    pub trust: PathBuf,
    /// The folder of what belongs to the whole machine; not there unless Chop is installed for all.
    pub machine: PathBuf,
    /// Where the machine's gate takes calls.
    pub gate: PathBuf,
}

/// The machine's policy.
pub const POLICY: &str = if cfg!(windows) {
    r"C:\ProgramData\Chop\policy.toml"
} else if cfg!(target_os = "macos") {
    "/Library/Application Support/Chop/policy.toml"
} else {
    "/etc/chop/policy.toml"
};

/// What belongs to the whole machine.
pub(crate) const MACHINE: &str = if cfg!(windows) {
    r"C:\ProgramData\Chop\machine"
} else if cfg!(target_os = "macos") {
    "/Library/Application Support/Chop/machine"
} else {
    "/var/lib/chop"
};

/// Where the gate takes calls: a socket in a folder that only the gate's own user can write, or a
/// named pipe among those that Windows lets administrators alone make.
pub const GATE: &str = if cfg!(windows) {
    r"\\.\pipe\ProtectedPrefix\Administrators\Chop\gate"
} else {
    "/run/chop/gate.sock"
};

impl Paths {
    /// Whether Chop is installed for everybody on this machine, and a gate is in front of agents.
    #[must_use]
    pub fn has_gate(&self) -> bool {
        // The folder alone may be anybody's.
        let authority = self.machine.join("authority.pem");
        #[cfg(windows)]
        return chop_certs::acl::is_ours(&authority);
        #[cfg(not(windows))]
        return cfg!(target_os = "linux") && authority.is_file();
    }

    /// Those of the person who runs us, as the system's conventions have them (on Linux the XDG
    /// base directories). `None` when the person has no home.
    #[must_use]
    pub fn of_this_person() -> Option<Self> {
        let folders = ProjectDirs::from("tw", "chop", "chop")?;
        let state = folders
            .state_dir()
            .unwrap_or_else(|| folders.data_local_dir());
        let runtime = folders.runtime_dir().unwrap_or(state);
        Some(Self {
            settings: folders.config_dir().join("settings.toml"),
            policy: POLICY.into(),
            localhost: folders.data_local_dir().join("localhost"),
            memory: state.to_path_buf(),
            lock: runtime.join("agent.lock"),
            line: runtime.join("agent.sock"),
            pin_lock: runtime.join("pin.lock"),
            trust: state.join("trust.json"),
            machine: MACHINE.into(),
            gate: GATE.into(),
        })
    }

    /// All below one folder: for tests, and for looking at an agent without touching one's own.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self {
            settings: folder.join("config/settings.toml"),
            policy: folder.join("policy/policy.toml"),
            localhost: folder.join("data/localhost"),
            memory: folder.join("state"),
            lock: folder.join("run/agent.lock"),
            line: folder.join("run/agent.sock"),
            pin_lock: folder.join("run/pin.lock"),
            trust: folder.join("state/trust.json"),
            machine: folder.join("machine"),
            gate: folder.join("run/gate.sock"),
        }
    }
}
