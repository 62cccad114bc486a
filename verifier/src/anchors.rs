//! The authorities that a site trusts.

use std::time::SystemTime;

use rustls_pki_types::{CertificateDer, TrustAnchor, pem::PemObject as _};

use crate::certificate::Certificate;

/// The authorities whose certificates a site believes, and those in between.
///
/// An anchor may be a root or an authority below one: trust in an issuing authority alone is the
/// narrower. Whoever is an anchor, or stands below one, can speak for every company and citizen, so
/// take those of GPKI from <https://grca.nat.gov.tw> and check their fingerprints by another way.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    pub(crate) anchors: Vec<Anchor>,
    pub(crate) intermediates: Vec<CertificateDer<'static>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Anchor {
    pub(crate) trust: TrustAnchor<'static>,
    pub(crate) not_before: SystemTime,
    pub(crate) not_after: SystemTime,
    /// How many authorities may stand between it and a signer; `None`: any number.
    pub(crate) path_length: Option<u8>,
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
    /// Not a certificate in DER.
    #[error("authority {number} is not a certificate")]
    NotACertificate {
        /// Which, from 1.
        number: usize,
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
        Self::from_der(certificates(text)?)
    }

    /// Trusts every one of these DER certificates.
    ///
    /// # Errors
    /// [`AnchorError`], but for its `NotPem`.
    pub fn from_der<D: Into<Vec<u8>>>(
        certificates: impl IntoIterator<Item = D>,
    ) -> Result<Self, AnchorError> {
        let anchors = authorities(certificates)?
            .into_iter()
            .enumerate()
            .map(|(index, (certificate, path_length))| {
                let trust = webpki::anchor_from_trusted_cert(certificate.der())
                    .map_err(|_| AnchorError::NotACertificate { number: index + 1 })?
                    .to_owned();
                let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
                Ok(Anchor {
                    trust,
                    not_before,
                    not_after,
                    path_length,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            anchors,
            intermediates: Vec::new(),
        })
    }

    /// Adds authorities of a PEM text that are trusted only where an anchor vouches for them.
    ///
    /// # Errors
    /// [`AnchorError`], each variant as it says.
    pub fn with_intermediates_pem(self, text: &str) -> Result<Self, AnchorError> {
        self.with_intermediates_der(certificates(text)?)
    }

    /// Adds DER certificates of authorities that are trusted only where an anchor vouches for them.
    ///
    /// # Errors
    /// [`AnchorError`], but for its `NotPem`.
    pub fn with_intermediates_der<D: Into<Vec<u8>>>(
        mut self,
        certificates: impl IntoIterator<Item = D>,
    ) -> Result<Self, AnchorError> {
        let added = authorities(certificates)?;
        self.intermediates
            .extend(added.into_iter().map(|(one, _)| one.into_der().into()));
        Ok(self)
    }
}

fn certificates(text: &str) -> Result<Vec<Vec<u8>>, AnchorError> {
    let found = CertificateDer::pem_slice_iter(text.as_bytes());
    found
        .map(|one| one.map(|der| der.to_vec()).map_err(|_| AnchorError::NotPem))
        .collect()
}

/// Each with its path length. webpki does not look at the keyUsage of authorities; this does.
fn authorities<D: Into<Vec<u8>>>(
    certificates: impl IntoIterator<Item = D>,
) -> Result<Vec<(Certificate, Option<u8>)>, AnchorError> {
    let read = |(index, der): (usize, D)| {
        let number = index + 1;
        let certificate =
            Certificate::from_der(der.into()).ok_or(AnchorError::NotACertificate { number })?;
        let path_length = certificate
            .authority()
            .ok_or(AnchorError::NotAnAuthority { number })?;
        Ok((certificate, path_length))
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
