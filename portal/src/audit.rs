//! The audit log: what happened to which account, by whom, with which certificate.
//!
//! Rows are added and never changed; the database refuses anything else (`database::guards`).

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_verifier::Certificate;
use serde::Serialize;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Error,
    clock::Clock,
    database::{Changes, Database},
    secret::{hex, id},
    signer::Signer,
};

/// One row.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Sorts by time.
    pub id: String,
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// Who did it: `holder`, `anybody`, `operator citizen:…`, `command line` or `system`.
    pub actor: String,
    /// What was done, such as `signed_in`.
    pub action: String,
    /// To which account; may be empty.
    pub account: String,
    /// The serial number of the certificate, in hexadecimal; empty without one.
    pub certificate_serial: String,
    /// The SHA-256 of the certificate, in hexadecimal; empty without one.
    pub certificate_sha256: String,
    /// The address it came from; may be empty.
    pub client: String,
    /// What else is to be known.
    pub detail: String,
}

/// What happened. Words are never renamed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Action {
    Applied,
    Activated,
    SignedIn,
    PasswordRefused,
    CardRefused,
    SignedOutEverywhere,
    ProfileChanged,
    MailChanged,
    PasswordChanged,
    CardAsked,
    CardBound,
    CardNotBound,
    CardUnbound,
    ExemptionSigned,
    Disabled,
    Enabled,
    MailSentAgain,
    Exported,
}

/// The log.
#[derive(Clone, Debug)]
pub struct Audit {
    database: Database,
    clock: Clock,
}

impl Audit {
    pub(crate) fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Begins a row.
    pub(crate) fn note(&self, action: Action, actor: &str) -> Note<'_> {
        let entry = Entry {
            at: self.clock.now_ms(),
            actor: actor.to_owned(),
            action: action.as_str().to_owned(),
            ..Entry::default()
        };
        Note { log: self, entry }
    }

    /// Keeps a certificate as evidence.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn keep(
        changes: &mut Changes,
        certificate: &Certificate,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO certificates (sha256, der) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING",
        )
        .bind(hex(&certificate.fingerprint()))
        .bind(STANDARD.encode(certificate.der()))
        .execute(&mut **changes)
        .await?;
        Ok(())
    }

    /// The sign-ins of an account, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sign_ins(&self, account: &str, limit: u32) -> Result<Vec<Entry>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE account = $1 AND action = 'signed_in' \
             ORDER BY id DESC LIMIT $2",
        )
        .bind(account)
        .bind(i64::from(limit))
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Rows before the one with this id (all, where it is empty), newest first, at most `limit`;
    /// of one account, where one is given.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn before(&self, id: &str, account: &str, limit: u32) -> Result<Vec<Entry>, Error> {
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE ($1 = '' OR id < $1) AND ($2 = '' OR account = $2) \
             ORDER BY id DESC LIMIT $3",
        )
        .bind(id)
        .bind(account)
        .bind(i64::from(limit))
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Rows after the one with this id (from the first, where it is empty), oldest first, at most
    /// `limit`: an export asks for a part after the other.
    ///
    /// Only rows older than [`SETTLED`] are given. Ids are made before their rows are there for all
    /// to see, so a younger one could still come to stand before the last that was exported.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn after(&self, id: &str, limit: u32) -> Result<Vec<Entry>, Error> {
        let settled = i64::try_from(SETTLED.as_millis()).unwrap_or(i64::MAX);
        let rows =
            sqlx::query("SELECT * FROM audit WHERE id > $1 AND at < $2 ORDER BY id LIMIT $3")
                .bind(id)
                .bind(self.clock.now_ms() - settled)
                .bind(i64::from(limit))
                .fetch_all(self.database.read())
                .await?;
        rows.iter().map(read).collect()
    }

    /// A certificate that is named in the log, DER in base64.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn certificate(&self, sha256: &str) -> Result<Option<String>, Error> {
        let found: Option<(String,)> =
            sqlx::query_as("SELECT der FROM certificates WHERE sha256 = $1")
                .bind(sha256)
                .fetch_optional(self.database.read())
                .await?;
        Ok(found.map(|(der,)| der))
    }
}

/// How old a row is before it is exported: longer than any request runs.
pub const SETTLED: Duration = Duration::from_secs(60);

/// A row that is being written.
#[must_use]
pub(crate) struct Note<'a> {
    log: &'a Audit,
    entry: Entry,
}

impl Note<'_> {
    pub(crate) fn account(mut self, number: &str) -> Self {
        number.clone_into(&mut self.entry.account);
        self
    }

    pub(crate) fn signer(mut self, signer: Option<&Signer>) -> Self {
        if let Some(signer) = signer {
            self.entry.certificate_serial.clone_from(&signer.serial);
            self.entry.certificate_sha256.clone_from(&signer.sha256);
        }
        self
    }

    pub(crate) fn client(mut self, client: &str) -> Self {
        client.clone_into(&mut self.entry.client);
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.entry.detail = detail.into();
        self
    }

    /// Writes it, together with what it tells of.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn write(self, changes: &mut Changes) -> Result<(), Error> {
        let entry = self.entry;
        sqlx::query(
            "INSERT INTO audit (id, at, actor, action, account, certificate_serial, \
             certificate_sha256, client, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(id(entry.at)?)
        .bind(entry.at)
        .bind(entry.actor)
        .bind(entry.action)
        .bind(entry.account)
        .bind(entry.certificate_serial)
        .bind(entry.certificate_sha256)
        .bind(entry.client)
        .bind(entry.detail)
        .execute(&mut **changes)
        .await?;
        Ok(())
    }

    /// Writes it by itself.
    ///
    /// # Errors
    /// As [`Note::write`].
    pub(crate) async fn write_alone(self) -> Result<(), Error> {
        let mut changes = self.log.database.begin().await?;
        self.write(&mut changes).await?;
        Ok(changes.commit().await?)
    }
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Activated => "activated",
            Self::SignedIn => "signed_in",
            Self::PasswordRefused => "password_refused",
            Self::CardRefused => "card_refused",
            Self::SignedOutEverywhere => "signed_out_everywhere",
            Self::ProfileChanged => "profile_changed",
            Self::MailChanged => "mail_changed",
            Self::PasswordChanged => "password_changed",
            Self::CardAsked => "card_asked",
            Self::CardBound => "card_bound",
            Self::CardNotBound => "card_not_bound",
            Self::CardUnbound => "card_unbound",
            Self::ExemptionSigned => "exemption_signed",
            Self::Disabled => "account_disabled",
            Self::Enabled => "account_enabled",
            Self::MailSentAgain => "mail_sent_again",
            Self::Exported => "exported",
        }
    }
}

fn read(row: &AnyRow) -> Result<Entry, Error> {
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(Entry {
        id: text("id")?,
        at: row.try_get("at")?,
        actor: text("actor")?,
        action: text("action")?,
        account: text("account")?,
        certificate_serial: text("certificate_serial")?,
        certificate_sha256: text("certificate_sha256")?,
        client: text("client")?,
        detail: text("detail")?,
    })
}
