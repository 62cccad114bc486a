//! The book of changes: every file and folder that we put among others' files, and how it was
//! before.
//!
//! The book is written before the change that it describes: a change without an entry could never
//! be taken back, an entry without a change takes nothing back.

#[cfg(unix)]
use std::fs::Permissions;
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::LeftAlone;
use crate::{Error, stores::Browser};

/// All changes, in the order in which they were made.
pub(super) struct Book {
    path: PathBuf,
    folders: Vec<PathBuf>,
    files: Vec<Entry>,
}

/// A file that we made or merged into.
struct Entry {
    browser: Browser,
    path: PathBuf,
    /// What it was; `None` for a file that we made.
    before: Option<Before>,
    /// What we wrote.
    after: String,
}

struct Before {
    text: String,
    /// Its permission bits.
    mode: u32,
    /// When it was last changed, in seconds since 1970.
    modified: u64,
}

impl Book {
    /// Reads the book; one that is not there is empty.
    ///
    /// # Errors
    /// [`Error::File`] when it is there and cannot be read, or is torn: nothing is guessed.
    pub(super) fn open(path: PathBuf) -> Result<Self, Error> {
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Ok(Self {
                    path,
                    folders: Vec::new(),
                    files: Vec::new(),
                });
            }
            Err(cause) => return Err(Error::file("read", path)(cause)),
        };
        let torn = || io::Error::new(io::ErrorKind::InvalidData, "the book of changes is torn");
        let read = parse(&text).ok_or_else(torn);
        let (folders, files) = read.map_err(Error::file("read", &path))?;
        Ok(Self {
            path,
            folders,
            files,
        })
    }

    /// What the file was before we came; `None` where there was none, or we made it.
    pub(super) fn before(&self, path: &Path) -> Result<Option<String>, Error> {
        if let Some(entry) = self.entry(path)
            && is_ours(entry)
        {
            return Ok(entry.before.as_ref().map(|before| before.text.clone()));
        }
        match fs::read_to_string(path) {
            Ok(text) => Ok(Some(text)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Error::file("read", path)(cause)),
        }
    }

    /// Makes the file be `text`, and remembers what it was.
    pub(super) fn write(
        &mut self,
        browser: Browser,
        path: &Path,
        text: String,
    ) -> Result<(), Error> {
        if let Some(entry) = self.entry(path)
            && is_ours(entry)
            && entry.after == text
        {
            return Ok(());
        }
        let before = match self.files.iter().position(|entry| entry.path == path) {
            // Still as we left it: what it was before stays what it was.
            Some(at) if self.files.get(at).is_some_and(is_ours) => self.files.remove(at).before,
            // Changed by somebody: that is what it was before, from now on.
            Some(at) => {
                self.files.remove(at);
                before(path)?
            }
            None => before(path)?,
        };
        let mode = before.as_ref().map_or(0o644, |before| before.mode);
        let folder = path.parent().unwrap_or(path);
        let missing = folder.ancestors().take_while(|it| !it.exists());
        let mut made: Vec<_> = missing.map(Path::to_path_buf).collect();
        made.reverse();
        self.folders.extend(made);
        self.files.push(Entry {
            browser,
            path: path.to_path_buf(),
            before,
            after: text.clone(),
        });
        self.save()?;
        make_folder(folder)?;
        replace(path, text.as_bytes(), mode)
    }

    /// Takes one file back.
    pub(super) fn take_back(&mut self, path: &Path) -> Result<Option<LeftAlone>, Error> {
        let Some(at) = self.files.iter().position(|entry| entry.path == path) else {
            return Ok(None);
        };
        let entry = self.files.remove(at);
        let left = take_back(&entry)?;
        self.save()?;
        Ok(left)
    }

    /// Takes everything back, the last change first, and the book is empty. What somebody has
    /// changed since is told.
    pub(super) fn undo(&mut self) -> Result<Vec<LeftAlone>, Error> {
        let mut left = Vec::new();
        while let Some(entry) = self.files.pop() {
            left.extend(take_back(&entry)?);
        }
        while let Some(folder) = self.folders.pop() {
            // One that is not empty any more is somebody else's by now.
            let _ = fs::remove_dir(folder);
        }
        super::remove_file(&self.path)?;
        Ok(left)
    }

    fn entry(&self, path: &Path) -> Option<&Entry> {
        self.files.iter().find(|entry| entry.path == path)
    }

    fn save(&self) -> Result<(), Error> {
        let files: Vec<_> = self.files.iter().map(Entry::json).collect();
        let book = json!({ "version": 1, "folders": self.folders, "files": files });
        // What administrators have in their policies is theirs.
        replace(&self.path, format!("{book:#}\n").as_bytes(), 0o600)
    }
}

