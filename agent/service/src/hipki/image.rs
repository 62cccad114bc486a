//! What there is, as an image that pages read in a canvas.
//!
//! Spec: docs/hicos.md, "p11Image.bmp".

use hyper::body::Bytes;
use serde_json::{Value, json};

use super::info::Info;

/// Pixels in its one row, each of three bytes of text.
const WIDTH: u32 = 2000;
/// Before the pixels.
const HEADER: usize = 54;
/// One page draws it on a canvas of 300 pixels, and reads no further.
const MOST_TEXT: usize = 900;

/// The image.
pub(super) fn of(info: &Info, version: &str) -> Bytes {
    with_text(&text(info, version))
}

/// The text, of as many readers as there is room for.
fn text(info: &Info, version: &str) -> String {
    let reader = |(name, number, has_card): (&str, Option<&str>, bool)| match (has_card, number) {
        (false, _) => json!({ "slotDescription": name }),
        (true, None) => json!({ "slotDescription": name, "token": {} }),
        (true, Some(number)) => {
            json!({ "slotDescription": name, "token": { "serialNumber": number } })
        }
    };
    let mut slots: Vec<Value> = info.readers().map(reader).collect();
    loop {
        let text = ascii(&json!({
            "func": "pkcs11info",
            "last_error": 0,
            "ret_code": 0,
            "serverVersion": version,
            "slots": slots,
        }));
        if text.len() <= MOST_TEXT || slots.pop().is_none() {
            return text;
        }
    }
}

/// JSON in ASCII: each byte becomes a character of its own in the page.
fn ascii(value: &Value) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing into a string does not fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// A Windows bitmap: one row, 24 bits a pixel, no compression. The text ends with a whole pixel;
/// readers stop at the first whose blue is 0.
fn with_text(text: &str) -> Bytes {
    let size = WIDTH as usize * 3;
    let mut image = Vec::with_capacity(HEADER + size);
    let number = |value: usize| u32::try_from(value).unwrap_or_default().to_le_bytes();
    image.extend_from_slice(b"BM");
    image.extend_from_slice(&number(HEADER + size));
    image.extend_from_slice(&[0; 4]);
    image.extend_from_slice(&number(HEADER));
    // BITMAPINFOHEADER.
    image.extend_from_slice(&number(40));
    image.extend_from_slice(&WIDTH.to_le_bytes());
    image.extend_from_slice(&number(1));
    image.extend_from_slice(&[1, 0, 24, 0]);
    image.extend_from_slice(&[0; 4]);
    image.extend_from_slice(&number(size));
    image.extend_from_slice(&[0; 16]);

    image.extend(text.bytes().take(size));
    while !(image.len() - HEADER).is_multiple_of(3) {
        image.push(b' ');
    }
    image.resize(HEADER + size, 0);
    image.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As pages do it with a canvas: blue, green, red of each pixel until a blue of 0.
    fn read(image: &[u8]) -> String {
        let pixels = image[HEADER..].chunks_exact(3);
        let text: Vec<u8> = pixels
            .take_while(|pixel| pixel[0] != 0)
            .flatten()
            .copied()
            .collect();
        text.into_iter().map(char::from).collect()
    }

    #[test]
    fn the_header_is_the_components() {
        let image = with_text("{}");
        assert_eq!(image.len(), 6054);
        let word = |at: usize| u32::from_le_bytes(image[at..at + 4].try_into().unwrap());
        assert_eq!(&image[..2], b"BM");
        assert_eq!(
            [2, 10, 14, 18, 22, 30, 34].map(word),
            [6054, 54, 40, 2000, 1, 0, 6000]
        );
        assert_eq!(image[26..30], [1, 0, 24, 0]);
    }

    #[test]
    fn both_ways_of_reading_give_json() {
        for length in 0..7 {
            let value = json!({ "func": "pkcs11info", "name": "讀".repeat(length) });
            let image = with_text(&ascii(&value));
            let by_canvas: Value = serde_json::from_str(&read(&image)).unwrap();
            let end = image[HEADER..].iter().position(|byte| *byte == 0).unwrap();
            let by_bytes: Value = serde_json::from_slice(&image[HEADER..HEADER + end]).unwrap();
            assert_eq!(by_canvas, value);
            assert_eq!(by_bytes, value);
        }
    }

    #[test]
    fn readers_that_do_not_fit_are_left_out() {
        let reader = |number| chop_token::Reader {
            name: format!("讀卡機 {number}"),
            card: None,
        };
        let inventory = chop_token::Inventory {
            readers: chop_token::Readers::Present((0..50).map(reader).collect()),
            ..Default::default()
        };
        let info = Info::of(&inventory, false, "1.3.4.5");
        let text = text(&info, "1.3.4.5");
        assert!(text.len() <= MOST_TEXT);
        let value: Value = serde_json::from_str(&text).unwrap();
        let slots = value["slots"].as_array().unwrap();
        assert!((5..50).contains(&slots.len()));
        assert_eq!(slots[0]["slotDescription"], "讀卡機 0");
    }
}
