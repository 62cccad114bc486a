//! The files and folders that an installation has made in a home.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

/// What was made, in the order in which it was.
pub(super) struct Book {
    path: PathBuf,
    made: Made,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<File>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct File {
    path: PathBuf,
    /// Its length, and the target of a link: enough to see whether it is still ours.
    length: u64,
    link: Option<PathBuf>,
}

impl Book {
    pub(super) fn open(path: PathBuf) -> Result<Self> {
        let made = match fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text)
                .with_context(|| format!("{} is torn", path.display()))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Made::default(),
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be read", path.display()));
            }
        };
        Ok(Self { path, made })
    }

    /// Puts a file in its place in one step. One that is there and none of ours stays, and is an
    /// error.
    pub(super) fn file(&mut self, path: &Path, content: &[u8], mode: u32) -> Result<()> {
        self.note(path, content.len() as u64, None)?;
        let folder = path.parent().unwrap_or(path);
        let written = (|| {
            let beside = folder.join(format!(".chop-{}", std::process::id()));
            fs::write(&beside, content)?;
            fs::set_permissions(&beside, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
            fs::rename(&beside, path)
        })();
        written.with_context(|| format!("{} cannot be written", path.display()))
    }

    /// The same for a link.
    pub(super) fn link(&mut self, path: &Path, target: &Path) -> Result<()> {
        self.note(path, 0, Some(target.to_path_buf()))?;
        let folder = path.parent().unwrap_or(path);
        let beside = folder.join(format!(".chop-{}", std::process::id()));
        let written =
            std::os::unix::fs::symlink(target, &beside).and_then(|()| fs::rename(&beside, path));
        written.with_context(|| format!("{} cannot be written", path.display()))
    }

    fn note(&mut self, path: &Path, length: u64, link: Option<PathBuf>) -> Result<()> {
        let known = self.made.files.iter().position(|file| file.path == path);
        if let Some(at) = known {
            self.made.files.remove(at);
        } else if fs::symlink_metadata(path).is_ok() {
            anyhow::bail!(
                "{} 已存在，且不是 Chop 安裝的 · is there already, and not ours",
                path.display()
            );
        }
        let folder = path.parent().unwrap_or(path);
        let missing = folder.ancestors().take_while(|it| !it.exists());
        let mut missing: Vec<_> = missing.map(Path::to_path_buf).collect();
        missing.reverse();
        self.made.folders.extend(missing);
        let path = path.to_path_buf();
        self.made.files.push(File { path, length, link });
        self.save()?;
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))
    }

    /// Takes everything back; gives what was changed by somebody since and stays.
    pub(super) fn undo(mut self) -> Result<Vec<PathBuf>> {
        let mut changed = Vec::new();
        for file in self.made.files.drain(..).rev() {
            match fs::symlink_metadata(&file.path) {
                Err(_) => {}
                Ok(there) => {
                    let same = match &file.link {
                        Some(target) => fs::read_link(&file.path).is_ok_and(|it| it == *target),
                        None => there.is_file() && there.len() == file.length,
                    };
                    if same {
                        fs::remove_file(&file.path).with_context(|| {
                            format!("{} cannot be removed", file.path.display())
                        })?;
                    } else {
                        changed.push(file.path);
                    }
                }
            }
        }
        for folder in self.made.folders.drain(..).rev() {
            // Not if it holds anything.
            let _ = fs::remove_dir(folder);
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(changed),
        }
    }

    fn save(&self) -> Result<()> {
        let folder = self.path.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder)?;
        let beside = self.path.with_extension("new");
        fs::write(&beside, serde_json::to_vec_pretty(&self.made)?)?;
        fs::rename(&beside, &self.path)
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_goes_and_what_was_there_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        fs::create_dir(path("kept")).unwrap();
        let open = || Book::open(path("book.json")).unwrap();
        let mut book = open();
        book.file(&path("a/b/file"), b"text", 0o755).unwrap();
        book.file(&path("a/b/file"), b"another", 0o755).unwrap();
        book.link(&path("kept/link"), &path("a/b/file")).unwrap();
        assert_eq!(fs::read(path("kept/link")).unwrap(), b"another");

        assert!(open().undo().unwrap().is_empty());

        let left: Vec<_> = fs::read_dir(home.path()).unwrap().flatten().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].file_name(), "kept");
    }

    #[test]
    fn a_file_of_somebody_elses_is_neither_replaced_nor_removed() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        fs::write(path("theirs"), "x").unwrap();
        let mut book = Book::open(path("book.json")).unwrap();
        assert!(book.file(&path("theirs"), b"ours", 0o644).is_err());
        book.file(&path("ours"), b"ours", 0o644).unwrap();
        fs::write(path("ours"), "changed by the person").unwrap();
        assert_eq!(book.undo().unwrap(), [path("ours")]);
        assert_eq!(fs::read(path("theirs")).unwrap(), b"x");
    }
}
