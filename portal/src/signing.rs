//! Signing an application with a card.
//!
//! This is the part that other sites copy: what is signed is the server's own document, and what
//! comes back is believed only as far as the verifier says.
//!
//! Spec: docs/protocol.md, "Sign documents"; threats C-7, C-8, C-25.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_verifier::{Content, Verifier};
use ring::digest::{SHA256, digest};
use serde::Deserialize;

use crate::{
    Error,
    audit::{Action, Audit},
    limits::Act,
    login::{Next, Token},
    portal::Site,
    problem::{Code, Problem},
    secret::hex,
    signer::Signer,
    visitor::Holder,
};

/// What is posted.
#[derive(Deserialize)]
pub(crate) struct Signed {
    /// CMS SignedData, DER in base64, exactly as the agent gave it to the page.
    signature: String,
}

/// `POST /account/exemptions/{number}/signature`
pub(crate) async fn sign(
    State(site): State<Site>,
    Path(number): Path<String>,
    holder: Holder,
    Token(token): Token,
    signed: Result<Json<Signed>, JsonRejection>,
) -> Result<Json<Next>, Problem> {
    if !holder.visitor.browser.made(&token) {
        return Err(Code::RequestRefused.into());
    }
    let account = &holder.signed_in.account.number;
    site.limits.count(Act::Sign, account).await?;

    // 1. Our own document, not one that was posted.
    let exemption = site.exemptions.of(account, &number).await?;
    let exemption = exemption.ok_or(Code::BadRequest)?;

    // 2. Verify: one signature, of exactly this document.
    let Json(unverified) = signed.map_err(|_| Code::BadRequest)?;
    let cms = STANDARD.decode(unverified.signature);
    let cms = cms.map_err(|_| Code::DocumentMismatch)?;
    let now = site.clock.now();
    let verify = move |verifier: &Verifier| {
        let verified = verifier.document(&cms, Content::Attached, now);
        (cms, verified)
    };
    let (cms, verified) = site.trust.verifying(verify).await;
    let verified = verified.map_err(|refusal| Problem::of_document(&refusal))?;
    let ([signature], Some(content)) = (&*verified.signatures, verified.content) else {
        return Err(Code::DocumentMismatch.into());
    };
    if content != exemption.document.as_bytes() {
        return Err(Code::DocumentMismatch.into());
    }

    // 3. Whose card it is: one of this account.
    let signer = Signer::of(&signature.signer).ok_or(Code::CardKindWrong)?;
    if signer.is_secondary() && !site.secondary_cards {
        return Err(Code::SecondaryCardRefused.into());
    }
    let owner = site.accounts.of_subject(signer.kind, &signer.subject);
    if owner.await?.is_none_or(|owner| owner.number != *account) {
        return Err(Code::SignerDiffers.into());
    }

    // 4. Keep it, once, and write down what was kept.
    let mut changes = site.database.begin().await?;
    Audit::keep(&mut changes, &signature.signer.certificate).await?;
    if !site
        .exemptions
        .keep(&mut changes, &number, &cms, &signer)
        .await?
    {
        return Err(Code::AlreadySigned.into());
    }
    let sha256 = hex(digest(&SHA256, &cms).as_ref());
    site.audit
        .note(Action::ExemptionSigned, "holder")
        .account(account)
        .signer(Some(&signer))
        .client(holder.visitor.client.as_str())
        .detail(format!("{number} {sha256}"))
        .write(&mut changes)
        .await?;
    changes.commit().await.map_err(Error::from)?;
    let next = format!("/account/exemptions/{number}?signed");
    Ok(Json(Next { next }))
}
