//! Which certificate was chosen for a site last: it comes first the next time.
//!
//! It is a convenience, and decides nothing: the person sees what is chosen, and enters the PIN.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::file::{self, Salt};
use crate::Caller;

/// How many sites are remembered; beyond, the one that was chosen for longest ago is forgotten.
const MOST: usize = 200;

/// The choices.
#[derive(Debug)]
pub(crate) struct Choices {
    path: Option<PathBuf>,
    content: Mutex<Content>,
}

/// The file.
#[derive(Debug, Deserialize, Serialize)]
struct Content {
    salt: Salt,
    /// The newest last.
    choices: Vec<Choice>,
}

#[derive(Debug, Deserialize, Eq, PartialEq, Serialize)]
struct Choice {
    site: String,
    certificate: String,
}

impl Default for Content {
    fn default() -> Self {
        Self {
            salt: Salt::new(),
            choices: Vec::new(),
        }
    }
}

impl Choices {
    pub(super) fn load(path: PathBuf) -> Self {
        let content = Mutex::new(file::read(&path));
        Self {
            path: Some(path),
            content,
        }
    }

    pub(super) fn in_memory() -> Self {
        Self {
            path: None,
            content: Mutex::default(),
        }
    }

    /// A certificate, by the SHA-256 of its DER, was chosen for a site.
    pub(crate) fn remember(&self, caller: &Caller, certificate: [u8; 32]) {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        let choice = Choice {
            site: content.salt.name(&caller.name()),
            certificate: content.salt.name(&STANDARD.encode(certificate)),
        };
        if content.choices.contains(&choice) {
            return;
        }
        content.choices.retain(|other| other.site != choice.site);
        content.choices.push(choice);
        if content.choices.len() > MOST {
            content.choices.remove(0);
        }
        file::save(self.path.as_ref(), &*content);
    }

    /// No certificate comes first any more.
    pub(super) fn forget_all(&self) {
        let mut content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        content.choices.clear();
        file::save(self.path.as_ref(), &*content);
    }

    /// Whether a certificate was the last one chosen for a site.
    pub(crate) fn is_the_last(&self, caller: &Caller, certificate: [u8; 32]) -> bool {
        let content = self.content.lock().unwrap_or_else(PoisonError::into_inner);
        if content.choices.is_empty() {
            return false;
        }
        content.choices.contains(&Choice {
            site: content.salt.name(&caller.name()),
            certificate: content.salt.name(&STANDARD.encode(certificate)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(number: usize) -> Caller {
        Caller::Site(format!("https://site-{number}.example").parse().unwrap())
    }

    #[test]
    fn the_last_choice_of_each_site_is_remembered_across_restarts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("choices.json");
        let choices = Choices::load(path.clone());
        choices.remember(&site(1), [1; 32]);
        choices.remember(&site(2), [2; 32]);
        choices.remember(&site(1), [3; 32]);

        let again = Choices::load(path.clone());
        assert!(again.is_the_last(&site(1), [3; 32]));
        assert!(!again.is_the_last(&site(1), [1; 32]));
        assert!(again.is_the_last(&site(2), [2; 32]));
        assert!(!again.is_the_last(&site(3), [3; 32]));
        let text = std::fs::read_to_string(path).unwrap();
        assert!(!text.contains("site-1"), "{text}");
    }

    #[test]
    fn a_choice_that_is_no_news_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("choices.json");
        let choices = Choices::load(path.clone());
        choices.remember(&site(1), [1; 32]);
        std::fs::remove_file(&path).unwrap();
        choices.remember(&site(1), [1; 32]);
        assert!(!path.exists());
    }

    #[test]
    fn the_oldest_of_too_many_sites_is_forgotten() {
        let choices = Choices::in_memory();
        for number in 0..=MOST {
            choices.remember(&site(number), [1; 32]);
        }
        assert!(!choices.is_the_last(&site(0), [1; 32]));
        assert!(choices.is_the_last(&site(MOST), [1; 32]));
    }
}
