//! `cargo xtask modules`: every PKCS #11 module and every mishap.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result};

use crate::{packages, step};

/// Which modules.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only modules whose names contain this.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_modules()?;
    let kryoptic = kryoptic()?;
    let build = ["build", "--package", "chop-agent", "--bin", "chop"];
    step::run("build chop", &mut step::cargo(&build))?;
    let build = ["build", "--package", "e2e", "--bin", "modules"];
    step::run("build modules", &mut step::cargo(&build))?;
    let mut modules = step::as_root(&step::built("debug", "modules")?);
    modules.arg("--kryoptic").arg(kryoptic);
    modules.args(options.only.iter().flat_map(|only| ["--only", only]));
    step::run("modules", &mut modules)
}

/// The version of kryoptic that is tried.
const KRYOPTIC: &str = "1.5.4";

/// Kryoptic's library, built once: no distribution has it. Its source comes from the crate registry
/// like any crate's, but as nothing can depend on a module, it is built where it was unpacked.
fn kryoptic() -> Result<PathBuf> {
    let folder = step::root().join("target/kryoptic");
    let library = folder.join(format!("libkryoptic_pkcs11-{KRYOPTIC}.so"));
    if library.exists() {
        return Ok(library);
    }
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\nkryoptic = {{ version = \"={KRYOPTIC}\", default-features = false }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut vendor = step::cargo(&["vendor", "--quiet", "vendor"]);
    vendor
        .current_dir(&folder)
        .stdout(std::process::Stdio::null());
    step::run("fetch kryoptic", &mut vendor)?;
    let source = folder.join("vendor/kryoptic");
    let manifest = fs::read_to_string(source.join("Cargo.toml"))?;
    if !manifest.contains("[workspace]") {
        fs::write(
            source.join("Cargo.toml"),
            format!("{manifest}\n[workspace]\n"),
        )?;
    }
    let mut build = step::cargo(&["build", "--release", "--lib", "--no-default-features"]);
    build.args(["--features", "minimal,kryoptic-lib/dynamic", "--target-dir"]);
    build.arg(folder.join("build")).current_dir(&source);
    step::run("build kryoptic", &mut build)?;
    let built = folder.join("build/release/libkryoptic_pkcs11.so");
    fs::copy(built, &library).context("kryoptic's library")?;
    // A quarter of a gigabyte that nobody needs any more.
    for left in ["build", "vendor"] {
        fs::remove_dir_all(folder.join(left))?;
    }
    Ok(library)
}
