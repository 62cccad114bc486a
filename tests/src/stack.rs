//! What lies between a card and a program, for real: pcscd, a reader, OpenSC.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use pcsc::{Context, ReaderState, Scope, State};

use crate::{
    card::{Card, Reader},
    module,
    namespace::Namespace,
    program::Program,
};

/// The PC/SC names of the two readers.
pub const READERS: [&str; 2] = ["Virtual PCD 00 00", "Virtual PCD 00 01"];

const NAME: &str = "Virtual PCD";

/// How often pcscd looks at readers that do not tell by themselves.
const LOOKS: Duration = Duration::from_millis(400);

/// Where the driver listens for the first card of the first stack; for the second at the next port.
/// The network is ours alone, so any port will do.
const PORT: u16 = 0x9001;
const DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// How long pcscd may take to start, or to see that a card came or went. Seen: 0.1 s and 0.4 s.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long to wait before looking again for a pcscd that starts: it tells nobody.
const PAUSE: Duration = Duration::from_millis(5);

/// pcscd with virtual readers and the cards in them. Ends with this value.
pub struct CardStack {
    // In this order: a card that leaves before pcscd ends makes no noise.
    cards: Vec<Reader>,
    pcscd: Option<Program>,
    /// With pcscd's configuration and log.
    folder: PathBuf,
    /// Where the driver listens for the first card.
    port: u16,
}

impl CardStack {
    /// Starts pcscd in the namespace that the calling thread is in, puts at most two cards into
    /// its two readers, and returns when programs see them.
    ///
    /// # Errors
    /// When pcscd or its driver vpcd is not there, or a card is not seen within fifteen seconds.
    pub fn start(namespace: &Namespace, cards: impl IntoIterator<Item = Card>) -> Result<Self> {
        ensure!(
            Path::new(DRIVER).exists(),
            "vsmartcard-vpcd is not installed"
        );
        Self::of_session(namespace.folder(), 0, cards)
    }

    /// The same for one of several sessions ([`Namespace::in_session`]), by its number; `folder` is
    /// the namespace's.
    ///
    /// # Errors
    /// As [`CardStack::start`].
    pub fn of_session(
        folder: &Path,
        number: u16,
        cards: impl IntoIterator<Item = Card>,
    ) -> Result<Self> {
        let port = PORT + 2 * number;
        let mut stack = Self::with_readers(folder, port, &readers(NAME, port))?;
        stack.put_in(cards)?;
        for (_, name) in stack.cards.iter().zip(READERS) {
            wait_for(name, State::PRESENT)?;
        }
        Ok(stack)
    }

    /// The same, with readers of another name; it does not wait for the cards to be seen.
    ///
    /// # Errors
    /// As [`CardStack::start`], but for the last.
    pub fn start_as(
        namespace: &Namespace,
        name: &str,
        cards: impl IntoIterator<Item = Card>,
    ) -> Result<Self> {
        let mut stack = Self::with_readers(namespace.folder(), PORT, &readers(name, PORT))?;
        stack.put_in(cards)?;
        Ok(stack)
    }

    fn put_in(&mut self, cards: impl IntoIterator<Item = Card>) -> Result<()> {
        for (card, port) in cards.into_iter().zip(self.port..) {
            let reader = Reader::start(card, port);
            reader.insert()?;
            self.cards.push(reader);
        }
        Ok(())
    }

    /// pcscd without any reader.
    ///
    /// # Errors
    /// When pcscd is not there.
    pub fn without_reader(namespace: &Namespace) -> Result<Self> {
        Self::with_readers(namespace.folder(), PORT, "")
    }

    /// The first card and its reader.
    ///
    /// # Panics
    /// When the stack was started without a card.
    pub fn reader(&self) -> &Reader {
        self.cards
            .first()
            .expect("this stack was started with a card")
    }

    /// The cards and their readers.
    pub fn readers(&self) -> &[Reader] {
        &self.cards
    }

    /// Puts the first card in again, and returns when programs see it.
    ///
    /// # Errors
    /// When it is not seen within fifteen seconds.
    pub fn insert(&self) -> Result<()> {
        self.reader().insert()?;
        wait_for(READERS[0], State::PRESENT)
    }

    /// Puts another card into the place of the first, as quickly as a hand can: faster, and pcscd,
    /// which looks at virtual readers every 0.4 s, would take the one for the other.
    ///
    /// # Errors
    /// As [`Reader::insert`].
    pub fn swap(&self, other: Card) -> Result<()> {
        self.reader().remove();
        thread::sleep(LOOKS * 5 / 4);
        *self.reader().card() = other;
        self.reader().insert()
    }

