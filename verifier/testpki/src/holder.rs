//! The people and companies of the tests. None of them exists.

/// Who a card belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holder {
    /// A company's or person's name.
    pub name: String,
    /// A company's 統一編號 (8 digits), the serialNumber of a citizen's certificate (16 digits), or the
    /// OID of an agency or organization.
    pub number: String,
    /// Which authority issues their cards.
    pub issuer: Issuer,
}

/// Families of cards.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Issuer {
    /// As MOEACA does: subject `C, O, serialNumber`, no common name.
    Companies,
    /// As MOICA does: subject `C, CN, serialNumber`.
    Citizens,
    /// As GCA does: subject `C, O, OU`, the OID in the attributes.
    Agencies,
    /// As XCA does, likewise.
    Organizations,
}

impl Issuer {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Companies,
        Self::Citizens,
        Self::Agencies,
        Self::Organizations,
    ];

    /// Its OU.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Companies => "測試工商憑證管理中心",
            Self::Citizens => "測試內政部憑證管理中心",
            Self::Agencies => "測試政府憑證管理中心",
            Self::Organizations => "測試組織及團體憑證管理中心",
        }
    }
}

impl Holder {
    /// A company whose 統一編號 has the right check digit.
    #[must_use]
    pub fn company() -> Self {
        Self::new("測試股份有限公司", "12345675", Issuer::Companies)
    }

    /// Another company, also with the right check digit.
    #[must_use]
    pub fn other_company() -> Self {
        Self::new("另一家測試有限公司", "00000022", Issuer::Companies)
    }

    /// A company whose 統一編號 has a wrong check digit.
    #[must_use]
    pub fn company_with_wrong_check_digit() -> Self {
        Self::new("號碼不對有限公司", "12345678", Issuer::Companies)
    }

    /// A citizen.
    #[must_use]
    pub fn citizen() -> Self {
        Self::new("王小明", "9999000012345678", Issuer::Citizens)
    }

    /// An agency.
    #[must_use]
    pub fn agency() -> Self {
        Self::new("測試機關", "2.16.886.101.90001.90002", Issuer::Agencies)
    }

    /// A school.
    #[must_use]
    pub fn organization() -> Self {
        let id = "2.16.886.111.90001.90003";
        Self::new("測試國民小學", id, Issuer::Organizations)
    }

    /// Anybody else.
    #[must_use]
    pub fn new(name: &str, number: &str, issuer: Issuer) -> Self {
        Self {
            name: name.to_owned(),
            number: number.to_owned(),
            issuer,
        }
    }
}
