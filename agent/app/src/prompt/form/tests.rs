//! Drives the form through its accessibility tree, without a display; time is what the test says.

mod agreeing;
mod deciding;
mod entry;
mod stray_keys;
mod views;

use chop_service::{Asks, Choice, ChoiceId, DocumentView, Ending, Notice, Purpose, View};
use egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::{Harness, kittest::Queryable as _};

use super::*;
use crate::prompt::{fonts, wire::CallerKind};

struct Scene {
    harness: Harness<'static, State>,
    now: f64,
}

struct State {
    form: Form,
    outcomes: Vec<Outcome>,
}

impl Scene {
    /// A window that has just taken the focus, looking for a card.
    fn new() -> Self {
        Self::asking(Purpose::SignIn)
    }

    /// The same, for something else.
    fn asking(purpose: Purpose) -> Self {
        Self::asked_by(CallerKind::Site, purpose)
    }

    /// The same, with another kind of caller.
    fn asked_by(caller: CallerKind, purpose: Purpose) -> Self {
        let request = SiteRequest {
            origin: "https://login.bank.example:8443".to_owned(),
            owner: 14..26,
            caller,
            purpose,
            seconds: 60,
        };
        let state = State {
            form: Form::new(request, Language::ENGLISH, 1_800_000_000),
            outcomes: Vec::new(),
        };
        let harness = Harness::builder()
            .allow_missing_glyphs()
            .with_size([468.0, 800.0])
            .with_context_setup(|context| context.set_fonts(fonts::definitions(|_| None)))
            .build_ui_state(
                |ui, state: &mut State| state.outcomes.extend(state.form.ui(ui)),
                state,
            );
        let mut scene = Self { harness, now: 0.0 };
        scene.pass(0.01);
        scene
    }

    /// A window that shows these certificates, long enough for keys to count.
    fn ready(choices: Vec<Choice>) -> Self {
        let mut scene = Self::new();
        scene.show(View::Ready {
            choices,
            notice: None,
        });
        scene.pass(1.0);
        scene
    }

    fn show(&mut self, view: View) {
        self.harness.state_mut().form.hear(ToWindow::Show(view));
        self.pass(0.01);
    }

    fn end(&mut self, ending: Ending) {
        self.harness.state_mut().form.hear(ToWindow::End(ending));
        self.pass(0.01);
    }

    /// Lets time pass, and then two frames: one to see what happened, one to show it.
    fn pass(&mut self, seconds: f64) {
        self.now += seconds;
        for _ in 0..2 {
            self.harness.input_mut().time = Some(self.now);
            self.harness.step();
        }
    }

    fn types(&mut self, text: &str) {
        for character in text.chars() {
            self.harness.event(Event::Text(character.to_string()));
        }
        self.pass(0.01);
    }

    fn presses(&mut self, key: Key) {
        self.harness.key_press(key);
        self.pass(0.01);
    }

    fn clicks(&mut self, label: &str) {
        let whole = self.harness.query_all_by_label(label).next();
        let found = whole.or_else(|| self.harness.query_all_by_label_contains(label).next());
        found.unwrap_or_else(|| panic!("no {label}")).click();
        self.pass(0.01);
    }

    fn field(&self) -> egui_kittest::Node<'_> {
        self.harness.get_by_role(Role::PasswordInput)
    }

    fn has_field(&self) -> bool {
        self.harness.query_by_role(Role::PasswordInput).is_some()
    }

    /// How many characters are in the PIN field.
    fn typed(&self) -> usize {
        self.field().value().unwrap_or_default().chars().count()
    }

    fn says(&self, text: &str) -> bool {
        self.harness
            .query_all_by_label_contains(text)
            .next()
            .is_some()
    }

    /// What came of it, as text: the PIN in plain, because it is a test's.
    fn outcomes(&mut self) -> Vec<String> {
        let outcomes = std::mem::take(&mut self.harness.state_mut().outcomes);
        let text = |outcome: Outcome| match outcome {
            Outcome::Entered(ChoiceId(id), pin) => {
                format!("{id}: {}", String::from_utf8_lossy(pin.expose()))
            }
            Outcome::Agreed(ChoiceId(id)) => format!("{id}: agreed"),
            Outcome::Decided(decision) => format!("{decision:?}"),
            Outcome::Closed => "closed".to_owned(),
            Outcome::TimedOut => "timed out".to_owned(),
            Outcome::Over => "over".to_owned(),
            Outcome::Spoke(language) => format!("speaks {language}"),
        };
        outcomes.into_iter().map(text).collect()
    }
}

fn card(id: u32) -> Choice {
    Choice {
        id: ChoiceId(id),
        holder: Some(format!("Holder {id}")),
        issuer: "Issuer".to_owned(),
        not_after: Some(1_900_000_000),
        certificate: None,
        label: "Token".to_owned(),
        reader: Some("Reader 00".to_owned()),
        tries_left: Some(3),
        locked: false,
        asks: Asks::Pin,
        shortest: 4,
        longest: 8,
    }
}

fn with_tries(tries: u8) -> Choice {
    Choice {
        tries_left: Some(tries),
        ..card(1)
    }
}

fn locked() -> Choice {
    Choice {
        locked: true,
        ..with_tries(0)
    }
}
