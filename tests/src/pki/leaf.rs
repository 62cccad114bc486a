//! The certificates of holders, in the shape of GPKI.
//!
//! ```text
//! subject              company: C=TW (PrintableString), O=name (UTF8String),
//!                               serialNumber=統一編號 (PrintableString); no CN
//!                      citizen: C=TW, CN=name (UTF8String), serialNumber=16 digits
//! keyUsage             critical; digitalSignature, or keyEncipherment + dataEncipherment
//! certificatePolicies  2.16.886.101.0.3.3 (class 3)
//! subjectDirectoryAttributes (2.5.29.9) ::= SEQUENCE OF SEQUENCE { OID, SET OF value }
//!     2.16.886.1.100.2.1    subject class, OID-valued: 2.16.886.1.100.3.2.2.1.1 for companies,
//!                           2.16.886.1.100.3.1.1 (invented) for citizens
//!     2.16.886.1.100.2.2    company: "primary" or "secondary" (UTF8String)
//!     2.16.886.1.100.2.101  company: 統一編號 (UTF8String)
//!     2.16.886.1.100.2.51   citizen: the last four of the number (UTF8String)
//! authorityKeyIdentifier, subjectKeyIdentifier
//! ```
//!
//! Which string type `.101` has on real cards, and how `.2` is written there, is not known (`.51` is
//! a UTF8String).

use std::time::SystemTime;

use anyhow::Result;
use der::{
    Any, Decode as _, Encode as _, Tag,
    asn1::{ObjectIdentifier, OctetString, PrintableStringRef, SetOfVec, Utf8StringRef},
};
use x509_cert::{
    attr::{Attribute, AttributeTypeAndValue},
    ext::{
        Extension,
        pkix::{
            CertificatePolicies, KeyUsage, KeyUsages, SubjectKeyIdentifier,
            certpolicy::PolicyInformation,
        },
    },
    name::{Name, RdnSequence, RelativeDistinguishedName},
};

use super::{
    Holder, Issuer, Request, Usage,
    authority::{Authority, Content, extension, key_id},
    request::days_from,
};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");

const CLASS_3: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.101.0.3.3");

const DIRECTORY_ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.9");
const SUBJECT_CLASS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.1");
const COMPANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.3.2.2.1.1");
const CITIZEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.3.1.1");
const CARD_RANK: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.2");
const COMPANY_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.101");
const LAST_FOUR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.886.1.100.2.51");

/// Issues what `request` describes.
pub(super) fn issue(
    issuer: &Authority,
    request: &Request<'_>,
    public_key: &[u8],
    now: SystemTime,
) -> Result<Vec<u8>> {
    let usage = match request.usage {
        Usage::Signature => KeyUsages::DigitalSignature.into(),
        Usage::Encryption => KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment,
    };
    let mut extensions = vec![
        extension(&SubjectKeyIdentifier(key_id(public_key)?))?,
        extension(&KeyUsage(usage))?,
        extension(&CertificatePolicies(vec![PolicyInformation {
            policy_identifier: CLASS_3,
            policy_qualifiers: None,
        }]))?,
    ];
    if let Some(number) = &request.attribute {
        extensions.push(attributes(request, number)?);
    }
    let (before, after) = request.age.bounds();
    issuer.certify(Content {
        subject: subject(request.holder())?,
        public_key: public_key.to_vec(),
        not_before: days_from(now, -before),
        not_after: days_from(now, after),
        extensions,
    })
}

fn subject(holder: &Holder) -> Result<Name> {
    let name = match holder.issuer {
        Issuer::Companies => ORGANIZATION,
        Issuer::Citizens => COMMON_NAME,
    };
    let mut sequence = RdnSequence::default();
    for (oid, value) in [
        (COUNTRY, printable("TW")?),
        (name, utf8(&holder.name)?),
        (SERIAL_NUMBER, printable(&holder.number)?),
    ] {
        let pair = AttributeTypeAndValue { oid, value };
        sequence.push(RelativeDistinguishedName::try_from(vec![pair])?);
    }
    Ok(Name::from_der(&sequence.to_der()?)?)
}

fn attributes(request: &Request<'_>, number: &str) -> Result<Extension> {
    let list = match request.holder().issuer {
        Issuer::Companies => vec![
            attribute(SUBJECT_CLASS, oid(COMPANY)?)?,
            attribute(CARD_RANK, utf8(request.rank)?)?,
            attribute(COMPANY_NUMBER, utf8(number)?)?,
        ],
        Issuer::Citizens => {
            let start = number.len().saturating_sub(4);
            let last_four = number.get(start..).unwrap_or(number);
            vec![
                attribute(SUBJECT_CLASS, oid(CITIZEN)?)?,
                attribute(LAST_FOUR, utf8(last_four)?)?,
            ]
        }
    };
    Ok(Extension {
        extn_id: DIRECTORY_ATTRIBUTES,
        critical: false,
        extn_value: OctetString::new(list.to_der()?)?,
    })
}

fn attribute(oid: ObjectIdentifier, value: Any) -> Result<Attribute> {
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from(vec![value])?,
    })
}

fn oid(oid: ObjectIdentifier) -> Result<Any> {
    Ok(Any::new(Tag::ObjectIdentifier, oid.as_bytes())?)
}

fn utf8(text: &str) -> Result<Any> {
    Ok(Any::from(Utf8StringRef::new(text)?))
}

fn printable(text: &str) -> Result<Any> {
    Ok(Any::from(PrintableStringRef::new(text)?))
}
