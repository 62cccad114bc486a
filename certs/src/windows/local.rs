//! Windows itself.

use std::{
    io::{self, Error},
    path::Path,
    process::{Command, Stdio},
};

use windows_registry::{CURRENT_USER, Key, LOCAL_MACHINE, Type};

use super::{Roots, System, Value};
use crate::acl;

/// The machine that this runs on: what is everybody's, or what is this person's.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    registry: &'static Key,
    roots: Roots,
}

impl Local {
    /// What is everybody's. Administrators alone can change it.
    #[must_use]
    pub fn of_the_machine() -> Self {
        Self {
            registry: LOCAL_MACHINE,
            roots: Roots::of_the_machine(),
        }
    }

    /// What is this person's own. Windows asks the person before the ROOT store is changed.
    #[must_use]
    pub fn of_this_person() -> Self {
        Self {
            registry: CURRENT_USER,
            roots: Roots::of_this_person(),
        }
    }
}

/// `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`.
const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();

impl System for Local {
    fn values(&self, key: &str) -> io::Result<Vec<(String, Value)>> {
        let key = match self.registry.open(key) {
            Ok(key) => key,
            Err(error) if error.code().0 == NOT_FOUND => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let read = |(name, value): (String, windows_registry::Value)| {
            let value = match value.ty() {
                Type::U32 => u32::try_from(value).map_or(Value::Other, Value::Number),
                Type::String => String::try_from(value).map_or(Value::Other, Value::Text),
                _ => Value::Other,
            };
            (name, value)
        };
        Ok(key.values().map_err(Error::from)?.map(read).collect())
    }

    fn has_key(&self, key: &str) -> bool {
        self.registry.open(key).is_ok()
    }

    fn set(&self, key: &str, name: &str, value: &Value) -> io::Result<()> {
        let key = self.registry.create(key)?;
        match value {
            Value::Text(text) => key.set_string(name, text)?,
            Value::Number(number) => key.set_u32(name, *number)?,
            Value::Other => return Err(io::ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }

    fn remove(&self, key: &str, name: &str) -> io::Result<()> {
        let key = self.registry.create(key)?;
        Ok(key.remove_value(name)?)
    }

    fn remove_if_empty(&self, key: &str) -> io::Result<()> {
        let Ok(open) = self.registry.open(key) else {
            return Ok(());
        };
        let empty = open.values()?.next().is_none() && open.keys()?.next().is_none();
        drop(open);
        match (empty, key.rsplit_once('\\')) {
            (true, Some((above, name))) => Ok(self.registry.create(above)?.remove_tree(name)?),
            _ => Ok(()),
        }
    }

    fn trusts(&self, authority: &[u8]) -> io::Result<bool> {
        self.roots.has(authority)
    }

    fn trust(&self, authority: &[u8]) -> io::Result<()> {
        self.roots.insert(authority)
    }

    fn distrust(&self, authority: &[u8]) -> io::Result<()> {
        self.roots.remove(authority)
    }

    fn reserves(&self, port: u16) -> bool {
        let said = netsh(&["int", "ipv4", "show", "excludedportrange", "protocol=tcp"]);
        said.is_ok_and(|said| is_excluded(&said, port))
    }

    fn reserve(&self, port: u16) -> io::Result<()> {
        exclude("add", "ipv4", port)?;
        // A machine without IPv6 has nothing to reserve there.
        let _ = exclude("add", "ipv6", port);
        Ok(())
    }

    fn release(&self, port: u16) -> io::Result<()> {
        let _ = exclude("delete", "ipv6", port);
        exclude("delete", "ipv4", port)
    }

    fn claim(&self, folder: &Path) -> io::Result<()> {
        acl::claim(folder)
    }

    fn keep_from_people(&self, path: &Path) -> io::Result<()> {
        acl::keep_from_people(path)
    }
}

fn exclude(what: &str, family: &str, port: u16) -> io::Result<()> {
    let port = format!("startport={port}");
    let mut words = vec![
        "int",
        family,
        what,
        "excludedportrange",
        "protocol=tcp",
        &port,
    ];
    words.push("numberofports=1");
    if what == "add" {
        words.push("store=persistent");
    }
    netsh(&words).map(drop)
}

fn netsh(words: &[&str]) -> io::Result<String> {
    let mut netsh = Command::new("netsh");
    netsh.args(words).stdin(Stdio::null());
    let output = netsh.output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(Error::other(said.trim().to_owned()))
}

/// Lines with two numbers are ranges, in whatever language the rest is.
fn is_excluded(said: &str, port: u16) -> bool {
    said.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(first)), Some(Ok(last))) => (first..=last).contains(&port),
            _ => false,
        }
    })
}
