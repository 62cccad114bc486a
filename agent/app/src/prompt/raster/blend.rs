//! Arithmetic on pixels of four bytes, `0xAARRGGBB` with premultiplied alpha, two channels at once.

use egui::Color32;

/// The even channels (red and blue, or after a shift alpha and green), each with 8 bits of room.
const LANES: u32 = 0x00ff_00ff;

/// egui's colour as a pixel.
pub(super) fn pixel(color: Color32) -> u32 {
    let [r, g, b, a] = color.to_array();
    u32::from_be_bytes([a, r, g, b])
}

/// Lays a pixel over an opaque one. The result's top byte is 0, as `softbuffer` wants it.
pub(super) fn over(below: u32, above: u32) -> u32 {
    let keep = 255 - (above >> 24);
    let red_blue = add((above & LANES) + scale(below & LANES, keep));
    let green = add(((above >> 8) & 0xff) + scale((below >> 8) & 0xff, keep));
    red_blue | (green << 8)
}

/// Multiplies a colour with a texel, channel by channel.
pub(super) fn tint(color: u32, texel: u32) -> u32 {
    if texel == u32::MAX {
        return color;
    }
    let channel = |shift: u32| {
        let product = ((color >> shift) & 0xff) * ((texel >> shift) & 0xff) + 128;
        (((product + (product >> 8)) >> 8) & 0xff) << shift
    };
    channel(24) | channel(16) | channel(8) | channel(0)
}

/// Each lane times `by` / 255, rounded to the nearest.
fn scale(lanes: u32, by: u32) -> u32 {
    let product = lanes * by + 0x0080_0080;
    ((product + ((product >> 8) & LANES)) >> 8) & LANES
}

/// Holds each lane at 255: egui's additive colours have channels greater than their alpha.
fn add(sum: u32) -> u32 {
    let overflow = sum & 0x0100_0100;
    (sum | (overflow - (overflow >> 8))) & LANES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_channel_is_blended_as_with_real_numbers() {
        for alpha in 0..=255_u32 {
            for below in [0, 1, 77, 128, 254, 255_u32] {
                let gray = |value: u32| value << 16 | value << 8 | value;

                let blended = over(gray(below), alpha << 24 | gray(alpha / 3));

                let exact = f64::from(alpha / 3) + f64::from(below * (255 - alpha)) / 255.0;
                let channel = f64::from(blended & 0xff);
                assert!((channel - exact).abs() <= 0.5, "{alpha} over {below}");
                assert_eq!(blended, gray(blended & 0xff));
            }
        }
    }

    #[test]
    fn light_that_is_added_stops_at_white() {
        assert_eq!(over(0x00f0_1020, 0x0020_2020), 0x00ff_3040);
    }

    #[test]
    fn a_texel_scales_every_channel_of_the_colour() {
        assert_eq!(tint(0x8040_20ff, 0xffff_ffff), 0x8040_20ff);
        assert_eq!(tint(0xff80_40ff, 0x8080_8080), 0x8040_2080);
        assert_eq!(tint(0xff80_40ff, 0), 0);
    }
}
