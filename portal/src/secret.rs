//! Random tokens for browsers, and what of them is kept.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    digest::{SHA256, digest},
    rand::{SecureRandom as _, SystemRandom},
};

use crate::Error;

/// `N` random bytes of the system.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::Random)?;
    Ok(bytes)
}

/// A token for a page or form: 32 random bytes, 43 characters.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn token() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// An id that sorts by the time it was made at, in milliseconds since 1970.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn id(now: i64) -> Result<String, Error> {
    Ok(format!("{now:012x}{}", hex(&random::<8>()?)))
}

/// A code to be typed in: eight digits.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn code() -> Result<String, Error> {
    // The remainder prefers small digits by less than one in a billion.
    Ok(format!(
        "{:08}",
        u64::from_be_bytes(random()?) % 100_000_000
    ))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What the database keeps of a token or session id: whoever reads the database cannot use it.
pub(crate) fn fingerprint(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, secret.as_bytes()))
}

/// Whether two tokens are the same. Hashes are compared, so the time taken tells nothing of either.
pub(crate) fn same(one: &str, other: &str) -> bool {
    fingerprint(one) == fingerprint(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert_eq!(one.len(), 43);
        assert!(!same(&one, &other));
        assert!(same(&one, &one.clone()));
    }

    #[test]
    fn ids_sort_by_their_time() {
        let (early, late) = (id(999).unwrap(), id(1_764_000_000_000).unwrap());
        assert!(early < late && early.len() == late.len());
    }

    #[test]
    fn a_fingerprint_does_not_hold_the_secret() {
        let secret = token().unwrap();
        assert!(!fingerprint(&secret).contains(&secret));
    }
}
