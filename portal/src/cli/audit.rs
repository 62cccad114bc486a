//! `portal audit`.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Subcommand;
use portal::{Portal, Settings};

/// Rows that are read at once.
const PART: u32 = 500;

/// What is done with the record.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Print every row, a line of JSON each, oldest first. Rows of the last minute are left for the
    /// next export.
    Export {
        /// Only rows after the one with this id, which the last export ended with.
        #[arg(long, default_value = "", value_name = "ID")]
        after: String,
    },
    /// Print a certificate that is named in the record, in PEM.
    Certificate {
        /// Its SHA-256 in hexadecimal.
        sha256: String,
    },
}

/// Does it.
pub(crate) async fn run(settings: Settings, command: Audit) -> anyhow::Result<()> {
    let portal = Portal::open(settings).await?;
    let audit = portal.audit();
    let mut output = std::io::stdout().lock();
    match command {
        Audit::Export { mut after } => loop {
            let part = audit.after(&after, PART).await?;
            let Some(last) = part.last() else {
                return Ok(());
            };
            after.clone_from(&last.id);
            for entry in &part {
                writeln!(output, "{}", serde_json::to_string(entry)?)?;
            }
        },
        Audit::Certificate { sha256 } => {
            let der = audit.certificate(&sha256).await?;
            let der = der.context("no certificate with this SHA-256 is kept")?;
            writeln!(output, "-----BEGIN CERTIFICATE-----")?;
            for line in der.as_bytes().chunks(64) {
                output.write_all(line)?;
                writeln!(output)?;
            }
            writeln!(output, "-----END CERTIFICATE-----")?;
        }
    }
    Ok(())
}
