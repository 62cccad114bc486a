//! What is said of a release beside its packages: the manifest that administrators' scripts go by,
//! and where the packages come from. Neither is signed here: keys are kept where no build runs.
//!
//! Spec: agent/app/src/update.rs; docs/threat-model.md, C-22 and C-34; in-toto Statement v1, SLSA
//! Provenance v1.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::step;

/// How long a manifest is good: whoever is kept from a newer one notices by then.
const GOOD_FOR: Duration = Duration::days(180);

/// Writes `chop-update.json` and the provenance of these packages beside them; gives the files.
pub(super) fn write(
    folder: &Path,
    packages: &[&Path],
    version: &str,
    epoch: &str,
    command: &str,
) -> Result<[PathBuf; 2]> {
    let digests = digests(folder, packages)?;
    let made = OffsetDateTime::from_unix_timestamp(epoch.parse()?)?;
    let manifest = json!({
        "product": "chop",
        "version": version,
        "expires": (made + GOOD_FOR).format(&Rfc3339)?,
        "packages": digests
            .iter()
            .map(|(file, sha256)| json!({ "file": file, "sha256": sha256 }))
            .collect::<Vec<_>>(),
    });
    let update = folder.join("chop-update.json");
    fs::write(&update, format!("{manifest:#}\n"))?;

    let statement = provenance(&digests, &made.format(&Rfc3339)?, command)?;
    let provenance = folder.join(format!("chop-{version}.provenance.json"));
    fs::write(&provenance, format!("{statement:#}\n"))?;
    Ok([update, provenance])
}

fn digests(folder: &Path, packages: &[&Path]) -> Result<Vec<(String, String)>> {
    let digest = |package: &&Path| {
        let name = package.file_name().context("a package has a name")?;
        let mut sum = step::command("sha256sum", &[]);
        let output = sum.arg(name).current_dir(folder).output()?;
        ensure!(output.status.success(), "sha256sum failed");
        let text = String::from_utf8(output.stdout)?;
        let sum = text.split_whitespace().next().context("no sum")?;
        Ok((name.to_string_lossy().into_owned(), sum.to_owned()))
    };
    packages.iter().map(digest).collect()
}

/// Which sources and which compiler these packages are of, and how to make them again.
fn provenance(digests: &[(String, String)], made: &str, command: &str) -> Result<Value> {
    let said = |program: &str, words: &[&str]| {
        let said = step::output(program, words);
        said.with_context(|| format!("{program} says nothing"))
    };
    let commit = said("git", &["rev-parse", "HEAD"])?;
    let changes = said("git", &["status", "--porcelain"])?;
    let lock = said("sha256sum", &["Cargo.lock"])?;
    let lock = lock.split_whitespace().next().unwrap_or_default();
    let subjects = digests
        .iter()
        .map(|(name, sha256)| json!({ "name": name, "digest": { "sha256": sha256 } }));
    Ok(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects.collect::<Vec<_>>(),
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://slsa.dev/provenance/v1#command",
                "externalParameters": { "command": command },
                "internalParameters": {
                    "rustc": said("rustc", &["--version"])?,
                    "uncommittedChanges": !changes.is_empty(),
                },
                "resolvedDependencies": [
                    { "name": "sources", "digest": { "gitCommit": commit.trim() } },
                    { "name": "Cargo.lock", "digest": { "sha256": lock } },
                ],
            },
            "runDetails": {
                "builder": { "id": "cargo xtask package" },
                "metadata": { "startedOn": made },
            },
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_names_its_packages_by_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("chop_1.2.3_amd64.deb");
        fs::write(&package, "abc").unwrap();
        let [update, provenance] =
            write(folder.path(), &[&package], "1.2.3", "1767225600", "make").unwrap();
        let read = |path: &Path| -> Value {
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
        };
        // FIPS 180-4's own example.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let update = read(&update);
        assert_eq!(update["version"], "1.2.3");
        assert_eq!(update["expires"], "2026-06-30T00:00:00Z");
        assert_eq!(update["packages"][0]["file"], "chop_1.2.3_amd64.deb");
        assert_eq!(update["packages"][0]["sha256"], abc);
        let provenance = read(&provenance);
        assert_eq!(provenance["subject"][0]["digest"]["sha256"], abc);
        let sources = &provenance["predicate"]["buildDefinition"]["resolvedDependencies"][0];
        assert_eq!(sources["digest"]["gitCommit"].as_str().unwrap().len(), 40);
    }
}
