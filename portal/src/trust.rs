//! Whom the site believes: the authorities that the operator trusts, and their lists of revoked
//! cards.

mod lists;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use chop_verifier::{Anchors, Verifier};

use crate::{Error, Settings, secret::hex, threads::Threads};

pub use lists::ListedList;
use lists::Lists;

/// Who is believed: to verify with, and to show.
pub(crate) struct Trust {
    pub(crate) authorities: Vec<ListedAnchor>,
    lists: Option<Lists>,
    is_unknown_allowed: bool,
    newest: Mutex<Arc<Verifier>>,
    threads: Threads,
}

/// An authority as the operator sees it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ListedAnchor {
    /// The file that it is in.
    pub file: PathBuf,
    /// Its name.
    pub subject: String,
    /// The last second of its validity, in milliseconds since 1970, UTC.
    pub not_after: i64,
    /// Of its DER, in hexadecimal.
    pub sha256: String,
}

impl Trust {
    /// The authorities in the settings' files, and in the `*.pem` files of their folders; and the
    /// lists that they name, which [`Self::fetch`] gets.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Anchor`], [`Error::Lists`].
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let revocation = &settings.revocation;
        let (anchors, authorities) = read(&settings.anchors)?;
        let anchors = Arc::new(anchors);
        let lists = match revocation.lists.as_slice() {
            [] => None,
            _ => Some(Lists::new(revocation, Arc::clone(&anchors))?),
        };
        let mut verifier = revocation.relax(Verifier::new(anchors));
        if settings.allow_simulated_cards {
            verifier = verifier.allow_simulated_cards();
        }
        Ok(Self {
            authorities,
            lists,
            is_unknown_allowed: revocation.allow_unknown_revocation,
            newest: Mutex::new(Arc::new(verifier)),
            threads: Threads::of_processors(),
        })
    }

    /// Verifies with the newest lists that there are, on a thread of its own: what a message costs is
    /// for whoever made it to say, within the verifier's limits, and other visitors must not wait for
    /// it.
    pub(crate) async fn verifying<T: Send + 'static>(
        &self,
        verify: impl FnOnce(&Verifier) -> T + Send + 'static,
    ) -> T {
        let verifier = self.verifier();
        self.threads.work(move || verify(&verifier)).await
    }

    fn verifier(&self) -> Arc<Verifier> {
        Arc::clone(&self.newest.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gets lists that are missing or due; what cannot be had is told by [`Self::lists`].
    pub(crate) async fn fetch(&self, now: SystemTime) {
        let Some(lists) = &self.lists else {
            return;
        };
        if let Some(evidence) = lists.fetch(now).await {
            let next = Arc::new(self.verifier().with_evidence(evidence));
            *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = next;
        }
    }

    /// The lists, as the operator sees them.
    pub(crate) fn lists(&self) -> Vec<ListedList> {
        self.lists.as_ref().map(Lists::listed).unwrap_or_default()
    }

    /// Whether cards are taken of which nobody says whether they were revoked.
    pub(crate) fn is_unknown_allowed(&self) -> bool {
        self.is_unknown_allowed
    }

    /// How many lists are missing, and how many are out of date.
    pub(crate) fn lists_wanting(&self, now: SystemTime) -> (usize, usize) {
        let lists = self.lists();
        let missing = lists.iter().filter(|one| one.list.is_none()).count();
        let is_late = |one: &&ListedList| one.is_late(now);
        (missing, lists.iter().filter(is_late).count())
    }
}

fn read(paths: &[PathBuf]) -> Result<(Anchors, Vec<ListedAnchor>), Error> {
    let mut text = String::new();
    let mut listed = Vec::new();
    for path in paths {
        let unread = |path: &Path| {
            let path = path.to_owned();
            move |source| Error::Read { path, source }
        };
        for file in files(path).map_err(unread(path))? {
            let pem = fs::read_to_string(&file).map_err(unread(&file))?;
            // Each by itself first, so that the error names the file.
            let anchors = Anchors::from_pem(&pem).map_err(|source| Error::Anchor {
                path: file.clone(),
                source,
            })?;
            text.push_str(&pem);
            text.push('\n');
            listed.extend(list(&file, &anchors));
        }
    }
    if text.is_empty() {
        return Ok((Anchors::default(), listed));
    }
    let anchors = Anchors::from_pem(&text).map_err(|source| Error::Anchor {
        path: paths.first().cloned().unwrap_or_default(),
        source,
    })?;
    Ok((anchors, listed))
}

fn list(file: &Path, anchors: &Anchors) -> impl Iterator<Item = ListedAnchor> {
    anchors.certificates().map(|certificate| ListedAnchor {
        file: file.to_owned(),
        subject: certificate.subject(),
        not_after: milliseconds(certificate.not_after()),
        sha256: hex(&certificate.fingerprint()),
    })
}

/// As the database keeps times.
pub(crate) fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "pem") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
