//! A certificate as pages read it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_token::{Certificate, directory_string};
use der::{Any, Decode as _, oid::ObjectIdentifier};
use ring::digest;
use serde::Serialize;
use x509_cert::{
    TbsCertificate,
    attr::Attribute,
    ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectAltName, name::GeneralName},
    name::Name,
    time::Time,
};

/// The fields, in the component's order, which is the alphabet's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CertificateInfo {
    certb64: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder_rank: Option<String>,
    id: String,
    #[serde(rename = "issuerDN")]
    issuer_dn: String,
    label: String,
    not_after: String,
    #[serde(rename = "notAfterT")]
    not_after_t: i64,
    not_before: String,
    #[serde(rename = "notBeforeT")]
    not_before_t: i64,
    signature_algorithm: String,
    sn: String,
    #[serde(rename = "subjectCN")]
    subject_cn: String,
    #[serde(rename = "subjectDN")]
    subject_dn: String,
    #[serde(rename = "subjectID", skip_serializing_if = "Option::is_none")]
    subject_id: Option<String>,
    thumbprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
}

impl CertificateInfo {
    /// `None` for what cannot be read after all.
    pub(super) fn of(certificate: &Certificate) -> Option<Self> {
        let der = &certificate.der;
        let parsed = x509_cert::Certificate::from_der(der).ok()?;
        let fields = parsed.tbs_certificate();
        let directory = Directory::of(fields);
        Some(Self {
            certb64: STANDARD.encode(der),
            email: email(fields),
            holder_rank: directory.text(&[HOLDER_RANK]),
            id: STANDARD.encode(&certificate.id),
            issuer_dn: dn(fields.issuer()),
            label: pasted(&certificate.label),
            not_after: time(fields.validity().not_after),
            not_after_t: seconds(certificate.not_after),
            not_before: time(fields.validity().not_before),
            not_before_t: seconds(certificate.not_before),
            signature_algorithm: parsed.signature_algorithm().oid.to_string(),
            sn: serial(fields),
            subject_cn: common_name(fields.subject()),
            subject_dn: dn(fields.subject()),
            subject_id: directory.text(&[CITIZEN, COMPANY, ORGANIZATION, USER]),
            thumbprint: {
                let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, der);
                hexadecimal(hash.as_ref())
            },
            usage: usage(fields),
        })
    }
}

/// Whether it is one that issues others.
pub(super) fn is_authority(certificate: &Certificate) -> bool {
    let parsed = x509_cert::Certificate::from_der(&certificate.der);
    let constraints = parsed.as_ref().ok().and_then(|it| {
        let extension = it.tbs_certificate().get_extension::<BasicConstraints>();
        extension.ok().flatten()
    });
    constraints.is_some_and(|(_, constraints)| constraints.ca)
}

/// The subjectDirectoryAttributes.
struct Directory(Vec<Attribute>);

impl Directory {
    fn of(fields: &TbsCertificate) -> Self {
        let extension = fields.extensions().and_then(|all| {
            let mut all = all.iter();
            all.find(|extension| extension.extn_id == DIRECTORY)
        });
        let read = extension.and_then(|it| Vec::from_der(it.extn_value.as_bytes()).ok());
        Self(read.unwrap_or_default())
    }

    /// The first value of the first of `kinds` that is there.
    fn text(&self, kinds: &[ObjectIdentifier]) -> Option<String> {
        let of = |kind| self.0.iter().find(|attribute| attribute.oid == kind);
        let attribute = kinds.iter().find_map(|kind| of(*kind))?;
        let value = attribute.values.iter().next()?;
        Some(match value.decode_as::<ObjectIdentifier>() {
            Ok(oid) => oid.to_string(),
            Err(_) => pasted(&directory_string(value)),
        })
    }
}

/// A name as pages take it apart: in the certificate's order, with commas alone between its parts.
fn dn(name: &Name) -> String {
    let part = |oid: ObjectIdentifier, value: &Any| {
        let kind = KINDS.iter().find(|(known, _)| *known == oid);
        let kind = kind.map_or_else(|| oid.to_string(), |(_, kind)| (*kind).to_owned());
        format!("{kind}={}", pasted(&directory_string(value)))
    };
    let parts: Vec<_> = name.iter().map(|it| part(it.oid, &it.value)).collect();
    parts.join(",")
}

fn common_name(name: &Name) -> String {
    let common = name.iter().find(|it| it.oid == COMMON);
    common.map_or_else(String::new, |it| pasted(&directory_string(&it.value)))
}

fn email(fields: &TbsCertificate) -> Option<String> {
    let (_, names) = fields.get_extension::<SubjectAltName>().ok()??;
    names.0.iter().find_map(|name| match name {
        GeneralName::Rfc822Name(email) => Some(pasted(email.as_ref())),
        _ => None,
    })
}

fn usage(fields: &TbsCertificate) -> Option<String> {
    let (_, usage) = fields.get_extension::<KeyUsage>().ok()??;
    let names = USAGES.iter().filter(|(bit, _)| usage.0.contains(*bit));
    let names: Vec<_> = names.map(|(_, name)| *name).collect();
    Some(names.join("|"))
}

/// Upper case, without a leading zero byte.
fn serial(fields: &TbsCertificate) -> String {
    let bytes = fields.serial_number().as_bytes();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    hexadecimal(bytes.get(zeros..).unwrap_or_default())
}

/// As it stands in the certificate.
fn time(time: Time) -> String {
    let date = time.to_date_time();
    let (year, rest) = (
        date.year(),
        format!(
            "{:02}{:02}{:02}{:02}{:02}Z",
            date.month(),
            date.day(),
            date.hour(),
            date.minutes(),
            date.seconds()
        ),
    );
    match time {
        Time::UtcTime(_) => format!("{:02}{rest}", year % 100),
        Time::GeneralTime(_) => format!("{year:04}{rest}"),
    }
}

/// The component counts in 32 bits, and gives 0 for what does not fit: pages know that.
fn seconds(time: i64) -> i64 {
    i32::try_from(time).map_or(0, i64::from)
}

/// Without what would break a string that a page pastes together.
pub(super) fn pasted(text: &str) -> String {
    let clean = |c: char| match c {
        '"' => '\'',
        '\\' => '/',
        c if c.is_control() => ' ',
        c => c,
    };
    text.chars().map(clean).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

const COMMON: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const KINDS: [(ObjectIdentifier, &str); 10] = [
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (COMMON, "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "serialNumber"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.12"), "title"),
    (
        ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"),
        "emailAddress",
    ),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
        "DC",
    ),
];

const USAGES: [(KeyUsages, &str); 9] = [
    (KeyUsages::DigitalSignature, "digitalSignature"),
    (KeyUsages::NonRepudiation, "nonRepudiation"),
    (KeyUsages::KeyEncipherment, "keyEncipherment"),
    (KeyUsages::DataEncipherment, "dataEncipherment"),
    (KeyUsages::KeyAgreement, "keyAgreement"),
    (KeyUsages::KeyCertSign, "keyCertSign"),
    (KeyUsages::CRLSign, "cRLSign"),
    (KeyUsages::EncipherOnly, "encipherOnly"),
    (KeyUsages::DecipherOnly, "decipherOnly"),
];

const DIRECTORY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.9");
/// Of a company's card: the first, or one beside it.
const HOLDER_RANK: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.2");
/// The last four characters of the 身分證字號.
const CITIZEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.51");
/// The 統一編號.
const COMPANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.101");
/// An agency's or association's OID.
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.102");
const USER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.202");
