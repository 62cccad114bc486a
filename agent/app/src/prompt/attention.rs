//! Whose the keyboard and the mouse are, and since when.

use egui::{Event, Id, Response, Ui};
use zeroize::Zeroize as _;

use super::guard::Guard;

/// What a window knows of the person in front of it. Time is what egui's input says.
pub(super) struct Attention {
    /// The time of this frame.
    now: f64,
    guard: Guard,
    /// Something new was shown, so what is typed now was meant for what was there before.
    unsettled: bool,
    /// What has the keyboard's attention must be chosen anew.
    refocus: bool,
}

impl Attention {
    pub(super) fn new() -> Self {
        Self {
            now: 0.0,
            guard: Guard::new(),
            unsettled: true,
            refocus: true,
        }
    }

    /// Call at the start of every frame; `title` is what a screen reader calls the window.
    pub(super) fn settle(&mut self, ui: &Ui, title: String) {
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
        self.now = now;
        let window = egui::accesskit_root_id();
        ui.ctx()
            .accesskit_node_builder(window, |node| node.set_label(title));
    }

    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// Something new is shown, and what was typed was not meant for it.
    pub(super) fn start_over(&mut self) {
        self.unsettled = true;
        self.refocus = true;
    }

    /// What has the keyboard's attention is to be chosen anew.
    pub(super) fn refocus(&mut self) {
        self.refocus = true;
    }

    /// Gives the keyboard's attention to this, if it is to be chosen anew, or as long as keys do not
    /// count.
    pub(super) fn offer(&mut self, to: &Response) {
        if self.refocus || !self.keys_count() {
            to.request_focus();
            self.refocus = false;
        }
    }

    /// Gives the keyboard's attention to this.
    pub(super) fn give(&self, ui: &Ui, to: Id) {
        ui.memory_mut(|memory| memory.request_focus(to));
    }

    /// Whether keys are for this window.
    pub(super) fn keys_count(&self) -> bool {
        self.guard.keys_count(self.now)
    }

    /// Whether a click on what cannot be taken back is for this window.
    pub(super) fn clicks_count(&self) -> bool {
        self.guard.clicks_count(self.now)
    }

    /// How long until any of that changes, in seconds.
    pub(super) fn wait(&self) -> Option<f64> {
        self.guard.wait(self.now)
    }
}

/// egui keeps the events of a frame until the next; the end of the process is the real wipe.
pub(super) fn wipe_typed_text(ui: &Ui) {
    ui.input_mut(|input| {
        for event in input.events.iter_mut().chain(&mut input.raw.events) {
            if let Event::Text(text) | Event::Paste(text) = event {
                text.zeroize();
            }
        }
    });
}
