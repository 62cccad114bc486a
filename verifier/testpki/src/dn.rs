//! Distinguished names, with the string type of each part.

use der::{
    Any, Encode as _, Tag,
    asn1::{ObjectIdentifier, SetOfVec},
};
use x509_cert::attr::AttributeTypeAndValue;

use crate::Error;

/// A name under construction.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Dn(Vec<(ObjectIdentifier, Text, String)>);

/// String types.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs)] // ASN.1's own words
pub enum Text {
    Printable,
    Utf8,
    Ia5,
    Teletex,
    Bmp,
    Numeric,
}

impl Dn {
    /// No part yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `C=TW, O=測試憑證機構, CN=name`.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::new().c("TW").o("測試憑證機構").cn(name)
    }

    /// The country, a PrintableString.
    #[must_use]
    pub fn c(self, text: &str) -> Self {
        self.and("2.5.4.6", Text::Printable, text)
    }

    /// The organization, a UTF8String.
    #[must_use]
    pub fn o(self, text: &str) -> Self {
        self.and("2.5.4.10", Text::Utf8, text)
    }

    /// The organizational unit, a UTF8String.
    #[must_use]
    pub fn ou(self, text: &str) -> Self {
        self.and("2.5.4.11", Text::Utf8, text)
    }

    /// The common name, a UTF8String.
    #[must_use]
    pub fn cn(self, text: &str) -> Self {
        self.and("2.5.4.3", Text::Utf8, text)
    }

    /// The serialNumber, a PrintableString.
    #[must_use]
    pub fn number(self, text: &str) -> Self {
        self.and("2.5.4.5", Text::Printable, text)
    }

    /// An e-mail address, an IA5String.
    #[must_use]
    pub fn email(self, text: &str) -> Self {
        self.and("1.2.840.113549.1.9.1", Text::Ia5, text)
    }

    /// Any attribute with any string type.
    ///
    /// # Panics
    /// If `oid` is none: they are written in the source.
    #[must_use]
    pub fn and(mut self, oid: &str, kind: Text, text: &str) -> Self {
        self.0
            .push((ObjectIdentifier::new_unwrap(oid), kind, text.to_owned()));
        self
    }

    /// DER.
    ///
    /// # Errors
    /// [`Error::Der`] for a text that is too long.
    pub fn der(&self) -> Result<Vec<u8>, Error> {
        let mut rdns = Vec::new();
        for part in &self.0 {
            rdns.push(SetOfVec::try_from(vec![attribute(part)?])?);
        }
        Ok(rdns.to_der()?)
    }

    /// The last part alone, as `nameRelativeToCRLIssuer` has it: the SET, DER.
    ///
    /// # Errors
    /// As [`Self::der`].
    pub fn last_rdn(&self) -> Result<Vec<u8>, Error> {
        let parts = self.0.last().map(attribute).transpose()?;
        Ok(SetOfVec::try_from(Vec::from_iter(parts))?.to_der()?)
    }
}

fn attribute(
    (oid, kind, text): &(ObjectIdentifier, Text, String),
) -> Result<AttributeTypeAndValue, Error> {
    let (tag, bytes) = match kind {
        Text::Printable => (Tag::PrintableString, text.as_bytes().to_vec()),
        Text::Utf8 => (Tag::Utf8String, text.as_bytes().to_vec()),
        Text::Ia5 => (Tag::Ia5String, text.as_bytes().to_vec()),
        Text::Teletex => (Tag::TeletexString, text.as_bytes().to_vec()),
        Text::Numeric => (Tag::NumericString, text.as_bytes().to_vec()),
        Text::Bmp => (
            Tag::BmpString,
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ),
    };
    Ok(AttributeTypeAndValue {
        oid: *oid,
        value: Any::new(tag, bytes)?,
    })
}
