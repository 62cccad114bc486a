//! Who a verified certificate is about.
//!
//! What lives here reads certificates of Taiwan's GPKI: company cards (工商憑證, MOEACA) and citizen
//! cards (自然人憑證, MOICA). Nothing a page said takes part.

mod attributes;
mod ban;
mod citizen_id;

pub use ban::{Ban, BanError};
pub use citizen_id::CitizenId;

use crate::{
    Refusal,
    certificate::Certificate,
    name::{COMMON_NAME, DistinguishedName, ORGANIZATION, ORGANIZATIONAL_UNIT, SERIAL_NUMBER},
};

use attributes::Attributes;

/// What an issuer of company cards has in its name; generations differ in what follows.
const COMPANIES: &str = "工商憑證管理中心";

/// What an issuer of citizen cards has in its name.
const CITIZENS: &str = "內政部憑證管理中心";

/// Who signed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Identity {
    /// A company or shop, by its 工商憑證.
    Company(Company),
    /// A person, by their 自然人憑證.
    Citizen(Citizen),
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

impl Identity {
    /// Reads a certificate whose chain has been checked.
    ///
    /// The issuer's name decides of what kind it is: only MOEACA speaks for companies, only MOICA for
    /// citizens, however the subject of another authority's certificate may look.
    ///
    /// Spec: GPKI certificate profile; docs/protocol.md, "The assertion".
    pub(crate) fn of(certificate: &Certificate) -> Result<Self, Refusal> {
        let issuer = certificate.issuer();
        match (is_named(issuer, COMPANIES), is_named(issuer, CITIZENS)) {
            (true, false) => company(certificate).map(Self::Company),
            (false, true) => citizen(certificate).map(Self::Citizen),
            _ => Ok(other(certificate.subject())),
        }
    }
}

fn company(certificate: &Certificate) -> Result<Company, Refusal> {
    let subject = certificate.subject();
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
    let subject = certificate.subject();
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

fn other(subject: DistinguishedName<'_>) -> Identity {
    let name = subject
        .only(COMMON_NAME)
        .or_else(|| subject.only(ORGANIZATION));
    Identity::Other {
        name: name.unwrap_or_default(),
        number: subject.only(SERIAL_NUMBER),
    }
}

fn is_named(issuer: DistinguishedName<'_>, keyword: &str) -> bool {
    [ORGANIZATIONAL_UNIT, ORGANIZATION, COMMON_NAME]
        .into_iter()
        .flat_map(|oid| issuer.all(oid))
        .any(|name| name.contains(keyword))
}
