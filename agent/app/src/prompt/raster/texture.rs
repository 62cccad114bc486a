//! Pictures to draw with: the font atlas.

use egui::ImageData;

use super::{blend::pixel, canvas::whole};

/// A picture, row by row, of [`pixel`]s.
pub(super) struct Texture {
    width: usize,
    height: usize,
    texels: Vec<u32>,
}

impl Texture {
    /// The whole picture.
    pub(super) fn new(image: &ImageData) -> Self {
        let ImageData::Color(image) = image;
        let [width, height] = image.size;
        Self {
            width,
            height,
            texels: image.pixels.iter().copied().map(pixel).collect(),
        }
    }

    /// Replaces a part whose top left corner is at `[x, y]`.
    pub(super) fn replace(&mut self, [x, y]: [usize; 2], image: &ImageData) {
        let ImageData::Color(image) = image;
        let [width, _] = image.size;
        if width == 0 {
            return;
        }
        let rows = self.texels.chunks_exact_mut(self.width.max(1)).skip(y);
        for (row, new) in rows.zip(image.pixels.chunks_exact(width)) {
            for (texel, color) in row.iter_mut().skip(x).zip(new) {
                *texel = pixel(*color);
            }
        }
    }

    /// The texel at a place given in parts of the whole, 0 to 1; beyond, the nearest.
    pub(super) fn at(&self, u: f32, v: f32) -> u32 {
        let [x, y] = self.place(u, v);
        let nearest = |place: f32, size: usize| {
            usize::try_from(whole(place.floor()))
                .unwrap_or(0)
                .min(size.saturating_sub(1))
        };
        let index = nearest(y, self.height) * self.width + nearest(x, self.width);
        self.texels.get(index).copied().unwrap_or(0)
    }

    /// The texels of row `y` from `x` on; `None` outside.
    pub(super) fn row(&self, x: i32, y: i32) -> Option<&[u32]> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        self.texels.chunks_exact(self.width.max(1)).nth(y)?.get(x..)
    }

    /// A place given in parts of the whole, in texels.
    #[allow(clippy::cast_precision_loss)] // no texture has 2²⁴ columns
    pub(super) fn place(&self, u: f32, v: f32) -> [f32; 2] {
        [u * self.width as f32, v * self.height as f32]
    }
}
