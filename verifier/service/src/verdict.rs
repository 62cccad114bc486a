//! Verdicts as JSON, the same from the service and from the command line.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_verifier::{
    CompanyCard, Document, DocumentSignature, HipkiSignIn, Identity, Refusal, Revocation, SignIn,
    Signer, Source,
};
use serde::Serialize;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// What came of a check.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Verdict {
    pub(crate) accepted: bool,
    #[serde(flatten)]
    rest: Value,
}

impl Verdict {
    pub(crate) fn of_sign_in(verified: &SignIn) -> Self {
        Self::accepted(json!({
            "origin_bound": verified.origin_bound,
            "algorithm": verified.algorithm,
            "signer": signer(&verified.signer),
        }))
    }

    pub(crate) fn of_hipki(verified: &HipkiSignIn) -> Self {
        Self::accepted(json!({
            "origin_bound": verified.origin_bound,
            "signing_time": verified.signing_time.map(time),
            "card_number": verified.card_number,
            "signer": signer(&verified.signer),
        }))
    }

    pub(crate) fn of_document(document: &Document) -> Self {
        let one = |signature: &DocumentSignature| {
            json!({
                "signing_time": signature.signing_time.map(time),
                "signer": signer(&signature.signer),
            })
        };
        Self::accepted(json!({
            "signatures": document.signatures.iter().map(one).collect::<Vec<_>>(),
            "content": document.content.as_ref().map(|content| STANDARD.encode(content)),
        }))
    }

    /// Refusals say nothing of who the signer is.
    pub(crate) fn of_refusal(refusal: &Refusal) -> Self {
        Self {
            accepted: false,
            rest: json!({ "code": refusal.code(), "message": refusal.to_string() }),
        }
    }

    fn accepted(rest: Value) -> Self {
        let accepted = true;
        Self { accepted, rest }
    }
}

fn signer(signer: &Signer) -> Value {
    let certificate = &signer.certificate;
    let subject = signer.subject.iter();
    let subject = subject.map(|field| json!({ "name": field.name, "value": field.value }));
    json!({
        "identity": identity(&signer.identity),
        "subject": subject.collect::<Vec<_>>(),
        "assurance": signer.assurance.map(chop_verifier::Assurance::number),
        "policies": signer.policies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "revocation": revocation(signer.revocation),
        "certificate": {
            "der": STANDARD.encode(certificate.der()),
            "sha256": hex(&certificate.fingerprint()),
            "serial": certificate.serial(),
            "issuer": certificate.issuer(),
            "not_before": time(certificate.not_before()),
            "not_after": time(certificate.not_after()),
        },
        "anchor_sha256": hex(&signer.anchor),
    })
}

fn identity(identity: &Identity) -> Value {
    match identity {
        Identity::Company(company) => json!({
            "kind": "company",
            "ban": company.ban.as_str(),
            "name": company.name,
            "card": match company.card {
                CompanyCard::Primary => "primary",
                CompanyCard::Secondary => "secondary",
                CompanyCard::Unknown => "unknown",
            },
        }),
        Identity::Citizen(citizen) => json!({
            "kind": "citizen",
            "id": citizen.id.as_str(),
            "name": citizen.name,
            "last_four": citizen.last_four,
        }),
        Identity::Agency(body) => json!({
            "kind": "agency",
            "oid": body.id.to_string(),
            "name": body.name,
            "tree": body.tree,
        }),
        Identity::Organization(body) => json!({
            "kind": "organization",
            "oid": body.id.to_string(),
            "name": body.name,
            "tree": body.tree,
        }),
        Identity::Other { name, number } => json!({
            "kind": "other",
            "name": name,
            "number": number,
        }),
        // A kind that the verifier knows and this program does not yet.
        _ => json!({ "kind": "unknown" }),
    }
}

fn revocation(revocation: Revocation) -> Value {
    match revocation {
        Revocation::Good { as_of, by } => json!({
            "status": "good",
            "as_of": time(as_of),
            "by": match by {
                Source::Ocsp => "ocsp",
                _ => "list",
            },
        }),
        _ => json!({ "status": "unknown" }),
    }
}

/// RFC 3339, UTC.
pub(crate) fn time(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    time.format(&Rfc3339).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
