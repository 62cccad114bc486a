//! What GPKI puts into subjectDirectoryAttributes.

use x509_cert::{attr::Attribute, der::asn1::ObjectIdentifier};

use super::CompanyCard;
use crate::{Refusal, certificate::Certificate, name::text};

/// Whether a company's card is its primary one.
const CARD: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.2");

/// The last four characters of a citizen's 身分證字號.
const LAST_FOUR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.51");

/// A company's 統一編號.
const COMPANY_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.101");

/// Those that we read.
pub(super) struct Attributes {
    /// Every company number there is, as written.
    pub(super) company_numbers: Vec<String>,
    pub(super) card: CompanyCard,
    pub(super) last_four: Option<String>,
}

impl Attributes {
    /// Reads them; a certificate may have none.
    ///
    /// Spec: RFC 5280 §4.2.1.8; the attributes are GPKI's own.
    pub(super) fn of(certificate: &Certificate) -> Result<Self, Refusal> {
        let attributes = certificate
            .attributes()?
            .map(|list| list.0)
            .unwrap_or_default();
        // A company number that cannot be read could be another one: it must not count as absent.
        let company_numbers = texts(&attributes, COMPANY_NUMBER)
            .map(|number| number.ok_or(Refusal::CompanyNumbersDiffer))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            company_numbers,
            card: card(texts(&attributes, CARD).next().flatten().as_deref()),
            last_four: texts(&attributes, LAST_FOUR).next().flatten(),
        })
    }
}

fn texts(attributes: &[Attribute], oid: ObjectIdentifier) -> impl Iterator<Item = Option<String>> {
    let found = attributes
        .iter()
        .filter(move |attribute| attribute.oid == oid);
    found
        .flat_map(|attribute| attribute.values.iter())
        .map(text)
}

/// How real cards spell it is not known for sure; what is not known here is `Unknown`.
fn card(rank: Option<&str>) -> CompanyCard {
    match rank.map(str::to_ascii_lowercase).as_deref() {
        Some("primary" | "正卡") => CompanyCard::Primary,
        Some("secondary" | "附卡") => CompanyCard::Secondary,
        _ => CompanyCard::Unknown,
    }
}
