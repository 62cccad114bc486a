//! The commands of the portal's program, a file for each.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod database;
pub(crate) mod exemption;
pub(crate) mod mail;
pub(crate) mod serve;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use portal::{Portal, Settings};

/// Who did it, for the audit log.
const ACTOR: &str = "command line";

/// Where systemd puts the secrets of a unit while it runs, for nobody else to see.
const CREDENTIALS: &str = "/run/credentials";

/// Opens everything the settings name, and says what is missing. It makes no database.
pub(crate) async fn check(mut settings: Settings) -> anyhow::Result<()> {
    let database = database::to_look_at(&mut settings)?;
    let password = without_password(&mut settings);
    let has_mail = settings.mail.is_some();
    let operators = settings.operators.len();
    let origin = settings.origin.clone();
    let is_unknown_allowed = settings.revocation.allow_unknown_revocation;
    let portal = Portal::open(settings).await?;
    println!("origin     {origin}");
    println!("database   {database}");
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
    if let Some((file, fault)) = &password {
        println!(
            "           its password cannot be read: {} ({fault})",
            file.display()
        );
        if is_of_unit(file) {
            println!("           systemd puts it there while the unit runs (LoadCredential)");
        }
    }
    let missing = password.filter(|(file, _)| !is_of_unit(file));
    ensure!(
        missing.is_none(),
        "the mail password cannot be read, so the site does not start"
    );
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

/// Takes the mail password's file out of the settings when it cannot be read, so that the rest can be
/// looked at; gives the file, and why not.
fn without_password(settings: &mut Settings) -> Option<(PathBuf, io::Error)> {
    let mail = settings.mail.as_mut().filter(|mail| mail.user.is_some())?;
    let fault = fs::read_to_string(mail.password_file.as_ref()?).err()?;
    Some((mail.password_file.take()?, fault))
}

/// Whether systemd makes the file, for the running unit alone.
fn is_of_unit(file: &Path) -> bool {
    file.starts_with(CREDENTIALS)
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
