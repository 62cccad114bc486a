//! From settings to what the verifier is made of.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use chop_fetch::Fetcher;
use chop_verifier::{Anchors, Assurance, Crl, ObjectIdentifier, Verifier};

use crate::{
    Error, Settings,
    settings::{Rules, read},
};

pub(crate) fn anchors(settings: &Settings) -> Result<Anchors, Error> {
    let checked = |paths: &[PathBuf], check: &dyn Fn(&str) -> Result<(), _>| {
        let mut text = String::new();
        for path in paths {
            let pem = read(path)?;
            // Each by itself first, so that the error names the file.
            check(&pem).map_err(|source| Error::Anchors {
                path: path.clone(),
                source,
            })?;
            text.push_str(&pem);
            text.push('\n');
        }
        Ok::<_, Error>(text)
    };
    let text = checked(&settings.anchors, &|pem| Anchors::from_pem(pem).map(drop))?;
    let wrong = |source| Error::Anchors {
        path: PathBuf::new(),
        source,
    };
    let mut anchors = Anchors::from_pem(&text).map_err(wrong)?;
    if !settings.intermediates.is_empty() {
        let read = |pem: &str| Anchors::default().with_intermediates_pem(pem).map(drop);
        let text = checked(&settings.intermediates, &read)?;
        anchors = anchors.with_intermediates_pem(&text).map_err(wrong)?;
    }
    for fingerprint in &settings.rules.allow_sha1_signatures_of {
        let bytes = fingerprint_of(fingerprint).ok_or_else(|| Error::Setting {
            setting: "rules.allow_sha1_signatures_of",
            why: format!("{fingerprint} is not 64 hexadecimal digits"),
        })?;
        anchors = anchors.allow_sha1_signatures_of(bytes);
    }
    Ok(anchors)
}

fn fingerprint_of(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    let (pairs, rest) = digits.as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    rest.is_empty().then(|| bytes?.try_into().ok())?
}

pub(crate) fn rules(rules: &Rules, verifier: Verifier) -> Result<Verifier, Error> {
    let oid = |setting, text: &String| {
        ObjectIdentifier::new(text).map_err(|_| Error::Setting {
            setting,
            why: format!("{text} is no OID"),
        })
    };
    let mut verifier = verifier.allow_stale_lists(rules.stale_lists());
    if let Some(level) = rules.require_assurance {
        let level = match level {
            1 => Assurance::One,
            2 => Assurance::Two,
            3 => Assurance::Three,
            4 => Assurance::Four,
            _ => {
                let why = "levels are 1 to 4".to_owned();
                return Err(Error::Setting {
                    setting: "rules.require_assurance",
                    why,
                });
            }
        };
        verifier = verifier.require_assurance(level);
    }
    for policy in &rules.require_policies {
        verifier = verifier.require_policy(oid("rules.require_policies", policy)?);
    }
    for policy in &rules.refuse_policies {
        verifier = verifier.refuse_policy(oid("rules.refuse_policies", policy)?);
    }
    if rules.allow_unknown_revocation {
        verifier = verifier.allow_unknown_revocation();
    }
    if rules.allow_unknown_revocation_of_authorities {
        verifier = verifier.allow_unknown_revocation_of_authorities();
    }
    if rules.allow_simulated_cards {
        tracing::warn!("allow_simulated_cards: whoever runs `chop simulate` is whoever they like");
        verifier = verifier.allow_simulated_cards();
    }
    if rules.allow_sha1_in_hipki_sign_ins {
        verifier = verifier.allow_sha1_in_hipki_sign_ins();
    }
    Ok(verifier)
}

pub(crate) fn files(paths: &[PathBuf], anchors: &Anchors) -> Result<Vec<Arc<Crl>>, Error> {
    let read = |path: &PathBuf| {
        let der = fs::read(path).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        let list = Crl::from_der(&der, anchors);
        let list = list.map_err(|source| Error::List {
            path: path.clone(),
            source,
        })?;
        Ok(Arc::new(list))
    };
    paths.iter().map(read).collect()
}

pub(crate) fn fetcher(
    settings: &Settings,
    anchors: &Arc<Anchors>,
) -> Result<Option<Fetcher>, Error> {
    let revocation = &settings.revocation;
    if revocation.lists.is_empty() && !revocation.ask_for_each_card {
        return Ok(None);
    }
    let Some(folder) = &revocation.folder else {
        let why = "it is needed for what is fetched".to_owned();
        return Err(Error::Setting {
            setting: "revocation.folder",
            why,
        });
    };
    let mut how = chop_fetch::Settings::new(Path::new(folder));
    how.proxy.clone_from(&revocation.proxy);
    how.allow_no_nonce_from
        .clone_from(&revocation.allow_no_nonce_from);
    how.allow_private_addresses = revocation.allow_private_addresses;
    Ok(Some(Fetcher::new(how, anchors.clone())?))
}
