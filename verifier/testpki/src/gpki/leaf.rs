//! The certificates of holders, in the shape of GPKI.
//!
//! ```text
//! subject              company: C=TW (PrintableString), O=name (UTF8String),
//!                               serialNumber=統一編號 (PrintableString); no CN
//!                      citizen: C=TW, CN=name (UTF8String), serialNumber=16 digits
//!                      agency, organization: C=TW, O=行政院 or 測試縣, OU=name
//! keyUsage             critical; digitalSignature, or keyEncipherment + dataEncipherment
//! certificatePolicies  2.16.886.101.0.3.3 (class 3)
//! subjectDirectoryAttributes (2.5.29.9) ::= SEQUENCE OF SEQUENCE { OID, SET OF value }
//!     2.16.886.1.100.2.1    subject class, OID-valued: 2.16.886.1.100.3.2.2.1.1 for companies,
//!                           2.16.886.1.100.3.1.1 (invented) for others
//!     2.16.886.1.100.2.2    company: "primary" or "secondary" (UTF8String)
//!     2.16.886.1.100.2.101  company: 統一編號 (UTF8String)
//!     2.16.886.1.100.2.51   citizen: the last four of the number (UTF8String)
//!     2.16.886.1.100.2.102  agency, organization: its OID
//! authorityKeyIdentifier, subjectKeyIdentifier
//! ```
//!
//! Which string type `.101` has on real cards, how `.2` is written there and whether `.102` is an OID
//! is not known (`.51` is a UTF8String).

use std::time::SystemTime;

use crate::{
    Dn, Error, Extension, Holder, Issuer, Request, Template, Usage,
    extension::{self, Point, Value},
    request::days_from,
};

/// What `request` describes.
pub(super) fn template(
    request: &Request<'_>,
    policy: Option<&str>,
    now: SystemTime,
) -> Result<Template, Error> {
    let usage: &[u8] = match request.usage {
        Usage::Signature => &[0],
        Usage::Encryption => &[2, 3],
    };
    let (before, after) = request.age.bounds();
    let mut template = Template::new(subject(request.holder()), now)?
        .valid(days_from(now, -before), days_from(now, after))
        .with(extension::key_usage(usage));
    let level = request.assurance;
    let level = level.map(|level| format!("2.16.886.101.0.3.{level}"));
    let policies: Vec<_> = level.as_deref().into_iter().chain(policy).collect();
    if !policies.is_empty() {
        template = template.with(extension::policies(&policies));
    }
    if let Some(number) = &request.attribute {
        template = template.with(attributes(request, number));
    }
    if let Some(lists) = &request.lists_at {
        template = template.with(extension::distribution_points(&[Point::at(lists)]));
    }
    if let Some(ocsp) = &request.ocsp_at {
        template = template.with(extension::ocsp_at(&[ocsp]));
    }
    Ok(template)
}

fn subject(holder: &Holder) -> Dn {
    let start = Dn::new().c("TW");
    match holder.issuer {
        Issuer::Companies => start.o(&holder.name).number(&holder.number),
        Issuer::Citizens => start.cn(&holder.name).number(&holder.number),
        Issuer::Agencies => start.o("行政院").ou(&holder.name),
        Issuer::Organizations => start.o("測試縣").ou(&holder.name),
    }
}

fn attributes(request: &Request<'_>, number: &str) -> Extension {
    const CLASS: &str = "2.16.886.1.100.2.1";
    let start = number.len().saturating_sub(4);
    let last_four = number.get(start..).unwrap_or(number);
    match request.holder().issuer {
        Issuer::Companies => extension::directory_attributes(&[
            (CLASS, Value::Oid("2.16.886.1.100.3.2.2.1.1")),
            ("2.16.886.1.100.2.2", Value::Utf8(request.rank)),
            ("2.16.886.1.100.2.101", Value::Utf8(number)),
        ]),
        Issuer::Citizens => extension::directory_attributes(&[
            (CLASS, Value::Oid("2.16.886.1.100.3.1.1")),
            ("2.16.886.1.100.2.51", Value::Utf8(last_four)),
        ]),
        Issuer::Agencies | Issuer::Organizations => extension::directory_attributes(&[
            (CLASS, Value::Oid("2.16.886.1.100.3.1.1")),
            ("2.16.886.1.100.2.102", Value::Oid(number)),
        ]),
    }
}
