//! Which certificates can sign a login, and what is shown of them.

pub(crate) mod name;

use der::{Decode as _, Sequence, asn1::UintRef, oid::ObjectIdentifier};
use x509_cert::{
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage},
    spki::SubjectPublicKeyInfoOwned,
};

use crate::{Certificate, KeyKind};

/// The longest certificate that is read, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

impl Certificate {
    /// Reads a certificate, DER, if it can sign a login: its keyUsage has digitalSignature, it is
    /// no authority's, its extended key usage (if any) has clientAuth, and its key is RSA of 2048
    /// to 4096 bits or on P-256, P-384 or P-521. `None` for all others and what is no certificate.
    ///
    /// It is not asked whether the certificate is valid or trusted: the server does that, and the
    /// person is told by the dates.
    pub(crate) fn for_login(der: &[u8]) -> Option<Self> {
        if der.len() > LONGEST {
            return None;
        }
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let fields = certificate.tbs_certificate();

        let (_, usage) = fields.get_extension::<KeyUsage>().ok()??;
        let authority = fields
            .get_extension::<BasicConstraints>()
            .ok()?
            .is_some_and(|(_, it)| it.ca);
        let for_clients = match fields.get_extension::<ExtendedKeyUsage>().ok()? {
            Some((_, purposes)) => purposes.0.contains(&CLIENT_AUTH),
            None => true,
        };
        if !usage.digital_signature() || authority || !for_clients {
            return None;
        }

        Some(Self {
            der: der.to_vec(),
            holder: name::first(fields.subject(), &[name::COMMON, name::ORGANIZATION]),
            issuer: name::first(
                fields.issuer(),
                &[name::COMMON, name::UNIT, name::ORGANIZATION],
            ),
            not_before: seconds(fields.validity().not_before)?,
            not_after: seconds(fields.validity().not_after)?,
            key: KeyKind::of(fields.subject_public_key_info())?,
        })
    }
}

/// The public key of a certificate, as it is in its bit string: `RSAPublicKey` or an uncompressed
/// point.
pub(crate) fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    let key = &certificate
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key;
    Some(key.as_bytes()?.to_vec())
}

const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

impl KeyKind {
    /// The kind of a public key; `None` if it cannot sign a login.
    fn of(key: &SubjectPublicKeyInfoOwned) -> Option<Self> {
        match key.algorithm.oid {
            RSA => {
                let bytes = key.subject_public_key.as_bytes()?;
                let modulus = RsaPublicKey::from_der(bytes).ok()?.modulus.as_bytes();
                let unused = modulus.first()?.leading_zeros() as usize;
                match modulus.len() * 8 - unused {
                    bits @ 2048..=4096 => Some(Self::Rsa(u16::try_from(bits).ok()?)),
                    _ => None,
                }
            }
            EC => match key.algorithm.parameters.as_ref()?.decode_as().ok()? {
                P256 => Some(Self::P256),
                P384 => Some(Self::P384),
                P521 => Some(Self::P521),
                _ => None,
            },
            _ => None,
        }
    }

    /// How many bytes a signature has: as many as the modulus, or twice a coordinate.
    pub(crate) fn signature_width(self) -> usize {
        match self {
            Self::Rsa(bits) => usize::from(bits).div_ceil(8),
            Self::P256 => 64,
            Self::P384 => 96,
            Self::P521 => 132,
        }
    }
}

/// Spec: RFC 8017 appendix A.1.1.
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    #[allow(dead_code, reason = "part of the structure")]
    exponent: UintRef<'a>,
}

fn seconds(time: x509_cert::time::Time) -> Option<i64> {
    i64::try_from(time.to_unix_duration().as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn a_certificate_for_signatures_is_taken_with_what_is_shown() {
        let der = fixture::certificate("rsa:2048", "/C=TW/CN=王小明", "digitalSignature", None);

        let certificate = Certificate::for_login(&der).unwrap();

        assert_eq!(certificate.holder, "王小明");
        assert_eq!(certificate.issuer, "王小明");
        assert_eq!(certificate.key, KeyKind::Rsa(2048));
        assert_eq!(
            certificate.not_after - certificate.not_before,
            30 * 24 * 3600
        );
        assert_eq!(certificate.der, der);
    }

    #[test]
    fn the_three_curves_are_told_apart() {
        for (curve, kind) in [
            ("P-256", KeyKind::P256),
            ("P-384", KeyKind::P384),
            ("P-521", KeyKind::P521),
        ] {
            let der = fixture::certificate(curve, "/CN=x", "digitalSignature", None);
            assert_eq!(Certificate::for_login(&der).unwrap().key, kind);
        }
    }

    #[test]
    fn a_certificate_for_encryption_is_not_taken() {
        let der = fixture::certificate("P-256", "/CN=x", "keyEncipherment,dataEncipherment", None);
        assert_eq!(Certificate::for_login(&der), None);
    }

    #[test]
    fn a_certificate_without_key_usage_is_not_taken() {
        let der = fixture::certificate("P-256", "/CN=x", "", None);
        assert_eq!(Certificate::for_login(&der), None);
    }

    #[test]
    fn an_authority_is_not_taken() {
        let constraints = Some("basicConstraints=critical,CA:TRUE");
        let der = fixture::certificate(
            "P-256",
            "/CN=x",
            "digitalSignature,keyCertSign",
            constraints,
        );
        assert_eq!(Certificate::for_login(&der), None);
    }

    #[test]
    fn of_extended_key_usages_only_client_authentication_is_taken() {
        let with = |purpose| {
            let extension = format!("extendedKeyUsage={purpose}");
            fixture::certificate("P-256", "/CN=x", "digitalSignature", Some(&extension))
        };
        assert!(Certificate::for_login(&with("emailProtection,clientAuth")).is_some());
        assert!(Certificate::for_login(&with("serverAuth")).is_none());
    }

    #[test]
    fn short_keys_and_other_curves_are_not_taken() {
        for key in ["rsa:1024", "secp256k1", "ed25519"] {
            let der = fixture::certificate(key, "/CN=x", "digitalSignature", None);
            assert_eq!(Certificate::for_login(&der), None, "{key}");
        }
    }

    #[test]
    fn no_part_of_a_certificate_panics_or_passes() {
        let der = fixture::certificate("P-256", "/CN=x", "digitalSignature", None);
        for length in 0..der.len() {
            assert_eq!(Certificate::for_login(&der[..length]), None);
        }
    }

    #[test]
    fn no_changed_byte_of_a_certificate_panics() {
        let der = fixture::certificate("P-256", "/CN=x", "digitalSignature", None);
        for place in 0..der.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut changed = der.clone();
                changed[place] = value;
                let _ = Certificate::for_login(&changed);
            }
        }
    }

    #[test]
    fn too_long_a_certificate_is_not_even_read() {
        assert_eq!(Certificate::for_login(&vec![0x30; LONGEST + 1]), None);
    }
}
