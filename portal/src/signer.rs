//! Who a verified card says somebody is.

use chop_verifier::{CompanyCard, Identity};
use serde::{Deserialize, Serialize};

use crate::{Kind, secret::hex};

/// The subject of a verified certificate. Nothing here was posted by a page.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Signer {
    /// Which kind of account the card belongs to.
    pub(crate) kind: Kind,
    /// What the site knows them by: a company's 統一編號, a citizen's 16 digits.
    pub(crate) subject: String,
    /// To show.
    pub(crate) name: String,
    /// Which of a company's cards: `primary`, `secondary`, or nothing.
    pub(crate) card: String,
    /// The certificate's serial number, in hexadecimal.
    pub(crate) serial: String,
    /// The SHA-256 of the certificate, in hexadecimal.
    pub(crate) sha256: String,
}

impl Signer {
    /// From whom the verifier names; `None` for a card that is neither a company's nor a citizen's.
    pub(crate) fn of(verified: &chop_verifier::Signer) -> Option<Self> {
        let (kind, subject, name, card) = match &verified.identity {
            Identity::Company(company) => (
                Kind::Company,
                company.ban.as_str(),
                &company.name,
                match company.card {
                    CompanyCard::Primary => "primary",
                    CompanyCard::Secondary => "secondary",
                    CompanyCard::Unknown => "",
                },
            ),
            Identity::Citizen(citizen) => (Kind::Citizen, citizen.id.as_str(), &citizen.name, ""),
            _ => return None,
        };
        Some(Self {
            kind,
            subject: subject.to_owned(),
            name: name.clone(),
            card: card.to_owned(),
            serial: verified.certificate.serial(),
            sha256: hex(&verified.certificate.fingerprint()),
        })
    }

    /// Whether it is a company's 附卡.
    pub(crate) fn is_secondary(&self) -> bool {
        self.card == "secondary"
    }

    /// As it is written in the settings and in the audit log: `company:12345675`.
    pub(crate) fn label(&self) -> String {
        format!("{}:{}", self.kind.as_str(), self.subject)
    }
}
