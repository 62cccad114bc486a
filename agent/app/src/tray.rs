//! The sign in the panel: how the agent is, and a small menu.
//!
//! On Linux it speaks D-Bus from threads of its own. On Windows and macOS a tray icon belongs to
//! the main thread, which has to run a message loop; there [`Tray::start`] must be called on it.

use tokio::sync::mpsc::UnboundedSender;
use tray_icon::{
    Icon, TrayIcon, TrayIconBuilder,
    menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem},
};

use crate::{
    seal::{self, Badge},
    text::{Language, Message, Words, tray as text},
};

/// What a person chose from the menu.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// Show the self-test.
    SelfTest,
    /// Open the window for another PIN.
    ChangePin,
    /// Say what this program is.
    About,
    /// End the agent.
    Quit,
}

/// How the agent is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum State {
    /// It waits for a page.
    #[default]
    Ready,
    /// A window is open or a card at work.
    Busy,
    /// The self-test would find something.
    Problem,
}

/// The sign in the panel; dropping it takes it away.
pub struct Tray {
    icon: TrayIcon,
    status: MenuItem,
    state: State,
    language: Language,
    cards: Vec<Words>,
}

impl Tray {
    /// Puts the sign up. `None` without a session bus; without a panel that shows such signs it
    /// appears as soon as there is one. Either way the agent works.
    #[must_use]
    pub fn start(events: UnboundedSender<Event>, language: Language) -> Option<Self> {
        let state = State::default();
        let status = MenuItem::with_id("status", label(language, &state.words()), false, None);
        let menu = menu(&status, language)
            .inspect_err(|error| tracing::info!(%error, "no menu"))
            .ok()?;
        // Called on the tray's thread: it must only send. Nobody listening means that the agent
        // is about to end.
        MenuEvent::set_event_handler(Some(move |chosen: MenuEvent| {
            if let Some(event) = Event::of(&chosen) {
                let _ = events.send(event);
            }
        }));
        let icon = TrayIconBuilder::new()
            .with_id("tw.chop")
            .with_title("Chop")
            .with_tooltip(tooltip(language, &language.say(&state.words())))
            .with_menu(Box::new(menu))
            .with_icon(picture(state)?)
            .build()
            .inspect_err(|error| tracing::info!(%error, "no tray"))
            .ok()?;
        Some(Self {
            icon,
            status,
            state,
            language,
            cards: Vec::new(),
        })
    }

    /// Shows how the agent is now.
    pub fn set_state(&mut self, state: State) {
        if std::mem::replace(&mut self.state, state) == state {
            return;
        }
        // On Linux it cannot fail; elsewhere an old picture is no reason to stop.
        let _ = self.icon.set_icon(picture(state));
        self.tell();
    }

    /// Names the cards that are in.
    pub fn set_cards(&mut self, cards: Vec<Words>) {
        if cards != self.cards {
            self.cards = cards;
            self.tell();
        }
    }

    fn tell(&self) {
        let language = self.language;
        let mut state = language.say(&self.state.words());
        if !self.cards.is_empty() {
            let cards: Vec<_> = self
                .cards
                .iter()
                .map(|it| it.in_language(language))
                .collect();
            let cards = cards.join(&language.say(&text::AND));
            state = language.say(&text::with_cards(state, cards));
        }
        self.status.set_text(plain(&state));
        // As above.
        let _ = self.icon.set_tooltip(Some(tooltip(language, &state)));
    }
}

impl State {
    fn words(self) -> Message {
        match self {
            Self::Ready => text::READY,
            Self::Busy => text::BUSY,
            Self::Problem => text::PROBLEM,
        }
    }
}

impl Event {
    const ALL: [(&str, Message, Self); 4] = [
        ("pin", text::PIN, Self::ChangePin),
        ("self-test", text::SELF_TEST, Self::SelfTest),
        ("about", text::ABOUT, Self::About),
        ("quit", text::QUIT, Self::Quit),
    ];

    fn of(chosen: &MenuEvent) -> Option<Self> {
        let id = chosen.id().as_ref();
        Self::ALL
            .into_iter()
            .find(|(name, ..)| *name == id)
            .map(|(.., event)| event)
    }
}

fn menu(status: &MenuItem, language: Language) -> Result<Menu, tray_icon::menu::Error> {
    let menu = Menu::new();
    menu.append_items(&[status, &PredefinedMenuItem::separator()])?;
    for (id, words, _) in Event::ALL {
        menu.append(&MenuItem::with_id(id, label(language, &words), true, None))?;
    }
    Ok(menu)
}

fn label(language: Language, words: &Message) -> String {
    plain(&language.say(words))
}

/// An ampersand would mark the next letter as a shortcut.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn tooltip(language: Language, state: &str) -> String {
    format!("{} · {state}", language.say(&text::NAME))
}

fn picture(state: State) -> Option<Icon> {
    /// Twice the size of most panels' icons, so that they halve it, or show it on a fine screen.
    const SIDE: u16 = 48;
    let badge = match state {
        State::Ready => Badge::None,
        State::Busy => Badge::Dots,
        State::Problem => Badge::Alert,
    };
    Icon::from_rgba(seal::picture(SIDE, badge), SIDE.into(), SIDE.into()).ok()
}
