//! The authority, the one leaf it ever signed, and the leaf's key.

mod check;

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use rcgen::{Issuer, KeyPair, PublicKeyData as _};
use ring::digest::{SHA256, digest};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;
use x509_cert::der::pem::{LineEnding, encode_string};
use zeroize::Zeroizing;

use crate::{
    Error,
    template::{self, Validity},
};

/// How long before its end a pair is to be renewed: 60 days.
pub const RENEWAL: Duration = Duration::from_secs(60 * DAY);

const DAY: u64 = 86_400;

/// The localhost certificate: authority, leaf and the leaf's key.
///
/// The authority's key does not exist any more. The leaf's key is wiped on drop and never printed.
///
/// Spec: docs/architecture.md, "The localhost certificate" (D3).
pub struct LocalhostPair {
    authority: CertificateDer<'static>,
    leaf: CertificateDer<'static>,
    key: Zeroizing<Vec<u8>>,
    name: String,
    not_before: SystemTime,
    not_after: SystemTime,
}

/// How long a pair is valid, counted from a day before it is made (clocks differ).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lifetime {
    /// 825 days: each renewal costs the person a system dialog on some systems.
    PerPerson,
    /// 398 days: renewed silently.
    MachineWide,
}

/// Where a moment lies in a pair's validity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum State {
    /// Before its start: the clock is behind.
    NotYetValid,
    /// Valid, with more than [`RENEWAL`] to go.
    Good,
    /// Valid, with [`RENEWAL`] or less to go.
    RenewalDue,
    /// After its end.
    Expired,
}

impl LocalhostPair {
    /// Makes an authority and a leaf, and forgets the authority's key.
    ///
    /// # Errors
    /// [`Error::Generate`].
    pub fn generate(now: SystemTime, lifetime: Lifetime) -> Result<Self, Error> {
        let days = match lifetime {
            Lifetime::PerPerson => 825,
            Lifetime::MachineWide => 398,
        };
        // The last second counts as valid (RFC 5280 §4.1.2.5), hence one less.
        let not_before = OffsetDateTime::from(now) - time::Duration::DAY;
        let not_after = not_before + time::Duration::days(days) - time::Duration::SECOND;
        let leaf_key = KeyPair::generate().map_err(Error::Generate)?;
        let validity = Validity {
            not_before,
            not_after,
        };
        let (authority, leaf) = issue(&leaf_key, validity).map_err(Error::Generate)?;
        Self::checked(
            authority,
            leaf,
            Zeroizing::new(leaf_key.serialize_der()),
            now,
        )
    }

    /// The authority's certificate, DER: what a trust store is given.
    #[must_use]
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    /// The authority's certificate, PEM: for people who import it by hand.
    #[must_use]
    pub fn authority_pem(&self) -> String {
        encode_string("CERTIFICATE", LineEnding::LF, &self.authority)
            .expect("a certificate that was read fits into memory twice")
    }

    /// The server's certificate, DER. It is a chain by itself: the authority is not sent along.
    #[must_use]
    pub fn leaf(&self) -> &CertificateDer<'static> {
        &self.leaf
    }

    /// The leaf's key, PKCS #8. A clone of it is the caller's to look after.
    #[must_use]
    pub fn key(&self) -> PrivateKeyDer<'_> {
        PrivatePkcs8KeyDer::from(self.key.as_slice()).into()
    }

    /// The authority's common name, `Chop localhost authority ` and eight hexadecimal digits: its
    /// nickname in trust stores, different for each.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first valid second.
    #[must_use]
    pub fn not_before(&self) -> SystemTime {
        self.not_before
    }

    /// The last valid second, of authority and leaf alike.
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// Where `now` lies in the validity.
    #[must_use]
    pub fn state(&self, now: SystemTime) -> State {
        match self.not_after.duration_since(now) {
            _ if now < self.not_before => State::NotYetValid,
            Err(_) => State::Expired,
            Ok(left) if left <= RENEWAL => State::RenewalDue,
            Ok(_) => State::Good,
        }
    }
}

/// The only place where the authority's key exists: made here, used once, dropped here.
fn issue(
    leaf_key: &KeyPair,
    validity: Validity,
) -> Result<(CertificateDer<'static>, CertificateDer<'static>), rcgen::Error> {
    let authority_key = KeyPair::generate()?;
    let print = digest(&SHA256, authority_key.der_bytes());
    let print: String = print
        .as_ref()
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let params = template::authority(&format!("Chop localhost authority {print}"), validity);
    let authority = params.self_signed(&authority_key)?;
    let issuer = Issuer::new(params, authority_key);
    let leaf =
        template::leaf(template::localhost_names()?, validity).signed_by(leaf_key, &issuer)?;
    Ok((authority.der().clone(), leaf.der().clone()))
}

/// Without the key.
impl fmt::Debug for LocalhostPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalhostPair")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::pem::PemObject as _;

    use super::*;

    fn day(number: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(number * DAY)
    }

    #[test]
    fn a_pair_is_backdated_by_a_day_and_lives_as_long_as_said() {
        for (lifetime, days) in [(Lifetime::PerPerson, 825), (Lifetime::MachineWide, 398)] {
            let pair = LocalhostPair::generate(day(20_000), lifetime).unwrap();
            assert_eq!(pair.not_before(), day(19_999));
            assert_eq!(
                pair.not_after(),
                day(19_999 + days) - Duration::from_secs(1)
            );
        }
    }

    #[test]
    fn renewal_is_due_for_the_last_sixty_days() {
        let pair = LocalhostPair::generate(day(20_000), Lifetime::MachineWide).unwrap();
        let (end, second) = (pair.not_after(), Duration::from_secs(1));
        assert_eq!(pair.state(day(19_999) - second), State::NotYetValid);
        assert_eq!(pair.state(day(19_999)), State::Good);
        assert_eq!(pair.state(end - RENEWAL - second), State::Good);
        assert_eq!(pair.state(end - RENEWAL), State::RenewalDue);
        assert_eq!(pair.state(end), State::RenewalDue);
        assert_eq!(pair.state(end + second), State::Expired);
    }

    #[test]
    fn no_two_pairs_share_a_name_or_a_key() {
        let [one, two] =
            [(); 2].map(|()| LocalhostPair::generate(day(20_000), Lifetime::PerPerson).unwrap());
        assert_ne!(one.name(), two.name());
        assert_ne!(one.key().secret_der(), two.key().secret_der());
    }

    #[test]
    fn the_authority_in_pem_is_the_authority_in_der() {
        let pair = LocalhostPair::generate(day(20_000), Lifetime::PerPerson).unwrap();
        let read = CertificateDer::from_pem_slice(pair.authority_pem().as_bytes()).unwrap();
        assert_eq!(&read, pair.authority());
    }

    #[test]
    fn the_key_is_not_printed() {
        let pair = LocalhostPair::generate(day(20_000), Lifetime::PerPerson).unwrap();
        let printed = format!("{pair:?}");
        assert_eq!(
            printed,
            format!("LocalhostPair {{ name: {:?}, .. }}", pair.name())
        );
    }
}
