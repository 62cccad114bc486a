//! Any triangle, with a colour at each corner.
//!
//! Corners are rounded to 1/256 pixel and everything that decides whether a pixel is inside is done
//! in whole numbers, so that two triangles with a common edge never both paint a pixel on it, and
//! never leave one out (the rule that top and left edges are inside, and the others are not).

use egui::epaint::Vertex;

use super::{
    blend::{over, pixel, tint},
    canvas::{Area, Canvas},
    quad::fill,
    texture::Texture,
};

/// Parts of a pixel.
const PARTS: i64 = 256;
/// No corner lies farther out, in pixels: products of two lengths must fit.
const FARTHEST: f32 = 1_000_000.0;

/// A triangle whose corners go clockwise on the screen.
pub(super) struct Triangle {
    corners: [Vertex; 3],
    edges: [Edge; 3],
    /// The first row that may be touched, and the first after it that may not.
    rows: (i64, i64),
}

/// One side: inside is where `a·x + b·y + c` is not negative, at the pixel `x`, `y`.
struct Edge {
    a: i64,
    b: i64,
    c: i64,
}

impl Triangle {
    /// `None` for one without an area, or with a corner that is nowhere near a screen.
    pub(super) fn of([first, second, third]: [Vertex; 3]) -> Option<Self> {
        let [p, q, r] = [fixed(first)?, fixed(second)?, fixed(third)?];
        let doubled_area = (q.0 - p.0) * (r.1 - p.1) - (q.1 - p.1) * (r.0 - p.0);
        let (corners, [p, q, r]) = match doubled_area {
            0 => return None,
            1.. => ([first, second, third], [p, q, r]),
            _ => ([first, third, second], [p, r, q]),
        };
        let (top, bottom) = (p.1.min(q.1).min(r.1), p.1.max(q.1).max(r.1));
        let rows = (top.div_euclid(PARTS), bottom.div_euclid(PARTS) + 1);
        Some(Self {
            corners,
            edges: [Edge::of(p, q), Edge::of(q, r), Edge::of(r, p)],
            rows,
        })
    }

    /// Draws what of it lies in `clip`.
    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, texture: &Texture, clip: Area) {
        let shade = Shade::of(&self.corners, texture);
        let (top, bottom) = (i64::from(clip.top), i64::from(clip.bottom));
        for y in self.rows.0.max(top)..self.rows.1.min(bottom) {
            let bounds = (i64::from(clip.left), i64::from(clip.right));
            let (left, right) = self
                .edges
                .iter()
                .fold(bounds, |span, edge| edge.narrow(span, y));
            // Within the clip, so they fit.
            let (Ok(y), Ok(left), Ok(right)) =
                (i32::try_from(y), i32::try_from(left), i32::try_from(right))
            else {
                continue;
            };
            shade.paint(canvas.span(y, left, right), left, y);
        }
    }
}

impl Edge {
    fn of(from: (i64, i64), to: (i64, i64)) -> Self {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let half = PARTS / 2;
        let inside = dy < 0 || (dy == 0 && dx > 0);
        let at_origin = dx * (half - from.1) - dy * (half - from.0);
        Self {
            a: -dy * PARTS,
            b: dx * PARTS,
            c: at_origin - i64::from(!inside),
        }
    }

    /// The part of a span of row `y` that is inside.
    fn narrow(&self, (left, right): (i64, i64), y: i64) -> (i64, i64) {
        let start = self.b * y + self.c;
        match self.a {
            0 if start < 0 => (left, left),
            0 => (left, right),
            // The first x with a·x ≥ −start.
            a @ 1.. => (left.max(-start.div_euclid(a)), right),
            // The last x with −a·x ≤ start.
            a => (left, right.min(start.div_euclid(-a) + 1)),
        }
    }
}

/// The colours between the corners.
enum Shade<'a> {
    /// The same everywhere.
    Plain(u32),
    /// A colour that changes, times one texel.
    Gradient { channels: [Plane; 4], texel: u32 },
    /// With texels of its own for every pixel.
    Textured {
        channels: [Plane; 4],
        place: [Plane; 2],
        texture: &'a Texture,
    },
}

impl<'a> Shade<'a> {
    fn of(corners: &[Vertex; 3], texture: &'a Texture) -> Self {
        let [a, b, c] = corners;
        let plane = |value: &dyn Fn(&Vertex) -> f32| Plane::of(corners, value);
        let channel = |shift: u32| {
            plane(&|vertex| f32::from((pixel(vertex.color) >> shift).to_le_bytes()[0]))
        };
        let channels = [channel(24), channel(16), channel(8), channel(0)];
        if a.uv != b.uv || a.uv != c.uv {
            let place = [plane(&|vertex| vertex.uv.x), plane(&|vertex| vertex.uv.y)];
            return Self::Textured {
                channels,
                place,
                texture,
            };
        }
        let texel = texture.at(a.uv.x, a.uv.y);
        if a.color == b.color && a.color == c.color {
            return Self::Plain(tint(pixel(a.color), texel));
        }
        Self::Gradient { channels, texel }
    }

    fn paint(&self, span: &mut [u32], left: i32, y: i32) {
        match self {
            Self::Plain(color) => fill(span, *color),
            Self::Gradient { channels, texel } => {
                for (x, below) in (left..).zip(span) {
                    *below = over(*below, tint(mix(channels, x, y), *texel));
                }
            }
            Self::Textured {
                channels,
                place: [u, v],
                texture,
            } => {
                for (x, below) in (left..).zip(span) {
                    let texel = texture.at(u.at(x, y), v.at(x, y));
                    *below = over(*below, tint(mix(channels, x, y), texel));
                }
            }
        }
    }
}

/// A value that changes evenly over the screen.
struct Plane {
    dx: f32,
    dy: f32,
    origin: f32,
}

impl Plane {
    fn of([a, b, c]: &[Vertex; 3], value: &dyn Fn(&Vertex) -> f32) -> Self {
        let (p, q) = (b.pos - a.pos, c.pos - a.pos);
        let (vp, vq) = (value(b) - value(a), value(c) - value(a));
        let area = p.x * q.y - p.y * q.x;
        if area == 0.0 {
            return Self {
                dx: 0.0,
                dy: 0.0,
                origin: value(a),
            };
        }
        let (dx, dy) = ((vp * q.y - vq * p.y) / area, (vq * p.x - vp * q.x) / area);
        Self {
            dx,
            dy,
            origin: value(a) - dx * (a.pos.x - 0.5) - dy * (a.pos.y - 0.5),
        }
    }

    /// The value in the middle of a pixel.
    #[allow(clippy::cast_precision_loss)] // no screen has 2²⁴ columns
    fn at(&self, x: i32, y: i32) -> f32 {
        self.origin + self.dx * x as f32 + self.dy * y as f32
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` holds it at 0 and 255
fn mix(channels: &[Plane; 4], x: i32, y: i32) -> u32 {
    u32::from_be_bytes(
        channels
            .each_ref()
            .map(|plane| (plane.at(x, y) + 0.5) as u8),
    )
}

#[allow(clippy::cast_possible_truncation)] // its size is checked
fn fixed(vertex: Vertex) -> Option<(i64, i64)> {
    let part = |length: f32| {
        // False for NaN as well.
        (length.abs() <= FARTHEST).then(|| (length * 256.0).round() as i64)
    };
    Some((part(vertex.pos.x)?, part(vertex.pos.y)?))
}
