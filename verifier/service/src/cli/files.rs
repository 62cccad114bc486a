//! Files with certificates and lists, and the trust that logins are checked with.

use std::{fs, path::PathBuf, time::SystemTime};

use anyhow::{Context as _, Result, bail};
use chop_verifier::{Anchors, Certificate, CertificateError, Crl, Evidence, Verifier};
use clap::Args;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, pem::PemObject as _};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Whom to trust, and what is known about revocation.
#[derive(Args)]
pub(super) struct Trust {
    /// Authorities to trust, PEM; may be given again.
    #[arg(long, required = true, value_name = "FILE")]
    anchors: Vec<PathBuf>,
    /// Authorities between them and the card, PEM; may be given again.
    #[arg(long, value_name = "FILE")]
    intermediates: Vec<PathBuf>,
    /// Lists of revoked certificates, PEM or DER; may be given again.
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// The moment, RFC 3339; now unless given.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<SystemTime>,
    /// Relaxation: accept what nobody says was revoked.
    #[arg(long)]
    allow_unknown_revocation: bool,
    /// Relaxation: accept authorities of which nobody says whether they were revoked.
    #[arg(long)]
    allow_unknown_revocation_of_authorities: bool,
    /// Relaxation: accept the cards of `chop simulate`; for tests.
    #[arg(long)]
    allow_simulated_cards: bool,
}

impl Trust {
    pub(super) fn verifier(&self) -> Result<Verifier> {
        let mut anchors = Anchors::from_pem(&texts(&self.anchors)?).context("--anchors")?;
        if !self.intermediates.is_empty() {
            let text = texts(&self.intermediates)?;
            anchors = anchors
                .with_intermediates_pem(&text)
                .context("--intermediates")?;
        }
        let mut evidence = Evidence::none();
        for path in &self.crl {
            for der in lists(path)? {
                let list = Crl::from_der(&der, &anchors);
                let list = list.with_context(|| path.display().to_string())?;
                evidence = evidence.and_list(list);
            }
        }
        let mut verifier = Verifier::new(anchors).with_evidence(evidence);
        if self.allow_unknown_revocation {
            verifier = verifier.allow_unknown_revocation();
        }
        if self.allow_unknown_revocation_of_authorities {
            verifier = verifier.allow_unknown_revocation_of_authorities();
        }
        if self.allow_simulated_cards {
            verifier = verifier.allow_simulated_cards();
        }
        Ok(verifier)
    }

    pub(super) fn now(&self) -> SystemTime {
        self.at.unwrap_or_else(SystemTime::now)
    }
}

/// A moment as RFC 3339 writes it.
pub(super) fn moment(text: &str) -> Result<SystemTime, String> {
    let read = OffsetDateTime::parse(text, &Rfc3339);
    read.map(SystemTime::from)
        .map_err(|_| "it is no RFC 3339 time, such as 2026-11-01T00:00:00Z".to_owned())
}

/// The bytes of a file; `-` is the standard input.
pub(super) fn bytes(path: &PathBuf) -> Result<Vec<u8>> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path).with_context(|| path.display().to_string())
}

fn texts(paths: &[PathBuf]) -> Result<String> {
    let mut all = String::new();
    for path in paths {
        all.push_str(&String::from_utf8_lossy(&bytes(path)?));
        all.push('\n');
    }
    Ok(all)
}

/// The certificates of a file, PEM or DER, each by itself: one that cannot be read leaves the others.
pub(super) fn certificates(path: &PathBuf) -> Result<Vec<Result<Certificate, CertificateError>>> {
    let bytes = bytes(path)?;
    if bytes.first() == Some(&0x30) {
        return Ok(vec![Certificate::from_der(bytes)]);
    }
    let blocks = CertificateDer::pem_slice_iter(&bytes);
    let read = blocks.map(|block| match block {
        Ok(der) => Certificate::from_der(der.to_vec()),
        Err(_) => Err(CertificateError::Der),
    });
    Ok(read.collect())
}

/// The lists of a file, PEM or DER.
pub(super) fn lists(path: &PathBuf) -> Result<Vec<Vec<u8>>> {
    let bytes = bytes(path)?;
    if bytes.first() == Some(&0x30) {
        return Ok(vec![bytes]);
    }
    let blocks = CertificateRevocationListDer::pem_slice_iter(&bytes);
    let read: Result<Vec<_>, _> = blocks.map(|block| block.map(|der| der.to_vec())).collect();
    let Ok(read) = read else {
        bail!("{}: it is neither DER nor PEM", path.display());
    };
    Ok(read)
}
