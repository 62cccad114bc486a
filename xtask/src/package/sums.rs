//! Checksums of what is released.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use crate::step;

/// Writes `SHA256SUMS`, as `sha256sum --check` reads it.
pub(super) fn write(folder: &Path, files: &[&Path]) -> Result<()> {
    let mut sum = step::command("sha256sum", &[]);
    for file in files {
        sum.arg(file.file_name().context("a package has a name")?);
    }
    let output = sum.current_dir(folder).output()?;
    anyhow::ensure!(output.status.success(), "sha256sum failed");
    Ok(fs::write(folder.join("SHA256SUMS"), output.stdout)?)
}
