//! The book of changes, written before each change that it describes: an entry without a change
//! takes nothing back.

use std::{fs, io, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls_pki_types::CertificateDer;
use serde_json::{Value as Json, json};

use super::{System, Value};
use crate::Error;

/// All changes.
pub(super) struct Book {
    path: PathBuf,
    values: Vec<Entry>,
    /// Keys that we have made, the outermost first.
    keys: Vec<String>,
    authorities: Vec<Vec<u8>>,
    ports: Vec<u16>,
}

/// A value that we have set where there was none.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) value: Value,
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
                    values: Vec::new(),
                    keys: Vec::new(),
                    authorities: Vec::new(),
                    ports: Vec::new(),
                });
            }
            Err(cause) => return Err(Error::file("read", path)(cause)),
        };
        let torn = || io::Error::new(io::ErrorKind::InvalidData, "the book of changes is torn");
        let read = serde_json::from_str(&text).ok();
        let book = read.and_then(|book| parse(&path, &book)).ok_or_else(torn);
        book.map_err(Error::file("read", &path))
    }

    /// The values of ours below a key.
    pub(super) fn ours(&self, key: &str) -> Vec<Entry> {
        let ours = self.values.iter().filter(|it| it.key == key);
        ours.cloned().collect()
    }

    /// The keys in which we have values.
    pub(super) fn places(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.values.iter().map(|it| it.key.clone()).collect();
        keys.dedup();
        keys
    }

    /// Sets a value where there is none.
    pub(super) fn set(
        &mut self,
        system: &impl System,
        key: &str,
        name: &str,
        value: Value,
    ) -> Result<(), Error> {
        let ends = key.match_indices('\\').map(|(at, _)| at);
        for at in ends.chain([key.len()]) {
            let above = key.get(..at).unwrap_or(key);
            if !system.has_key(above) && !self.keys.iter().any(|it| it == above) {
                self.keys.push(above.to_owned());
            }
        }
        self.values.push(Entry {
            key: key.to_owned(),
            name: name.to_owned(),
            value: value.clone(),
        });
        self.save()?;
        let set = system.set(key, name, &value);
        set.map_err(Error::system(
            "a value of the registry could not be written",
        ))
    }

    /// Takes a value of ours out, unless somebody has changed it since.
    pub(super) fn take_back(&mut self, system: &impl System, entry: &Entry) -> Result<(), Error> {
        let failed = "a value of the registry could not be removed";
        let there = system.values(&entry.key).map_err(Error::system(failed))?;
        if there.contains(&(entry.name.clone(), entry.value.clone())) {
            let removed = system.remove(&entry.key, &entry.name);
            removed.map_err(Error::system(failed))?;
        }
        self.values.retain(|it| it != entry);
        self.save()
    }

    /// Trusts an authority, if it is not trusted already.
    pub(super) fn trust(
        &mut self,
        system: &impl System,
        authority: &CertificateDer<'_>,
    ) -> Result<(), Error> {
        let failed = "the ROOT store could not be changed";
        if system.trusts(authority).map_err(Error::system(failed))? {
            return Ok(());
        }
        if !self.authorities.iter().any(|it| **it == **authority) {
            self.authorities.push(authority.to_vec());
            self.save()?;
        }
        system.trust(authority).map_err(Error::system(failed))
    }

    /// Whether the authority was added, or this was tried: somebody may have said no.
    pub(super) fn has_tried(&self, authority: &CertificateDer<'_>) -> bool {
        self.authorities.iter().any(|it| **it == **authority)
    }

    /// Takes out what was added earlier and is not wanted any more.
    pub(super) fn distrust_others(
        &mut self,
        system: &impl System,
        wanted: &[CertificateDer<'_>],
    ) -> Result<(), Error> {
        for authority in self.authorities.clone() {
            if wanted.iter().any(|it| **it == *authority) {
                continue;
            }
            let failed = "the ROOT store could not be changed";
            system.distrust(&authority).map_err(Error::system(failed))?;
            self.authorities.retain(|it| *it != authority);
            self.save()?;
        }
        Ok(())
    }

    /// Reserves exactly these ports, but those that others have reserved.
    pub(super) fn reserve(
        &mut self,
        system: &impl System,
        wanted: &[u16],
    ) -> Result<Vec<(u16, io::Error)>, Error> {
        let mut failed = Vec::new();
        for port in self.ports.clone() {
            if !wanted.contains(&port) {
                self.release(system, port)?;
            }
        }
        for port in wanted {
            if self.ports.contains(port) || system.reserves(*port) {
                continue;
            }
            self.ports.push(*port);
            self.save()?;
            if let Err(error) = system.reserve(*port) {
                self.ports.retain(|it| it != port);
                self.save()?;
                failed.push((*port, error));
            }
        }
        Ok(failed)
    }

    fn release(&mut self, system: &impl System, port: u16) -> Result<(), Error> {
        let released = system.release(port);
        released.map_err(Error::system("a port could not be given back"))?;
        self.ports.retain(|it| *it != port);
        self.save()
    }

    /// Takes everything back.
    pub(super) fn undo(mut self, system: &impl System) -> Result<(), Error> {
        for entry in self.values.clone() {
            self.take_back(system, &entry)?;
        }
        self.remove_keys(system)?;
        for port in self.ports.clone() {
            self.release(system, port)?;
        }
        self.distrust_others(system, &[])?;
        match fs::remove_file(&self.path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(Error::file("removed", self.path)(cause))
            }
            _ => Ok(()),
        }
    }

    /// Removes the keys that we have made and that hold nothing any more.
    pub(super) fn remove_keys(&mut self, system: &impl System) -> Result<(), Error> {
        for key in self.keys.clone().into_iter().rev() {
            let removed = system.remove_if_empty(&key);
            removed.map_err(Error::system("a key of the registry could not be removed"))?;
            if !system.has_key(&key) {
                self.keys.retain(|it| *it != key);
                self.save()?;
            }
        }
        Ok(())
    }

    fn save(&self) -> Result<(), Error> {
        let value = |value: &Value| match value {
            Value::Text(text) => json!(text),
            Value::Number(number) => json!(number),
            Value::Other => Json::Null,
        };
        let values = self
            .values
            .iter()
            .map(|it| json!({ "key": it.key, "name": it.name, "value": value(&it.value) }));
        let authorities = self.authorities.iter().map(|it| STANDARD.encode(it));
        let book = json!({
            "version": 1,
            "values": values.collect::<Vec<_>>(),
            "keys": self.keys,
            "authorities": authorities.collect::<Vec<_>>(),
            "ports": self.ports,
        });
        crate::machine::replace(&self.path, format!("{book:#}\n").as_bytes(), 0o600)
    }
}

fn parse(path: &std::path::Path, book: &Json) -> Option<Book> {
    (book.get("version")?.as_u64()? == 1).then_some(())?;
    let list = |name: &str| book.get(name)?.as_array();
    let text = |of: &Json| Some(of.as_str()?.to_owned());
    let value = |of: &Json| match of {
        Json::String(text) => Some(Value::Text(text.clone())),
        Json::Number(number) => Some(Value::Number(number.as_u64()?.try_into().ok()?)),
        _ => None,
    };
    let entry = |of: &Json| {
        Some(Entry {
            key: text(of.get("key")?)?,
            name: text(of.get("name")?)?,
            value: value(of.get("value")?)?,
        })
    };
    let authority = |of: &Json| STANDARD.decode(of.as_str()?).ok();
    let port = |of: &Json| of.as_u64()?.try_into().ok();
    Some(Book {
        path: path.to_path_buf(),
        values: list("values")?.iter().map(entry).collect::<Option<_>>()?,
        keys: list("keys")?.iter().map(text).collect::<Option<_>>()?,
        authorities: list("authorities")?
            .iter()
            .map(authority)
            .collect::<Option<_>>()?,
        ports: list("ports")?.iter().map(port).collect::<Option<_>>()?,
    })
}