    /// Takes the first card out, and returns when programs see it. ([`Reader::remove`] returns at
    /// once.)
    ///
    /// # Errors
    /// When it is not seen within fifteen seconds.
    pub fn remove(&self) -> Result<()> {
        self.reader().remove();
        self.wait_until_removed()
    }

    /// Returns when programs see that the first card has gone, by whatever cause.
    ///
    /// # Errors
    /// When it is still seen after fifteen seconds.
    pub fn wait_until_removed(&self) -> Result<()> {
        wait_for(READERS[0], State::EMPTY)
    }

    /// Ends pcscd: there is no smart card service any more.
    pub fn stop_service(&mut self) {
        self.pcscd = None;
    }

    /// Starts pcscd again, with both readers or without any: it takes readers that are not on USB
    /// only when it starts. Cards that are in stay in.
    ///
    /// # Errors
    /// When it does not answer within fifteen seconds.
    pub fn start_with_readers(&mut self, there: bool) -> Result<()> {
        let readers = match there {
            true => readers(NAME, self.port),
            false => String::new(),
        };
        fs::write(self.folder.join("readers/vpcd"), readers)?;
        self.start_service()
    }

    /// Starts pcscd again, as it was. Cards that are in stay in.
    ///
    /// # Errors
    /// As [`CardStack::start_with_readers`].
    pub fn start_service(&mut self) -> Result<()> {
        self.pcscd = None;
        self.pcscd = Some(start(&self.folder)?);
        Ok(())
    }

    /// OpenSC's PKCS #11 module. Load it in a child process: it has one state per process, and
    /// other tests have other stacks.
    ///
    /// # Errors
    /// When OpenSC is not installed.
    pub fn module(&self) -> Result<PathBuf> {
        module::opensc()
    }

    fn with_readers(folder: &Path, port: u16, readers: &str) -> Result<Self> {
        let folder = folder.join(format!("pcscd-{port}"));
        fs::create_dir(&folder).context("one stack for one session")?;
        let config = folder.join("readers");
        fs::create_dir(&config)?;
        fs::write(config.join("vpcd"), readers)?;

        let pcscd = start(&folder)?;
        Ok(Self {
            cards: Vec::new(),
            pcscd: Some(pcscd),
            folder,
            port,
        })
    }
}

/// pcscd's configuration for two readers.
fn readers(name: &str, port: u16) -> String {
    format!(
        "FRIENDLYNAME \"{name}\"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {DRIVER}\n\
         CHANNELID {port:#x}\n"
    )
}

fn start(folder: &Path) -> Result<Program> {
    let mut command = Program::command("pcscd");
    command.args(["--foreground", "--error", "-c"]);
    command.arg(folder.join("readers"));
    if asks_polkit() {
        command.arg("--disable-polkit");
    }
    command.stdout(File::create(folder.join("out"))?);
    let pcscd = Program::start(command, &folder.join("log"))?;
    wait_for_service(&pcscd)?;
    Ok(pcscd)
}

/// Whether this pcscd knows polkit: since 2.0 on some systems. Debian 12's does not, nor the option.
fn asks_polkit() -> bool {
    let output = Command::new("pcscd").arg("--help").output();
    output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("disable-polkit"))
}

fn wait_for_service(pcscd: &Program) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while let Err(error) = Context::establish(Scope::User) {
        if pcscd.has_ended() || Instant::now() > end {
            bail!("pcscd does not answer ({error}): {}", pcscd.log());
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Waits until PC/SC says `wanted` of a reader.
fn wait_for(reader: &str, wanted: State) -> Result<()> {
    let context = Context::establish(Scope::User)?;
    let end = Instant::now() + PATIENCE;
    let mut states = [ReaderState::new(
        std::ffi::CString::new(reader)?,
        State::UNAWARE,
    )];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match context.get_status_change(left, &mut states) {
            Ok(()) => {}
            // pcscd answers before it has all its readers.
            Err(pcsc::Error::UnknownReader) if !left.is_zero() => thread::sleep(PAUSE),
            Err(error) => bail!("{reader} never was {wanted:?}: {error}"),
        }
        for state in &mut states {
            if state.event_state().contains(wanted) {
                return Ok(());
            }
            state.sync_current_state();
        }
    }
}
