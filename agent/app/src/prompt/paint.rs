//! Small pictures: the seal, a chip, signs for what is going on. Drawn, because no font has them all.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::theme::Palette;
use crate::seal;

/// The seal, as large as `rect`.
pub(super) fn seal(painter: &Painter, rect: Rect, ground: Color32, strokes: Color32) {
    let unit = rect.width() / seal::SIDE;
    let at = |(x, y): seal::Point| rect.min + vec2(x, y) * unit;
    let ([left, top, right, bottom], round) = seal::EDGE;
    let edge = Rect::from_min_max(at((left, top)), at((right, bottom)));
    painter.rect_filled(edge, round * unit, ground);
    for stroke in seal::STROKES {
        let corners = stroke.map(at).to_vec();
        painter.add(Shape::convex_polygon(corners, strokes, Stroke::NONE));
    }
}

/// The contacts of a smart card.
pub(super) fn chip(painter: &Painter, rect: Rect) {
    let (gold, groove) = (
        Color32::from_rgb(0xe5, 0xc8, 0x7e),
        Color32::from_rgb(0x9a, 0x7b, 0x35),
    );
    painter.rect_filled(rect, 5.0, gold);
    let stroke = Stroke::new(1.0, groove);
    let middle = Rect::from_center_size(rect.center(), rect.size() * vec2(0.36, 0.44));
    painter.rect_stroke(middle, 3.0, stroke, StrokeKind::Middle);
    for y in [middle.top(), middle.bottom()] {
        painter.hline(rect.left()..=middle.left(), y, stroke);
        painter.hline(middle.right()..=rect.right(), y, stroke);
    }
    for range in [rect.top()..=middle.top(), middle.bottom()..=rect.bottom()] {
        painter.vline(rect.center().x, range, stroke);
    }
}

/// Three dots that take turns: something is going on. Changes three times a second.
pub(super) fn busy(painter: &Painter, centre: Pos2, now: f64, colors: &Palette) {
    let turn = (now * 3.0).floor().rem_euclid(3.0);
    for (place, x) in [(0.0, -20.0), (1.0, 0.0), (2.0, 20.0)] {
        let lit = place == turn;
        let color = if lit { colors.accent } else { colors.line };
        painter.circle_filled(centre + vec2(x, 0.0), if lit { 7.0 } else { 5.5 }, color);
    }
}

/// How long [`busy`] looks the same, in seconds.
pub(super) const BUSY_STEP: f64 = 1.0 / 3.0;

/// A tick in a circle.
pub(super) fn tick(painter: &Painter, centre: Pos2, radius: f32, colors: &Palette) {
    painter.circle_filled(centre, radius, colors.good);
    let at = |x: f32, y: f32| centre + vec2(x, y) * radius;
    let points = vec![at(-0.42, 0.03), at(-0.1, 0.35), at(0.44, -0.3)];
    painter.add(Shape::line(
        points,
        Stroke::new(radius * 0.17, colors.background),
    ));
}

/// An exclamation mark in a circle.
pub(super) fn alert(painter: &Painter, centre: Pos2, radius: f32, color: Color32, ground: Color32) {
    painter.circle_filled(centre, radius, color);
    let bar = Rect::from_center_size(
        centre - vec2(0.0, radius * 0.2),
        vec2(radius * 0.24, radius * 0.72),
    );
    painter.rect_filled(bar, radius * 0.12, ground);
    painter.circle_filled(centre + vec2(0.0, radius * 0.45), radius * 0.15, ground);
}

/// A card going into a reader; without a card where the reader itself is missing.
pub(super) fn reader(painter: &Painter, centre: Pos2, with_card: bool, colors: &Palette) {
    let body = Rect::from_center_size(centre + vec2(0.0, 20.0), vec2(84.0, 28.0));
    if with_card {
        let card = Rect::from_center_size(centre - vec2(0.0, 10.0), vec2(52.0, 44.0));
        painter.rect_filled(card, 6.0, colors.card);
        let contacts = Rect::from_center_size(card.center() + vec2(0.0, 1.0), vec2(17.0, 13.0));
        chip(painter, contacts);
    } else {
        dashed(
            painter,
            Rect::from_center_size(centre - vec2(0.0, 10.0), vec2(52.0, 40.0)),
            colors,
        );
    }
    painter.rect_filled(body, 7.0, colors.dim);
    let slot = Rect::from_center_size(pos2(centre.x, body.top() + 7.0), vec2(62.0, 3.0));
    painter.rect_filled(slot, 1.5, colors.background);
}

/// A reader with keys of its own.
pub(super) fn keypad(painter: &Painter, centre: Pos2, colors: &Palette) {
    let body = Rect::from_center_size(centre, vec2(56.0, 74.0));
    painter.rect_filled(body, 8.0, colors.dim);
    let screen = Rect::from_min_size(body.min + vec2(8.0, 8.0), vec2(40.0, 14.0));
    painter.rect_filled(screen, 3.0, colors.background);
    for (row, y) in [(0_u8, 32.0), (1, 44.0), (2, 56.0)] {
        for (column, x) in [(0_u8, 12.0), (1, 28.0), (2, 44.0)] {
            let color = match (row, column) {
                (2, 2) => colors.accent,
                _ => colors.background,
            };
            let key = Rect::from_center_size(body.min + vec2(x, y), vec2(10.0, 8.0));
            painter.rect_filled(key, 2.0, color);
        }
    }
}

fn dashed(painter: &Painter, rect: Rect, colors: &Palette) {
    let corners = [
        rect.left_bottom(),
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
    ];
    painter.extend(Shape::dashed_line(
        &corners,
        Stroke::new(2.0, colors.line),
        5.0,
        4.0,
    ));
}

/// A ring around what has the keyboard's attention.
pub(super) fn focus_ring(painter: &Painter, rect: Rect, round: f32, colors: &Palette) {
    let stroke = Stroke::new(2.0, colors.accent);
    painter.rect_stroke(
        rect.expand2(Vec2::splat(3.0)),
        round + 3.0,
        stroke,
        StrokeKind::Middle,
    );
}
