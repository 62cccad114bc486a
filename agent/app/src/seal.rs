//! The program's sign: a seal with the character 印, drawn by few straight strokes so that it is
//! crisp at every size.

/// The seal's side.
pub(crate) const SIDE: f32 = 24.0;

/// A point, in units of which [`SIDE`] make the seal's side.
pub(crate) type Point = (f32, f32);

/// The strokes of 印, each with its corners clockwise. Those of the left half lean, and the right
/// half's hook stays open: upright and closed they would read as Latin letters.
pub(crate) const STROKES: [[Point; 4]; 8] = [
    [(4.0, 7.0), (9.0, 4.0), (11.0, 5.5), (6.0, 8.5)],
    upright(4.0, 7.0, 6.0, 18.0),
    upright(6.0, 11.0, 11.0, 13.0),
    [(4.0, 18.0), (11.0, 15.0), (11.0, 17.0), (5.0, 19.5)],
    upright(13.0, 5.0, 15.0, 20.0),
    upright(15.0, 5.0, 20.0, 7.0),
    upright(18.0, 7.0, 20.0, 14.0),
    [(16.0, 13.0), (18.0, 14.0), (20.0, 14.0), (18.5, 16.0)],
];

const fn upright(left: f32, top: f32, right: f32, bottom: f32) -> [Point; 4] {
    [(left, top), (right, top), (right, bottom), (left, bottom)]
}

/// The seal's own edge, `[left, top, right, bottom]`, and how round its corners are.
pub(crate) const EDGE: ([f32; 4], f32) = ([1.0, 1.0, 23.0, 23.0], 5.0);

/// A mark in the corner of the seal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Badge {
    /// None.
    None,
    /// A card with its chip.
    Card,
    /// Three dots.
    Dots,
    /// An exclamation mark.
    Alert,
}

/// The seal as a picture of `side` × `side` pixels: bytes of red, green, blue and alpha, not
/// premultiplied.
pub(crate) fn picture(side: u16, badge: Badge) -> Vec<u8> {
    let unit = SIDE / f32::from(side);
    let mut bytes = Vec::with_capacity(usize::from(side) * usize::from(side) * 4);
    for y in 0..side {
        for x in 0..side {
            bytes.extend(pixel(f32::from(x) * unit, f32::from(y) * unit, unit, badge));
        }
    }
    bytes
}

const RED: [f32; 3] = [196.0, 53.0, 43.0];
const WHITE: [f32; 3] = [255.0; 3];
const AMBER: [f32; 3] = [232.0, 140.0, 16.0];
const GREEN: [f32; 3] = [28.0, 122.0, 69.0];
const BLUE: [f32; 3] = [22.0, 93.0, 190.0];
/// Samples along one side of a pixel.
const SAMPLES: u8 = 4;

/// The average of samples in a pixel whose top left corner is at `x`, `y`.
fn pixel(x: f32, y: f32, unit: f32, badge: Badge) -> [u8; 4] {
    let place = |step: u8| (f32::from(step) + 0.5) / f32::from(SAMPLES) * unit;
    let mut sum = [0.0; 3];
    let mut covered = 0.0;
    for row in 0..SAMPLES {
        for column in 0..SAMPLES {
            if let Some(color) = color_at(x + place(column), y + place(row), badge) {
                covered += 1.0;
                for (total, part) in sum.iter_mut().zip(color) {
                    *total += part;
                }
            }
        }
    }
    let all = f32::from(SAMPLES) * f32::from(SAMPLES);
    let [r, g, b] = sum.map(|total| byte(total / f32::max(covered, 1.0)));
    [r, g, b, byte(covered * 255.0 / all)]
}

/// The colour at a place in units of [`SIDE`]; `None` where nothing is.
fn color_at(x: f32, y: f32, badge: Badge) -> Option<[f32; 3]> {
    if badge != Badge::None {
        let (dx, dy) = (x - 17.5, y - 17.5);
        let distance = dx.hypot(dy);
        if distance < 6.5 {
            return Some(badge_at(dx, dy, badge));
        }
        // A gap, so that the badge stands out from the seal on every panel.
        if distance < 8.0 {
            return None;
        }
    }
    if STROKES.iter().any(|stroke| is_within(stroke, (x, y))) {
        return Some(WHITE);
    }
    let ([left, top, right, bottom], round) = EDGE;
    // The distance from the rectangle that is left when the corners' radius is taken off.
    let beyond = |at: f32, low: f32, high: f32| (low + round - at).max(at - high + round).max(0.0);
    let inside = beyond(x, left, right).hypot(beyond(y, top, bottom)) < round;
    inside.then_some(RED)
}

/// Whether a point is right of every side, going clockwise.
fn is_within(stroke: &[Point; 4], (x, y): Point) -> bool {
    let [a, b, c, d] = *stroke;
    [(a, b), (b, c), (c, d), (d, a)]
        .into_iter()
        .all(|((x0, y0), (x1, y1))| (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0.0)
}

fn badge_at(dx: f32, dy: f32, badge: Badge) -> [f32; 3] {
    match badge {
        Badge::Dots => {
            let dot = [-3.5, 0.0, 3.5]
                .into_iter()
                .any(|at: f32| (dx - at).hypot(dy) < 1.25);
            if dot { WHITE } else { BLUE }
        }
        Badge::Card => {
            let card = dx.abs() < 4.0 && dy.abs() < 2.75;
            let chip = (-2.75..-0.75).contains(&dx) && dy.abs() < 1.0;
            if card && !chip { WHITE } else { GREEN }
        }
        _ => {
            let mark = dx.abs() < 1.0 && (-4.0..1.0).contains(&dy);
            let point = dx.abs() < 1.0 && (2.0..4.0).contains(&dy);
            if mark || point { WHITE } else { AMBER }
        }
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` holds it at 0 and 255
fn byte(value: f32) -> u8 {
    value.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(picture: &[u8], side: usize, x: usize, y: usize) -> [u8; 4] {
        picture[(y * side + x) * 4..][..4].try_into().unwrap()
    }

    #[test]
    fn strokes_are_crisp_at_the_sizes_of_panels() {
        for side in [24_u16, 48] {
            let picture = picture(side, Badge::None);
            let side = usize::from(side);
            let row: Vec<_> = (0..side).map(|x| at(&picture, side, x, side / 2)).collect();

            let soft = row
                .iter()
                .filter(|[_, green, ..]| !matches!(green, 53 | 255 | 0))
                .count();

            assert_eq!(soft, 0, "at {side}: {row:?}");
            assert!(row.contains(&[255; 4]) && row.contains(&[196, 53, 43, 255]));
        }
    }

    #[test]
    fn corners_are_clear_and_smooth() {
        let picture = picture(48, Badge::None);
        assert_eq!(at(&picture, 48, 0, 0)[3], 0);
        assert!((2..12).any(|x| (1..255).contains(&at(&picture, 48, x, 2)[3])));
    }

    #[test]
    fn each_badge_can_be_told_from_the_others() {
        let badges = [Badge::None, Badge::Card, Badge::Dots, Badge::Alert];
        let mut pictures = badges.map(|badge| picture(22, badge)).to_vec();
        pictures.sort();
        pictures.dedup();
        assert_eq!(pictures.len(), badges.len());
    }
}
