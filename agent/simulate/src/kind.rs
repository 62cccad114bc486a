//! Which cards there can be.

use std::{fmt, str::FromStr, time::Duration};

/// A kind of simulated card.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// 工商憑證, of a company.
    Company,
    /// 自然人憑證, of a citizen.
    Citizen,
    /// A company's, which ended yesterday.
    Expired,
    /// A company's, which locks after so many wrong PINs, 1 to 15. The others lock after three.
    Locking(u8),
    /// A company's, which takes so many seconds over each operation, 1 to 600.
    Slow(u16),
    /// A company's, which is pulled out as soon as it works, and is back a second later.
    Pulled,
}

/// It is no kind of card.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "{0:?} is no card; there are company, citizen, expired, locking[:TRIES] (1 to 15), \
     slow[:SECONDS] (1 to 600) and pulled"
)]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let unknown = || UnknownKind(text.to_owned());
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number.parse().map_err(|_| unknown())?)),
            None => (text, None),
        };
        match (name, number) {
            ("company", None) => Ok(Self::Company),
            ("citizen", None) => Ok(Self::Citizen),
            ("expired", None) => Ok(Self::Expired),
            ("pulled", None) => Ok(Self::Pulled),
            ("locking", number) => match u8::try_from(number.unwrap_or(1)) {
                Ok(tries @ 1..=15) => Ok(Self::Locking(tries)),
                _ => Err(unknown()),
            },
            ("slow", number) => match number.unwrap_or(8) {
                seconds @ 1..=600 => Ok(Self::Slow(seconds)),
                _ => Err(unknown()),
            },
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Company => f.write_str("company"),
            Self::Citizen => f.write_str("citizen"),
            Self::Expired => f.write_str("expired"),
            Self::Locking(tries) => write!(f, "locking:{tries}"),
            Self::Slow(seconds) => write!(f, "slow:{seconds}"),
            Self::Pulled => f.write_str("pulled"),
        }
    }
}

impl Kind {
    /// How many wrong PINs lock it.
    pub(crate) fn tries(self) -> u8 {
        match self {
            Self::Locking(tries) => tries,
            _ => 3,
        }
    }

    /// How long it works.
    pub(crate) fn time(self) -> Duration {
        match self {
            Self::Slow(seconds) => Duration::from_secs(seconds.into()),
            // Long enough for a window to show it.
            Self::Pulled => Duration::from_millis(300),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_as_it_is_written() {
        for kind in [
            Kind::Company,
            Kind::Citizen,
            Kind::Expired,
            Kind::Locking(2),
            Kind::Slow(3),
            Kind::Pulled,
        ] {
            assert_eq!(kind.to_string().parse(), Ok(kind));
        }
        assert_eq!("locking".parse(), Ok(Kind::Locking(1)));
        assert_eq!("slow".parse(), Ok(Kind::Slow(8)));
    }

    #[test]
    fn what_is_no_kind_is_refused_by_name() {
        for odd in [
            "",
            "Company",
            "company:1",
            "locking:0",
            "locking:16",
            "locking:300",
            "slow:0",
            "slow:601",
            "slow:-1",
            "card.p12",
            "/usr/lib/opensc-pkcs11.so",
        ] {
            assert_eq!(odd.parse::<Kind>(), Err(UnknownKind(odd.to_owned())));
        }
    }
}
