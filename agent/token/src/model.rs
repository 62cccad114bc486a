//! What a card is, in words: by its answer to reset, or by who issued its certificates.

mod catalogue;

use crate::{Certificate, Reader, Token, atr::Atr};
use catalogue::{ISSUERS, MODELS, NAMES, Sign};

/// A kind of card that people have a name for.
#[derive(Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Model {
    /// Its name in Traditional Chinese, as its issuer uses it.
    pub zh: &'static str,
    /// Its name in English.
    pub en: &'static str,
    /// What has to be installed to sign with it.
    pub needs: Middleware,
}

/// What has to be installed to sign with a card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Middleware {
    /// The module of Chunghwa Telecom's HiCOS, or the open one that reads the same cards.
    HiCos,
    /// The component of the Healthcare Certification Authority.
    Hca,
    /// OpenSC.
    OpenSc,
    /// Its maker's own, of this name.
    Makers(&'static str),
    /// Nothing: there is no certificate on it that signs.
    Nothing,
}

impl Reader {
    /// What the card in it is, as far as its answer to reset tells. More is known from its
    /// certificates: see [`crate::Inventory::model_in`].
    #[must_use]
    pub fn model(&self) -> Option<&'static Model> {
        by_answer(self.card.as_deref()?)
    }

    /// Whether the card in it is used without contact. Of the two readers in one housing it is
    /// this that tells which.
    #[must_use]
    pub fn is_contactless(&self) -> bool {
        let atr = self.card.as_deref().and_then(Atr::parse);
        atr.is_some_and(|atr| atr.contactless)
    }

    /// What people can read in its card's answer to reset: of help with a card that nobody knows.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.card.as_deref().and_then(Atr::parse)?.text()
    }
}

/// What a card is, by its answer to reset.
pub(crate) fn by_answer(answer: &[u8]) -> Option<&'static Model> {
    let atr = Atr::parse(answer);
    let fits = |sign: &Sign| match sign {
        Sign::Answer(pattern) => is_like(answer, pattern),
        Sign::Historical(part) => atr.is_some_and(|atr| {
            let mut places = atr.historical.windows(part.len());
            places.any(|place| place == part.as_bytes())
        }),
        Sign::Storage => atr.is_some_and(|atr| atr.is_storage()),
    };
    MODELS
        .iter()
        .find_map(|(sign, model)| fits(sign).then_some(model))
}

/// What a card is, by the authority that issued one of its certificates. What the certificate says
/// is not checked: this is a name to show, not one to trust.
pub(crate) fn by_issuer<'a>(
    certificates: impl IntoIterator<Item = &'a Certificate>,
) -> Option<&'static Model> {
    certificates.into_iter().find_map(|certificate| {
        let issued = |(authority, _): &&(&str, Model)| certificate.issuer.contains(authority);
        ISSUERS.iter().find(issued).map(|(_, model)| model)
    })
}

/// What a card is, by what OpenSC calls it.
pub(crate) fn by_name(token: &Token) -> Option<&'static Model> {
    let named = |(manufacturer, _): &&(&str, Model)| token.manufacturer == *manufacturer;
    NAMES.iter().find(named).map(|(_, model)| model)
}

/// Whether an answer is like a pattern: bytes in hexadecimal, where `..` is any.
fn is_like(answer: &[u8], pattern: &str) -> bool {
    let mut bytes = answer.iter();
    let mut pattern = pattern.split(' ');
    pattern.all(|wanted| match bytes.next() {
        Some(byte) => wanted == ".." || u8::from_str_radix(wanted, 16) == Ok(*byte),
        None => false,
    }) && bytes.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let byte = |text| u8::from_str_radix(text, 16).unwrap();
        text.split(' ').map(byte).collect()
    }

    fn name(answer: &str) -> Option<&'static str> {
        by_answer(&bytes(answer)).map(|model| model.zh)
    }

    #[test]
    fn cards_of_taiwan_are_known_by_their_answers() {
        for (answer, expected) in [
            (
                "3B B8 13 00 81 31 FA 52 43 48 54 4D 4F 49 43 41 A5",
                "自然人憑證卡",
            ),
            (
                "3B 8B 80 01 00 31 C1 64 08 40 21 30 00 90 00 57",
                "自然人憑證卡",
            ),
            (
                "3B D8 96 00 81 B1 FE 45 1F 07 43 48 54 47 50 4B 49 4A DD",
                "政府憑證卡",
            ),
            (
                "3B EE 00 00 81 31 FE 45 80 31 80 66 40 90 93 06 0F 17 83 0F 90 00 F3",
                "健保卡",
            ),
            (
                "3B F9 18 00 00 81 31 FE 45 50 56 5F 4A 32 44 30 38 31 B6",
                "醫事憑證卡",
            ),
            (
                "3B F7 11 00 00 81 71 FE 42 00 00 63 95 31 05 90 00 F8",
                "金融卡",
            ),
        ] {
            assert_eq!(name(answer), Some(expected), "{answer}");
        }
    }

    #[test]
    fn a_card_that_nobody_knows_has_no_name() {
        assert_eq!(name("3B 95 13 81 01 80 73 FF 01 00 0B"), None);
        assert_eq!(name("3B"), None);
        assert_eq!(by_answer(&[]), None);
    }

    #[test]
    fn a_pattern_fits_whole_answers_alone() {
        assert!(is_like(&[0x3b, 0x02, 0x14], "3B .. 14"));
        assert!(!is_like(&[0x3b, 0x02], "3B .. 14"));
        assert!(!is_like(&[0x3b, 0x02, 0x14, 0x50], "3B .. 14"));
    }

    #[test]
    fn every_pattern_of_the_catalogue_is_a_whole_answer_that_leads_to_its_own_line() {
        for (sign, model) in MODELS {
            let Sign::Answer(pattern) = sign else {
                continue;
            };
            let answer = bytes(&pattern.replace("..", "00"));
            assert!(Atr::parse(&answer).is_some(), "{pattern}");
            assert_eq!(by_answer(&answer), Some(model), "{pattern}");
        }
    }

    #[test]
    fn names_are_there_in_both_languages_and_are_fit_to_be_shown() {
        let issued = ISSUERS.iter().map(|(_, model)| model);
        for model in MODELS.iter().map(|(_, model)| model).chain(issued) {
            assert!(!model.zh.is_ascii(), "{model:?}");
            assert!(model.en.chars().all(|c| !c.is_control()), "{model:?}");
            assert!(!model.en.is_empty());
        }
    }
}
