//! Colours and sizes.

use egui::{Color32, Context, Stroke, Theme, style::ScrollStyle};

/// The window's width, in points.
pub(super) const WIDTH: f32 = 468.0;
/// The least height, in points, so that the window keeps its size between most views.
pub(super) const HEIGHT: f32 = 460.0;
/// The greatest height, in points: what does not fit is scrolled.
pub(super) const HIGHEST: f32 = 780.0;
/// Between the window's edge and what is in it.
pub(super) const MARGIN: f32 = 28.0;
/// Of buttons.
pub(super) const BUTTON_HEIGHT: f32 = 42.0;
/// Of the corners of buttons and fields.
pub(super) const ROUNDING: f32 = 9.0;

/// Sizes of text, in points.
pub(super) mod size {
    /// What the window says in large.
    pub(crate) const TITLE: f32 = 19.0;
    /// The holder on the card.
    pub(crate) const HOLDER: f32 = 21.0;
    /// Most of what the window says.
    pub(crate) const BODY: f32 = 15.0;
    /// What matters less.
    pub(crate) const SMALL: f32 = 13.0;
}

/// The colours of one theme.
#[derive(Clone, Copy, Debug)]
pub(super) struct Palette {
    pub(super) background: Color32,
    pub(super) band: Color32,
    pub(super) field: Color32,
    pub(super) text: Color32,
    pub(super) dim: Color32,
    pub(super) line: Color32,
    pub(super) accent: Color32,
    pub(super) accent_hover: Color32,
    pub(super) accent_soft: Color32,
    pub(super) on_accent: Color32,
    pub(super) card: Color32,
    pub(super) on_card: Color32,
    pub(super) on_card_dim: Color32,
    pub(super) danger: Color32,
    pub(super) danger_soft: Color32,
    pub(super) good: Color32,
    pub(super) seal: Color32,
}

/// Gives egui's own parts (scroll bars, tool tips) the window's colours.
pub(super) fn dress(context: &Context) {
    for (theme, colors) in [(Theme::Light, LIGHT), (Theme::Dark, DARK)] {
        context.style_mut_of(theme, |style| {
            style.spacing.scroll = ScrollStyle::thin();
            style.interaction.tooltip_delay = 0.3;
            let visuals = &mut style.visuals;
            visuals.extreme_bg_color = colors.background;
            visuals.window_fill = colors.field;
            visuals.window_stroke = Stroke::new(1.0, colors.line);
            visuals.override_text_color = Some(colors.text);
            visuals.widgets.inactive.bg_fill = colors.line;
            visuals.widgets.hovered.bg_fill = colors.dim;
            visuals.widgets.active.bg_fill = colors.accent;
        });
    }
}

impl Palette {
    /// The colours for a light or a dark window.
    pub(super) fn of(dark: bool) -> Self {
        if dark { DARK } else { LIGHT }
    }
}

const LIGHT: Palette = Palette {
    background: Color32::from_rgb(0xf7, 0xf7, 0xf5),
    band: Color32::WHITE,
    field: Color32::WHITE,
    text: Color32::from_rgb(0x17, 0x1c, 0x20),
    dim: Color32::from_rgb(0x5c, 0x66, 0x6e),
    line: Color32::from_rgb(0xcf, 0xd5, 0xd9),
    accent: Color32::from_rgb(0x0e, 0x5f, 0x6c),
    accent_hover: Color32::from_rgb(0x0a, 0x4d, 0x58),
    accent_soft: Color32::from_rgb(0xe6, 0xf1, 0xf2),
    on_accent: Color32::WHITE,
    card: Color32::from_rgb(0x12, 0x4e, 0x59),
    on_card: Color32::WHITE,
    on_card_dim: Color32::from_rgb(0xbd, 0xd9, 0xdd),
    danger: Color32::from_rgb(0xb3, 0x26, 0x1e),
    danger_soft: Color32::from_rgb(0xfc, 0xeb, 0xe9),
    good: Color32::from_rgb(0x1c, 0x7a, 0x45),
    seal: Color32::from_rgb(0xc4, 0x35, 0x2b),
};

const DARK: Palette = Palette {
    background: Color32::from_rgb(0x1d, 0x20, 0x23),
    band: Color32::from_rgb(0x25, 0x29, 0x2d),
    field: Color32::from_rgb(0x13, 0x15, 0x17),
    text: Color32::from_rgb(0xee, 0xf1, 0xf3),
    dim: Color32::from_rgb(0xa2, 0xac, 0xb4),
    line: Color32::from_rgb(0x43, 0x4b, 0x52),
    accent: Color32::from_rgb(0x63, 0xc3, 0xd1),
    accent_hover: Color32::from_rgb(0x83, 0xd3, 0xde),
    accent_soft: Color32::from_rgb(0x1f, 0x36, 0x3b),
    on_accent: Color32::from_rgb(0x05, 0x24, 0x29),
    card: Color32::from_rgb(0x17, 0x54, 0x60),
    on_card: Color32::WHITE,
    on_card_dim: Color32::from_rgb(0xb9, 0xd6, 0xda),
    danger: Color32::from_rgb(0xff, 0x8f, 0x85),
    danger_soft: Color32::from_rgb(0x40, 0x23, 0x21),
    good: Color32::from_rgb(0x6f, 0xd1, 0x98),
    seal: Color32::from_rgb(0xd8, 0x4a, 0x3f),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Spec: WCAG 2.2, "contrast ratio" and "relative luminance".
    fn contrast(one: Color32, other: Color32) -> f64 {
        let luminance = |color: Color32| {
            let linear = |byte: u8| {
                let part = f64::from(byte) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_ground() {
        for colors in [LIGHT, DARK] {
            for (text, ground) in [
                (colors.text, colors.background),
                (colors.dim, colors.background),
                (colors.text, colors.band),
                (colors.dim, colors.band),
                (colors.accent, colors.band),
                (colors.accent, colors.field),
                (colors.dim, colors.field),
                (colors.dim, colors.accent_soft),
                (colors.text, colors.accent_soft),
                (colors.accent, colors.background),
                (colors.on_accent, colors.accent),
                (colors.on_accent, colors.accent_hover),
                (colors.on_card, colors.card),
                (colors.on_card_dim, colors.card),
                (colors.danger, colors.background),
                (colors.danger, colors.danger_soft),
                (colors.text, colors.danger_soft),
                (colors.good, colors.background),
            ] {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
            }
        }
    }
}
