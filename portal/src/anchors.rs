//! Reads the authorities that the operator trusts.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use chop_verifier::Anchors;

use crate::Error;

/// The authorities in these files, and in the `*.pem` files of these folders.
///
/// # Errors
/// [`Error::Read`], [`Error::Anchor`].
pub(crate) fn read(paths: &[PathBuf]) -> Result<Anchors, Error> {
    let mut text = String::new();
    for path in paths {
        for file in files(path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })? {
            let pem = fs::read_to_string(&file).map_err(|source| Error::Read {
                path: file.clone(),
                source,
            })?;
            // Each by itself first, so that the error names the file.
            Anchors::from_pem(&pem).map_err(|source| Error::Anchor { path: file, source })?;
            text.push_str(&pem);
            text.push('\n');
        }
    }
    if text.is_empty() {
        return Ok(Anchors::default());
    }
    let path = || paths.first().cloned().unwrap_or_default();
    Anchors::from_pem(&text).map_err(|source| Error::Anchor {
        path: path(),
        source,
    })
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
