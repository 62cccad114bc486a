//! The record of sign-ins. Rows are added, never changed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chop_verifier::{Certificate, CompanyCard};
use sqlx::AnyPool;

use crate::{Error, clock::Clock, secret::random};

/// One sign-in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Login {
    /// When, in milliseconds since 1970, UTC.
    pub at: i64,
    /// The serial number of the certificate, in hexadecimal.
    pub certificate_serial: String,
    /// The SHA-256 of the certificate, in hexadecimal.
    pub certificate_sha256: String,
    /// Which of the company's cards: `primary`, `secondary` or `unknown`.
    pub card: String,
}

/// The record in the database.
#[derive(Clone, Debug)]
pub struct Logins {
    pool: AnyPool,
    clock: Clock,
}

impl Logins {
    pub(crate) fn new(pool: AnyPool, clock: Clock) -> Self {
        Self { pool, clock }
    }

    /// Writes down that an account signed in with a certificate.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn record(
        &self,
        account: &str,
        certificate: &Certificate,
        card: CompanyCard,
    ) -> Result<(), Error> {
        let sha256 = certificate.fingerprint();
        let sha256: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        sqlx::query(
            "INSERT INTO logins (id, account, at, certificate_serial, certificate_sha256, card) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(URL_SAFE_NO_PAD.encode(random::<16>()?))
        .bind(account)
        .bind(self.clock.now_ms())
        .bind(certificate.serial())
        .bind(sha256)
        .bind(match card {
            CompanyCard::Primary => "primary",
            CompanyCard::Secondary => "secondary",
            CompanyCard::Unknown => "unknown",
        })
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The sign-ins of an account, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn of_account(&self, account: &str, limit: u32) -> Result<Vec<Login>, Error> {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(
            "SELECT at, certificate_serial, certificate_sha256, card FROM logins \
             WHERE account = $1 ORDER BY at DESC LIMIT $2",
        )
        .bind(account)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let login = |(at, certificate_serial, certificate_sha256, card)| Login {
            at,
            certificate_serial,
            certificate_sha256,
            card,
        };
        Ok(rows.into_iter().map(login).collect())
    }
}
