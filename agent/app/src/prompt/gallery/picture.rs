//! Pictures: put together, kept as small PNG files, compared.

use std::collections::HashMap;

/// Behind the windows of a sheet.
const GROUND: u32 = 0x00a8_adb1;
/// A channel may differ by so much: what [`Picture::encode`] gives up, and what another processor's
/// arithmetic makes of the edges of letters.
const TOLERANCE: u32 = 40;
/// What [`Picture::encode`] gives up to be small, as [`far`] counts it: 12 in each channel.
const NEAR: u32 = 3 * 12 * 12;
/// So many colours, the most frequent, are kept exactly: grounds and plain letters.
const EXACT: usize = 24;
/// So many pixels of a sheet may differ by more. A changed letter changes more of them.
const STRAY: usize = 24;

/// Rows of `0x00RRGGBB`.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) pixels: Vec<u32>,
}

impl Picture {
    pub(super) fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            pixels: vec![GROUND; width * height],
        }
    }

    fn height(&self) -> usize {
        self.pixels.len() / self.width
    }

    /// Pictures in rows and columns.
    pub(super) fn sheet(rows: &[Vec<Self>], between: usize) -> Self {
        let widest = rows.iter().flatten().map(|it| it.width).max().unwrap();
        let highest = |row: &[Self]| row.iter().map(Self::height).max().unwrap();
        let heights: Vec<_> = rows.iter().map(|row| highest(row) + between).collect();
        let columns = rows.iter().map(Vec::len).max().unwrap();
        let width = columns * (widest + between) + between;
        let mut sheet = Self::new(width, heights.iter().sum::<usize>() + between);
        let mut top = between;
        for (row, height) in rows.iter().zip(heights) {
            for (column, picture) in row.iter().enumerate() {
                sheet.put(picture, between + column * (widest + between), top);
            }
            top += height;
        }
        sheet
    }

    fn put(&mut self, other: &Self, left: usize, top: usize) {
        for (number, row) in other.pixels.chunks(other.width).enumerate() {
            let start = (top + number) * self.width + left;
            self.pixels[start..start + row.len()].copy_from_slice(row);
        }
    }

    /// A PNG with a palette.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for pixel in &self.pixels {
            *counts.entry(*pixel).or_default() += 1;
        }
        let mut colors: Vec<_> = counts.keys().copied().collect();
        colors.sort_unstable_by_key(|color| (std::cmp::Reverse(counts[color]), *color));
        let (palette, nearest) = palette(&colors);
        let places: HashMap<_, _> = colors.into_iter().zip(nearest).collect();
        let bytes: Vec<_> = self.pixels.iter().map(|pixel| places[pixel]).collect();

        let mut file = Vec::new();
        let size = [self.width, self.height()].map(|it| u32::try_from(it).unwrap());
        let mut encoder = png::Encoder::new(&mut file, size[0], size[1]);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        let palette = palette.iter().flat_map(|color| channels(*color));
        let palette: Vec<_> = palette.map(|it| u8::try_from(it).unwrap()).collect();
        encoder.set_palette(palette);
        encoder.set_compression(png::Compression::High);
        encoder.set_filter(png::Filter::NoFilter);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&bytes).unwrap();
        writer.finish().unwrap();
        file
    }

    pub(super) fn decode(file: &[u8]) -> Option<Self> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().ok()?;
        let mut bytes = vec![0; reader.output_buffer_size()?];
        let frame = reader.next_frame(&mut bytes).ok()?;
        let pixels = bytes.chunks_exact(3).map(|rgb| {
            rgb.iter()
                .fold(0, |color, channel| color << 8 | u32::from(*channel))
        });
        Some(Self {
            width: usize::try_from(frame.width).ok()?,
            pixels: pixels.collect(),
        })
    }

    /// In what they differ, if it can be seen.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let size = |it: &Self| (it.width, it.height());
        if size(self) != size(other) {
            return Some(format!(
                "it was {:?} pixels, now {:?}",
                size(self),
                size(other)
            ));
        }
        let differs = |(one, other): &(&u32, &u32)| {
            let pairs = channels(**one).into_iter().zip(channels(**other));
            pairs.into_iter().any(|(a, b)| a.abs_diff(b) > TOLERANCE)
        };
        let count = self
            .pixels
            .iter()
            .zip(&other.pixels)
            .filter(differs)
            .count();
        (count > STRAY).then(|| format!("{count} pixels differ"))
    }
}

/// Some of these colours, and for each the place of the nearest: the first are kept as they are, then
/// whichever is farthest from all that are there is taken next, until all are near or the palette is
/// full.
fn palette(colors: &[u32]) -> (Vec<u32>, Vec<u8>) {
    let mut palette = Vec::new();
    let mut nearest = vec![(u32::MAX, 0); colors.len()];
    while palette.len() < 256 {
        let farthest = (0..colors.len()).max_by_key(|at| nearest[*at].0).unwrap();
        let next = match palette.len() < EXACT.min(colors.len()) {
            true => palette.len(),
            false if nearest[farthest].0 <= NEAR => break,
            false => farthest,
        };
        let (color, place) = (colors[next], u8::try_from(palette.len()).unwrap());
        for (nearest, other) in nearest.iter_mut().zip(colors) {
            *nearest = (*nearest).min((far(color, *other), place));
        }
        palette.push(color);
    }
    (
        palette,
        nearest.into_iter().map(|(_, place)| place).collect(),
    )
}

/// How unlike two colours are.
fn far(one: u32, other: u32) -> u32 {
    let pairs = channels(one).into_iter().zip(channels(other));
    pairs.map(|(a, b)| a.abs_diff(b).pow(2)).sum()
}

fn channels(pixel: u32) -> [u32; 3] {
    [pixel >> 16 & 0xff, pixel >> 8 & 0xff, pixel & 0xff]
}

#[test]
fn a_picture_comes_out_of_its_file_as_it_went_in_but_for_rounding() {
    let mut picture = Picture::new(100, 60);
    picture
        .pixels
        .iter_mut()
        .enumerate()
        .for_each(|(at, pixel)| {
            *pixel = u32::try_from(at % 200).unwrap() << 16;
        });

    let again = Picture::decode(&picture.encode()).unwrap();

    assert_eq!(picture.difference(&again), None);
    picture.pixels[..100].fill(0x00ff_ffff);
    assert!(picture.difference(&again).is_some());
}
