//! `chop-verify token.json --origin … --challenge … --anchors …`

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use chop_protocol::Origin;
use chop_verifier::Challenge;
use clap::Args;

use super::{Answer, files, files::Trust};
use crate::verdict::Verdict;

/// An assertion (Web eID authentication token).
#[derive(Args)]
pub(super) struct Arguments {
    /// What the page posted, JSON; `-` is the standard input.
    #[arg(value_name = "TOKEN")]
    token: PathBuf,
    /// Your site's own origin, such as `https://portal.example`
    #[arg(long)]
    origin: String,
    /// The challenge that your server gave to this browser, as its text.
    #[arg(long)]
    challenge: String,
    #[command(flatten)]
    trust: Trust,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer> {
    let origin: Origin = arguments.origin.parse().context("--origin")?;
    let challenge: Result<Challenge, _> = arguments.challenge.parse();
    let challenge = challenge.map_err(|error| anyhow!("--challenge: {error}"))?;
    let verifier = arguments.trust.verifier()?;
    let token = String::from_utf8_lossy(&files::bytes(&arguments.token)?).into_owned();
    let verified = verifier.sign_in(token.trim(), &origin, &challenge, arguments.trust.now());
    Ok(match verified {
        Ok(verified) => Answer::Accepted(json(&Verdict::of_sign_in(&verified))?),
        Err(refusal) => Answer::Refused(json(&Verdict::of_refusal(&refusal))?),
    })
}

/// For people and programs.
pub(super) fn json(verdict: &Verdict) -> Result<String> {
    Ok(serde_json::to_string_pretty(verdict)?)
}
