//! Runs openssl: another implementation than ours, for files and comparisons.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

/// Runs openssl with `input` on its standard input; gives what it wrote.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start openssl")?;
    // Everything given here fits into a pipe, so writing first cannot block.
    child
        .stdin
        .take()
        .context("piped above")?
        .write_all(input)?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
