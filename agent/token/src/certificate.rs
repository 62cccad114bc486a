//! Certificates: what they are for, and what is shown of them.

pub(crate) mod name;

use der::{Decode as _, Encode as _, Sequence, asn1::UintRef, oid::ObjectIdentifier};
use serde::{Deserialize, Serialize};
use x509_cert::{
    ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage},
    spki::SubjectPublicKeyInfoOwned,
};

use crate::Use;

/// The longest certificate that is read, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;

/// A certificate on a token, as far as it is shown and used.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Certificate {
    /// `CKA_ID`, which its key has too; in a file the `localKeyId`, empty where there is none.
    pub id: Vec<u8>,
    /// `CKA_LABEL`; in a file the friendly name.
    pub label: String,
    /// The whole certificate, DER.
    pub der: Vec<u8>,
    /// The subject's common name, or its organization where there is none.
    pub holder: String,
    /// The issuer's common name, organizational unit or organization, the first there is.
    pub issuer: String,
    /// The subject's whole name, DER.
    pub subject_name: Vec<u8>,
    /// The issuer's whole name, DER.
    pub issuer_name: Vec<u8>,
    /// The start of validity, seconds since 1970.
    pub not_before: i64,
    /// The end of validity, seconds since 1970.
    pub not_after: i64,
    /// The kind of its key; `None` if it is of a kind that we use for nothing.
    pub key: Option<KeyKind>,
    /// Its public key as it is in its bit string: `RSAPublicKey` (RFC 8017 A.1.1), or a point.
    pub public_key: Vec<u8>,
    /// What the issuer allows it for: see [`Certificate::fits`].
    pub uses: Uses,
}

/// Kinds of keys.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum KeyKind {
    /// RSA of this many bits, 2048 to 4096.
    Rsa(u16),
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
}

/// What the issuer allows a key for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Uses {
    /// [`Use::SignIn`].
    pub sign_in: bool,
    /// [`Use::Sign`].
    pub sign: bool,
    /// [`Use::Decrypt`].
    pub decrypt: bool,
}

impl Certificate {
    /// Reads a certificate, DER; `None` if it is none, or longer than 64 KiB.
    ///
    /// It is not asked whether the certificate is valid or trusted: the server does that, and the
    /// person is told by the dates.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        if der.len() > LONGEST {
            return None;
        }
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let fields = certificate.tbs_certificate();
        let key = KeyKind::of(fields.subject_public_key_info());
        let uses = uses(fields, key).unwrap_or_default();
        Some(Self {
            id: Vec::new(),
            label: String::new(),
            der: der.to_vec(),
            holder: name::first(fields.subject(), &[name::COMMON, name::ORGANIZATION]),
            issuer: name::first(
                fields.issuer(),
                &[name::COMMON, name::UNIT, name::ORGANIZATION],
            ),
            subject_name: fields.subject().to_der().ok()?,
            issuer_name: fields.issuer().to_der().ok()?,
            not_before: seconds(fields.validity().not_before)?,
            not_after: seconds(fields.validity().not_after)?,
            key,
            public_key: {
                let key = &fields.subject_public_key_info().subject_public_key;
                key.as_bytes().unwrap_or_default().to_vec()
            },
            uses,
        })
    }

    /// The same, read anew from its DER: what comes from a worker process was maybe written there by
    /// a module. `None` if it is no certificate.
    pub(crate) fn read_anew(self) -> Option<Self> {
        Some(Self {
            label: name::printable(&self.label),
            id: self.id,
            ..Self::read(&self.der)?
        })
    }

    /// Whether its key is for this. Its keyUsage says so, it is no authority's, and its extended
    /// key usage (if any) allows it:
    ///
    /// - to sign in: digitalSignature, clientAuth; the key is RSA of 2048 to 4096 bits or on
    ///   P-256, P-384 or P-521;
    /// - to sign a document: digitalSignature or nonRepudiation, clientAuth, emailProtection or a
    ///   document signing purpose; the same keys;
    /// - to decrypt: keyEncipherment or dataEncipherment; RSA alone.
    #[must_use]
    pub fn fits(&self, wanted: Use) -> bool {
        match wanted {
            Use::SignIn => self.uses.sign_in,
            Use::Sign => self.uses.sign,
            Use::Decrypt => self.uses.decrypt,
        }
    }
}

/// `None` for what cannot be told: then it is for nothing.
fn uses(fields: &x509_cert::TbsCertificate, key: Option<KeyKind>) -> Option<Uses> {
    let key = key?;
    let (_, usage) = fields.get_extension::<KeyUsage>().ok()??;
    let authority = fields.get_extension::<BasicConstraints>().ok()?;
    if authority.is_some_and(|(_, it)| it.ca) {
        return None;
    }
    let purposes = fields.get_extension::<ExtendedKeyUsage>().ok()?;
    let allows = |wanted: &[ObjectIdentifier]| {
        let any = |(_, purposes): &(bool, ExtendedKeyUsage)| {
            wanted.iter().any(|purpose| purposes.0.contains(purpose))
        };
        purposes.as_ref().is_none_or(any)
    };
    Some(Uses {
        sign_in: usage.digital_signature() && allows(&[CLIENT_AUTH]),
        sign: (usage.digital_signature() || usage.non_repudiation()) && allows(&FOR_DOCUMENTS),
        decrypt: (usage.key_encipherment() || usage.data_encipherment())
            && matches!(key, KeyKind::Rsa(_)),
    })
}

