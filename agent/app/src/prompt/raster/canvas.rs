//! Where pixels go.

/// A picture in memory, row by row, `0x00RRGGBB`.
pub(in crate::prompt) struct Canvas<'a> {
    width: usize,
    pixels: &'a mut [u32],
}

impl<'a> Canvas<'a> {
    /// A canvas on `pixels`, of as many whole rows of `width` as they hold.
    pub(in crate::prompt) fn new(width: usize, pixels: &'a mut [u32]) -> Self {
        Self { width, pixels }
    }

    /// All of it.
    pub(super) fn area(&self) -> Area {
        let height = self.pixels.len().checked_div(self.width).unwrap_or(0);
        let right = i32::try_from(self.width).unwrap_or(i32::MAX);
        Area {
            left: 0,
            top: 0,
            right,
            bottom: i32::try_from(height).unwrap_or(i32::MAX),
        }
    }

    /// The pixels of row `y` from `left` to before `right`; none where that is not on the canvas.
    pub(super) fn span(&mut self, y: i32, left: i32, right: i32) -> &mut [u32] {
        let range = || {
            let row = usize::try_from(y).ok()?.checked_mul(self.width)?;
            let (left, right) = (usize::try_from(left).ok()?, usize::try_from(right).ok()?);
            (left < right && right <= self.width).then_some(row + left..row + right)
        };
        range()
            .and_then(|range| self.pixels.get_mut(range))
            .unwrap_or_default()
    }
}

/// A rectangle of whole pixels; right and bottom are outside of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Area {
    /// What lies in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Whether nothing lies in it.
    pub(super) fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }
}

/// The first pixel whose centre is not before `edge`.
pub(super) fn first_centre(edge: f32) -> i32 {
    whole((edge - 0.5).ceil())
}

/// A whole number as one; what does not fit becomes the nearest that does, and NaN 0.
#[allow(clippy::cast_possible_truncation)] // that is what `as` does, and what is wanted
pub(super) fn whole(number: f32) -> i32 {
    number as i32
}
