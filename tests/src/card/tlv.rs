//! Tag, length, value, as far as PIV needs it.
//!
//! Spec: ISO/IEC 8825-1 §8.1 (BER).

/// `value` under a tag of one or two bytes; at most 65535 bytes.
pub(super) fn write(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match tag.to_be_bytes() {
        [0, low] => out.push(low),
        both => out.extend(both),
    }
    let [high, low] = u16::try_from(value.len())
        .expect("objects of a card are small")
        .to_be_bytes();
    match (high, low) {
        (0, 0..=0x7f) => out.push(low),
        (0, _) => out.extend([0x81, low]),
        _ => out.extend([0x82, high, low]),
    }
    out.extend_from_slice(value);
    out
}

/// Takes the first object off `data`: its tag (one byte), its value, and what follows.
pub(super) fn split(data: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (length, tag, rest) = match *data {
        [tag, length @ 0..=0x7f, ref rest @ ..] => (usize::from(length), tag, rest),
        [tag, 0x81, length, ref rest @ ..] => (usize::from(length), tag, rest),
        [tag, 0x82, high, low, ref rest @ ..] => {
            (usize::from(u16::from_be_bytes([high, low])), tag, rest)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(length)?;
    Some((tag, value, rest))
}
