//! What keeps rows of the audit log, signatures, and the certificates that both name, from being changed or deleted, by whatever
//! statement.
//!
//! It is beside the migrations because it is the one thing that SQLite and PostgreSQL have no
//! common words for. It is looked at whenever the portal starts.

use sqlx::{AnyPool, Executor as _};

use crate::Error;

/// `REPLACE` fires no trigger for the row that it deletes, so what would be replaced is looked for
/// before. Where the portal itself says `ON CONFLICT DO NOTHING` nothing is done, without an error.
const SQLITE: &str = "
CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_holds BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE INSERT ON audit
    WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id OR rowid = NEW.rowid)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS signatures_stay BEFORE DELETE ON signatures
    BEGIN SELECT RAISE(ABORT, 'signatures are kept'); END;
CREATE TRIGGER IF NOT EXISTS signatures_hold BEFORE UPDATE ON signatures
    BEGIN SELECT RAISE(ABORT, 'signatures are kept'); END;
CREATE TRIGGER IF NOT EXISTS signatures_keep BEFORE INSERT ON signatures
    WHEN EXISTS (SELECT 1 FROM signatures WHERE exemption = NEW.exemption OR rowid = NEW.rowid)
    BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER IF NOT EXISTS certificates_stay BEFORE DELETE ON certificates
    BEGIN SELECT RAISE(ABORT, 'certificates are kept'); END;
CREATE TRIGGER IF NOT EXISTS certificates_hold BEFORE UPDATE ON certificates
    BEGIN SELECT RAISE(ABORT, 'certificates are kept'); END;
CREATE TRIGGER IF NOT EXISTS certificates_keep BEFORE INSERT ON certificates
    WHEN EXISTS (SELECT 1 FROM certificates WHERE sha256 = NEW.sha256 OR rowid = NEW.rowid)
    BEGIN SELECT RAISE(IGNORE); END;
";

/// One node at a time, by an advisory lock: two that make the same function at once would fail.
const POSTGRES: &str = "
DO $do$ BEGIN
    PERFORM pg_advisory_xact_lock(7023451);
    CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
        $f$ BEGIN RAISE EXCEPTION 'the table % is append-only', TG_TABLE_NAME; END $f$;
    IF NOT EXISTS (SELECT 1 FROM pg_trigger
                   WHERE tgname = 'audit_holds' AND tgrelid = 'audit'::regclass) THEN
        CREATE TRIGGER audit_holds BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION append_only();
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_trigger
                   WHERE tgname = 'signatures_hold' AND tgrelid = 'signatures'::regclass) THEN
        CREATE TRIGGER signatures_hold BEFORE UPDATE OR DELETE OR TRUNCATE ON signatures
            FOR EACH STATEMENT EXECUTE FUNCTION append_only();
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_trigger
                   WHERE tgname = 'certificates_hold' AND tgrelid = 'certificates'::regclass) THEN
        CREATE TRIGGER certificates_hold BEFORE UPDATE OR DELETE OR TRUNCATE ON certificates
            FOR EACH STATEMENT EXECUTE FUNCTION append_only();
    END IF;
END $do$
";

/// Sets the guards where they are not set.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn set(pool: &AnyPool) -> Result<(), Error> {
    let sqlite = pool.acquire().await?.backend_name() == "SQLite";
    pool.execute(if sqlite { SQLITE } else { POSTGRES }).await?;
    Ok(())
}
