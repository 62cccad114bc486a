//! The authorities that a site trusts.

use std::{collections::BTreeSet, sync::Arc};

use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use crate::certificate::{Certificate, CertificateError};

/// The authorities whose certificates a site believes, and those in between.
///
/// An anchor may be a root or an authority below one: trust in an issuing authority alone is the
/// narrower. Whoever is an anchor, or stands below one, can speak for every company and citizen, so
/// take those of GPKI from <https://grca.nat.gov.tw> and check their fingerprints by another way.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    anchors: Vec<Arc<Certificate>>,
    between: Vec<Arc<Certificate>>,
    /// The fingerprints of authorities whose SHA-1 signatures count.
    sha1: BTreeSet<[u8; 32]>,
}

/// Why a certificate cannot serve as an authority.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// The text is not PEM.
    #[error("the authorities are not in PEM")]
    NotPem,
    /// There is no certificate in it.
    #[error("there is no authority in the text")]
    None,
    /// Not a certificate that can be read.
    #[error("authority {number} cannot be used: {cause}")]
    NotACertificate {
        /// Which, from 1.
        number: usize,
        /// Why.
        cause: CertificateError,
    },
    /// A certificate that may not issue others.
    #[error("certificate {number} is not an authority's")]
    NotAnAuthority {
        /// Which, from 1.
        number: usize,
    },
}

impl Anchors {
    /// Trusts every certificate of a PEM text.
    ///
    /// # Errors
    /// [`AnchorError`], each variant as it says.
    pub fn from_pem(text: &str) -> Result<Self, AnchorError> {
        Self::from_der(der_of(text)?)
    }

    /// Trusts every one of these DER certificates.
    ///
    /// # Errors
    /// [`AnchorError`], but for its `NotPem`.
    pub fn from_der<D: Into<Vec<u8>>>(
        certificates: impl IntoIterator<Item = D>,
    ) -> Result<Self, AnchorError> {
        Ok(Self {
            anchors: read(certificates, |one| one.extensions.is_authority())?,
            ..Self::default()
        })
    }

    /// Adds authorities of a PEM text that are trusted only where an anchor vouches for them.
    /// Certificates of their own of signers of lists belong here too.
    ///
    /// # Errors
    /// [`AnchorError`], each variant as it says.
    pub fn with_intermediates_pem(self, text: &str) -> Result<Self, AnchorError> {
        self.with_intermediates_der(der_of(text)?)
    }

    /// Adds DER certificates of authorities that are trusted only where an anchor vouches for them.
    ///
    /// # Errors
    /// [`AnchorError`], but for its `NotPem`.
    pub fn with_intermediates_der<D: Into<Vec<u8>>>(
        mut self,
        certificates: impl IntoIterator<Item = D>,
    ) -> Result<Self, AnchorError> {
        let useful = |one: &Certificate| {
            let usage = one.extensions.key_usage;
            one.extensions.is_authority() || usage.is_some_and(|usage| usage.crl_sign())
        };
        self.between.extend(read(certificates, useful)?);
        Ok(self)
    }

    /// Anchors and others as they are, for tools that shall say what is wrong with them: what is no
    /// authority is refused when a path needs it.
    #[must_use]
    pub fn from_certificates(anchors: Vec<Certificate>, between: Vec<Certificate>) -> Self {
        Self {
            anchors: anchors.into_iter().map(Arc::new).collect(),
            between: between.into_iter().map(Arc::new).collect(),
            sha1: BTreeSet::new(),
        }
    }

    /// **Relaxation.** Counts SHA-1 signatures by this authority, named by the SHA-256 of its
    /// certificate: for what the first generation issued. Whoever can make two texts with one SHA-1
    /// can have one certified and use the other.
    #[must_use]
    pub fn allow_sha1_signatures_of(mut self, fingerprint: [u8; 32]) -> Self {
        self.sha1.insert(fingerprint);
        self
    }

    /// All of them, the anchors first.
    pub fn certificates(&self) -> impl Iterator<Item = &Arc<Certificate>> {
        self.anchors.iter().chain(&self.between)
    }

    pub(crate) fn is_anchor(&self, certificate: &Certificate) -> bool {
        self.anchors.iter().any(|anchor| **anchor == *certificate)
    }

    pub(crate) fn knows(&self, certificate: &Certificate) -> bool {
        self.certificates().any(|known| **known == *certificate)
    }

    pub(crate) fn sha1_counts_for(&self, authority: &Certificate) -> bool {
        !self.sha1.is_empty() && self.sha1.contains(&authority.fingerprint())
    }
}

fn der_of(text: &str) -> Result<Vec<Vec<u8>>, AnchorError> {
    let found = CertificateDer::pem_slice_iter(text.as_bytes());
    found
        .map(|one| one.map(|der| der.to_vec()).map_err(|_| AnchorError::NotPem))
        .collect()
}

fn read<D: Into<Vec<u8>>>(
    certificates: impl IntoIterator<Item = D>,
    is_useful: impl Fn(&Certificate) -> bool,
) -> Result<Vec<Arc<Certificate>>, AnchorError> {
    let read = |(index, der): (usize, D)| {
        let number = index + 1;
        let certificate = Certificate::from_der(der.into())
            .map_err(|cause| AnchorError::NotACertificate { number, cause })?;
        if is_useful(&certificate) {
            Ok(Arc::new(certificate))
        } else {
            Err(AnchorError::NotAnAuthority { number })
        }
    };
    let found: Vec<_> = certificates
        .into_iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()?;
    if found.is_empty() {
        Err(AnchorError::None)
    } else {
        Ok(found)
    }
}
