//! 免稅函申請: applications for tax-exemption letters, and the signatures that are kept of them.
//!
//! What is signed is made once, when the application is, and stored: nothing is put together anew
//! that a signature is held against.

mod document;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_protocol::Origin;
use sqlx::{Row as _, any::AnyRow};

use crate::{
    Account, Error, SETTLED,
    clock::Clock,
    database::{Changes, Database},
    secret::random,
    signer::Signer,
};

/// How many a page lists.
const LISTED: i64 = 200;

/// What is applied for, as it was typed in and checked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) goods: String,
    pub(crate) quantity: String,
    /// In New Taiwan dollars, digits alone.
    pub(crate) value: String,
    pub(crate) purpose: String,
}

/// An application.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exemption {
    /// Two letters and ten digits.
    pub number: String,
    /// Whose it is.
    pub account: String,
    /// The goods, to tell it from others.
    pub goods: String,
    /// What is signed.
    pub document: String,
    /// When it was made, in milliseconds since 1970, UTC.
    pub created_at: i64,
    /// What is kept of its signature.
    pub signature: Option<KeptSignature>,
}

/// A signature that was verified.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeptSignature {
    /// CMS SignedData with document and certificate inside, DER in base64.
    pub cms: String,
    /// Who signed.
    pub name: String,
    /// The certificate's serial number, in hexadecimal.
    pub certificate_serial: String,
    /// The SHA-256 of the certificate, in hexadecimal.
    pub certificate_sha256: String,
    /// When it was verified, in milliseconds since 1970, UTC.
    pub signed_at: i64,
}

/// The applications.
#[derive(Clone, Debug)]
pub struct Exemptions {
    database: Database,
    clock: Clock,
    origin: Origin,
}

/// An application's columns, with those of its signature.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.number, e.account, e.goods, e.document, e.created_at, s.cms, s.name, \
             s.certificate_serial, s.certificate_sha256, s.signed_at \
             FROM exemptions e LEFT JOIN signatures s ON s.exemption = e.number ",
            $rest
        )
    };
}

impl Exemptions {
    pub(crate) fn new(database: Database, clock: Clock, origin: Origin) -> Self {
        Self {
            database,
            clock,
            origin,
        }
    }

    /// Makes one, and gives its number. The same form sent twice makes one.
    ///
    /// # Errors
    /// [`Error::Random`], [`Error::Database`].
    pub(crate) async fn make(
        &self,
        account: &Account,
        wanted: &Wanted,
        form: &str,
    ) -> Result<String, Error> {
        let (number, now) = (number()?, self.clock.now_ms());
        let document = document::text(&number, account, wanted, now, &self.origin);
        let (number,) = sqlx::query_as(
            "INSERT INTO exemptions (number, account, goods, document, form, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (account, form) DO UPDATE SET form = exemptions.form RETURNING number",
        )
        .bind(number)
        .bind(&account.number)
        .bind(&wanted.goods)
        .bind(document)
        .bind(form)
        .bind(now)
        .fetch_one(self.database.write())
        .await?;
        Ok(number)
    }

    /// An account's own one with this number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn of(&self, account: &str, number: &str) -> Result<Option<Exemption>, Error> {
        let found = sqlx::query(select!("WHERE e.number = $1 AND e.account = $2"))
            .bind(number)
            .bind(account)
            .fetch_optional(self.database.read())
            .await?;
        found.map(|row| read(&row)).transpose()
    }

    /// The newest of an account.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn of_account(&self, account: &str) -> Result<Vec<Exemption>, Error> {
        let rows = sqlx::query(select!(
            "WHERE e.account = $1 ORDER BY e.created_at DESC, e.number LIMIT $2"
        ))
        .bind(account)
        .bind(LISTED)
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Those that were signed after the one with this number, which was at this moment; all from a
    /// moment on, where it is empty. Oldest first: an agency's program asks for a part after the other.
    ///
    /// Only those older than [`SETTLED`] are given: the moment is read before the row is there for all
    /// to see, so a younger one could still come to stand before the last that was given.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn signed_after(
        &self,
        moment: i64,
        number: &str,
        limit: u32,
    ) -> Result<Vec<Exemption>, Error> {
        let settled = i64::try_from(SETTLED.as_millis()).unwrap_or(i64::MAX);
        let rows = sqlx::query(select!(
            "WHERE (s.signed_at > $1 OR (s.signed_at = $1 AND e.number > $2)) \
             AND s.signed_at < $4 ORDER BY s.signed_at, e.number LIMIT $3"
        ))
        .bind(moment)
        .bind(number)
        .bind(i64::from(limit))
        .bind(self.clock.now_ms() - settled)
        .fetch_all(self.database.read())
        .await?;
        rows.iter().map(read).collect()
    }

    /// The one with this number, whosever it is.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn of_number(&self, number: &str) -> Result<Option<Exemption>, Error> {
        let found = sqlx::query(select!("WHERE e.number = $1"))
            .bind(number)
            .fetch_optional(self.database.read())
            .await?;
        found.map(|row| read(&row)).transpose()
    }

    /// Takes one away that was not signed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn withdraw(&self, account: &str, number: &str) -> Result<(), Error> {
        sqlx::query(
            "DELETE FROM exemptions WHERE number = $1 AND account = $2 \
             AND NOT EXISTS (SELECT 1 FROM signatures WHERE exemption = $1)",
        )
        .bind(number)
        .bind(account)
        .execute(self.database.write())
        .await?;
        Ok(())
    }

    /// Keeps a signature that was verified; false where there is one already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn keep(
        &self,
        changes: &mut Changes,
        number: &str,
        cms: &[u8],
        signer: &Signer,
    ) -> Result<bool, Error> {
        let kept = sqlx::query(
            "INSERT INTO signatures (exemption, cms, name, certificate_serial, \
             certificate_sha256, signed_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (exemption) DO NOTHING",
        )
        .bind(number)
        .bind(STANDARD.encode(cms))
        .bind(&signer.name)
        .bind(&signer.serial)
        .bind(&signer.sha256)
        .bind(self.clock.now_ms())
        .execute(&mut **changes)
        .await?;
        Ok(kept.rows_affected() == 1)
    }
}

/// A random number, as accounts have.
fn number() -> Result<String, Error> {
    let digits = u64::from_be_bytes(random()?) % 10_000_000_000;
    Ok(format!("TX{digits:010}"))
}

fn read(row: &AnyRow) -> Result<Exemption, Error> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let cms: Option<String> = row.try_get("cms")?;
    let signature = match cms {
        None => None,
        Some(cms) => Some(KeptSignature {
            cms,
            name: text("name")?,
            certificate_serial: text("certificate_serial")?,
            certificate_sha256: text("certificate_sha256")?,
            signed_at: row.try_get("signed_at")?,
        }),
    };
    Ok(Exemption {
        number: text("number")?,
        account: text("account")?,
        goods: text("goods")?,
        document: text("document")?,
        created_at: row.try_get("created_at")?,
        signature,
    })
}
