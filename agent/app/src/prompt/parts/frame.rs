//! The layout that all windows share: who asks or what it is about on top, what there is to know in
//! the middle, what there is to do at the bottom. Top and bottom are always there; the middle is
//! scrolled when the screen is too low for all of it.

use egui::{
    CornerRadius, Key, Rect, ScrollArea, Shape, Stroke, Ui, UiBuilder, pos2,
    scroll_area::ScrollBarVisibility, vec2,
};

use super::Look;
use crate::prompt::theme::{BUTTON_HEIGHT, HEIGHT, HIGHEST, MARGIN};

/// Between the parts of the window.
pub(in crate::prompt) const GAP: f32 = 18.0;
/// A window lower than this saves room where it can, in points.
const LOW: f32 = 400.0;
/// The middle has at least this, or what is entered is scrolled with it, in points.
const LEAST: f32 = 110.0;
/// What draws over the edge of the middle: rings around what has the keyboard's attention.
const RING: f32 = 6.0;
/// What Page Up and Page Down leave of the page before, in points.
const OVERLAP: f32 = 40.0;

/// What stands in a window.
pub(in crate::prompt) trait Sections {
    /// On top.
    fn head(&mut self, ui: &mut Ui, look: &Look);
    /// In the middle; `room` is the height there is at least, in points.
    fn body(&mut self, ui: &mut Ui, room: f32, look: &Look);
    /// What there is to enter: at the bottom, or where the screen is very low at the end of the middle.
    fn entry(&mut self, ui: &mut Ui, look: &Look);
    /// The buttons, at the bottom; comes last.
    fn bar(&mut self, ui: &mut Ui, look: &Look);
    /// Whether keys are for this window.
    fn keys_count(&self) -> bool;
}

/// Where things are.
#[derive(Clone, Copy, Debug)]
pub(in crate::prompt) struct Frame {
    /// The heights of entry and bar in the last frame.
    entry: f32,
    bar: f32,
    /// The height that shows everything.
    height: f32,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            entry: 0.0,
            bar: BUTTON_HEIGHT,
            height: HEIGHT,
        }
    }
}

impl Frame {
    /// The height that shows everything, or as much as is pleasant, in points; known after a frame.
    pub(in crate::prompt) fn height(&self) -> f32 {
        self.height
    }

    /// Shows the sections.
    pub(in crate::prompt) fn show(
        &mut self,
        ui: &mut Ui,
        look: &Look,
        sections: &mut impl Sections,
    ) {
        let window = ui.max_rect();
        ui.painter()
            .rect_filled(window, 0.0, look.colors.background);
        let (margin, gap) = match window.height() < LOW {
            true => (MARGIN / 2.0, GAP / 2.0),
            false => (MARGIN, GAP),
        };
        let sides = (window.left() + margin, window.right() - margin);
        let part = |top: f32, bottom: f32| {
            let area = Rect::from_min_max(pos2(sides.0, top), pos2(sides.1, bottom));
            UiBuilder::new().max_rect(area)
        };
        let edge = head(
            ui,
            part(window.top() + margin - 4.0, window.bottom()),
            gap,
            look,
            sections,
        );

        let bar_top = window.bottom() - margin - self.bar;
        let entry_top = bar_top - self.entry;
        let pinned = entry_top - gap - (edge + gap) >= LEAST;
        let bottom = if pinned { entry_top } else { bar_top };
        let middle = Middle {
            place: part(edge + gap, (bottom - gap).max(edge + gap)),
            room: window.top() + HEIGHT - MARGIN - self.bar - self.entry - GAP - (edge + gap),
            with_entry: !pinned,
        };
        let (content, inside) = middle.show(ui, look, sections);
        let entry = inside.unwrap_or_else(|| {
            let mut entry = column(ui, part(entry_top, window.bottom()));
            sections.entry(&mut entry, look);
            height_of(&entry)
        });
        let mut bar = column(ui, part(bar_top, window.bottom()));
        sections.bar(&mut bar, look);
        self.take(ui, entry, height_of(&bar));
        let all = edge - window.top() + GAP + content + GAP + self.entry + self.bar + MARGIN;
        self.height = all.ceil().clamp(HEIGHT, HIGHEST);
    }

    /// Remembers where the bottom part begins, and lays everything out again if that is elsewhere.
    fn take(&mut self, ui: &Ui, entry: f32, bar: f32) {
        if (entry - self.entry).abs() + (bar - self.bar).abs() > 0.5 {
            (self.entry, self.bar) = (entry, bar);
            ui.ctx()
                .request_discard("the bottom part has another height");
        }
    }
}

/// Shows the top on a ground of its own; where it ends.
fn head(ui: &mut Ui, place: UiBuilder, gap: f32, look: &Look, sections: &mut impl Sections) -> f32 {
    let window = ui.max_rect();
    let band = ui.painter().add(Shape::Noop);
    let mut head = column(ui, place);
    sections.head(&mut head, look);
    let edge = head.min_rect().bottom() + gap - 2.0;
    let ground = Rect::from_min_max(window.min, pos2(window.right(), edge));
    let fill = Shape::rect_filled(ground, CornerRadius::ZERO, look.colors.band);
    ui.painter().set(band, fill);
    let line = Stroke::new(1.0, look.colors.line);
    ui.painter().hline(window.x_range(), edge, line);
    edge
}

fn column(ui: &mut Ui, place: UiBuilder) -> Ui {
    let mut column = ui.new_child(place);
    column.spacing_mut().item_spacing = vec2(8.0, 4.0);
    column
}

/// Nothing has no height.
fn height_of(column: &Ui) -> f32 {
    let height = column.min_rect().height();
    if height < 1.0 { 0.0 } else { height }
}

/// What is scrolled where the screen is too low.
struct Middle {
    place: UiBuilder,
    room: f32,
    with_entry: bool,
}

impl Middle {
    /// Shows it; its height, without and of the entry if that is in it.
    fn show(self, ui: &mut Ui, look: &Look, sections: &mut impl Sections) -> (f32, Option<f32>) {
        let Some(area) = self.place.max_rect.map(|area| area.expand(RING)) else {
            return (0.0, None);
        };
        let mut middle = ui.new_child(UiBuilder::new().max_rect(area));
        let turned = match sections.keys_count() {
            true => turned(ui, area.height() - OVERLAP),
            false => 0.0,
        };
        let shown = ScrollArea::vertical()
            .auto_shrink(false)
            .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded)
            .show(&mut middle, |ui| {
                let inner = ui.available_rect_before_wrap().shrink(RING);
                let mut column = column(ui, UiBuilder::new().max_rect(inner));
                if turned != 0.0 {
                    column.scroll_with_delta(vec2(0.0, turned));
                }
                sections.body(&mut column, self.room, look);
                let content = height_of(&column);
                let entry = self.with_entry.then(|| {
                    column.add_space(GAP);
                    let before = column.min_rect().height();
                    sections.entry(&mut column, look);
                    column.min_rect().height() - before
                });
                let height = column.min_rect().height();
                ui.allocate_space(vec2(inner.width(), height + 2.0 * RING));
                (content, entry)
            });
        shown.inner
    }
}

/// How far the keys scroll, in points.
fn turned(ui: &Ui, page: f32) -> f32 {
    ui.input(|input| {
        let times = |key| f32::from(u8::try_from(input.num_presses(key)).unwrap_or(u8::MAX));
        (times(Key::PageUp) - times(Key::PageDown)) * page
    })
}
