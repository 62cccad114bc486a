//! The line between the running agent and the person's own commands: `chop settings` asks it for a
//! link to the desk, and tells it that the settings have changed; `chop grants` tells it what was
//! taken back.
//!
//! It is a socket in the person's own runtime folder (a named pipe on Windows); the kernel says who
//! is at its other end. One line is asked, one is answered.

#[cfg_attr(unix, path = "line/unix.rs")]
#[cfg_attr(not(unix), path = "line/windows.rs")]
mod platform;

use std::{future::Future, io, path::Path, str::FromStr, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

/// A question and its answer take no longer: whoever is at the other end is a program of ours.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest line, in bytes; a link has about 80.
const LONGEST: u64 = 256;

/// What can be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Question {
    /// For a link to this page.
    Link(Page),
    /// That the settings are read anew.
    Reload,
    /// That permissions were taken back, and are shown no longer.
    TakenBack,
}

/// The desk's pages.
#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
pub enum Page {
    /// Readers, cards, browsers, ports, and a test signature.
    SelfTest,
    /// What was asked lately.
    Requests,
    /// What sites may do.
    Sites,
    /// What is set, and by whom.
    Settings,
    /// What this program is.
    About,
}

impl Page {
    /// All, in the order of the menu.
    pub const ALL: [Self; 5] = [
        Self::SelfTest,
        Self::Requests,
        Self::Sites,
        Self::Settings,
        Self::About,
    ];

    /// Its name in addresses and on the line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SelfTest => "self-test",
            Self::Requests => "requests",
            Self::Sites => "sites",
            Self::Settings => "settings",
            Self::About => "about",
        }
    }
}

/// It is none of the desk's pages.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no such page")]
pub struct NoPage;

impl FromStr for Page {
    type Err = NoPage;

    fn from_str(name: &str) -> Result<Self, NoPage> {
        let found = Self::ALL.into_iter().find(|page| page.name() == name);
        found.ok_or(NoPage)
    }
}

impl Question {
    fn line(self) -> String {
        match self {
            Self::Link(page) => format!("link {}\n", page.name()),
            Self::Reload => "reload\n".to_owned(),
            Self::TakenBack => "taken-back\n".to_owned(),
        }
    }

    fn read(line: &str) -> Option<Self> {
        match line.strip_prefix("link ") {
            Some(page) => page.parse().ok().map(Self::Link),
            None => match line {
                "reload" => Some(Self::Reload),
                "taken-back" => Some(Self::TakenBack),
                _ => None,
            },
        }
    }
}

/// Answers what comes on the line, until dropped. `answer` gives one line, without its end.
///
/// # Errors
/// The system's, when there can be no line.
pub(crate) fn serve<A, F>(
    path: &Path,
    answer: A,
) -> io::Result<impl Future<Output = ()> + use<A, F>>
where
    A: Fn(Question) -> F + Clone + Send + 'static,
    F: Future<Output = String> + Send + 'static,
{
    let mut listener = platform::Listener::open(path)?;
    Ok(async move {
        loop {
            // A caller that is not ours, or gone already, is nobody.
            if let Some(stream) = listener.accept().await {
                let answer = answer.clone();
                tokio::spawn(timeout(PATIENCE, converse(stream, answer)));
            }
        }
    })
}

async fn converse<S, A, F>(mut stream: S, answer: A)
where
    S: AsyncRead + AsyncWrite + Unpin,
    A: Fn(Question) -> F,
    F: Future<Output = String>,
{
    let Some(question) = read_line(&mut stream).await else {
        return;
    };
    let Some(question) = Question::read(&question) else {
        return;
    };
    let line = answer(question).await + "\n";
    // Whoever asked may have gone.
    let _ = stream.write_all(line.as_bytes()).await;
    let _ = stream.flush().await;
}

/// Asks the running agent. Needs a tokio runtime.
///
/// # Errors
/// The system's: `NotFound` or `ConnectionRefused` when no agent runs.
pub async fn ask(path: &Path, question: Question) -> io::Result<String> {
    let asked = async {
        let mut stream = platform::connect(path).await?;
        stream.write_all(question.line().as_bytes()).await?;
        let line = read_line(&mut stream).await;
        line.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    };
    timeout(PATIENCE, asked)
        .await
        .map_err(|_| io::ErrorKind::TimedOut)?
}

async fn read_line(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut line = Vec::new();
    let mut limited = stream.take(LONGEST);
    loop {
        match limited.read_u8().await {
            Ok(b'\n') => return String::from_utf8(line).ok(),
            Ok(byte) => line.push(byte),
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_is_understood_and_nothing_else() {
        for question in Page::ALL
            .map(Question::Link)
            .into_iter()
            .chain([Question::Reload, Question::TakenBack])
        {
            assert_eq!(Question::read(question.line().trim_end()), Some(question));
        }
        for odd in ["", "link", "link ", "link /etc", "reload now", "quit"] {
            assert_eq!(Question::read(odd), None, "{odd}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_is_asked_is_answered_and_a_socket_left_behind_is_no_hindrance() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/agent.sock");
        assert!(ask(&path, Question::Reload).await.is_err());
        for _ in 0..2 {
            let answered = |question| async move { format!("{question:?}") };
            let serving = tokio::spawn(serve(&path, answered).unwrap());
            let asked = ask(&path, Question::Link(Page::Sites)).await.unwrap();
            assert_eq!(asked, "Link(Sites)");
            serving.abort();
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn others_have_no_way_to_the_socket_and_nonsense_has_no_answer() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.sock");
        let _serving = tokio::spawn(serve(&path, |_| async { "yes".to_owned() }).unwrap());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);

        let mut stream = tokio::net::UnixStream::connect(&path).await.unwrap();
        stream.write_all(b"quit\n").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert!(answer.is_empty());
    }
}
