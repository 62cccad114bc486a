//! What stands in the tray's menu at one moment. Every entry leads to something that the pages and
//! the commands have as well.

use chop_service::{Asked, Grant, Outcome};
use chop_token::{Inventory, Readers};
use time::{OffsetDateTime, UtcOffset};

use crate::{
    doctor::harmless,
    line::Page,
    ports::Owner,
    text::{Language, Message, cards, desk, grants, tray as text},
    tray::{Entry, Event, State},
};

/// So many requests, sites and readers are in the menu; the pages have all.
const MOST: usize = 8;
/// The longest name in the menu, in characters.
const LONGEST: usize = 60;

/// How things are.
pub(super) struct Now<'a> {
    pub(super) state: State,
    pub(super) cards: &'a Inventory,
    pub(super) requests: &'a [Asked],
    pub(super) grants: &'a [Grant],
    /// Ports of the room for HiCOS pages that others have.
    pub(super) taken: &'a [(u16, Owner)],
    pub(super) offset: UtcOffset,
    pub(super) language: Language,
}

impl Now<'_> {
    pub(super) fn menu(&self) -> Vec<Entry> {
        let page = |page| Entry::Choice(self.say(&desk::page(page)), Event::Open(page));
        let mut menu = vec![Entry::Fact(self.status())];
        // Who it is is said where it can be seen at once; what to do stands in the self-test.
        menu.extend(self.taken.iter().map(|(port, owner)| {
            let said = self.say(&text::port_taken(*port, &owner.to_string()));
            Entry::Choice(short(&said), Event::Open(Page::SelfTest))
        }));
        menu.extend([
            Entry::Rule,
            Entry::More(self.say(&text::READERS), self.readers()),
            Entry::More(self.say(&desk::page(Page::Requests)), self.requests()),
            Entry::More(self.say(&desk::page(Page::Sites)), self.sites()),
            Entry::Rule,
            Entry::Choice(self.say(&text::PIN), Event::ChangePin),
            page(Page::SelfTest),
            page(Page::Settings),
            Entry::More(self.say(&text::LANGUAGE), self.languages()),
            page(Page::About),
            Entry::Rule,
            Entry::Choice(self.say(&text::QUIT), Event::Quit),
        ]);
        menu
    }

    pub(super) fn tooltip(&self) -> String {
        format!("{} · {}", self.say(&text::NAME), self.status())
    }

    /// The state, and what the cards are called that are in.
    fn status(&self) -> String {
        let state = self.say(&match self.state {
            State::Ready => text::READY,
            State::CardIn => text::CARD_IN,
            State::Busy => text::BUSY,
            State::Problem => text::PROBLEM,
        });
        let Readers::Present(readers) = &self.cards.readers else {
            return state;
        };
        let models = readers.iter().filter_map(|it| self.cards.model_in(it));
        let models: Vec<_> = models
            .map(|model| cards::model(model).in_language(self.language).to_owned())
            .collect();
        if models.is_empty() {
            return state;
        }
        let models = models.join(&self.say(&text::AND));
        self.say(&text::with_cards(state, models))
    }

    fn readers(&self) -> Vec<Entry> {
        let fact = |words: &crate::text::Words| {
            vec![Entry::Fact(words.in_language(self.language).to_owned())]
        };
        let readers = match &self.cards.readers {
            Readers::Unknown => return fact(&cards::LOOKING),
            Readers::ServiceDown => return fact(&cards::SERVICE_DOWN),
            Readers::Present(readers) if readers.is_empty() => return fact(&cards::NO_READER),
            Readers::Present(readers) => readers,
        };
        let entry = |reader| {
            let words = crate::text::doctor::cards::reader(reader, self.cards.model_in(reader));
            let words = short(words.in_language(self.language));
            Entry::Choice(words, Event::Open(Page::SelfTest))
        };
        readers.iter().take(MOST).map(entry).collect()
    }

    fn requests(&self) -> Vec<Entry> {
        if self.requests.is_empty() {
            return vec![Entry::Fact(self.say(&desk::NO_REQUESTS))];
        }
        let newest = self.requests.iter().rev().take(MOST);
        let mut entries: Vec<_> = newest
            .map(|asked| Entry::Fact(self.request(asked)))
            .collect();
        entries.push(Entry::Rule);
        let all = Event::Open(Page::Requests);
        entries.push(Entry::Choice(self.say(&text::ALL), all));
        entries
    }

    fn request(&self, asked: &Asked) -> String {
        let time = OffsetDateTime::from(asked.at).to_offset(self.offset);
        let mark = match asked.outcome {
            Outcome::Done => '✓',
            Outcome::Failed(_) | Outcome::Left => '✗',
        };
        let who = short(&desk::caller(&asked.caller, self.language));
        let (hour, minute) = (time.hour(), time.minute());
        let what = self.say(&desk::act(asked.act));
        let outcome = match asked.outcome {
            Outcome::Done => String::new(),
            failed => format!("：{}", self.say(&desk::outcome(failed))),
        };
        format!("{hour:02}:{minute:02} {mark} {who} · {what}{outcome}")
    }

    fn sites(&self) -> Vec<Entry> {
        let entry = |grant: &Grant| {
            let may = grants::may(grant.scope)
                .in_language(self.language)
                .to_owned();
            let blocked = grant.scope.is_none();
            let take_back = Event::TakeBack(grant.caller.clone());
            let inside = vec![
                Entry::Fact(may),
                Entry::Choice(self.say(&desk::take_back(blocked)), take_back),
            ];
            Entry::More(short(&grant.caller), inside)
        };
        let mut entries: Vec<_> = self.grants.iter().take(MOST).map(entry).collect();
        if entries.is_empty() {
            entries.push(Entry::Fact(self.say(&desk::NO_SITES)));
        }
        entries.push(Entry::Rule);
        let all = Event::Open(Page::Sites);
        entries.push(Entry::Choice(self.say(&text::ALL), all));
        entries
    }

    fn languages(&self) -> Vec<Entry> {
        let entry = |language: Language| {
            let holds = language == self.language;
            Entry::Check(language.name(), holds, Event::Speak(language))
        };
        Language::all().map(entry).collect()
    }

    fn say(&self, message: &Message) -> String {
        self.language.say(message)
    }
}

