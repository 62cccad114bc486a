//! The window that a site's request opens: what it shows and what the person can do in it.

mod bar;
mod deciding;
mod documents;
mod entry;
mod header;
mod state;
mod status;

use std::time::Duration;

use chop_service::{Choice, ChoiceId, Ending, Notice, Purpose, View};
use egui::{Key, Ui};

use super::{
    attention::{Attention, wipe_typed_text},
    contents::{Contents, Outcome},
    parts::{
        Look,
        frame::{Frame, GAP, Sections},
    },
    pin_buffer::PinBuffer,
    theme::Palette,
    wire::{SiteRequest, ToWindow},
};
use crate::text::Language;

/// How long the window shows that all went well, in seconds.
const GOOD_END: f64 = 0.8;
/// How long it shows what went wrong.
const BAD_END: f64 = 4.0;

/// The window's contents.
pub(super) struct Form {
    request: SiteRequest,
    language: Language,
    /// The day that decides whether a certificate has expired, seconds since 1970.
    today: i64,
    stage: Stage,
    chosen: Option<ChoiceId>,
    /// The certificate that the notice is about.
    tried: Option<ChoiceId>,
    pin: PinBuffer,
    /// Whether the person has confirmed to take the last try.
    understood: bool,
    /// Whether what the person decides is to last.
    lasts: bool,
    /// Whether the certificate's contents are shown.
    detailed: bool,
    attention: Attention,
    deadline: Option<f64>,
    frame: Frame,
    /// Enter was pressed where something is entered.
    entered: bool,
    /// What came of this frame.
    outcome: Option<Outcome>,
}

enum Stage {
    Status(View),
    Ready {
        choices: Vec<Choice>,
        notice: Option<Notice>,
    },
    Ended {
        ending: Ending,
        until: Option<f64>,
    },
}

impl Form {
    /// A form that says who asks and looks for a card. `today` is the clock, seconds since 1970.
    pub(super) fn new(request: SiteRequest, language: Language, today: i64) -> Self {
        Self {
            request,
            language,
            today,
            stage: Stage::Status(View::Looking),
            chosen: None,
            tried: None,
            pin: PinBuffer::default(),
            understood: false,
            lasts: false,
            detailed: false,
            attention: Attention::new(),
            deadline: None,
            frame: Frame::default(),
            entered: false,
            outcome: None,
        }
    }

    fn settle(&mut self, ui: &Ui) {
        self.attention.settle(ui, self.title());
        let now = self.attention.now();
        let seconds = Duration::from_secs(self.request.seconds).as_secs_f64();
        self.deadline.get_or_insert(now + seconds);
        if let Stage::Ended {
            ending,
            until: until @ None,
        } = &mut self.stage
        {
            let shown = match ending {
                Ending::Done => GOOD_END,
                _ => BAD_END,
            };
            *until = Some(now + shown);
        }
    }

    fn repaint_in_time(&self, ui: &Ui) {
        let now = self.attention.now();
        let second = self.deadline.map(|end| (end - now).fract() + 0.01);
        let busy = match &self.stage {
            Stage::Status(View::Looking) => true,
            Stage::Status(view) => state::is_work(view),
            _ => false,
        };
        let turn =
            busy.then(|| super::paint::BUSY_STEP - now.rem_euclid(super::paint::BUSY_STEP) + 0.001);
        let over = match self.stage {
            Stage::Ended { until, .. } => until.map(|end| end - now),
            _ => None,
        };
        let guard = self.attention.wait();
        let next = [second, turn, over, guard]
            .into_iter()
            .flatten()
            .fold(60.0, f64::min);
        ui.ctx()
            .request_repaint_after(Duration::from_secs_f64(next.max(0.01)));
    }

    /// Shows what stands in the certificate, as if the person had asked for it.
    #[cfg(test)]
    pub(super) fn show_details(&mut self) {
        self.detailed = true;
    }
}

impl Contents for Form {
    fn title(&self) -> String {
        self.title_now()
    }

    fn height(&self) -> f32 {
        self.frame.height()
    }

    fn ui(&mut self, ui: &mut Ui) -> Option<Outcome> {
        let look = Look {
            language: self.language,
            colors: Palette::of(ui.visuals().dark_mode),
        };
        self.settle(ui);
        if let Some(outcome) = self.times_out() {
            return Some(outcome);
        }
        let keys = self.attention.keys_count();
        if keys && ui.input(|input| input.key_pressed(Key::Escape)) {
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
            ToWindow::End(ending) => self.end(ending),
            // Of another kind of window.
            ToWindow::Failed(_) => {}
        }
    }
}

impl Sections for Form {
    fn head(&mut self, ui: &mut Ui, look: &Look) {
        if let Some(other) = self.header(ui, look) {
            self.language = other;
            self.outcome = Some(Outcome::Spoke(other));
        }
    }

    fn body(&mut self, ui: &mut Ui, room: f32, look: &Look) {
        if let (Purpose::Sign { documents }, Stage::Ready { .. }) =
            (&self.request.purpose, &self.stage)
        {
            documents::show(ui, documents, look);
            ui.add_space(GAP);
        }
        match &self.stage {
            Stage::Ready { .. } => self.certificates(ui, look),
            Stage::Status(View::Deciding) => self.deciding(ui, look),
            Stage::Status(view) => self.status(ui, view, room, look),
            Stage::Ended { ending, .. } => self.ending(ui, *ending, room, look),
        }
    }

    fn entry(&mut self, ui: &mut Ui, look: &Look) {
        self.entered = match self.stage {
            Stage::Status(View::Deciding) => {
                self.lasting(ui, look);
                false
            }
            _ => self.what_to_enter(ui, look),
        };
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
