//! The three verifiers.

use std::{fs, path::Path, process::Command, time::SystemTime};

use chop_testpki::pem_of;
use chop_verifier::{
    Anchors, Certificate, ChainCheck, ChainFault, Crl, Evidence, ExpectedName, ObjectIdentifier,
    Purpose,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage,
    RevocationCheckDepth, RevocationOptionsBuilder, UnknownStatusPolicy, anchor_from_trusted_cert,
};

use crate::{case::Case, kit::now};

/// Accepted, or the reason.
pub(crate) type Verdict = Result<(), String>;

/// This crate; a reason is the name of the fault's variant.
pub(crate) fn ours(case: &Case) -> Verdict {
    let read = |list: &[Vec<u8>]| -> Vec<Certificate> {
        let read = list
            .iter()
            .filter_map(|der| Certificate::from_der(der.clone()).ok());
        read.collect()
    };
    let anchors = Anchors::from_certificates(read(&case.anchors), read(&case.between));
    let leaf = Certificate::from_der(case.leaf.clone())
        .map_err(|error| first_word(&format!("{error:?}")))?;
    let question = &case.question;
    let purpose = match (question.server, question.client, question.mailbox) {
        (Some(_), ..) => Purpose::Server,
        (_, true, _) => Purpose::Client,
        (.., Some(_)) => Purpose::Email,
        _ => Purpose::Any,
    };
    let mut check = ChainCheck::new(purpose);
    if question.server.is_some() {
        check = check.by_web_rules();
    }
    if question.mailbox.is_some() {
        check = check.by_mail_rules();
    }
    for name in [question.server, question.mailbox].into_iter().flatten() {
        check = check.for_name(ExpectedName::read(name).unwrap());
    }
    for oid in &question.policies {
        check = check.accept_policy(ObjectIdentifier::new(oid).unwrap());
    }
    if question.explicit {
        check = check.require_explicit_policy();
    }
    if question.inhibit_mapping {
        check = check.inhibit_policy_mapping();
    }
    if question.inhibit_any {
        check = check.inhibit_any_policy();
    }
    if case.lists.is_empty() {
        check = check.without_revocation();
    }
    // A list that cannot be read is as good as none.
    let lists = case
        .lists
        .iter()
        .filter_map(|der| Crl::from_der(der, &anchors).ok());
    let evidence = lists.fold(Evidence::none(), Evidence::and_list);
    match check.run(&anchors, &leaf, &evidence, now()) {
        Ok(_) => Ok(()),
        Err(refusal) => Err(variant(&refusal.fault)),
    }
}

fn variant(fault: &ChainFault) -> String {
    let text = match fault {
        ChainFault::Revocation(fault) => format!("{fault:?}"),
        fault => format!("{fault:?}"),
    };
    first_word(&text)
}

/// A variant's name, without its data.
fn first_word(text: &str) -> String {
    let end = text.find([' ', '(', '{']).unwrap_or(text.len());
    text[..end].to_owned()
}

/// `openssl verify`, strict, with the same files.
pub(crate) fn openssl(case: &Case) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, label, list: &[Vec<u8>]| {
        let pem: String = list.iter().map(|der| pem_of(label, der).unwrap()).collect();
        let path = folder.path().join(name);
        fs::write(&path, pem).unwrap();
        path
    };
    let anchors = write("anchors.pem", "CERTIFICATE", &case.anchors);
    let between = write("between.pem", "CERTIFICATE", &case.between);
    let leaf = write("leaf.pem", "CERTIFICATE", std::slice::from_ref(&case.leaf));
    let lists = write("lists.pem", "X509 CRL", &case.lists);
    let at = now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .to_string();
    let mut command = Command::new("openssl");
    command
        .args([
            "verify",
            "-x509_strict",
            "-partial_chain",
            "-no-CApath",
            "-no-CAstore",
        ])
        .args(["-policy_check", "-attime", &at, "-CAfile"])
        .arg(anchors);
    if !case.between.is_empty() {
        command.arg("-untrusted").arg(between);
    }
    if !case.lists.is_empty() {
        command.args(["-crl_check_all", "-extended_crl", "-use_deltas", "-CRLfile"]);
        command.arg(lists);
    }
    let question = &case.question;
    // Without a policy it takes none for good, where RFC 5280 takes any.
    let any = ["2.5.29.32.0"];
    let policies = match question.policies.as_slice() {
        [] => any.as_slice(),
        policies => policies,
    };
    for oid in policies {
        command.args(["-policy", oid]);
    }
    for (asked, flag) in [
        (question.explicit, "-explicit_policy"),
        (question.inhibit_mapping, "-inhibit_map"),
        (question.inhibit_any, "-inhibit_any"),
    ] {
        if asked {
            command.arg(flag);
        }
    }
    if let Some(name) = question.server {
        let kind = match ExpectedName::read(name) {
            Some(ExpectedName::Ip(_)) => "-verify_ip",
            _ => "-verify_hostname",
        };
        command.args(["-purpose", "sslserver", kind, name]);
    }
    if question.client {
        command.args(["-purpose", "sslclient"]);
    }
    if let Some(name) = question.mailbox {
        command.args(["-purpose", "smimesign", "-verify_email", name]);
    }
    said(command.arg(Path::new(&leaf)))
}

fn said(command: &mut Command) -> Verdict {
    let output = command.output().expect("openssl is installed");
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let reason = text.lines().find_map(|line| {
        line.split(": ")
            .nth(1)
            .filter(|_| line.starts_with("error "))
    });
    Err(reason.unwrap_or(text.trim()).to_owned())
}

/// rustls-webpki, with every algorithm that ring has.
pub(crate) fn webpki(case: &Case) -> Verdict {
    let words = |error: webpki::Error| first_word(&format!("{error:?}"));
    let anchors: Vec<CertificateDer<'_>> =
        case.anchors.iter().map(|der| der.clone().into()).collect();
    let anchors: Vec<_> = anchors
        .iter()
        .filter_map(|der| anchor_from_trusted_cert(der).ok())
        .collect();
    let between: Vec<CertificateDer<'_>> =
        case.between.iter().map(|der| der.clone().into()).collect();
    let leaf: CertificateDer<'_> = case.leaf.clone().into();
    let leaf = EndEntityCert::try_from(&leaf).map_err(words)?;
    let lists: Result<Vec<CertRevocationList<'_>>, _> = case
        .lists
        .iter()
        .map(|der| Ok(BorrowedCertRevocationList::from_der(der)?.into()))
        .collect();
    let lists = lists.map_err(words)?;
    let lists: Vec<&CertRevocationList<'_>> = lists.iter().collect();
    let revocation = RevocationOptionsBuilder::new(&lists).ok().map(|options| {
        options
            .with_depth(RevocationCheckDepth::Chain)
            .with_status_policy(UnknownStatusPolicy::Deny)
            .with_expiration_policy(ExpirationPolicy::Enforce)
            .build()
    });
    let usage = if case.question.server.is_some() {
        KeyUsage::server_auth()
    } else {
        KeyUsage::client_auth()
    };
    let since = now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    leaf.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &between,
        UnixTime::since_unix_epoch(since),
        usage,
        revocation,
        None,
    )
    .map_err(words)?;
    if let Some(name) = case.question.server {
        let name = ServerName::try_from(name).map_err(|_| "InvalidServerName".to_owned())?;
        leaf.verify_is_valid_for_subject_name(&name)
            .map_err(words)?;
    }
    Ok(())
}
