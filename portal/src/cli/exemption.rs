//! `portal exemption`.

use std::io::Write as _;

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Subcommand;
use portal::{Portal, Settings};

/// Applications that are read at once.
const PART: u32 = 100;

/// What is done with applications for tax-exemption letters.
#[derive(Subcommand)]
pub(crate) enum Exemption {
    /// Print those that were signed, a line of JSON each with the document in it, oldest first. Those
    /// of the last minute are left for the next export.
    Export {
        /// Only those signed at this moment or later, in milliseconds since 1970.
        #[arg(long, default_value_t = 0, value_name = "MOMENT")]
        since: i64,
    },
    /// Write what is kept of a signature to standard output: CMS in DER.
    Signature {
        /// The application's number, such as TX0123456789.
        number: String,
    },
}

/// Does it.
pub(crate) async fn run(settings: Settings, command: Exemption) -> anyhow::Result<()> {
    let portal = Portal::open(settings).await?;
    let exemptions = portal.exemptions();
    let mut output = std::io::stdout().lock();
    match command {
        Exemption::Export { since } => {
            let mut from = (since, String::new());
            loop {
                let part = exemptions.signed_after(from.0, &from.1, PART).await?;
                for one in &part {
                    let Some(signature) = &one.signature else {
                        continue;
                    };
                    let line = serde_json::json!({
                        "number": one.number,
                        "account": one.account,
                        "document": one.document,
                        "signed_at": signature.signed_at,
                        "name": signature.name,
                        "certificate_serial": signature.certificate_serial,
                        "certificate_sha256": signature.certificate_sha256,
                    });
                    writeln!(output, "{line}")?;
                    from = (signature.signed_at, one.number.clone());
                }
                if part.is_empty() {
                    return Ok(());
                }
            }
        }
        Exemption::Signature { number } => {
            let found = exemptions.of_number(&number).await?;
            let signature = found.and_then(|found| found.signature);
            let signature = signature.context("no signed application has this number")?;
            output.write_all(&STANDARD.decode(signature.cms)?)?;
        }
    }
    Ok(())
}
