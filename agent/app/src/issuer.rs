//! Which kind of card a certificate is on, by who issued it: people know their card by its kind, and
//! each kind is unlocked at a place of its own.

/// The kinds of certificates of Taiwan's public key infrastructure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CardKind {
    /// 自然人憑證, issued by MOICA.
    Citizen,
    /// 工商憑證, issued by MOEACA.
    Company,
    /// 政府憑證, issued by GCA.
    Government,
    /// 組織及團體憑證, issued by XCA.
    Organization,
    /// 醫事憑證, issued by HCA.
    Medical,
}

/// What stands in the issuers' names.
const NAMES: [(&str, CardKind); 5] = [
    ("內政部憑證管理中心", CardKind::Citizen),
    ("工商憑證管理中心", CardKind::Company),
    ("政府憑證管理中心", CardKind::Government),
    ("組織及團體憑證管理中心", CardKind::Organization),
    ("醫事憑證管理中心", CardKind::Medical),
];

impl CardKind {
    /// By the name that windows show of an issuer; `None` for others. The name is shown beside it:
    /// anybody can write such a name into a certificate.
    #[must_use]
    pub fn of_issuer(issuer: &str) -> Option<Self> {
        let known = |(name, _): &&(&str, Self)| issuer.contains(name);
        NAMES.iter().find(known).map(|(_, kind)| *kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_authority_has_its_kind_of_card() {
        for (issuer, kind) in [
            ("內政部憑證管理中心", Some(CardKind::Citizen)),
            ("內政部憑證管理中心 - G3", Some(CardKind::Citizen)),
            ("經濟部工商憑證管理中心", Some(CardKind::Company)),
            ("組織及團體憑證管理中心", Some(CardKind::Organization)),
            ("Public Certification Authority - G2", None),
            ("", None),
        ] {
            assert_eq!(CardKind::of_issuer(issuer), kind, "{issuer}");
        }
    }
}
