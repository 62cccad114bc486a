//! Opens windows, each a child process of this very program: see [`crate::prompt`].

mod environment;

use std::{
    io::{Error, ErrorKind},
    ops::Range,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use chop_service::{
    Caller, ChoiceId, Consent, ConsentError, ConsentRequest, Ending, Event, View, Window,
};
use chop_token::{
    Pin,
    pipe::{self, Frame},
};
use tokio::{
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{mpsc, watch},
    time::timeout,
};

use crate::{
    appearance,
    prompt::wire::{About, CallerKind, FromWindow, PinTask, Request, SiteRequest, ToWindow},
    settings::Theme,
    text::Language,
};

/// A window that is not on the screen by then is given up: an X server may accept a connection and
/// then say nothing.
const OPENS_WITHIN: Duration = Duration::from_secs(6);
/// A window that shows how it ended goes by itself before this; then it is made to.
const ENDS_WITHIN: Duration = Duration::from_secs(6);

/// Opens windows with `chop prompt`.
#[derive(Clone, Debug)]
pub struct WindowConsent {
    program: PathBuf,
    theme: watch::Receiver<Theme>,
    language: watch::Sender<Language>,
}

impl WindowConsent {
    /// `program` is the `chop` binary. Windows speak what `language` says when they open; a person
    /// who switches a window to another language changes it.
    #[must_use]
    pub fn new(program: PathBuf, language: watch::Sender<Language>) -> Self {
        Self {
            program,
            theme: watch::channel(Theme::System).1,
            language,
        }
    }

    /// Makes windows dark or light.
    #[must_use]
    pub fn theme(self, theme: Theme) -> Self {
        self.following(watch::channel(theme).1)
    }

    /// Makes windows dark or light, as `theme` says when they open.
    #[must_use]
    pub fn following(self, theme: watch::Receiver<Theme>) -> Self {
        Self { theme, ..self }
    }

    async fn request(&self, about: About) -> Request {
        let theme = *self.theme.borrow();
        let dark = match theme {
            Theme::System => appearance::is_dark().await,
            Theme::Light => Some(false),
            Theme::Dark => Some(true),
        };
        Request {
            language: *self.language.borrow(),
            dark,
            about,
        }
    }
}

impl Consent for WindowConsent {
    type Window = PromptWindow;

    async fn open(&self, request: &ConsentRequest) -> Result<PromptWindow, ConsentError> {
        let (origin, owner, caller) = shown(&request.caller);
        let site = SiteRequest {
            origin,
            owner,
            caller,
            purpose: request.purpose.clone(),
            seconds: request.time.as_secs(),
        };
        self.open_about(About::Site(site)).await
    }
}

impl WindowConsent {
    /// Opens a window.
    pub(crate) async fn open_about(&self, about: About) -> Result<PromptWindow, ConsentError> {
        let mut child = self.start().map_err(ConsentError::Failed)?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ConsentError::Failed(ErrorKind::BrokenPipe.into()));
        };
        // The desktop is asked while the window's process starts.
        let request = self.request(about).await;
        let (to_window, messages) = mpsc::unbounded_channel();
        let (events, mut from_window) = mpsc::unbounded_channel();
        tokio::spawn(write(stdin, request, messages));
        tokio::spawn(read(stdout, events, self.language.clone()));
        // Dropped on every way out but the last, which kills the child.
        let answer = timeout(OPENS_WITHIN, from_window.recv()).await;
        match answer.map_err(|_| ConsentError::Failed(ErrorKind::TimedOut.into()))? {
            Some(Answer::Opened) => Ok(PromptWindow {
                child,
                to_window,
                from_window,
            }),
            Some(Answer::NoDisplay) => Err(ConsentError::NoDisplay),
            Some(Answer::Did(_) | Answer::Changed { .. }) | None => {
                Err(ConsentError::Failed(ErrorKind::UnexpectedEof.into()))
            }
        }
    }

    fn start(&self) -> Result<Child, Error> {
        Command::new(&self.program)
            .arg("prompt")
            .env_clear()
            .envs(environment::needed(std::env::vars_os()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Who asks, as the window shows it.
fn shown(caller: &Caller) -> (String, Range<usize>, CallerKind) {
    match caller {
        Caller::Site(origin) => {
            // What goes no farther than this machine can be read by nobody else.
            let kind = match origin.is_plain() && origin.host() != "localhost" {
                true => CallerKind::PlainSite,
                false => CallerKind::Site,
            };
            (
                origin.as_str().to_owned(),
                chop_service::owner(origin),
                kind,
            )
        }
        Caller::Program(path) => {
            let name = path.file_name().map(Path::new).unwrap_or(path);
            let (path, name) = (printable(path), printable(name));
            let owner = path.len() - name.len()..path.len();
            (path, owner, CallerKind::Program)
        }
        Caller::SelfTest => {
            let name = "Chop".to_owned();
            let owner = 0..name.len();
            (name, owner, CallerKind::SelfTest)
        }
    }
}

/// Without what could end a line, hide, or turn round what stands beside it (C-10).
fn printable(path: &Path) -> String {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    path.to_string_lossy().replace(odd, "\u{fffd}")
}

/// A window on the screen. Dropping it kills its process.
#[derive(Debug)]
pub struct PromptWindow {
    child: Child,
    to_window: mpsc::UnboundedSender<ToWindow>,
    from_window: mpsc::UnboundedReceiver<Answer>,
}

impl Window for PromptWindow {
    async fn show(&mut self, view: &View) {
        // A window that is gone says so in `next`.
        let _ = self.to_window.send(ToWindow::Show(view.clone()));
    }

    async fn next(&mut self) -> Event {
        loop {
            match self.from_window.recv().await {
                Some(Answer::Did(event)) => return event,
                Some(Answer::Opened | Answer::NoDisplay | Answer::Changed { .. }) => {}
                // Its process ended without a word: as good as closed, now and whenever asked.
                None => return Event::Closed,
            }
        }
    }

    fn end(mut self, ending: Ending) {
        let _ = self.to_window.send(ToWindow::End(ending));
        tokio::spawn(async move {
            // When the time is over, dropping the child kills it.
            let _ = timeout(ENDS_WITHIN, self.child.wait()).await;
        });
    }
}

impl PromptWindow {
    /// Says something to the window.
    pub(crate) fn say(&self, message: ToWindow) {
        // A window that is gone says so in `heard`.
        let _ = self.to_window.send(message);
    }

    /// What the window says next; `None` once it is gone. Cancel-safe.
    pub(crate) async fn heard(&mut self) -> Option<Answer> {
        self.from_window.recv().await
    }

    /// Lets the window show how it ended, and waits until it is gone.
    pub(crate) async fn ended(mut self, ending: Ending, within: Duration) {
        self.say(ToWindow::End(ending));
        // When the time is over, dropping the child kills it.
        let _ = timeout(within, self.child.wait()).await;
    }
}

/// What the child says.
pub(crate) enum Answer {
    /// It is on the screen.
    Opened,
    /// There is no screen.
    NoDisplay,
    /// What the person did in a site's window.
    Did(Event),
    /// Another PIN is wanted.
    Changed {
        /// For this card.
        choice: ChoiceId,
        /// With its PIN or its PUK.
        task: PinTask,
        /// The PIN or PUK, for one try.
        old: Pin,
        /// The new PIN.
        new: Pin,
    },
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer")
    }
}

/// Sends the request, then whatever is to be shown. Its own task, because a write that is dropped
/// half-way would leave half a frame.
async fn write(
    mut stdin: ChildStdin,
    request: Request,
    mut messages: mpsc::UnboundedReceiver<ToWindow>,
) {
    let Ok(first) = serde_json::to_vec(&request) else {
        return;
    };
    if pipe::write_message(&mut stdin, &first).await.is_err() {
        return;
    }
    while let Some(message) = messages.recv().await {
        let Ok(json) = serde_json::to_vec(&message) else {
            return;
        };
        if pipe::write_message(&mut stdin, &json).await.is_err() {
            return;
        }
    }
}

/// Reads until the child ends or talks nonsense.
async fn read(
    mut stdout: ChildStdout,
    events: mpsc::UnboundedSender<Answer>,
    language: watch::Sender<Language>,
) {
    while let Some(said) = read_one(&mut stdout).await {
        match said {
            Said::Answer(answer) => {
                if events.send(answer).is_err() {
                    return;
                }
            }
            Said::Language(chosen) => {
                language.send_replace(chosen);
            }
        }
    }
}

enum Said {
    Answer(Answer),
    Language(Language),
}

async fn read_one(stdout: &mut ChildStdout) -> Option<Said> {
    let Ok(Some(Frame::Message(json))) = pipe::read(stdout).await else {
        return None;
    };
    let answer = match serde_json::from_slice(&json).ok()? {
        FromWindow::Spoke(language) => return Some(Said::Language(language)),
        FromWindow::Opened => Answer::Opened,
        FromWindow::NoDisplay => Answer::NoDisplay,
        FromWindow::Closed => Answer::Did(Event::Closed),
        FromWindow::TimedOut => Answer::Did(Event::TimedOut),
        FromWindow::Decided(decision) => Answer::Did(Event::Decided(decision)),
        FromWindow::Agreed(choice) => Answer::Did(Event::Agreed { choice }),
        FromWindow::Entered(choice) => {
            let pin = read_secret(stdout).await?;
            Answer::Did(Event::Entered { choice, pin })
        }
        FromWindow::Changed(choice, task) => Answer::Changed {
            choice,
            task,
            old: read_secret(stdout).await?,
            new: read_secret(stdout).await?,
        },
    };
    Some(Said::Answer(answer))
}

async fn read_secret(stdout: &mut ChildStdout) -> Option<Pin> {
    match pipe::read(stdout).await {
        Ok(Some(Frame::Secret(secret))) => Some(secret),
        _ => None,
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
