//! A virtual reader, and the hand that puts the card in and takes it out.
//!
//! vpcd, a driver of pcscd, listens; one TCP connection is one card in its reader. Each message has
//! two length bytes (big endian); one of a single byte is a control code, others are commands.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpStream},
    os::linux::net::TcpStreamExt as _,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::Card;

const RESETS: [u8; 3] = [0, 1, 2]; // power off, power on, reset
const SEND_ATR: u8 = 4;

/// How long pcscd may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before knocking again while pcscd does not listen yet.
const PAUSE: Duration = Duration::from_millis(10);

/// A card and the reader it belongs to. Dropping it takes the card out.
pub struct Reader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    card: Mutex<Card>,
    /// Told after each command to the card.
    used: Condvar,
    link: Mutex<Link>,
    /// Told after each change of `link`.
    moved: Condvar,
}

#[derive(Default)]
struct Link {
    inserted: bool,
    ended: bool,
    stream: Option<TcpStream>,
}

impl Reader {
    /// Holds `card` ready for the reader whose driver listens on 127.0.0.1:`port`, of the network
    /// namespace that the calling thread is in.
    #[must_use]
    pub fn start(card: Card, port: u16) -> Self {
        let shared = Arc::new(Shared {
            card: Mutex::new(card),
            used: Condvar::new(),
            link: Mutex::default(),
            moved: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = thread::spawn(move || worker.run(port));
        Self {
            shared,
            thread: Some(thread),
        }
    }

    /// Puts the card in. Programs see it up to 0.4 s later, when pcscd has looked again.
    ///
    /// # Errors
    /// When pcscd does not listen within ten seconds.
    pub fn insert(&self) -> Result<()> {
        let mut link = self.shared.link();
        link.inserted = true;
        self.shared.moved.notify_all();
        let waiting = |link: &mut Link| link.stream.is_none() && link.inserted;
        let (mut link, time) = self
            .shared
            .moved
            .wait_timeout_while(link, PATIENCE, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        if time.timed_out() {
            link.inserted = false;
        }
        ensure!(!time.timed_out(), "no virtual reader listens");
        Ok(())
    }

    /// Takes the card out, at once, whatever it is doing.
    pub fn remove(&self) {
        self.shared.take_out(&mut self.shared.link());
        self.card().reset();
    }

    /// Whether the card is in.
    pub fn is_inserted(&self) -> bool {
        self.shared.link().inserted
    }

    /// The card, to look at its counts and to break it. It answers nobody meanwhile.
    pub fn card(&self) -> MutexGuard<'_, Card> {
        self.shared.card()
    }

    /// Waits until commands have brought the card so far; for instance until a private-key
    /// operation has begun, to pull the card in the middle of it.
    ///
    /// # Errors
    /// When that does not come within `limit`.
    pub fn wait_until(&self, limit: Duration, reached: impl Fn(&Card) -> bool) -> Result<()> {
        let used = &self.shared.used;
        let (card, time) = used
            .wait_timeout_while(self.card(), limit, |card| !reached(card))
            .unwrap_or_else(PoisonError::into_inner);
        ensure!(
            !time.timed_out(),
            "the card was used like this: {:?}",
            card.counts
        );
        Ok(())
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut link = self.shared.link();
        link.ended = true;
        self.shared.take_out(&mut link);
        drop(link);
        if let Some(thread) = self.thread.take() {
            // It can only have failed in a test that failed.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn card(&self) -> MutexGuard<'_, Card> {
        self.card.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn link(&self) -> MutexGuard<'_, Link> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_out(&self, link: &mut Link) {
        link.inserted = false;
        if let Some(stream) = link.stream.take() {
            // It may be gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.moved.notify_all();
    }

    fn run(&self, port: u16) {
        loop {
            let out = |link: &mut Link| !link.inserted && !link.ended;
            let link = self.moved.wait_while(self.link(), out);
            if link.unwrap_or_else(PoisonError::into_inner).ended {
                return;
            }
            let Ok(stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else {
                thread::sleep(PAUSE);
                continue;
            };
            if !self.hold(&stream) {
                continue;
            }
            // It ends with an error when pcscd ends; the card stays in for the next one.
            let _ = self.serve(stream);
            self.card().reset();
            self.link().stream = None;
        }
    }

    /// Keeps a second handle of `stream` for `take_out`; false if the card is out again.
    fn hold(&self, stream: &TcpStream) -> bool {
        let mut link = self.link();
        link.stream = stream.try_clone().ok().filter(|_| link.inserted);
        self.moved.notify_all();
        link.stream.is_some()
    }

    /// Answers the driver until the card is pulled.
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        loop {
            let message = receive(&mut stream)?;
            let reply = match *message.as_slice() {
                [SEND_ATR] => self.card().atr.clone(),
                [code] if RESETS.contains(&code) => {
                    self.card().reset();
                    continue;
                }
                [] | [_] => continue,
                ref command => match self.answer(command) {
                    Some(reply) => reply,
                    None => return Ok(()),
                },
            };
            let length = u16::try_from(reply.len()).map_err(io::Error::other)?;
            // One write: a second would wait for Nagle's algorithm.
            stream.write_all(&[&length.to_be_bytes(), reply.as_slice()].concat())?;
        }
    }

    /// The card's answer, when its time has passed; `None` when it is pulled before.
    fn answer(&self, command: &[u8]) -> Option<Vec<u8>> {
        let reply = self.card().apdu(command);
        self.used.notify_all();
        let end = Instant::now() + reply.after;
        let mut link = self.link();
        while link.inserted && Instant::now() < end {
            let left = end.saturating_duration_since(Instant::now());
            let waited = self.moved.wait_timeout(link, left);
            link = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        if reply.answer.is_none() && link.inserted {
            self.take_out(&mut link);
        }
        reply.answer.filter(|_| link.inserted)
    }
}

/// vpcd sends length and message apart, with Nagle's algorithm on: unless the first is
/// acknowledged at once each command takes 40 ms. The option does not last, so it is set anew
/// before each read.
fn receive(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    stream.set_quickack(true)?;
    stream.read_exact(&mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.set_quickack(true)?;
    stream.read_exact(&mut message)?;
    Ok(message)
}
