//! Upright rectangles of one colour: a glyph, or a plain area.

use egui::epaint::Vertex;

use super::{
    blend::{over, pixel, tint},
    canvas::{Area, Canvas, first_centre, whole},
    texture::Texture,
};

/// An upright rectangle of one colour.
pub(super) struct Quad {
    area: Area,
    color: u32,
    fill: Fill,
}

/// What the colour is multiplied with.
enum Fill {
    /// One texel, already multiplied in.
    Plain,
    /// Texels in a row for pixels in a row, the first of them this.
    Texels { x: i32, y: i32 },
}

impl Quad {
    /// Two triangles as such a rectangle, if they are one: corners in epaint's order (left top,
    /// right top, left bottom, right bottom), one colour, and texels as large as pixels.
    pub(super) fn of(
        indices: &[u32; 6],
        corner: impl Fn(&u32) -> Option<Vertex>,
        texture: &Texture,
    ) -> Option<Self> {
        let [a, b, c, again_c, again_b, d] = indices;
        if (b, c) != (again_b, again_c) {
            return None;
        }
        let (a, b, c, d) = (corner(a)?, corner(b)?, corner(c)?, corner(d)?);
        let upright = |a: egui::Pos2, b: egui::Pos2, c: egui::Pos2, d: egui::Pos2| {
            a.y == b.y && c.y == d.y && a.x == c.x && b.x == d.x
        };
        let one_color = [b.color, c.color, d.color]
            .iter()
            .all(|color| *color == a.color);
        if !one_color || !upright(a.pos, b.pos, c.pos, d.pos) || !upright(a.uv, b.uv, c.uv, d.uv) {
            return None;
        }
        if !(a.pos.x <= d.pos.x && a.pos.y <= d.pos.y) {
            return None;
        }
        let area = Area {
            left: first_centre(a.pos.x),
            top: first_centre(a.pos.y),
            right: first_centre(d.pos.x),
            bottom: first_centre(d.pos.y),
        };
        if a.uv == d.uv {
            let color = tint(pixel(a.color), texture.at(a.uv.x, a.uv.y));
            return Some(Self {
                area,
                color,
                fill: Fill::Plain,
            });
        }
        let [left, top] = texture.place(a.uv.x, a.uv.y);
        let [right, bottom] = texture.place(d.uv.x, d.uv.y);
        let size = d.pos - a.pos;
        let same = |texels: f32, pixels: f32| (texels - pixels).abs() < 0.01;
        if !same(right - left, size.x) || !same(bottom - top, size.y) {
            return None;
        }
        // From the first pixel's centre to its texel.
        let texel =
            |pixel: i32, edge: f32, texel: f32| whole((centre(pixel) - edge + texel).floor());
        let fill = Fill::Texels {
            x: texel(area.left, a.pos.x, left),
            y: texel(area.top, a.pos.y, top),
        };
        Some(Self {
            area,
            color: pixel(a.color),
            fill,
        })
    }

    /// Draws what of it lies in `clip`.
    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, texture: &Texture, clip: Area) {
        let seen = self.area.and(clip);
        for y in seen.top..seen.bottom {
            let span = canvas.span(y, seen.left, seen.right);
            match self.fill {
                Fill::Plain => fill(span, self.color),
                Fill::Texels { x: u, y: v } => {
                    let start = u + seen.left - self.area.left;
                    let texels = texture
                        .row(start, v + y - self.area.top)
                        .unwrap_or_default();
                    copy(span, texels, self.color);
                }
            }
        }
    }
}

/// Lays one colour over a span.
pub(super) fn fill(span: &mut [u32], color: u32) {
    match color >> 24 {
        255 => span.fill(color & 0x00ff_ffff),
        _ if color == 0 => {}
        _ => span
            .iter_mut()
            .for_each(|below| *below = over(*below, color)),
    }
}

/// Lays texels in one colour over a span.
fn copy(span: &mut [u32], texels: &[u32], color: u32) {
    for (below, texel) in span.iter_mut().zip(texels) {
        // Most of a glyph's rectangle is empty.
        if *texel != 0 {
            *below = over(*below, tint(color, *texel));
        }
    }
}

#[allow(clippy::cast_precision_loss)] // no screen has 2²⁴ columns
fn centre(pixel: i32) -> f32 {
    pixel as f32 + 0.5
}
