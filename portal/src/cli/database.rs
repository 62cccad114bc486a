//! Where the database is, before anybody connects to it.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use portal::Settings;
use sqlx::sqlite::SqliteConnectOptions;

use super::is_of_unit;

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

/// Makes of the settings' database one that can be looked at without making it; says which it is.
///
/// # Errors
/// As [`known`] and [`file`]; and a file with the address that cannot be read, unless it is one that
/// systemd makes for the running unit.
pub(crate) fn to_look_at(settings: &mut Settings) -> anyhow::Result<String> {
    let instead = "sqlite::memory:";
    let address = match (settings.database_address(), settings.database_file.take()) {
        (Ok(address), _) => address,
        (Err(_), Some(file)) if is_of_unit(&file) => {
            instead.clone_into(&mut settings.database);
            return Ok(format!(
                "named in {}, which systemd makes while the unit runs (LoadCredential)",
                file.display()
            ));
        }
        (Err(error), _) => return Err(error.into()),
    };
    known(&address)?;
    settings.database = address;
    Ok(match file(&settings.database)? {
        None => "as set".to_owned(),
        Some(file) if file.exists() => file.display().to_string(),
        Some(file) => {
            instead.clone_into(&mut settings.database);
            format!(
                "{} is not there yet: `portal serve` makes it",
                file.display()
            )
        }
    })
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
    fn an_address_in_a_file_of_its_own_is_looked_at_like_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database");
        std::fs::write(&file, "postgres://portal:geheim@db/portal\n").unwrap();
        let mut settings = Settings::default();
        settings.database_file = Some(file.clone());
        assert_eq!(to_look_at(&mut settings).unwrap(), "as set");
        assert_eq!(settings.database, "postgres://portal:geheim@db/portal");

        settings.database_file = Some(folder.path().join("missing"));
        let said = to_look_at(&mut settings).unwrap_err().to_string();
        assert!(said.contains("missing"), "{said}");

        settings.database_file = Some("/run/credentials/portal.service/database".into());
        let said = to_look_at(&mut settings).unwrap();
        assert!(said.contains("LoadCredential"), "{said}");
        assert_eq!(settings.database, "sqlite::memory:");
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
