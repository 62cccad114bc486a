//! `chop-verify chain --anchors … --intermediates … --leaf … --at TIME`

use std::{path::PathBuf, time::SystemTime};

use anyhow::{Context as _, Result, anyhow, bail};
use chop_verifier::{
    Anchors, Certificate, Chain, ChainCheck, Crl, Evidence, ExpectedName, ObjectIdentifier, Purpose,
};
use clap::{Args, ValueEnum};

use super::{Answer, files};

/// A chain: prints `accepted`, or why not.
///
/// By the rules of RFC 5280; for a server (--purpose server, or --name with a host or an address) by
/// those of the web's PKI as well, for mail (--purpose email, or --name with a mailbox) by those of
/// S/MIME. Revocation is looked at exactly if lists are given, and then has to
/// be known for every certificate below the anchor.
#[derive(Args)]
pub(super) struct Arguments {
    /// Trust anchors, PEM; may be given again.
    #[arg(long, required = true, value_name = "FILE")]
    anchors: Vec<PathBuf>,
    /// Other authorities, and signers of lists, PEM; may be given again.
    #[arg(long, value_name = "FILE")]
    intermediates: Vec<PathBuf>,
    /// The certificate that it is about, PEM; further ones in the file count as intermediates.
    #[arg(long, value_name = "FILE")]
    leaf: PathBuf,
    /// The moment, RFC 3339; now unless given.
    #[arg(long, value_name = "TIME", value_parser = files::moment)]
    at: Option<SystemTime>,
    /// Lists of revoked certificates, PEM or DER; may be given again.
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// A name it has to be for: a host, an address, or a mailbox; may be given again.
    #[arg(long)]
    name: Vec<String>,
    /// What it is used for: any, sign-in, document, server, client, email, ocsp, code, timestamp, or an
    /// OID. RFC 5280's own words, such as serverAuth, will do as well.
    #[arg(long, value_parser = purpose)]
    purpose: Option<Purpose>,
    /// The rules, if not those that purpose and name suggest.
    #[arg(long)]
    profile: Option<Profile>,
    /// A policy that is acceptable; may be given again. Any, unless given.
    #[arg(long, value_name = "OID")]
    policy: Vec<String>,
    /// An acceptable policy has to hold for the whole chain.
    #[arg(long)]
    require_explicit_policy: bool,
    /// Policy mappings do not count.
    #[arg(long)]
    inhibit_policy_mapping: bool,
    /// anyPolicy stands for nothing.
    #[arg(long)]
    inhibit_any_policy: bool,
    /// Say more than `accepted`.
    #[arg(long)]
    explain: bool,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum Profile {
    /// RFC 5280 alone.
    Rfc5280,
    /// The web's PKI (CA/Browser Forum) on top of it.
    Web,
    /// S/MIME (CA/Browser Forum) on top of it.
    Mail,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer> {
    let anchors = usable(&arguments.anchors)?;
    let mut between = usable(&arguments.intermediates)?;
    let mut leaves = files::certificates(&arguments.leaf)?.into_iter();
    let leaf = match leaves.next() {
        Some(Ok(leaf)) => leaf,
        Some(Err(error)) => {
            return Ok(Answer::Refused(format!(
                "refused: the certificate: {error} (certificate_unreadable)"
            )));
        }
        None => bail!(
            "{}: there is no certificate in it",
            arguments.leaf.display()
        ),
    };
    between.extend(leaves.filter_map(Result::ok));
    let anchors = Anchors::from_certificates(anchors, between);
    let (check, now) = (
        check(arguments)?,
        arguments.at.unwrap_or_else(SystemTime::now),
    );
    let evidence = evidence(arguments, &anchors)?;
    Ok(match check.run(&anchors, &leaf, &evidence, now) {
        Ok(chain) if arguments.explain => Answer::Accepted(explain(&chain, &leaf)),
        Ok(_) => Answer::Accepted("accepted".to_owned()),
        Err(refusal) => Answer::Refused(format!("refused: {refusal} ({})", refusal.code())),
    })
}

/// Certificates that can be read. Others are of no use to any path; a line says so.
fn usable(paths: &[PathBuf]) -> Result<Vec<Certificate>> {
    let mut found = Vec::new();
    for path in paths {
        for (index, certificate) in files::certificates(path)?.into_iter().enumerate() {
            match certificate {
                Ok(certificate) => found.push(certificate),
                Err(error) => {
                    let number = index + 1;
                    eprintln!(
                        "chop-verify: {}: certificate {number}: {error}",
                        path.display()
                    );
                }
            }
        }
    }
    Ok(found)
}

/// Lists that can be read; what is not covered by one is unknown, and that refuses.
fn evidence(arguments: &Arguments, anchors: &Anchors) -> Result<Evidence> {
    let mut evidence = Evidence::none();
    for path in &arguments.crl {
        for der in files::lists(path)? {
            match Crl::from_der(&der, anchors) {
                Ok(list) => evidence = evidence.and_list(list),
                Err(error) => eprintln!("chop-verify: {}: {error}", path.display()),
            }
        }
    }
    Ok(evidence)
}

fn check(arguments: &Arguments) -> Result<ChainCheck> {
    let names = arguments.name.iter().map(|text| {
        let text = text.trim_start_matches('[').trim_end_matches(']');
        ExpectedName::read(text)
            .ok_or_else(|| anyhow!("--name: {text} is no host, address or mailbox"))
    });
    let names = names.collect::<Result<Vec<_>>>()?;
    let purpose = match (&arguments.purpose, names.first()) {
        (Some(purpose), _) => purpose.clone(),
        (None, Some(ExpectedName::Email(_))) => Purpose::Email,
        (None, Some(_)) => Purpose::Server,
        (None, None) => Purpose::Any,
    };
    let profile = arguments.profile.unwrap_or(match purpose {
        Purpose::Server => Profile::Web,
        Purpose::Email => Profile::Mail,
        _ => Profile::Rfc5280,
    });
    let mut check = ChainCheck::new(purpose);
    match profile {
        Profile::Rfc5280 => {}
        Profile::Web => check = check.by_web_rules(),
        Profile::Mail => check = check.by_mail_rules(),
    }
    for name in names {
        check = check.for_name(name);
    }
    if arguments.crl.is_empty() {
        check = check.without_revocation();
    }
    for policy in &arguments.policy {
        let oid = ObjectIdentifier::new(policy);
        let oid = oid
            .map_err(|_| anyhow!("{policy} is no OID"))
            .context("--policy")?;
        check = check.accept_policy(oid);
    }
    if arguments.require_explicit_policy {
        check = check.require_explicit_policy();
    }
    if arguments.inhibit_policy_mapping {
        check = check.inhibit_policy_mapping();
    }
    if arguments.inhibit_any_policy {
        check = check.inhibit_any_policy();
    }
    Ok(check)
}

fn purpose(text: &str) -> Result<Purpose, String> {
    let other = |oid| ObjectIdentifier::new(oid).map(Purpose::Other);
    let letters: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    match letters.to_ascii_lowercase().as_str() {
        "any" | "anyextendedkeyusage" => Ok(Purpose::Any),
        "signin" => Ok(Purpose::SignIn),
        "document" => Ok(Purpose::Document),
        "server" | "serverauth" | "sslserver" => Ok(Purpose::Server),
        "client" | "clientauth" | "sslclient" => Ok(Purpose::Client),
        "email" | "emailprotection" | "smime" => Ok(Purpose::Email),
        "ocsp" | "ocspsigning" => Ok(Purpose::Ocsp),
        "code" | "codesigning" => other("1.3.6.1.5.5.7.3.3").map_err(|error| error.to_string()),
        "timestamp" | "timestamping" => {
            other("1.3.6.1.5.5.7.3.8").map_err(|error| error.to_string())
        }
        _ => other(text).map_err(|_| format!("{text} is no purpose and no OID")),
    }
}

fn explain(chain: &Chain, leaf: &Certificate) -> String {
    let mut lines = vec!["accepted".to_owned()];
    lines.push(format!("anchor     {}", chain.anchor.subject()));
    for authority in &chain.authorities {
        lines.push(format!("authority  {}", authority.subject()));
    }
    lines.push(format!("leaf       {}", leaf.subject()));
    let policies: Vec<_> = chain.policies.iter().map(ToString::to_string).collect();
    lines.push(format!("policies   {}", policies.join(" ")));
    lines.push(format!("revocation {:?}", chain.revocation));
    lines.join("\n")
}
