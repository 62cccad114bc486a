//! A certificate as people read it.

use chop_token::Certificate;
use ring::digest;
use x509_cert::der::Decode as _;

/// A certificate's contents. Names and numbers are what the certificate says, and are shown as such.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CertificateView {
    /// The subject's name, as RFC 4514 writes it.
    pub(crate) subject: String,
    /// The issuer's name, likewise.
    pub(crate) issuer: String,
    /// The serial number, hexadecimal.
    pub(crate) serial: String,
    /// SHA-256 of the whole, hexadecimal, in groups.
    pub(crate) fingerprint: String,
    /// What else is known of it.
    pub(crate) certificate: Certificate,
}

impl CertificateView {
    /// Reads a certificate, DER; `None` if it is none.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::read(der)?;
        let parsed = x509_cert::Certificate::from_der(der).ok()?;
        let fields = parsed.tbs_certificate();
        let digest = digest::digest(&digest::SHA256, der);
        Some(Self {
            subject: spaced(&fields.subject().to_string()),
            issuer: spaced(&fields.issuer().to_string()),
            serial: hex(fields.serial_number().as_bytes()),
            fingerprint: hex(digest.as_ref()),
            certificate,
        })
    }
}

/// With room to break lines between its parts.
fn spaced(name: &str) -> String {
    name.replace(',', ", ")
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    in_fours(&digits)
}

/// Digits in groups of four, so that they can be compared and break between groups.
pub(crate) fn in_fours(digits: &str) -> String {
    let mut grouped = String::new();
    for (number, digit) in digits.chars().enumerate() {
        if number > 0 && number % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_cannot_be_viewed() {
        assert_eq!(CertificateView::read(b""), None);
        assert_eq!(CertificateView::read(&[0x30, 0x03, 0x02, 0x01, 0x00]), None);
    }

    #[test]
    fn numbers_are_set_in_groups() {
        assert_eq!(hex(&[0x01, 0xab, 0xcd]), "01AB CD");
    }
}
