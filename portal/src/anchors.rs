//! The authorities that the operator trusts.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use chop_verifier::Anchors;

use crate::{Error, secret::hex};

/// The authorities: to verify with, and to show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust {
    pub(crate) anchors: Anchors,
    pub(crate) listed: Vec<ListedAnchor>,
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
    /// The authorities in these files, and in the `*.pem` files of these folders.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Anchor`].
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, Error> {
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
            return Ok(Self::default());
        }
        let anchors = Anchors::from_pem(&text).map_err(|source| Error::Anchor {
            path: paths.first().cloned().unwrap_or_default(),
            source,
        })?;
        Ok(Self { anchors, listed })
    }
}

fn list(file: &Path, anchors: &Anchors) -> impl Iterator<Item = ListedAnchor> {
    anchors.certificates().map(|certificate| ListedAnchor {
        file: file.to_owned(),
        subject: certificate.subject(),
        not_after: milliseconds(certificate.not_after()),
        sha256: hex(&certificate.fingerprint()),
    })
}

fn milliseconds(time: SystemTime) -> i64 {
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
