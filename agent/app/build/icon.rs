//! The program's icon for Windows: the seal that the tray shows, in the sizes that Windows asks for.
//!
//! Spec: Microsoft, "Icons" (ICONDIR, ICONDIRENTRY; BITMAPINFOHEADER).

#[path = "../src/seal.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "of the program's own module only the picture is used"
)]
mod seal;

/// Pixels of a side, at 100 % to 400 %.
const SIDES: [u16; 7] = [16, 20, 24, 32, 40, 48, 64];

pub(super) fn ico() -> Vec<u8> {
    let images: Vec<_> = SIDES.iter().map(|side| bitmap(*side)).collect();
    let count = u16::try_from(SIDES.len()).unwrap_or_default();
    let mut file = [0, 1, count].map(u16::to_le_bytes).concat();
    let mut offset = 6 + 16 * u32::from(count);
    for (side, image) in SIDES.iter().zip(&images) {
        let side = u8::try_from(*side).unwrap_or_default();
        let length = u32::try_from(image.len()).unwrap_or_default();
        // Width, height, colours, reserved; planes and bits.
        file.extend([side, side, 0, 0, 1, 0, 32, 0]);
        file.extend(length.to_le_bytes());
        file.extend(offset.to_le_bytes());
        offset += length;
    }
    file.extend(images.concat());
    file
}

/// The bottom row first, blue before red; behind it a mask that alpha makes needless, empty.
fn bitmap(side: u16) -> Vec<u8> {
    let picture = seal::picture(side, seal::Badge::None);
    // Size of the header; width; height of picture and mask; planes and bits; the rest is zero.
    let mut image = [40, u32::from(side), 2 * u32::from(side), 1 | 32 << 16]
        .map(u32::to_le_bytes)
        .concat();
    image.extend([0; 24]);
    for row in picture.chunks_exact(usize::from(side) * 4).rev() {
        for pixel in row.chunks_exact(4) {
            if let [red, green, blue, alpha] = pixel {
                image.extend([blue, green, red, alpha]);
            }
        }
    }
    let row_of_mask = usize::from(side).div_ceil(32) * 4;
    image.extend(vec![0; row_of_mask * usize::from(side)]);
    image
}
