//! The sign in the panel: how the agent is, and a menu.
//!
//! On Linux it speaks D-Bus from threads of its own. On Windows and macOS a tray icon belongs to
//! the main thread, which has to run a message loop; there [`Tray::start`] must be called on it.

use tokio::sync::mpsc::UnboundedSender;
use tray_icon::{
    Icon, TrayIcon, TrayIconBuilder,
    menu::{
        CheckMenuItem, ContextMenu, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem,
        Submenu,
    },
};

use crate::{
    line::Page,
    seal::{self, Badge},
    text::{Language, tray as text},
};

/// What a person chose from the menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// Show this page.
    Open(Page),
    /// Open the window for another PIN.
    ChangePin,
    /// Take back what this site or program may, or lift its block.
    TakeBack(String),
    /// Speak this language.
    Speak(Language),
    /// End the agent.
    Quit,
}

/// How the agent is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum State {
    /// It waits for a page.
    #[default]
    Ready,
    /// And a card is in a reader.
    CardIn,
    /// A window is open or a card at work.
    Busy,
    /// The self-test would find something.
    Problem,
}

/// A line of the menu.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Entry {
    /// To be read.
    Fact(String),
    /// To be chosen.
    Choice(String, Event),
    /// To be chosen, and whether it holds now.
    Check(String, bool, Event),
    /// A menu of its own.
    More(String, Vec<Entry>),
    /// Between groups.
    Rule,
}

/// The sign in the panel; dropping it takes it away.
pub struct Tray {
    icon: TrayIcon,
    state: State,
    menu: Vec<Entry>,
    tooltip: String,
}

impl Tray {
    /// Puts the sign up. `None` without a session bus; without a panel that shows such signs it
    /// appears as soon as there is one. Either way the agent works.
    #[must_use]
    pub fn start(events: UnboundedSender<Event>, language: Language) -> Option<Self> {
        let state = State::default();
        // Called on the tray's thread: it must only send. Nobody listening means that the agent
        // is about to end.
        MenuEvent::set_event_handler(Some(move |chosen: MenuEvent| {
            if let Some(event) = Event::read(chosen.id().as_ref()) {
                let _ = events.send(event);
            }
        }));
        let tooltip = language.say(&text::NAME);
        let icon = TrayIconBuilder::new()
            .with_id("tw.chop")
            .with_title("Chop")
            .with_tooltip(&tooltip)
            .with_menu(Box::new(Menu::new()))
            .with_icon(picture(state)?)
            .build()
            .inspect_err(|error| tracing::info!(%error, "no tray"))
            .ok()?;
        Some(Self {
            icon,
            state,
            menu: Vec::new(),
            tooltip,
        })
    }

    /// Shows how the agent is now, and what can be chosen. What is the same is left alone: a menu
    /// that is replaced closes in the person's hand.
    pub fn show(&mut self, state: State, menu: Vec<Entry>, tooltip: &str) {
        // On Linux neither can fail; elsewhere an old picture is no reason to stop.
        if self.state != state {
            self.state = state;
            let _ = self.icon.set_icon(picture(state));
        }
        if self.tooltip != tooltip {
            tooltip.clone_into(&mut self.tooltip);
            let _ = self.icon.set_tooltip(Some(tooltip));
        }
        if self.menu != menu {
            match whole(&menu) {
                Ok(built) => self
                    .icon
                    .set_menu(Some(Box::new(built) as Box<dyn ContextMenu>)),
                Err(error) => tracing::warn!(%error, "the menu stays as it was"),
            }
            self.menu = menu;
        }
    }
}

impl Event {
    /// Names it among the menu's entries.
    fn name(&self) -> String {
        match self {
            Self::Open(page) => format!("open {}", page.name()),
            Self::ChangePin => "pin".to_owned(),
            Self::TakeBack(caller) => format!("take-back {caller}"),
            Self::Speak(language) => format!("speak {language}"),
            Self::Quit => "quit".to_owned(),
        }
    }

    fn read(name: &str) -> Option<Self> {
        match name.split_once(' ') {
            Some(("open", page)) => page.parse().ok().map(Self::Open),
            Some(("take-back", caller)) => Some(Self::TakeBack(caller.to_owned())),
            Some(("speak", language)) => language.parse().ok().map(Self::Speak),
            None if name == "pin" => Some(Self::ChangePin),
            None if name == "quit" => Some(Self::Quit),
            _ => None,
        }
    }
}

fn whole(entries: &[Entry]) -> Result<Menu, tray_icon::menu::Error> {
    let menu = Menu::new();
    for entry in entries {
        menu.append(&*item(entry)?)?;
    }
    Ok(menu)
}

fn item(entry: &Entry) -> Result<Box<dyn IsMenuItem>, tray_icon::menu::Error> {
    Ok(match entry {
        Entry::Fact(text) => Box::new(MenuItem::new(plain(text), false, None)),
        Entry::Choice(text, event) => {
            Box::new(MenuItem::with_id(event.name(), plain(text), true, None))
        }
        Entry::Check(text, holds, event) => {
            let name = event.name();
            Box::new(CheckMenuItem::with_id(
                name,
                plain(text),
                true,
                *holds,
                None,
            ))
        }
        Entry::More(text, entries) => {
            let more = Submenu::new(plain(text), true);
            for entry in entries {
                more.append(&*item(entry)?)?;
            }
            Box::new(more)
        }
        Entry::Rule => Box::new(PredefinedMenuItem::separator()),
    })
}

/// An ampersand would mark the next letter as a shortcut.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn picture(state: State) -> Option<Icon> {
    /// Twice the size of most panels' icons, so that they halve it, or show it on a fine screen.
    const SIDE: u16 = 48;
    let badge = match state {
        State::Ready => Badge::None,
        State::CardIn => Badge::Card,
        State::Busy => Badge::Dots,
        State::Problem => Badge::Alert,
    };
    Icon::from_rgba(seal::picture(SIDE, badge), SIDE.into(), SIDE.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_known_by_its_name() {
        let caller = "https://bank.example".to_owned();
        let program = "/opt/card tool/card-tool".to_owned();
        let others = [
            Event::ChangePin,
            Event::TakeBack(caller),
            Event::TakeBack(program),
            Event::Speak(Language::ENGLISH),
            Event::Quit,
        ];
        for event in Page::ALL.map(Event::Open).into_iter().chain(others) {
            assert_eq!(Event::read(&event.name()), Some(event));
        }
        for odd in ["", "open", "open x", "speak x", "quit now", "7"] {
            assert_eq!(Event::read(odd), None, "{odd}");
        }
    }
}
