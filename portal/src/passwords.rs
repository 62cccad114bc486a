//! Passwords of accounts without a card: argon2id.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2, PasswordHasher as _, PasswordVerifier as _,
    password_hash::{Error as HashError, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{Error, threads::Threads};

/// Of characters. Long ones are better than odd ones, so nothing else is asked of them.
///
/// Spec: NIST SP 800-63B-4 §3.1.1.2.
pub(crate) const SHORTEST: usize = 12;
/// Of characters; hashing longer ones would cost the wrong person something.
pub(crate) const LONGEST: usize = 128;

/// Hashes at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Hashes that wait for their turn: some seconds' worth. More are refused, since whoever waits
/// longer than that is told nothing either.
const WAITING: usize = 64;
/// After which time it is worth trying again.
const SOON: Duration = Duration::from_secs(5);

/// Beginnings of what people choose first, in lower case.
const COMMON: [&str; 14] = [
    "password", "passw0rd", "123456", "234567", "111111", "000000", "qwerty", "abc123", "letmein",
    "welcome", "iloveyou", "1qaz2wsx", "admin", "a123456",
];

/// Makes and checks hashes, a few at once.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    at_once: Threads,
    /// Of those that are made and those that wait.
    queue: Arc<Semaphore>,
}

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Weak {
    Short,
    Long,
    Common,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            at_once: Threads::new(AT_ONCE),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        }
    }

    /// What is kept of a password.
    ///
    /// # Errors
    /// [`Error::TooOften`] when too many wait, [`Error::Password`].
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        self.work(move || {
            let hash = Argon2::default().hash_password(password.as_bytes())?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password is the one that was hashed. It takes as long where there is no hash, so
    /// that the time does not tell which accounts there are.
    ///
    /// # Errors
    /// [`Error::TooOften`] when too many wait, [`Error::Row`] for what is no hash,
    /// [`Error::Password`].
    pub(crate) async fn is_right(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        self.work(move || {
            let Some(hash) = hash else {
                Argon2::default().hash_password(password.as_bytes())?;
                return Ok(false);
            };
            let hash = PasswordHash::new(&hash).map_err(|_| Error::Row { column: "password" })?;
            match Argon2::default().verify_password(password.as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = Arc::clone(&self.queue)
            .try_acquire_owned()
            .map_err(|_| Error::TooOften { wait: SOON })?;
        let work = move || {
            let _place = place;
            work()
        };
        self.at_once.work(work).await
    }
}

/// Whether a new password will do for an account whose holder's own words are these.
pub(crate) fn weakness(password: &str, own: &[&str]) -> Option<Weak> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(Weak::Short);
    }
    if length > LONGEST {
        return Some(Weak::Long);
    }
    let lower = password.to_lowercase();
    let is_own = |word: &&str| word.chars().count() > 3 && lower.contains(&word.to_lowercase());
    let mut characters: Vec<_> = lower.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    let is_common = COMMON.iter().any(|word| lower.starts_with(word))
        || own.iter().any(is_own)
        || characters.len() < 5;
    is_common.then_some(Weak::Common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::new();
        let hash = passwords
            .hash("correct horse battery".to_owned())
            .await
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let is_right = async |password: &str| {
            let hash = Some(hash.clone());
            passwords.is_right(password.to_owned(), hash).await.unwrap()
        };
        assert!(is_right("correct horse battery").await);
        assert!(!is_right("correct horse batterie").await);
        assert!(!passwords.is_right("a".to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn the_same_password_has_another_hash_each_time() {
        let passwords = Passwords::new();
        let hash = async || {
            passwords
                .hash("correct horse battery".to_owned())
                .await
                .unwrap()
        };
        assert_ne!(hash().await, hash().await);
    }

    #[tokio::test]
    async fn when_too_many_wait_the_next_is_told_so() {
        let passwords = Passwords::new();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE + WAITING {
            let passwords = passwords.clone();
            tasks.spawn(async move { passwords.is_right("a".to_owned(), None).await });
        }
        tokio::task::yield_now().await;
        while passwords.queue.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let next = passwords.is_right("a".to_owned(), None).await;
        assert!(matches!(next, Err(Error::TooOften { .. })));
        while let Some(waited) = tasks.join_next().await {
            assert!(!waited.unwrap().unwrap());
        }
    }

    #[test]
    fn weak_passwords_are_told_apart() {
        let own = ["IN0123456789", "office@company.example", "office"];
        for (password, weakness_of) in [
            ("short", Some(Weak::Short)),
            ("elevenchars", Some(Weak::Short)),
            (&"x1Y".repeat(50), Some(Weak::Long)),
            ("password2026!", Some(Weak::Common)),
            ("aaaaaaaaaaaabb", Some(Weak::Common)),
            ("in0123456789!", Some(Weak::Common)),
            ("my Office is far", Some(Weak::Common)),
            ("correct horse battery", None),
            ("一二三四五六七八九十甲乙", None),
        ] {
            assert_eq!(weakness(password, &own), weakness_of, "{password}");
        }
    }
}
