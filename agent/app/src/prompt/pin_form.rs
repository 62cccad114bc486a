//! The window in which a person gets another PIN for a card: with the PIN that holds, or with the
//! PUK. No site has asked for it, and it says so.

mod body;
mod entry;
mod state;

use std::time::Duration;

use chop_service::{Choice, ChoiceId, Ending, View};
use egui::{Key, Ui};

use super::{
    attention::{Attention, wipe_typed_text},
    contents::{Contents, Outcome},
    paint,
    parts::{
        Look,
        frame::{Frame, Sections},
        heading,
    },
    pin_buffer::PinBuffer,
    theme::Palette,
    wire::{PinFault, PinTask, ToWindow},
};
use crate::text::{Language, pin as text};

/// How long the window shows how it ended, in seconds; it can be closed before.
const END: f64 = 10.0;

/// The window's contents.
pub(super) struct PinForm {
    task: PinTask,
    language: Language,
    /// The day that decides whether a certificate has expired, seconds since 1970.
    today: i64,
    stage: Stage,
    chosen: Option<ChoiceId>,
    /// What came of the last try.
    fault: Option<PinFault>,
    /// Which card has said that its PUK has one try left. Cards do not tell it before.
    last_puk: Option<ChoiceId>,
    secrets: Secrets,
    /// Whether the person has confirmed to take the last try.
    understood: bool,
    attention: Attention,
    frame: Frame,
    /// Enter was pressed where something is entered.
    entered: bool,
    /// What came of this frame.
    outcome: Option<Outcome>,
}

/// What is typed: the PIN or PUK, the new PIN, and the new PIN once more.
#[derive(Default)]
struct Secrets {
    old: PinBuffer,
    new: PinBuffer,
    again: PinBuffer,
}

enum Stage {
    Status(View),
    Ready(Vec<Choice>),
    Ended { ending: Ending, until: Option<f64> },
}

impl PinForm {
    /// A form that looks for a card. `today` is the clock, seconds since 1970.
    pub(super) fn new(task: PinTask, language: Language, today: i64) -> Self {
        Self {
            task,
            language,
            today,
            stage: Stage::Status(View::Looking),
            chosen: None,
            fault: None,
            last_puk: None,
            secrets: Secrets::default(),
            understood: false,
            attention: Attention::new(),
            frame: Frame::default(),
            entered: false,
            outcome: None,
        }
    }

    fn repaint_in_time(&self, ui: &Ui) {
        let now = self.attention.now();
        let busy = matches!(self.stage, Stage::Status(View::Looking | View::Checking));
        let turn = busy.then(|| paint::BUSY_STEP - now.rem_euclid(paint::BUSY_STEP) + 0.001);
        let over = match self.stage {
            Stage::Ended { until, .. } => until.map(|end| end - now),
            _ => None,
        };
        let next = [turn, over, self.attention.wait()]
            .into_iter()
            .flatten()
            .fold(60.0, f64::min);
        ui.ctx()
            .request_repaint_after(Duration::from_secs_f64(next.max(0.01)));
    }

    fn closed(&self) -> Outcome {
        match self.stage {
            Stage::Ended { .. } => Outcome::Over,
            _ => Outcome::Closed,
        }
    }
}

impl Contents for PinForm {
    fn title(&self) -> String {
        self.language.say(&text::window_title(self.task))
    }

    fn height(&self) -> f32 {
        self.frame.height()
    }

    fn ui(&mut self, ui: &mut Ui) -> Option<Outcome> {
        let look = Look {
            language: self.language,
            colors: Palette::of(ui.visuals().dark_mode),
        };
        self.attention.settle(ui, self.title());
        let now = self.attention.now();
        if let Stage::Ended { until, .. } = &mut self.stage
            && now >= *until.get_or_insert(now + END)
        {
            return Some(Outcome::Over);
        }
        if self.attention.keys_count() && ui.input(|input| input.key_pressed(Key::Escape)) {
            return Some(self.closed());
        }
        let mut frame = self.frame;
        frame.show(ui, &look, self);
        self.frame = frame;
        wipe_typed_text(ui);
        self.repaint_in_time(ui);
        self.outcome.take()
    }

    fn hear(&mut self, message: ToWindow) {
        match message {
            ToWindow::Show(view) => self.show(view),
            ToWindow::Failed(fault) => self.failed(fault),
            ToWindow::End(ending) => self.start_over(Stage::Ended {
                ending,
                until: None,
            }),
        }
    }
}

impl Sections for PinForm {
    fn head(&mut self, ui: &mut Ui, look: &Look) {
        let (title, about) = (text::title(self.task), text::BY_YOURSELF);
        if let Some(other) = heading::show(ui, &title, &about, look) {
            self.language = other;
            self.outcome = Some(Outcome::Spoke(other));
        }
    }

    fn body(&mut self, ui: &mut Ui, room: f32, look: &Look) {
        match &self.stage {
            Stage::Ready(_) => self.cards(ui, look),
            Stage::Status(view) => self.status(ui, view, room, look),
            Stage::Ended { ending, .. } => self.ending(ui, *ending, room, look),
        }
    }

    fn entry(&mut self, ui: &mut Ui, look: &Look) {
        self.entered = self.what_to_enter(ui, look);
    }

    fn bar(&mut self, ui: &mut Ui, look: &Look) {
        if let Some(outcome) = self.buttons(ui, look) {
            self.outcome = Some(outcome);
        }
    }

    fn keys_count(&self) -> bool {
        self.attention.keys_count()
    }
}

#[cfg(test)]
mod tests;
