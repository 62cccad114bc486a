//! The layout that all windows share: who asks or what it is about on top, what there is to know in
//! the middle, what there is to do at the bottom. Top and bottom are always there; the middle is
//! scrolled when the screen is too low for all of it.

use egui::{
    CornerRadius, Key, Rect, ScrollArea, Shape, Stroke, Ui, UiBuilder, pos2,
    scroll_area::ScrollBarVisibility, vec2,
};

use super::Look;
use crate::prompt::theme::{HEIGHT, HIGHEST, MARGIN};

/// Between the parts of the window.
pub(in crate::prompt) const GAP: f32 = 18.0;
/// A window lower than this saves room where it can, in points.
const LOW: f32 = 400.0;
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
    /// At the bottom.
    fn foot(&mut self, ui: &mut Ui, look: &Look);
    /// Whether keys are for this window.
    fn keys_count(&self) -> bool;
}

/// Where things are.
#[derive(Clone, Copy, Debug)]
pub(in crate::prompt) struct Frame {
    /// The height of the bottom part in the last frame.
    foot: f32,
    /// The height that shows everything.
    height: f32,
}

impl Default for Frame {
    fn default() -> Self {
        Self {
            foot: 0.0,
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

        let band = ui.painter().add(Shape::Noop);
        let mut head = ui.new_child(part(window.top() + margin - 4.0, window.bottom()));
        head.spacing_mut().item_spacing = vec2(8.0, 4.0);
        sections.head(&mut head, look);
        let edge = head.min_rect().bottom() + gap - 2.0;
        let ground = Rect::from_min_max(window.min, pos2(window.right(), edge));
        let fill = Shape::rect_filled(ground, CornerRadius::ZERO, look.colors.band);
        ui.painter().set(band, fill);
        let line = Stroke::new(1.0, look.colors.line);
        ui.painter().hline(window.x_range(), edge, line);

        let foot_top = window.bottom() - margin - self.foot;
        let least = window.top() + HEIGHT - MARGIN - self.foot - GAP;
        let room = least - (edge + gap);
        let middle = part(edge + gap, (foot_top - gap).max(edge + gap));
        let content = scrolled(ui, middle, room, look, sections);

        let mut foot = ui.new_child(part(foot_top, window.bottom()));
        foot.spacing_mut().item_spacing = vec2(8.0, 4.0);
        sections.foot(&mut foot, look);
        let height = foot.min_rect().height();
        if (height - self.foot).abs() > 0.5 {
            self.foot = height;
            ui.ctx()
                .request_discard("the bottom part has another height");
        }
        let all = edge - window.top() + GAP + content + GAP + height + MARGIN;
        self.height = all.ceil().clamp(HEIGHT, HIGHEST);
    }
}

/// Shows the middle part; the height of what is in it.
fn scrolled(
    ui: &mut Ui,
    place: UiBuilder,
    room: f32,
    look: &Look,
    sections: &mut impl Sections,
) -> f32 {
    let Some(area) = place.max_rect.map(|area| area.expand2(vec2(RING, RING))) else {
        return 0.0;
    };
    let mut middle = ui.new_child(UiBuilder::new().max_rect(area));
    let page = area.height() - OVERLAP;
    let turned = match sections.keys_count() {
        true => ui.input(|input| {
            let times = |key| f32::from(u8::try_from(input.num_presses(key)).unwrap_or(u8::MAX));
            (times(Key::PageUp) - times(Key::PageDown)) * page
        }),
        false => 0.0,
    };
    let shown = ScrollArea::vertical()
        .auto_shrink(false)
        .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded)
        .show(&mut middle, |ui| {
            let inner = ui.available_rect_before_wrap().shrink(RING);
            let mut column = ui.new_child(UiBuilder::new().max_rect(inner));
            column.spacing_mut().item_spacing = vec2(8.0, 4.0);
            if turned != 0.0 {
                column.scroll_with_delta(vec2(0.0, turned));
            }
            sections.body(&mut column, room, look);
            let height = column.min_rect().height();
            ui.allocate_space(vec2(inner.width(), height + 2.0 * RING));
            height
        });
    shown.inner
}
