//! Distinguished names: their texts, how they are written, and when two are the same.

mod text;

use std::{borrow::Cow, fmt, iter};

use der::{AnyRef, Decode, Encode as _, Sequence, Tag, Tagged as _, asn1::ObjectIdentifier};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfkc_quick};

use crate::{Refusal, asn1::contents};

pub(crate) use text::text;

pub(crate) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
pub(crate) const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
pub(crate) const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
pub(crate) const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
pub(crate) const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// Attribute types and how we write them. Spec: RFC 4519 §2.
const SHORT_NAMES: [(ObjectIdentifier, &str); 7] = [
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ORGANIZATION, "O"),
    (ORGANIZATIONAL_UNIT, "OU"),
    (COMMON_NAME, "CN"),
    (SERIAL_NUMBER, "serialNumber"),
];

/// A subject or an issuer as its DER, of which [`check`] has been content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a>(pub(crate) &'a [u8]);

/// One attribute of a name.
///
/// Spec: RFC 5280 §4.1.2.4.
#[derive(Clone, Copy, Debug, Sequence)]
pub(crate) struct Attribute<'a> {
    pub(crate) oid: ObjectIdentifier,
    pub(crate) value: AnyRef<'a>,
}

/// Whether these bytes are a name: afterwards [`Name`] can rely on it.
pub(crate) fn check(der: &[u8]) -> der::Result<()> {
    for set in elements::<AnyRef<'_>>(contents(der)?) {
        check_rdn(set?)?;
    }
    Ok(())
}

fn check_rdn(set: AnyRef<'_>) -> der::Result<()> {
    set.tag().assert_eq(Tag::Set)?;
    if set.value().is_empty() {
        return Err(Tag::Set.length_error().into());
    }
    elements::<Attribute<'_>>(set.value()).try_for_each(|attribute| attribute.map(drop))
}

/// Elements one after another; the first that is none is the last.
fn elements<'a, T>(mut rest: &'a [u8]) -> impl Iterator<Item = der::Result<T>>
where
    T: Decode<'a, Error = der::Error> + 'a,
{
    iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let read = T::from_der_partial(rest);
        rest = read.as_ref().map_or(&[], |(_, rest)| rest);
        Some(read.map(|(element, _)| element))
    })
}

impl<'a> Name<'a> {
    /// Its attributes, in its own order.
    pub(crate) fn attributes(self) -> impl Iterator<Item = Attribute<'a>> {
        self.rdns().flat_map(attributes)
    }

    /// Its RelativeDistinguishedNames; nearly always of one attribute each.
    fn rdns(self) -> impl Iterator<Item = AnyRef<'a>> {
        elements(contents(self.0).unwrap_or_default()).flatten()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.attributes().next().is_none()
    }

    /// The only value of an attribute. `None` if there is none, two, or one that is not text: of two
    /// it would be a guess which one counts.
    pub(crate) fn only(self, oid: ObjectIdentifier) -> Option<String> {
        let mut values = self.attributes().filter(|pair| pair.oid == oid);
        match (values.next(), values.next()) {
            (Some(pair), None) => text(pair.value),
            _ => None,
        }
    }

    /// Like [`Self::only`], for an identity that needs it.
    pub(crate) fn needed(
        self,
        oid: ObjectIdentifier,
        attribute: &'static str,
    ) -> Result<String, Refusal> {
        self.only(oid).ok_or(Refusal::SubjectUnclear { attribute })
    }

    /// What two names have in common exactly when they are the same: each part in the form in which
    /// it is compared, with its length, so that no two lists of parts run together alike.
    ///
    /// Texts are compared without regard to string type, letter case, amount of white space and
    /// Unicode's compatible forms (NFKC): a full-width `Ｏ` is an `O`. Of RFC 4518's preparation
    /// only the mapping of invisible characters is not done. Names that differ more than this are
    /// different: no issuer is found by such a name, and an excluded subtree does not hold it.
    ///
    /// Spec: RFC 5280 §7.1.
    pub(crate) fn normal(self) -> NormalName {
        NormalName(self.rdns().map(normal_rdn).collect())
    }
}

/// A name in the form in which names are compared, one entry per RelativeDistinguishedName.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct NormalName(Vec<Vec<u8>>);

impl NormalName {
    /// This name is `base` or lies below it.
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }

    /// The name with one more part below it, as `nameRelativeToCRLIssuer` has it; `rdn` is the SET.
    pub(crate) fn below(mut self, set: &[u8]) -> der::Result<Self> {
        let set = AnyRef::from_der(set)?;
        check_rdn(set)?;
        self.0.push(normal_rdn(set));
        Ok(self)
    }
}

fn attributes<'a>(rdn: AnyRef<'a>) -> impl Iterator<Item = Attribute<'a>> {
    elements(rdn.value()).flatten()
}

fn normal_rdn(rdn: AnyRef<'_>) -> Vec<u8> {
    let mut parts: Vec<Vec<u8>> = attributes(rdn).map(normal_attribute).collect();
    parts.sort();
    parts.concat()
}

fn normal_attribute(attribute: Attribute<'_>) -> Vec<u8> {
    let value = match text(attribute.value) {
        Some(text) => {
            let lower = compatible(&text).to_lowercase();
            // Small letters may have other compatible forms than the capitals had.
            let lower = compatible(&lower);
            let words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
            [b"t".as_slice(), words.as_bytes()].concat()
        }
        // Not text: its bytes, tag included.
        None => [
            b"b",
            attribute.value.to_der().unwrap_or_default().as_slice(),
        ]
        .concat(),
    };
    let mut part = attribute.oid.as_bytes().to_vec();
    part.push(0xFF); // ends no OID
    part.extend(value.len().to_be_bytes());
    part.extend(value);
    part
}

/// NFKC, which most names are already.
fn compatible(text: &str) -> Cow<'_, str> {
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => Cow::Borrowed(text),
        _ => Cow::Owned(text.nfkc().collect()),
    }
}

/// `C=TW, O=測試股份有限公司, serialNumber=12345675`; what could be taken for another part, or for
/// another line of a log, is escaped.
impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pair) in self.attributes().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(&type_name(pair.oid))?;
            f.write_str("=")?;
            for char in text(pair.value).unwrap_or_else(|| "?".to_owned()).chars() {
                match char {
                    ',' | '=' | '\\' => write!(f, "\\{char}")?,
                    _ if char.is_control() => write!(f, "{}", char.escape_unicode())?,
                    _ => write!(f, "{char}")?,
                }
            }
        }
        Ok(())
    }
}

/// `O`, or the dotted OID of a type that has no short name.
pub(crate) fn type_name(oid: ObjectIdentifier) -> String {
    match SHORT_NAMES.iter().find(|(known, _)| *known == oid) {
        Some((_, name)) => (*name).to_owned(),
        None => oid.to_string(),
    }
}

#[cfg(test)]
mod tests;
