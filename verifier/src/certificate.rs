//! A certificate, read once. What is read is believed only after its chain has been checked.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls_pki_types::CertificateDer;
use x509_cert::{
    TbsCertificate,
    der::{Decode as _, asn1::ObjectIdentifier},
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectDirectoryAttributes},
    spki::SubjectPublicKeyInfoOwned,
};

use crate::{Refusal, name::DistinguishedName};

/// clientAuth. Spec: RFC 5280 §4.2.1.12.
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// A certificate as bytes and as what they say.
pub(crate) struct Certificate {
    der: CertificateDer<'static>,
    inner: x509_cert::Certificate,
}

impl Certificate {
    /// Reads standard base64 of DER.
    pub(crate) fn read(base64: &str) -> Result<Self, Refusal> {
        let der = STANDARD
            .decode(base64)
            .map_err(|_| Refusal::CertificateUnreadable)?;
        Self::from_der(der).ok_or(Refusal::CertificateUnreadable)
    }

    /// `None` if it is no certificate.
    pub(crate) fn from_der(der: Vec<u8>) -> Option<Self> {
        let inner = x509_cert::Certificate::from_der(&der).ok()?;
        Some(Self {
            der: der.into(),
            inner,
        })
    }

    /// Its key may sign in.
    ///
    /// GPKI's certificates have a keyUsage and no extendedKeyUsage. One without keyUsage could be
    /// for anything, an encryption certificate too, so it is refused.
    pub(crate) fn check_purpose(&self) -> Result<(), Refusal> {
        let unreadable = |_| Refusal::CertificateUnreadable;
        let usage = self.tbs().get_extension::<KeyUsage>().map_err(unreadable)?;
        if !usage.is_some_and(|(_, usage)| usage.digital_signature()) {
            return Err(Refusal::KeyUsage);
        }
        let extended = self
            .tbs()
            .get_extension::<ExtendedKeyUsage>()
            .map_err(unreadable)?;
        if extended.is_some_and(|(_, purposes)| !purposes.0.contains(&CLIENT_AUTH)) {
            return Err(Refusal::ExtendedKeyUsage);
        }
        let constraints = self
            .tbs()
            .get_extension::<BasicConstraints>()
            .map_err(unreadable)?;
        if constraints.is_some_and(|(_, constraints)| constraints.ca) {
            return Err(Refusal::Authority);
        }
        Ok(())
    }

    /// It is valid at `now`; its first and last second are.
    pub(crate) fn check_validity(&self, now: SystemTime) -> Result<(), Refusal> {
        let (not_before, not_after) = (self.not_before(), self.not_after());
        if now < not_before {
            return Err(Refusal::NotYetValid { not_before });
        }
        // X.509 counts whole seconds: half a second after the last one still belongs to it.
        if now >= not_after + std::time::Duration::from_secs(1) {
            return Err(Refusal::Expired { not_after });
        }
        Ok(())
    }

    /// The path length if it may issue certificates: `Some(None)` for any length.
    pub(crate) fn authority(&self) -> Option<Option<u8>> {
        let (_, constraints) = self.tbs().get_extension::<BasicConstraints>().ok()??;
        let usage = self.tbs().get_extension::<KeyUsage>().ok()?;
        let signs = usage.is_none_or(|(_, usage)| usage.key_cert_sign());
        (constraints.ca && signs).then_some(constraints.path_len_constraint)
    }

    pub(crate) fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    pub(crate) fn into_der(self) -> Vec<u8> {
        self.der.to_vec()
    }

    pub(crate) fn not_before(&self) -> SystemTime {
        self.tbs().validity().not_before.to_system_time()
    }

    pub(crate) fn not_after(&self) -> SystemTime {
        self.tbs().validity().not_after.to_system_time()
    }

    /// Lower-case hexadecimal.
    pub(crate) fn serial(&self) -> String {
        let bytes = self.tbs().serial_number().as_bytes();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn subject(&self) -> DistinguishedName<'_> {
        DistinguishedName(self.tbs().subject())
    }

    pub(crate) fn issuer(&self) -> DistinguishedName<'_> {
        DistinguishedName(self.tbs().issuer())
    }

    /// The subjectDirectoryAttributes; `None` if it has none.
    pub(crate) fn attributes(&self) -> Result<Option<SubjectDirectoryAttributes>, Refusal> {
        let unclear = |_| Refusal::SubjectUnclear {
            attribute: "subjectDirectoryAttributes",
        };
        let found = self.tbs().get_extension().map_err(unclear)?;
        Ok(found.map(|(_, attributes)| attributes))
    }

    pub(crate) fn key(&self) -> &SubjectPublicKeyInfoOwned {
        self.tbs().subject_public_key_info()
    }

    fn tbs(&self) -> &TbsCertificate {
        self.inner.tbs_certificate()
    }
}
