//! The commands of the portal's program, a file for each.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod exemption;
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
    let is_unknown_allowed = settings.revocation.allow_unknown_revocation;
    let portal = Portal::open(settings).await?;
    println!("origin     {origin}");
    for anchor in portal.anchors() {
        println!("anchor     {} ({})", anchor.subject, anchor.file.display());
    }
    portal.fetch_lists().await;
    for one in portal.lists() {
        let state = match (&one.list, &one.fault) {
            (Some(list), _) => format!("{} revoked, by {}", list.entries(), list.issuer()),
            (None, fault) => format!("missing: {}", fault.as_deref().unwrap_or("not fetched")),
        };
        println!("list       {} ({state})", one.address);
    }
    if is_unknown_allowed {
        println!("list       not needed: allow_unknown_revocation lets lost cards sign in");
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
    let lists = portal.lists();
    ensure!(
        is_unknown_allowed || lists.iter().any(|one| one.list.is_some()),
        "no list of revoked cards can be had, so nobody can sign in with a card"
    );
    Ok(())
}

/// Copies the database.
pub(crate) async fn back_up(settings: Settings, file: &Path) -> anyhow::Result<()> {
    ensure!(
        settings.database_address()?.starts_with("sqlite:"),
        "this is for SQLite; PostgreSQL has pg_dump"
    );
    ensure!(!file.exists(), "{} is there already", file.display());
    let portal = Portal::open(settings).await?;
    portal
        .back_up(file)
        .await
        .with_context(|| format!("no copy in {}", file.display()))
}
