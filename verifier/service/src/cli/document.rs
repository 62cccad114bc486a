//! `chop-verify document message.p7s [--content FILE] --anchors …`

use std::path::PathBuf;

use anyhow::Result;
use chop_verifier::Content;
use clap::Args;

use super::{Answer, files, files::Trust, sign_in::json};
use crate::verdict::Verdict;

/// A signed document.
#[derive(Args)]
pub(super) struct Arguments {
    /// The message, CAdES-BES in DER.
    #[arg(value_name = "MESSAGE")]
    message: PathBuf,
    /// The document, if it is not inside.
    #[arg(long, value_name = "FILE")]
    content: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer> {
    let verifier = arguments.trust.verifier()?;
    let message = files::bytes(&arguments.message)?;
    let beside = arguments.content.as_ref().map(files::bytes).transpose()?;
    let content = beside.as_deref().map_or(Content::Attached, Content::Beside);
    Ok(
        match verifier.document(&message, content, arguments.trust.now()) {
            Ok(document) => Answer::Accepted(json(&Verdict::of_document(&document))?),
            Err(refusal) => Answer::Refused(json(&Verdict::of_refusal(&refusal))?),
        },
    )
}
