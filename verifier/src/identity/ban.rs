//! 統一編號.

use std::{fmt, str::FromStr};

/// A 統一編號 (business administration number): eight digits, the check digit right.
///
/// Spec: Ministry of Finance, 營利事業統一編號檢查碼 rule, as of April 2023.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ban(String);

/// Why a text is not a [`Ban`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BanError {
    /// Not eight ASCII digits.
    #[error("a 統一編號 has eight digits")]
    Digits,
    /// The check digit is wrong.
    #[error("the check digit of the 統一編號 is wrong")]
    CheckDigit,
}

/// What each digit is multiplied by.
const WEIGHTS: [u32; 8] = [1, 2, 1, 2, 1, 2, 4, 1];

impl Ban {
    /// The eight digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ban {
    type Err = BanError;

    fn from_str(text: &str) -> Result<Self, BanError> {
        let digits: Option<Vec<u32>> = text.chars().map(|char| char.to_digit(10)).collect();
        let digits: [u32; 8] = digits
            .and_then(|digits| digits.try_into().ok())
            .ok_or(BanError::Digits)?;
        // The digits of each product are added up, and all of them together.
        let products = digits
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| digit * weight);
        let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
        // Divisible by 5; until 2023 it was by 10, so older numbers fit as well. A seventh digit of
        // 7 gives 28, 2 + 8 = 10, which counts as 1 or as 0: counting it as 10 is the same as 0 here.
        let [.., seventh, _] = digits;
        if sum.is_multiple_of(5) || (seventh == 7 && (sum + 1).is_multiple_of(5)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BanError::CheckDigit)
        }
    }
}

impl fmt::Display for Ban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(), BanError> {
        text.parse::<Ban>().map(drop)
    }

    #[test]
    fn the_ministrys_examples_are_right() {
        // The ministry's own worked examples: an ordinary one, one with a seventh digit of 7.
        assert_eq!(parse("04595257"), Ok(()));
        assert_eq!(parse("10458575"), Ok(()));
    }

    #[test]
    fn a_sum_divisible_by_five_is_enough_since_2023() {
        // 0+0+0+0+0+0+0+5 = 5: wrong by the old rule, right by the new one.
        assert_eq!(parse("00000005"), Ok(()));
        assert_eq!(parse("04595252"), Ok(()));
    }

    #[test]
    fn a_seven_in_seventh_place_counts_one_or_nothing() {
        // 1+4+3+8+5+3+10+5 = 39: with that ten as 1 it is 30.
        assert_eq!(parse("12345675"), Ok(()));
        // 29, but without a seven.
        assert_eq!(parse("12345680"), Err(BanError::CheckDigit));
        // 37: neither 27 nor 28 is divisible.
        assert_eq!(parse("12345673"), Err(BanError::CheckDigit));
    }

    #[test]
    fn of_ten_last_digits_two_are_right_or_four_after_a_seven() {
        let right = |start: &str| {
            let numbers = (0..10).map(|last| format!("{start}{last}"));
            numbers.filter(|number| parse(number).is_ok()).count()
        };
        assert_eq!(right("0459525"), 2);
        assert_eq!(right("1234567"), 4);
    }

    #[test]
    fn only_eight_ascii_digits_are_read() {
        for odd in [
            "",
            "0459525",
            "045952570",
            "0459525a",
            "０４５９５２５７",
            " 4595257",
            "-4595257",
        ] {
            assert_eq!(parse(odd), Err(BanError::Digits), "{odd:?}");
        }
    }
}
