//! The commands of the portal's program, a file for each.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod mail;
pub(crate) mod serve;

use std::path::Path;

use anyhow::{Context as _, ensure};
use portal::{Portal, Settings};

/// Who did it, for the audit log.
const ACTOR: &str = "command line";

/// Opens everything the settings name, and says what is missing.
pub(crate) async fn check(settings: Settings) -> anyhow::Result<()> {
    let has_mail = settings.mail.is_some();
    let operators = settings.operators.len();
    let origin = settings.origin.clone();
    let portal = Portal::open(settings).await?;
    println!("origin     {origin}");
    for anchor in portal.anchors() {
        println!("anchor     {} ({})", anchor.subject, anchor.file.display());
    }
    println!("operators  {operators}");
    let said = if has_mail {
        "set"
    } else {
        "not set: letters wait"
    };
    println!("mail       {said}");
    ensure!(
        !portal.anchors().is_empty(),
        "no authority is trusted, so nobody can sign in with a card"
    );
    Ok(())
}

/// Copies the database.
pub(crate) async fn back_up(settings: Settings, file: &Path) -> anyhow::Result<()> {
    ensure!(
        settings.database.starts_with("sqlite:"),
        "this is for SQLite; PostgreSQL has pg_dump"
    );
    ensure!(!file.exists(), "{} is there already", file.display());
    let portal = Portal::open(settings).await?;
    portal
        .back_up(file)
        .await
        .with_context(|| format!("no copy in {}", file.display()))
}
