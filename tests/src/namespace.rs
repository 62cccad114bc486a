//! A world of its own for one test: mounts and network that nobody else sees.
//!
//! [`Namespace::enter`] moves the *calling thread* into it. What that thread starts afterwards,
//! threads and programs, is inside as well; other threads of the process are not. So:
//!
//! - enter first, then start things;
//! - a tokio runtime with workers must be built after entering, on the same thread: the builder's
//!   thread starts them. A runtime of one thread, as `#[tokio::test]` has, may be there before;
//! - look at `/proc/thread-self`, never at `/proc/self`, which is the main thread;
//! - libraries that keep one state per process (PKCS #11 modules above all) cannot serve two
//!   namespaces at once: use them from a child process.
//!
//! Inside, lo is the only interface. It has 127.0.0.1, ::1, [`PUBLIC_ADDRESS`] and
//! [`PRIVATE_ADDRESS`]; every port is free. `/etc` swallows writes, and the folders with the
//! machine's policies for browsers and for us are empty; so is `/run/pcscd`. `/etc/hosts` has
//! localhost and the names of the test's sites.

use std::{
    env,
    fs::{self, File},
    io::Write as _,
    marker::PhantomData,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, setns, unshare},
    unistd::geteuid,
};
use tempfile::TempDir;

use crate::site::HOSTS;

pub use crate::site::PUBLIC_ADDRESS;

/// An address that browsers take for one of a private network; on lo.
pub const PRIVATE_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 9, 8, 7));

/// Folders that belong to this test alone, and are empty: the machine's own policies must not
/// change what a test sees.
const EMPTY: [&str; 5] = [
    "/run/pcscd", // the daemon's socket has a fixed path
    "/etc/chop",
    "/etc/chromium",
    "/etc/firefox",
    "/etc/opt/chrome",
];

/// Where an installation for everybody keeps what is the machine's.
const MACHINE: &str = "/var/lib/chop";

/// The calling thread's stay in a namespace; dropping it takes the thread back.
///
/// Drop what was started inside first: declare it after this.
pub struct Namespace {
    folder: TempDir,
    /// Where the thread came from: mounts, network, working folder.
    outside: (File, File, PathBuf),
    /// It belongs to the thread that entered.
    not_send: PhantomData<*const ()>,
}