/// On one line, and no wider than a menu.
fn short(text: &str) -> String {
    let text = harmless(text);
    match text.chars().count() > LONGEST {
        true => text.chars().take(LONGEST - 1).chain(['…']).collect(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use chop_protocol::{ErrorCode, Origin, Plain};
    use chop_service::{Act, Caller, Scope};
    use chop_token::Reader;

    use super::*;

    fn entries<'a>(menu: &'a [Entry], name: &str) -> &'a [Entry] {
        let found = menu.iter().find_map(|entry| match entry {
            Entry::More(text, entries) if text == name => Some(entries),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("no {name} in {menu:?}"))
    }

    fn facts(entries: &[Entry]) -> Vec<&str> {
        entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Fact(text) | Entry::Choice(text, _) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn everything_that_there_is_is_in_the_menu() {
        let reader = |name: &str, card: Option<&[u8]>| Reader {
            name: name.to_owned(),
            card: card.map(<[u8]>::to_vec),
        };
        let citizens = b"\x3b\xb8\x13\x00\x81\x31\xfa\x52CHTMOICA\xa5";
        let cards = Inventory {
            readers: Readers::Present(vec![reader("One", Some(citizens)), reader("Two", None)]),
            ..Inventory::default()
        };
        let bank = Origin::parse("https://bank.example", Plain::Never).unwrap();
        let asked = |outcome| Asked {
            at: SystemTime::UNIX_EPOCH + Duration::from_secs(3600),
            caller: Caller::Site(bank.clone()),
            act: Act::SignIn,
            outcome,
            times: 1,
        };
        let requests = [
            asked(Outcome::Done),
            asked(Outcome::Failed(ErrorCode::NoCard)),
        ];
        let grants = [Grant {
            caller: "https://bank.example".to_owned(),
            scope: Some(Scope::Sign),
            since: 0,
            used: 0,
        }];
        let owner = Owner {
            name: Some("node a.js".to_owned()),
            process: Some(7),
            user: None,
        };
        let now = Now {
            state: State::Problem,
            cards: &cards,
            requests: &requests,
            grants: &grants,
            taken: &[(61161, owner)],
            offset: UtcOffset::from_hms(8, 0, 0).unwrap(),
            language: Language::ENGLISH,
        };
        let menu = now.menu();
        let top = facts(&menu);
        assert!(
            top[0].ends_with("(Citizen Digital Certificate card)"),
            "{top:?}"
        );
        assert!(
            top[1].contains("61161") && top[1].contains("node a.js (7)"),
            "{top:?}"
        );
        assert_eq!(
            facts(entries(&menu, "Readers and cards")),
            ["One: Citizen Digital Certificate card", "Two: no card"]
        );
        let listed = facts(entries(&menu, "Recent requests"));
        assert!(
            listed[0].starts_with("09:00 ✗ https://bank.example · sign-in"),
            "{listed:?}"
        );
        assert_eq!(listed[1], "09:00 ✓ https://bank.example · sign-in");
        let site = entries(entries(&menu, "Permissions"), "https://bank.example");
        let take_back = Event::TakeBack("https://bank.example".to_owned());
        assert_eq!(site[1], Entry::Choice("Take back".to_owned(), take_back));
        let languages = entries(&menu, "中文 / Language");
        assert!(languages.contains(&Entry::Check(
            "English".to_owned(),
            true,
            Event::Speak(Language::ENGLISH)
        )));
    }

    #[test]
    fn a_long_name_is_cut_and_nothing_in_it_breaks_the_menu() {
        let text = short(&"司".repeat(200));
        assert_eq!(text.chars().count(), LONGEST);
        assert!(!short("a\nb").contains('\n'));
    }
}
