//! Where the database is, before anybody connects to it.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use sqlx::sqlite::SqliteConnectOptions;

/// Refuses an address of no database that the portal knows.
///
/// # Errors
/// Says which kinds there are. The address is not said: it may have a password in it.
pub(crate) fn known(address: &str) -> anyhow::Result<()> {
    match address.split_once(':') {
        Some(("sqlite" | "postgres" | "postgresql", _)) => Ok(()),
        Some((scheme, _)) => {
            bail!("the database is sqlite:FILE or postgres://…, and there is none for {scheme}:")
        }
        None => bail!("the database is sqlite:FILE or postgres://…"),
    }
}

/// The file of a SQLite database; `None` for PostgreSQL, and for one in memory.
///
/// # Errors
/// An address that SQLite does not understand.
pub(crate) fn file(address: &str) -> anyhow::Result<Option<PathBuf>> {
    if !address.starts_with("sqlite:") || address.contains(":memory:") {
        return Ok(None);
    }
    let options: SqliteConnectOptions = address
        .parse()
        .context("the database's address is not one of SQLite")?;
    Ok(Some(options.get_filename().to_owned()))
}

/// Refuses to look after a SQLite file that is not there: opened, it would be made, empty, and
/// whoever is in the wrong folder would take that for the site's.
///
/// # Errors
/// Names the file, and where it was looked for.
pub(crate) fn must_be_there(address: &str) -> anyhow::Result<()> {
    let Some(file) = file(address)? else {
        return Ok(());
    };
    let full = std::path::absolute(&file).unwrap_or(file);
    ensure!(
        full.exists(),
        "there is no database at {}: name the site's settings (--settings /etc/portal/portal.toml), \
         in which `database` has the whole path; `portal serve` makes a new one",
        full.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_file_or_none() {
        for (address, wanted) in [
            ("sqlite:portal.db", Some("portal.db")),
            (
                "sqlite:///var/lib/portal/portal.db?mode=rwc",
                Some("/var/lib/portal/portal.db"),
            ),
            ("sqlite::memory:", None),
            ("postgres://portal@db/portal", None),
        ] {
            known(address).unwrap();
            assert_eq!(
                file(address).unwrap(),
                wanted.map(PathBuf::from),
                "{address}"
            );
        }
    }

    #[test]
    fn another_kind_of_database_is_refused_once_and_without_its_password() {
        for odd in ["mysql://a:geheim@b", "portal.db"] {
            let said = format!("{:#}", known(odd).unwrap_err());
            assert_eq!(said.matches("sqlite:FILE").count(), 1, "{said}");
            assert!(!said.contains("geheim"), "{said}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named_and_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("portal.db");
        let address = format!("sqlite:{}", file.display());
        let said = must_be_there(&address).unwrap_err().to_string();
        assert!(said.contains(file.to_str().unwrap()), "{said}");
        assert!(!file.exists());
        std::fs::write(&file, "").unwrap();
        must_be_there(&address).unwrap();
    }
}