impl Namespace {
    /// Moves the calling thread into a new namespace.
    ///
    /// # Errors
    /// When this is not root, or the kernel refuses a step.
    pub fn enter() -> Result<Self> {
        ensure!(
            geteuid().is_root(),
            "tests with cards and browsers need root, for mount and network namespaces of their own"
        );
        let namespace = Self {
            folder: tempfile::tempdir()?,
            outside: (
                File::open("/proc/thread-self/ns/mnt")?,
                File::open("/proc/thread-self/ns/net")?,
                env::current_dir()?,
            ),
            not_send: PhantomData,
        };
        unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET)
            .context("the kernel gives no namespace")?;
        namespace.mounts()?;
        network()?;
        Ok(namespace)
    }

    /// A folder for files of the test, gone when this is dropped. Seen from outside too.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes `names` lead to `address`.
    ///
    /// # Errors
    /// When `/etc/hosts` cannot be written.
    pub fn add_host(&self, address: IpAddr, names: &[&str]) -> Result<()> {
        let mut hosts = File::options().append(true).open("/etc/hosts")?;
        Ok(writeln!(hosts, "{address} {}", names.join(" "))?)
    }

    /// Writes a file below `/etc`, such as `chromium/policies/managed/test.json`, and the folders
    /// it needs. The machine's own `/etc` is not touched.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_etc(&self, path: &str, text: &str) -> Result<()> {
        let path = Path::new("/etc").join(path);
        fs::create_dir_all(path.parent().context("a file below /etc")?)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Makes a folder swallow writes: what is changed below it is this test's alone.
    ///
    /// # Errors
    /// When the kernel has no overlayfs.
    pub fn cover(&self, folder: &str) -> Result<()> {
        let layers = self
            .folder()
            .join(folder.trim_matches('/').replace('/', "-"));
        fs::create_dir(&layers)?;
        tmpfs(&layers)?;
        let (upper, work) = (layers.join("upper"), layers.join("work"));
        fs::create_dir(&upper)?;
        fs::create_dir(&work)?;
        let options = format!(
            "lowerdir={folder},upperdir={},workdir={}",
            upper.display(),
            work.display()
        );
        mount(
            Some("overlay"),
            folder,
            Some("overlay"),
            MsFlags::empty(),
            Some(options.as_str()),
        )
        .with_context(|| format!("no overlay over {folder}: the kernel needs overlayfs"))
    }

    /// Starts things in a session with readers of its own, as terminal servers have them: it has
    /// another `/run/pcscd`, and everything else in common with the others.
    ///
    /// # Errors
    /// When the kernel refuses a step.
    ///
    /// # Panics
    /// When `start` does.
    pub fn in_session<T: Send>(&self, start: impl FnOnce() -> T + Send) -> Result<T> {
        let session = || {
            unshare(CloneFlags::CLONE_FS | CloneFlags::CLONE_NEWNS)
                .context("the kernel gives no namespace")?;
            tmpfs(Path::new("/run/pcscd"))?;
            Ok(start())
        };
        std::thread::scope(|scope| {
            let done = scope.spawn(session).join();
            done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    fn mounts(&self) -> Result<()> {
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(None::<&str>, "/", None::<&str>, private, None::<&str>)
            .context("mounts cannot be made private")?;

        self.cover("/etc")?;
        // One that is installed on this machine is not there for tests.
        if Path::new(MACHINE).exists() {
            self.cover("/var/lib")?;
            fs::remove_dir_all(MACHINE)?;
        }
        for folder in EMPTY {
            // Below /etc the overlay takes it; /run is made anew with each start of the machine.
            fs::create_dir_all(folder)?;
            tmpfs(Path::new(folder))?;
        }
        fs::write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")?;
        self.add_host(PUBLIC_ADDRESS, &HOSTS)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let (mounts, network, folder) = &self.outside;
        // Threads started inside share our root folder, maybe for a moment still; who shares it
        // cannot change mounts. If a step fails we end with our test: the next has a new thread.
        let _ = unshare(CloneFlags::CLONE_FS);
        let _ = setns(mounts, CloneFlags::CLONE_NEWNS);
        let _ = setns(network, CloneFlags::CLONE_NEWNET);
        let _ = env::set_current_dir(folder);
    }
}

fn tmpfs(target: &Path) -> Result<()> {
    mount(
        Some("tmpfs"),
        target,
        Some("tmpfs"),
        MsFlags::empty(),
        Some("mode=755"),
    )
    .with_context(|| format!("no tmpfs over {}", target.display()))
}

fn network() -> Result<()> {
    let public = format!("{PUBLIC_ADDRESS}/32");
    let private = format!("{PRIVATE_ADDRESS}/32");
    ip(&["link", "set", "lo", "up"])?;
    ip(&["address", "add", &public, "dev", "lo"])?;
    ip(&["address", "add", &private, "dev", "lo"])
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).output();
    let output = output.context("cannot start ip, of the package iproute2")?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ip {arguments:?}: {message}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn two_namespaces_use_the_same_port() {
        let listen = || {
            let _namespace = Namespace::enter().unwrap();
            TcpListener::bind((PUBLIC_ADDRESS, 443)).map(drop).is_ok()
        };
        let _namespace = Namespace::enter().unwrap();
        let _listener = TcpListener::bind((PUBLIC_ADDRESS, 443)).unwrap();

        assert!(std::thread::spawn(listen).join().unwrap());
    }

    #[test]
    fn nothing_written_to_etc_stays() {
        let name = format!("chop-e2e-{}/file", std::process::id());
        let path = Path::new("/etc").join(&name);

        let namespace = Namespace::enter().unwrap();
        namespace.write_etc(&name, "text").unwrap();
        assert!(path.exists());
        drop(namespace);

        assert!(!path.exists());
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_may_be_there_before() {
        let _namespace = Namespace::enter().unwrap();
        let _listener = TcpListener::bind((PRIVATE_ADDRESS, 80)).unwrap();

        let connect = || TcpStream::connect((PRIVATE_ADDRESS, 80)).is_ok();

        assert!(tokio::task::spawn_blocking(connect).await.unwrap());
    }

    #[test]
    fn a_runtime_built_inside_works_inside() {
        let _namespace = Namespace::enter().unwrap();
        let _listener = TcpListener::bind((PRIVATE_ADDRESS, 80)).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();

        let connect = || TcpStream::connect((PRIVATE_ADDRESS, 80)).is_ok();
        let from_a_worker = async move {
            let blocking = tokio::task::spawn_blocking(connect).await.unwrap();
            connect() && blocking
        };

        assert!(runtime.block_on(async { tokio::spawn(from_a_worker).await.unwrap() }));
    }

    #[test]
    fn the_thread_comes_back_to_where_it_was() {
        let here = || fs::read_link("/proc/thread-self/ns/net").unwrap();
        let (before, folder) = (here(), env::current_dir().unwrap());

        let namespace = Namespace::enter().unwrap();
        assert_ne!(here(), before);
        drop(namespace);

        assert_eq!((here(), env::current_dir().unwrap()), (before, folder));
    }
}
