//! A person's own stores: an authority is added to each, and taken out of exactly those again.
//!
//! All of it is done as that person, never as root: what lies in a home is the person's, links
//! included.
//!
//! Spec: docs/deployment.md, "Browsers".

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use crate::{Error, nss::Database, stores};

/// Files of an NSS database.
const FILES: [&str; 3] = ["cert9.db", "key4.db", "pkcs11.txt"];

/// A person's home, and where it is remembered what was added.
#[derive(Clone, Debug)]
pub struct Person {
    /// The home folder.
    pub home: PathBuf,
    /// The file with what was added.
    pub book: PathBuf,
}

/// An authority, as stores have it.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'a> {
    /// Its common name: the nickname in stores, different for each authority.
    pub name: &'a str,
    /// The certificate, DER.
    pub der: &'a [u8],
}

/// A store that could not be changed; the others were.
#[derive(Debug)]
pub struct Stuck {
    /// Its folder.
    pub folder: PathBuf,
    /// Why.
    pub error: Error,
}

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Book {
    /// Folder of the database, nickname.
    added: Vec<(PathBuf, String)>,
    /// Databases that were made.
    made: Vec<PathBuf>,
    /// Folders that were made, the outermost first.
    folders: Vec<PathBuf>,
}

impl Person {
    /// Whether anything was added that is still there as far as we know.
    #[must_use]
    pub fn trusts_by_us(&self) -> bool {
        self.book.is_file()
    }

    /// Makes every store trust exactly these authorities of ours: what is missing is added, what
    /// was added earlier and is not wanted any more is taken out.
    ///
    /// Chromium's store is made where there is none. Calling it again costs a look at each store.
    ///
    /// # Errors
    /// [`Error::File`] for the book. What single stores say against it is given.
    pub fn trust(&self, authorities: &[Authority<'_>]) -> Result<Vec<Stuck>, Error> {
        let _turn = self.turn()?;
        let mut book = Book::read(&self.book)?;
        let mut stuck = Vec::new();
        for folder in stores::databases(&self.home) {
            for authority in authorities {
                if let Err(error) = self.add(&mut book, &folder, *authority) {
                    stuck.push(Stuck {
                        folder: folder.clone(),
                        error,
                    });
                }
            }
        }
        let unwanted = |name: &str| authorities.iter().all(|it| it.name != name);
        stuck.extend(self.remove(&mut book, unwanted)?);
        Ok(stuck)
    }

    /// Takes out whatever was added, and databases and folders that were made and hold nothing
    /// else. Those that cannot be changed now stay in the book.
    ///
    /// # Errors
    /// [`Error::File`] for the book. What single stores say against it is given.
    pub fn forget(&self) -> Result<Vec<Stuck>, Error> {
        let _turn = self.turn()?;
        let mut book = Book::read(&self.book)?;
        let mut stuck = self.remove(&mut book, |_| true)?;
        if !book.added.is_empty() {
            return Ok(stuck);
        }
        let made = std::mem::take(&mut book.made);
        for folder in made {
            if let Err(error) = remove_if_empty(&folder) {
                book.made.push(folder.clone());
                stuck.push(Stuck { folder, error });
            }
        }
        if !book.made.is_empty() {
            book.write(&self.book)?;
            return Ok(stuck);
        }
        for folder in book.folders.iter().rev() {
            // Not if it holds anything.
            let _ = fs::remove_dir(folder);
        }
        let _ = fs::remove_file(self.lock());
        match fs::remove_file(&self.book) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(Error::file("removed", &self.book)(cause))
            }
            _ => Ok(stuck),
        }
    }

    /// One process at a time: at a removal the agent that ends and whoever removes do the same.
    fn turn(&self) -> Result<File, Error> {
        let path = self.lock();
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file("made", folder))?;
        }
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(Error::file("opened", &path))?;
        file.lock().map_err(Error::file("locked", &path))?;
        Ok(file)
    }

    fn lock(&self) -> PathBuf {
        self.book.with_extension("lock")
    }

    fn add(&self, book: &mut Book, folder: &Path, authority: Authority<'_>) -> Result<(), Error> {
        let database = Database::at(folder);
        if database.contains(authority.der)? {
            return Ok(());
        }
        // In the book first: what is not there is taken out of nowhere.
        if !database.exists() {
            let missing = folder.ancestors().take_while(|it| !it.exists());
            let mut missing: Vec<_> = missing.map(Path::to_path_buf).collect();
            missing.reverse();
            book.folders.extend(missing);
            book.made.push(folder.to_path_buf());
        }
        let entry = (folder.to_path_buf(), authority.name.to_owned());
        if !book.added.contains(&entry) {
            book.added.push(entry);
        }
        book.write(&self.book)?;
        database.create_if_missing()?;
        database.add(authority.name, authority.der)
    }

    fn remove(
        &self,
        book: &mut Book,
        unwanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Stuck>, Error> {
        let before = book.clone();
        let mut stuck = Vec::new();
        book.added.retain(|(folder, name)| {
            let database = Database::at(folder);
            if !unwanted(name) || !database.exists() {
                return database.exists();
            }
            // Gone already is as good.
            match database.remove(name) {
                Err(error) if database.has(name).unwrap_or(true) => {
                    let folder = folder.clone();
                    stuck.push(Stuck { folder, error });
                    true
                }
                _ => false,
            }
        });
        if *book != before {
            book.write(&self.book)?;
        }
        Ok(stuck)
    }
}

/// Removes a database that holds nothing; one that holds something is somebody's by now.
fn remove_if_empty(folder: &Path) -> Result<(), Error> {
    let database = Database::at(folder);
    if !database.exists() || !database.is_empty()? {
        return Ok(());
    }
    for file in FILES {
        match fs::remove_file(folder.join(file)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(Error::file("removed", folder.join(file))(cause));
            }
            _ => {}
        }
    }
    Ok(())
}

impl Book {
    fn read(path: &Path) -> Result<Self, Error> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it is torn"))
                .map_err(Error::file("read", path)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(Error::file("read", path)(cause)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let book: Value = serde_json::from_str(text).ok()?;
        let paths = |key: &str| -> Option<Vec<PathBuf>> {
            let list = book.get(key)?.as_array()?.iter();
            list.map(|it| it.as_str().map(PathBuf::from)).collect()
        };
        let added = book.get("added")?.as_array()?.iter().map(|it| {
            let folder = it.get("folder")?.as_str()?.into();
            Some((folder, it.get("name")?.as_str()?.to_owned()))
        });
        Some(Self {
            added: added.collect::<Option<_>>()?,
            made: paths("made")?,
            folders: paths("folders")?,
        })
    }

    fn write(&self, path: &Path) -> Result<(), Error> {
        let added: Vec<_> = self
            .added
            .iter()
            .map(|(folder, name)| json!({ "folder": folder, "name": name }))
            .collect();
        let book = json!({ "added": added, "made": self.made, "folders": self.folders });
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::file("made", folder))?;
        }
        crate::machine::replace(path, format!("{book:#}\n").as_bytes(), 0o600)
    }
}
