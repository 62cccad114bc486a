//! Drives what a window holds through its accessibility tree, without a display; time is what the test
//! says.

use chop_service::{ChoiceId, Ending, View};
use egui::{Event, Key, accesskit::Role};
use egui_kittest::{Harness, Node, kittest::Queryable as _};

use super::{
    contents::{Contents, Outcome},
    fonts,
    wire::{PinFault, ToWindow},
};

pub(super) struct Scene {
    pub(super) harness: Harness<'static, State>,
    now: f64,
}

pub(super) struct State {
    pub(super) contents: Box<dyn Contents>,
    outcomes: Vec<Outcome>,
}

impl Scene {
    /// A window that has just taken the focus.
    pub(super) fn of(contents: impl Contents + 'static) -> Self {
        Self::of_boxed(Box::new(contents))
    }

    /// The same.
    pub(super) fn of_boxed(contents: Box<dyn Contents>) -> Self {
        let state = State {
            contents,
            outcomes: Vec::new(),
        };
        let harness = Harness::builder()
            .allow_missing_glyphs()
            .with_size([468.0, 800.0])
            .with_context_setup(|context| context.set_fonts(fonts::definitions(|_| None)))
            .build_ui_state(
                |ui, state: &mut State| state.outcomes.extend(state.contents.ui(ui)),
                state,
            );
        let mut scene = Self { harness, now: 0.0 };
        scene.pass(0.01);
        scene
    }

    fn hear(&mut self, message: ToWindow) {
        self.harness.state_mut().contents.hear(message);
        self.pass(0.01);
    }

    pub(super) fn show(&mut self, view: View) {
        self.hear(ToWindow::Show(view));
    }

    pub(super) fn fail(&mut self, fault: PinFault) {
        self.hear(ToWindow::Failed(fault));
    }

    pub(super) fn end(&mut self, ending: Ending) {
        self.hear(ToWindow::End(ending));
    }

    /// Lets time pass, and then two frames: one to see what happened, one to show it.
    pub(super) fn pass(&mut self, seconds: f64) {
        self.now += seconds;
        for _ in 0..2 {
            self.harness.input_mut().time = Some(self.now);
            self.harness.step();
        }
    }

    pub(super) fn types(&mut self, text: &str) {
        for character in text.chars() {
            self.harness.event(Event::Text(character.to_string()));
        }
        self.pass(0.01);
    }

    pub(super) fn presses(&mut self, key: Key) {
        self.harness.key_press(key);
        self.pass(0.01);
    }

    pub(super) fn clicks(&mut self, label: &str) {
        let whole = self.harness.query_all_by_label(label).next();
        let found = whole.or_else(|| self.harness.query_all_by_label_contains(label).next());
        found.unwrap_or_else(|| panic!("no {label}")).click();
        self.pass(0.01);
    }

    pub(super) fn field(&self) -> Node<'_> {
        self.harness.get_by_role(Role::PasswordInput)
    }

    pub(super) fn has_field(&self) -> bool {
        self.harness.query_by_role(Role::PasswordInput).is_some()
    }

    /// How many characters are in the PIN field.
    pub(super) fn typed(&self) -> usize {
        self.field().value().unwrap_or_default().chars().count()
    }

    pub(super) fn says(&self, text: &str) -> bool {
        self.harness
            .query_all_by_label_contains(text)
            .next()
            .is_some()
    }

    /// What came of it, as text: the PIN in plain, because it is a test's.
    pub(super) fn outcomes(&mut self) -> Vec<String> {
        let outcomes = std::mem::take(&mut self.harness.state_mut().outcomes);
        let text = |outcome: Outcome| match outcome {
            Outcome::Entered(ChoiceId(id), pin) => {
                format!("{id}: {}", String::from_utf8_lossy(pin.expose()))
            }
            Outcome::Changed(ChoiceId(id), task, old, new) => {
                let [old, new] =
                    [old, new].map(|pin| String::from_utf8_lossy(pin.expose()).into_owned());
                format!("{id}: {task:?} {old} {new}")
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
