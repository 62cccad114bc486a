//! What is in the binary: every crate, its version and licence, as a CycloneDX document.
//!
//! Spec: CycloneDX 1.5, ECMA-424; package URLs.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::step;

/// Writes it beside the packages.
pub(super) fn write(folder: &Path, version: &str) -> Result<PathBuf> {
    // What is compiled in; tools and tests are not.
    let tree = [
        "tree",
        "--package",
        "chop-agent",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}|{l}",
        "--target",
        "x86_64-unknown-linux-gnu",
    ];
    let output = step::cargo(&tree).output()?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    // Each once, in order, so that the same sources give the same document.
    let crates: BTreeSet<_> = text.lines().filter_map(read).collect();
    ensure!(
        crates.len() > 100,
        "cargo tree has named {} crates only",
        crates.len()
    );
    let components: Vec<_> = crates
        .iter()
        .map(|(name, version, licence)| {
            json!({
                "type": "library",
                "name": name,
                "version": version,
                "purl": format!("pkg:cargo/{name}@{version}"),
                "licenses": [{ "expression": licence }],
            })
        })
        .collect();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": { "type": "application", "name": "chop", "version": version } },
        "components": components,
    });
    let file = folder.join(format!("chop-{version}.cdx.json"));
    fs::write(&file, format!("{document:#}\n"))?;
    Ok(file)
}

/// `serde v1.0.229 (proc-macro)|MIT OR Apache-2.0 (*)`: name, version, licence.
fn read(line: &str) -> Option<(String, String, String)> {
    let (package, licence) = line.split_once('|')?;
    let mut words = package.split_whitespace();
    let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
    // An old way to say "or" that CycloneDX does not know.
    let licence = licence.trim_end_matches(" (*)").replace('/', " OR ");
    Some((name.to_owned(), version.to_owned(), licence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_cargo_tree_is_name_version_and_licence() {
        let read = |line| read(line).map(|(name, version, licence)| [name, version, licence]);
        let expected = ["serde", "1.0.1", "MIT OR Apache-2.0"].map(str::to_owned);
        assert_eq!(
            read("serde v1.0.1 (proc-macro)|MIT/Apache-2.0 (*)"),
            Some(expected)
        );
        assert_eq!(read(""), None);
    }
}
