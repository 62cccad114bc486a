//! What GPKI puts into subjectDirectoryAttributes.

use der::{Any, Decode as _, asn1::ObjectIdentifier};
use x509_cert::{attr::Attribute, ext::pkix::SubjectDirectoryAttributes};

use super::{CompanyCard, OrganizationId};
use crate::{
    Refusal,
    certificate::{Certificate, Known},
    name::text,
};

/// Whether a company's card is its primary one.
const CARD: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.2");

/// The last four characters of a citizen's 身分證字號.
const LAST_FOUR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.51");

/// A company's 統一編號.
const COMPANY_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.101");

/// The OID of an agency or another body.
const ORGANIZATION_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.102");

/// Those that we read.
pub(super) struct Attributes {
    /// Every company number there is, as written.
    pub(super) company_numbers: Vec<String>,
    pub(super) card: CompanyCard,
    pub(super) last_four: Option<String>,
    /// Every organization's OID there is; `None` for one that is none.
    pub(super) organization_ids: Vec<Option<OrganizationId>>,
}

impl Attributes {
    /// Reads them; a certificate may have none.
    ///
    /// Spec: RFC 5280 §4.2.1.8; the attributes are GPKI's own.
    pub(super) fn of(certificate: &Certificate) -> Result<Self, Refusal> {
        let attributes = match certificate.extension_value(Known::DIRECTORY_ATTRIBUTES) {
            Some(value) => {
                let read = SubjectDirectoryAttributes::from_der(value);
                let attribute = "subjectDirectoryAttributes";
                read.map_err(|_| Refusal::SubjectUnclear { attribute })?.0
            }
            None => Vec::new(),
        };
        // A company number that cannot be read could be another one: it must not count as absent.
        let company_numbers = texts(&attributes, COMPANY_NUMBER)
            .map(|number| number.ok_or(Refusal::CompanyNumbersDiffer))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            company_numbers,
            card: card(texts(&attributes, CARD).next().flatten().as_deref()),
            last_four: texts(&attributes, LAST_FOUR).next().flatten(),
            organization_ids: values(&attributes, ORGANIZATION_ID)
                .map(organization_id)
                .collect(),
        })
    }
}

fn values(attributes: &[Attribute], oid: ObjectIdentifier) -> impl Iterator<Item = &Any> {
    let found = attributes
        .iter()
        .filter(move |attribute| attribute.oid == oid);
    found.flat_map(|attribute| attribute.values.iter())
}

fn texts(attributes: &[Attribute], oid: ObjectIdentifier) -> impl Iterator<Item = Option<String>> {
    values(attributes, oid).map(|value| text(value.to_ref()))
}

/// Whether real cards have it as an OID or as its text is not known; both are read.
fn organization_id(value: &Any) -> Option<OrganizationId> {
    match value.decode_as::<ObjectIdentifier>() {
        Ok(oid) => Some(OrganizationId::of(oid)),
        Err(_) => text(value.to_ref())?.parse().ok(),
    }
}

/// How real cards spell it is not known for sure; what is not known here is `Unknown`.
fn card(rank: Option<&str>) -> CompanyCard {
    match rank.map(str::to_ascii_lowercase).as_deref() {
        Some("primary" | "正卡") => CompanyCard::Primary,
        Some("secondary" | "附卡") => CompanyCard::Secondary,
        _ => CompanyCard::Unknown,
    }
}
