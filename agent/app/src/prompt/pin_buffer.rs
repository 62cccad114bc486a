//! Where the PIN is while it is typed.

use chop_token::Pin;
use zeroize::{Zeroize as _, Zeroizing};

/// No card and no file here takes more, in bytes.
const CAPACITY: usize = 256;

/// What has been typed: in one place that never moves or grows, zeroed on drop, never printed.
pub(super) struct PinBuffer {
    bytes: Zeroizing<Box<[u8]>>,
    length: usize,
}

impl Default for PinBuffer {
    fn default() -> Self {
        Self {
            bytes: Zeroizing::new(vec![0; CAPACITY].into_boxed_slice()),
            length: 0,
        }
    }
}

impl PinBuffer {
    /// Adds a character, unless the whole would be longer than `longest` bytes.
    pub(super) fn push(&mut self, character: char, longest: usize) {
        let end = self.length + character.len_utf8();
        if end > longest {
            return;
        }
        if let Some(place) = self.bytes.get_mut(self.length..end) {
            character.encode_utf8(place);
            self.length = end;
        }
    }

    /// Removes the last character.
    pub(super) fn pop(&mut self) {
        let typed = self.bytes.get(..self.length).unwrap_or_default();
        // Bytes that continue a character are 10xxxxxx.
        let last = typed
            .iter()
            .rposition(|byte| byte & 0xc0 != 0x80)
            .unwrap_or(0);
        self.truncate(last);
    }

    /// Removes everything.
    pub(super) fn clear(&mut self) {
        self.truncate(0);
    }

    /// How many bytes have been typed.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// How many characters have been typed.
    pub(super) fn characters(&self) -> usize {
        let typed = self.bytes.iter().take(self.length);
        typed.filter(|byte| *byte & 0xc0 != 0x80).count()
    }

    /// Whether the same has been typed here and there.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.bytes.get(..self.length) == other.bytes.get(..other.length)
    }

    /// Hands over what has been typed and starts anew.
    pub(super) fn take(&mut self) -> Pin {
        let pin = Pin::from(self.bytes.get(..self.length).unwrap_or_default().to_vec());
        self.clear();
        pin
    }

    fn truncate(&mut self, length: usize) {
        self.bytes.get_mut(length..).unwrap_or_default().zeroize();
        self.length = length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> PinBuffer {
        let mut pin = PinBuffer::default();
        text.chars().for_each(|character| pin.push(character, 8));
        pin
    }

    #[test]
    fn what_is_typed_is_handed_over_once() {
        let mut pin = typed("12é4");

        assert_eq!((pin.characters(), pin.len()), (4, 5));
        assert_eq!(pin.take().expose(), "12é4".as_bytes());
        assert_eq!(pin.take().expose(), b"");
    }

    #[test]
    fn backspace_removes_a_whole_character_and_its_bytes() {
        let mut pin = typed("1é");

        pin.pop();

        assert_eq!((pin.len(), pin.bytes[1], pin.bytes[2]), (1, 0, 0));
        pin.pop();
        pin.pop();
        assert_eq!(pin.len(), 0);
    }

    #[test]
    fn no_character_is_taken_beyond_the_longest() {
        assert_eq!(typed("123456789").take().expose(), b"12345678");
        assert_eq!(typed("1234567é").take().expose(), b"1234567");
        let mut pin = PinBuffer::default();
        (0..1000).for_each(|_| pin.push('1', usize::MAX));
        assert_eq!(pin.len(), CAPACITY);
    }

    #[test]
    fn nothing_stays_behind_when_it_is_handed_over() {
        let mut pin = typed("123456");

        drop(pin.take());

        assert!(pin.bytes.iter().all(|byte| *byte == 0));
    }
}
