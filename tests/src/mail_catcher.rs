//! A mail server that keeps what it gets: for the demo, which shows it, and for tests.
//!
//! It speaks as much SMTP as a client needs (RFC 5321 §4.5.1), delivers nothing, and takes any
//! recipient. `portal`'s own tests include this file as well, so it uses no other one.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use mail_parser::MessageParser;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// The longest letter that is taken.
const LONGEST: u64 = 1 << 20;

/// A letter as a mail program shows it, and as it came.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Whom the envelope names.
    pub to: Vec<String>,
    /// Its subject, decoded.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its HTML.
    pub html: String,
    /// Every byte of it.
    pub raw: String,
}

/// The running mail server; it ends when this is dropped.
#[derive(Debug)]
pub struct MailCatcher {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// What a mail server has got. A clone is the same.
#[derive(Clone, Debug)]
pub struct Inbox(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    letters: Mutex<Vec<Letter>>,
    /// What is answered to a recipient instead of taking it.
    refusal: Mutex<Option<&'static str>>,
    /// The same for this recipient alone.
    refused: Mutex<Option<(&'static str, &'static str)>>,
}

impl Letter {
    /// The first address of a page in the text that begins with this.
    ///
    /// # Errors
    /// When there is none.
    pub fn link(&self, start: &str) -> Result<String> {
        let found = self
            .text
            .split_whitespace()
            .find(|word| word.starts_with(start));
        Ok(found
            .with_context(|| format!("no {start} in {}", self.text))?
            .to_owned())
    }
}

impl MailCatcher {
    /// Takes mail on `address` (port 0 takes a free one).
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn start(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// What goes into the portal's settings.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// From now on recipients get this answer, such as `550 no such mailbox`; `None` takes them.
    pub fn refuse(&self, answer: Option<&'static str>) {
        *lock(&self.shared.refusal) = answer;
    }

    /// From now on this recipient gets this answer, and every other is taken.
    pub fn refuse_one(&self, mail: &'static str, answer: &'static str) {
        *lock(&self.shared.refused) = Some((mail, answer));
    }

    /// What has come, in its order.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        self.inbox().letters()
    }

    /// What has come and will, to be looked at from elsewhere.
    #[must_use]
    pub fn inbox(&self) -> Inbox {
        Inbox(Arc::clone(&self.shared))
    }

    /// Waits for the letter with this number, from 0, to `mail`.
    ///
    /// # Errors
    /// When it is not there after `within`.
    pub async fn letter_to(&self, mail: &str, number: usize, within: Duration) -> Result<Letter> {
        let start = Instant::now();
        loop {
            let to_them = |letter: &Letter| letter.to.iter().any(|to| to == mail);
            if let Some(letter) = self.letters().into_iter().filter(to_them).nth(number) {
                return Ok(letter);
            }
            let letters = self.letters().len();
            ensure!(
                start.elapsed() < within,
                "no letter {number} to {mail} among {letters}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Inbox {
    /// What has come, in its order.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.0.letters).clone()
    }
}

impl Drop for MailCatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut clients = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        // A client that breaks off has nothing to be told.
        clients.spawn(async move { drop(converse(stream, &shared).await) });
        while clients.try_join_next().is_some() {}
    }
}

/// Spec: RFC 5321 §4.1.1.
async fn converse(stream: TcpStream, shared: &Shared) -> Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 catcher ESMTP\r\n").await?;
    let mut to = Vec::new();
    loop {
        let mut line = String::new();
        if (&mut stream).take(2048).read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let upper = line.to_ascii_uppercase();
        let refusal = *lock(&shared.refusal);
        let refused = *lock(&shared.refused);
        let answer = if upper.starts_with("EHLO") || upper.starts_with("HELO") {
            "250-catcher\r\n250-8BITMIME\r\n250 SMTPUTF8"
        } else if upper.starts_with("MAIL FROM:") || upper.starts_with("RSET") {
            to.clear();
            "250 ok"
        } else if upper.starts_with("RCPT TO:") {
            let address = line
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'));
            match (refusal, address) {
                (Some(refusal), _) => refusal,
                (None, Some((address, _))) if refused.is_some_and(|(mail, _)| mail == address) => {
                    refused.map_or("", |(_, answer)| answer)
                }
                (None, Some((address, _))) => {
                    to.push(address.to_owned());
                    "250 ok"
                }
                (None, None) => "501 no address",
            }
        } else if upper.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n").await?;
            let raw = data(&mut stream).await?;
            let letter = read(std::mem::take(&mut to), raw)?;
            lock(&shared.letters).push(letter);
            "250 kept"
        } else if upper.starts_with("NOOP") {
            "250 ok"
        } else if upper.starts_with("QUIT") {
            stream.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "502 not here"
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// The letter itself, without the dots that transport adds.
///
/// Spec: RFC 5321 §4.5.2.
async fn data(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut raw = String::new();
    let mut stream = stream.take(LONGEST);
    loop {
        let mut line = String::new();
        ensure!(
            stream.read_line(&mut line).await? > 0,
            "the letter breaks off"
        );
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// A letter from its bytes.
///
/// # Errors
/// When it is no letter.
pub fn read(to: Vec<String>, raw: String) -> Result<Letter> {
    let message = MessageParser::default().parse(raw.as_bytes());
    let message = message.context("not a letter")?;
    Ok(Letter {
        to,
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        raw,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