const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// Extended key usages that a signature under a document may come from: clientAuth (cards with one
/// certificate for all), emailProtection, documentSigning (RFC 9336), Microsoft's and Adobe's of
/// the same name, and any.
const FOR_DOCUMENTS: [ObjectIdentifier; 6] = [
    CLIENT_AUTH,
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
    ObjectIdentifier::new_unwrap("1.2.840.113583.1.1.5"),
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
];
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

impl KeyKind {
    /// The kind of a public key; `None` for all others.
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

    fn read(key: &str, usage: &str, extension: Option<&str>) -> Certificate {
        Certificate::read(&fixture::certificate(key, "/CN=x", usage, extension)).unwrap()
    }

    /// For signing in, for documents, for decrypting.
    fn uses(certificate: &Certificate) -> [bool; 3] {
        [Use::SignIn, Use::Sign, Use::Decrypt].map(|wanted| certificate.fits(wanted))
    }

    #[test]
    fn a_certificate_is_read_with_what_is_shown() {
        let der = fixture::certificate("rsa:2048", "/C=TW/CN=王小明", "digitalSignature", None);

        let certificate = Certificate::read(&der).unwrap();

        assert_eq!(certificate.holder, "王小明");
        assert_eq!(certificate.issuer, "王小明");
        assert_eq!(certificate.key, Some(KeyKind::Rsa(2048)));
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
            assert_eq!(read(curve, "digitalSignature", None).key, Some(kind));
        }
    }

    #[test]
    fn the_key_usage_says_what_a_key_is_for() {
        for (key, usage, expected) in [
            ("P-256", "digitalSignature", [true, true, false]),
            ("P-256", "nonRepudiation", [false, true, false]),
            (
                "P-256",
                "digitalSignature,nonRepudiation",
                [true, true, false],
            ),
            ("rsa:2048", "keyEncipherment", [false, false, true]),
            ("rsa:2048", "dataEncipherment", [false, false, true]),
            ("rsa:2048", "digitalSignature,keyEncipherment", [true; 3]),
            ("P-256", "keyAgreement", [false; 3]),
            ("P-256", "", [false; 3]),
        ] {
            assert_eq!(uses(&read(key, usage, None)), expected, "{usage}");
        }
    }

    #[test]
    fn an_authority_is_for_nothing() {
        let constraints = Some("basicConstraints=critical,CA:TRUE");
        let usage = "digitalSignature,keyCertSign,keyEncipherment";
        assert_eq!(uses(&read("rsa:2048", usage, constraints)), [false; 3]);
    }

    #[test]
    fn extended_key_usages_narrow_what_a_key_signs() {
        for (purposes, expected) in [
            ("emailProtection,clientAuth", [true, true, false]),
            ("clientAuth", [true, true, false]),
            ("emailProtection", [false, true, false]),
            ("1.3.6.1.5.5.7.3.36", [false, true, false]),
            ("serverAuth", [false; 3]),
        ] {
            let extension = format!("extendedKeyUsage={purposes}");
            let certificate = read("P-256", "digitalSignature", Some(&extension));
            assert_eq!(uses(&certificate), expected, "{purposes}");
        }
    }

    #[test]
    fn short_keys_and_other_curves_are_for_nothing() {
        for key in ["rsa:1024", "secp256k1", "ed25519"] {
            let certificate = read(key, "digitalSignature,keyEncipherment", None);
            assert_eq!(
                (certificate.key, uses(&certificate)),
                (None, [false; 3]),
                "{key}"
            );
        }
    }

    #[test]
    fn no_part_of_a_certificate_panics_or_passes() {
        let der = fixture::certificate("P-256", "/CN=x", "digitalSignature", None);
        for length in 0..der.len() {
            assert_eq!(Certificate::read(&der[..length]), None);
        }
    }

    #[test]
    fn no_changed_byte_of_a_certificate_panics() {
        let der = fixture::certificate("P-256", "/CN=x", "digitalSignature", None);
        for place in 0..der.len() {
            for value in [0, 0x7f, 0x80, 0xff] {
                let mut changed = der.clone();
                changed[place] = value;
                let _ = Certificate::read(&changed);
            }
        }
    }

    #[test]
    fn too_long_a_certificate_is_not_even_read() {
        assert_eq!(Certificate::read(&vec![0x30; LONGEST + 1]), None);
    }
}
