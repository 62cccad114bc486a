//! Who a verified certificate is about.
//!
//! What lives here reads certificates of Taiwan's GPKI: company cards (工商憑證, MOEACA), citizen
//! cards (自然人憑證, MOICA), agencies (GCA) and other organizations (XCA). Nothing a page said takes
//! part.

mod assurance;
mod attributes;
mod ban;
mod citizen_id;
mod organization_id;

pub use assurance::Assurance;
pub use ban::{Ban, BanError};
pub use citizen_id::CitizenId;
pub use organization_id::OrganizationId;

use crate::{
    Refusal,
    certificate::Certificate,
    name::{COMMON_NAME, Name, ORGANIZATION, ORGANIZATIONAL_UNIT, SERIAL_NUMBER, text},
};

use attributes::Attributes;

/// What the issuers of each kind of card have in their names; generations differ in what follows.
const COMPANIES: &str = "工商憑證管理中心";
const CITIZENS: &str = "內政部憑證管理中心";
const AGENCIES: &str = "政府憑證管理中心";
const ORGANIZATIONS: &str = "組織及團體憑證管理中心";

/// Who signed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Identity {
    /// A company or shop, by its 工商憑證.
    Company(Company),
    /// A person, by their 自然人憑證.
    Citizen(Citizen),
    /// A government agency, by a card of the 政府憑證管理中心.
    Agency(Organization),
    /// A school, an association or another body, by a card of the 組織及團體憑證管理中心.
    Organization(Organization),
    /// Anybody else that the site's authorities certify.
    Other {
        /// The common name, or the organization; empty if there is neither.
        name: String,
        /// The subject's serialNumber.
        number: Option<String>,
    },
}

/// A company or shop.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Company {
    /// Its 統一編號: what a site knows it by.
    pub ban: Ban,
    /// Its name, to show.
    pub name: String,
    /// Which of its cards it was.
    pub card: CompanyCard,
}

/// Which of a company's cards.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CompanyCard {
    /// 正卡.
    Primary,
    /// 附卡.
    Secondary,
    /// The certificate does not say, or not in a way that we know.
    Unknown,
}

/// A person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Citizen {
    /// The 16 digits by which a site knows the person. Whether they stay the same on a new card is
    /// not known: never match by name instead.
    pub id: CitizenId,
    /// The name, to show; many people share theirs.
    pub name: String,
    /// The last four characters of the 身分證字號, to show; not a key.
    pub last_four: Option<String>,
}

/// An agency or another body that has an OID.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organization {
    /// Its OID: what a site knows it by.
    pub id: OrganizationId,
    /// Its name, to show: the last part of [`Self::tree`].
    pub name: String,
    /// The bodies it belongs to, the largest first, itself last.
    pub tree: Vec<String>,
}

impl Identity {
    /// Reads a certificate whose chain has been checked.
    ///
    /// The issuer's name decides of what kind it is: only MOEACA speaks for companies, only MOICA for
    /// citizens, however the subject of another authority's certificate may look.
    ///
    /// Spec: GPKI certificate profile; docs/protocol.md, "The assertion".
    pub(crate) fn of(certificate: &Certificate) -> Result<Self, Refusal> {
        let types = [ORGANIZATIONAL_UNIT, ORGANIZATION, COMMON_NAME];
        let issuer = certificate.issuer_name().attributes();
        let names: Vec<String> = issuer
            .filter(|pair| types.contains(&pair.oid))
            .filter_map(|pair| text(pair.value))
            .collect();
        let kinds = [COMPANIES, CITIZENS, AGENCIES, ORGANIZATIONS];
        match kinds.map(|kind| names.iter().any(|name| name.contains(kind))) {
            [true, false, false, false] => company(certificate).map(Self::Company),
            [false, true, false, false] => citizen(certificate).map(Self::Citizen),
            [false, false, true, false] => organization(certificate).map(Self::Agency),
            [false, false, false, true] => organization(certificate).map(Self::Organization),
            _ => Ok(other(certificate.subject_name())),
        }
    }
}

fn company(certificate: &Certificate) -> Result<Company, Refusal> {
    let subject = certificate.subject_name();
    let number = subject.needed(SERIAL_NUMBER, "serialNumber")?;
    let name = subject.needed(ORGANIZATION, "organizationName")?;
    let ban: Ban = number.parse().map_err(|_| Refusal::CompanyNumber)?;
    let attributes = Attributes::of(certificate)?;
    // The same number stands in the attributes, where they are there.
    if attributes
        .company_numbers
        .iter()
        .any(|number| number != ban.as_str())
    {
        return Err(Refusal::CompanyNumbersDiffer);
    }
    Ok(Company {
        ban,
        name,
        card: attributes.card,
    })
}

fn citizen(certificate: &Certificate) -> Result<Citizen, Refusal> {
    let subject = certificate.subject_name();
    let number = subject.needed(SERIAL_NUMBER, "serialNumber")?;
    let name = subject.needed(COMMON_NAME, "commonName")?;
    let id = number.parse().map_err(|()| Refusal::CitizenNumber)?;
    let last_four = Attributes::of(certificate)?.last_four;
    Ok(Citizen {
        id,
        name,
        last_four,
    })
}

fn organization(certificate: &Certificate) -> Result<Organization, Refusal> {
    let id = match Attributes::of(certificate)?.organization_ids.as_slice() {
        [Some(id)] => *id,
        _ => return Err(Refusal::OrganizationId),
    };
    let parts = certificate.subject_name().attributes();
    let parts = parts.filter(|pair| [ORGANIZATION, ORGANIZATIONAL_UNIT].contains(&pair.oid));
    let tree: Vec<String> = parts.filter_map(|pair| text(pair.value)).collect();
    let attribute = "organizationName";
    let name = tree.last().cloned();
    let name = name.ok_or(Refusal::SubjectUnclear { attribute })?;
    Ok(Organization { id, name, tree })
}

fn other(subject: Name<'_>) -> Identity {
    let name = subject
        .only(COMMON_NAME)
        .or_else(|| subject.only(ORGANIZATION));
    Identity::Other {
        name: name.unwrap_or_default(),
        number: subject.only(SERIAL_NUMBER),
    }
}