impl Entry {
    fn json(&self) -> Value {
        let before = self.before.as_ref().map(|before| {
            json!({ "text": before.text, "mode": before.mode, "modified": before.modified })
        });
        json!({
            "browser": self.browser.name(),
            "path": self.path,
            "before": before,
            "after": self.after,
        })
    }
}

fn parse(text: &str) -> Option<(Vec<PathBuf>, Vec<Entry>)> {
    let book: Value = serde_json::from_str(text).ok()?;
    (book.get("version")?.as_u64()? == 1).then_some(())?;
    let folders = book.get("folders")?.as_array()?;
    let folders = folders.iter().map(|it| Some(PathBuf::from(it.as_str()?)));
    let files = book.get("files")?.as_array()?.iter().map(|file| {
        let text = |of: &Value, key: &str| Some(of.get(key)?.as_str()?.to_owned());
        let before = file.get("before").filter(|it| !it.is_null());
        let browser = text(file, "browser")?;
        Some(Entry {
            browser: Browser::ALL.into_iter().find(|it| it.name() == browser)?,
            path: text(file, "path")?.into(),
            after: text(file, "after")?,
            before: match before {
                None => None,
                Some(before) => Some(Before {
                    text: text(before, "text")?,
                    mode: before.get("mode")?.as_u64()?.try_into().ok()?,
                    modified: before.get("modified")?.as_u64()?,
                }),
            },
        })
    });
    Some((
        folders.collect::<Option<_>>()?,
        files.collect::<Option<_>>()?,
    ))
}

/// Whether the file is as we wrote it.
fn is_ours(entry: &Entry) -> bool {
    fs::read(&entry.path).is_ok_and(|there| there == entry.after.as_bytes())
}

fn take_back(entry: &Entry) -> Result<Option<LeftAlone>, Error> {
    if !entry.path.exists() {
        return Ok(None);
    }
    if !is_ours(entry) {
        // Changed since by somebody: only what we added goes, if that can be told.
        let before = entry.before.as_ref().map(|before| &*before.text);
        let path = &entry.path;
        return match super::firefox::without_ours(entry.browser, path, before, &entry.after)? {
            true => Ok(None),
            false => Ok(Some(LeftAlone {
                browser: entry.browser,
                path: entry.path.clone(),
                policy: None,
                add: String::new(),
            })),
        };
    }
    let Some(before) = &entry.before else {
        super::remove_file(&entry.path)?;
        return Ok(None);
    };
    replace(&entry.path, before.text.as_bytes(), before.mode)?;
    let modified = UNIX_EPOCH + Duration::from_secs(before.modified);
    let file = fs::File::options().write(true).open(&entry.path);
    // A date is a courtesy.
    let _ = file.and_then(|file| file.set_modified(modified));
    Ok(None)
}

fn before(path: &Path) -> Result<Option<Before>, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::file("read", path)(cause)),
    };
    let metadata = fs::metadata(path).map_err(Error::file("read", path))?;
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    Ok(Some(Before {
        text,
        mode: mode(&metadata),
        modified: modified
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs(),
    }))
}

/// Makes a folder and those above it that are missing, for everybody to enter, whatever the umask
/// is: browsers and agents of other users read what is in it.
pub(super) fn make_folder(folder: &Path) -> Result<(), Error> {
    let missing: Vec<_> = folder.ancestors().take_while(|it| !it.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder).map_err(Error::file("made", folder))?;
        #[cfg(unix)]
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .map_err(Error::file("opened to all", folder))?;
    }
    Ok(())
}

/// The permission bits of a file that is there.
pub(super) fn mode_of(path: &Path) -> u32 {
    fs::metadata(path).map_or(0o644, |metadata| mode(&metadata))
}

#[cfg(unix)]
fn mode(metadata: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode(_metadata: &fs::Metadata) -> u32 {
    0o644
}

/// Puts `content` in the file's place in one step, whatever was there: a reader finds the old file
/// or the new one, whole, and a link that was there is not followed.
pub(crate) fn replace(path: &Path, content: &[u8], mode: u32) -> Result<(), Error> {
    // Elsewhere the folder gives its access list to what is made in it.
    #[cfg(not(unix))]
    let _ = mode;
    let folder = path.parent().unwrap_or(path);
    let written = (|| {
        let mut file = tempfile::Builder::new();
        file.prefix(".chop-");
        #[cfg(unix)]
        let file = file.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
        let mut file = file.tempfile_in(folder)?;
        file.write_all(content)?;
        // Whatever the umask made of it.
        #[cfg(unix)]
        file.as_file()
            .set_permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(mode))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    })();
    written.map(drop).map_err(Error::file("written", path))
}
