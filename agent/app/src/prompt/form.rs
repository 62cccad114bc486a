//! What the window shows and what the person can do in it, independent of how it is put on a screen.
//!
//! Time is what egui's input says, so that tests choose it.

mod buttons;
mod card;
mod choices;
mod deciding;
mod documents;
mod entry;
mod guard;
mod header;
mod pin_field;
mod state;
mod status;
mod words;

use std::time::Duration;

use chop_service::{Choice, ChoiceId, Decision, Ending, Notice, Purpose, View};
use chop_token::Pin;
use egui::{Event, Key, Rect, Ui, UiBuilder, vec2};
use zeroize::Zeroize as _;

use super::{
    pin_buffer::PinBuffer,
    theme::{BUTTON_HEIGHT, HEIGHT, MARGIN, Palette},
    wire::Request,
};
use guard::Guard;

/// How long the window shows that all went well, in seconds.
const GOOD_END: f64 = 0.8;
/// How long it shows what went wrong.
const BAD_END: f64 = 4.0;
/// Between the parts of the window.
const GAP: f32 = 20.0;

/// What the person did; the window ends with every one but the first two.
pub(super) enum Outcome {
    /// Entered a PIN.
    Entered(ChoiceId, Pin),
    /// Agreed, where no PIN is asked for here.
    Agreed(ChoiceId),
    /// Decided.
    Decided(Decision),
    /// Closed the window.
    Closed,
    /// Let the time run out.
    TimedOut,
    /// The end has been shown.
    Over,
}

/// The window's contents.
pub(super) struct Form {
    request: Request,
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
    guard: Guard,
    /// Something new was shown, so what is typed now was meant for what was there before.
    unsettled: bool,
    /// What has the keyboard's attention must be chosen anew.
    refocus: bool,
    deadline: Option<f64>,
    height: f32,
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
    pub(super) fn new(request: Request, today: i64) -> Self {
        Self {
            request,
            today,
            stage: Stage::Status(View::Looking),
            chosen: None,
            tried: None,
            pin: PinBuffer::default(),
            understood: false,
            lasts: false,
            guard: Guard::new(),
            unsettled: true,
            refocus: true,
            deadline: None,
            height: HEIGHT,
        }
    }

    /// The height that shows everything, in points; known after a frame.
    pub(super) fn height(&self) -> f32 {
        self.height
    }

    /// One frame. `None` as long as the person has not done anything that matters outside.
    pub(super) fn ui(&mut self, ui: &mut Ui) -> Option<Outcome> {
        let colors = Palette::of(ui.visuals().dark_mode);
        let now = self.settle(ui);
        if let Some(outcome) = self.times_out(now) {
            return Some(outcome);
        }
        let keys = self.guard.keys_count(now);
        if keys && ui.input(|input| input.key_pressed(Key::Escape)) {
            return Some(self.closed());
        }
        let outcome = self.lay_out(ui, &colors, now);
        wipe_typed_text(ui);
        self.repaint_in_time(ui, now);
        outcome
    }

    fn settle(&mut self, ui: &Ui) -> f64 {
        let (now, focused, typed) = ui.input(|input| {
            let typed = input
                .events
                .iter()
                .any(|event| matches!(event, Event::Text(_) | Event::Key { pressed: true, .. }));
            (input.time, input.focused, typed)
        });
        if std::mem::take(&mut self.unsettled) {
            self.guard.restart(now);
        }
        self.guard.watch(now, focused, typed);
        let seconds = Duration::from_secs(self.request.seconds).as_secs_f64();
        self.deadline.get_or_insert(now + seconds);
        if let Stage::Ended {
            ending,
            until: until @ None,
        } = &mut self.stage
        {
            *until = Some(
                now + if *ending == Ending::Done {
                    GOOD_END
                } else {
                    BAD_END
                },
            );
        }
        ui.ctx()
            .accesskit_node_builder(egui::accesskit_root_id(), |node| {
                node.set_label(self.title());
            });
        now
    }

    fn lay_out(&mut self, ui: &mut Ui, colors: &Palette, now: f64) -> Option<Outcome> {
        let window = ui.max_rect();
        ui.painter().rect_filled(window, 0.0, colors.background);
        let inner = window.shrink(MARGIN);
        let mut column = ui.new_child(UiBuilder::new().max_rect(inner));
        column.spacing_mut().item_spacing = vec2(8.0, 4.0);
        header::show(&mut column, &self.request, colors);
        column.add_space(GAP);
        if let (Purpose::Sign { documents }, Stage::Ready { .. }) =
            (&self.request.purpose, &self.stage)
        {
            documents::show(&mut column, documents, colors);
            column.add_space(GAP);
        }
        // Of the least height: a text that needs more makes the window grow by just that.
        let room = window.top() + HEIGHT - MARGIN - BUTTON_HEIGHT - GAP - column.cursor().top();
        let entered = match &self.stage {
            Stage::Ready { .. } => self.entry(&mut column, colors, now),
            Stage::Status(View::Deciding) => self.deciding(&mut column, colors, now),
            Stage::Status(view) => {
                status::view(&mut column, view, &self.request.purpose, room, now, colors);
                false
            }
            Stage::Ended { ending, .. } => {
                status::ending(&mut column, *ending, &self.request.purpose, room, colors);
                false
            }
        };
        let bottom = column.min_rect().bottom() + GAP + BUTTON_HEIGHT;
        self.height = HEIGHT.max((bottom + MARGIN - window.top()).ceil());
        let bar = Rect::from_min_max(
            egui::pos2(inner.left(), bottom.max(inner.bottom()) - BUTTON_HEIGHT),
            egui::pos2(inner.right(), bottom.max(inner.bottom())),
        );
        let mut bar = ui.new_child(UiBuilder::new().max_rect(bar));
        self.bar(&mut bar, colors, now, entered)
    }

    fn repaint_in_time(&self, ui: &Ui, now: f64) {
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
        let guard = self.guard.wait(now);
        let next = [second, turn, over, guard]
            .into_iter()
            .flatten()
            .fold(60.0, f64::min);
        ui.ctx()
            .request_repaint_after(Duration::from_secs_f64(next.max(0.01)));
    }
}

/// egui keeps the events of a frame until the next; the end of the process is the real wipe.
fn wipe_typed_text(ui: &Ui) {
    ui.input_mut(|input| {
        for event in input.events.iter_mut().chain(&mut input.raw.events) {
            if let Event::Text(text) | Event::Paste(text) = event {
                text.zeroize();
            }
        }
    });
}

#[cfg(test)]
mod tests;
