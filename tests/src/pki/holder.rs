//! The people and companies of the tests. None of them exists.

/// Who a card belongs to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Holder {
    /// A company's or person's name.
    pub name: String,
    /// A company's 統一編號 (8 digits) or the serialNumber of a citizen's certificate (16 digits).
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
