//! `cargo xtask gallery`.

use anyhow::Result;

use crate::{packages, step};

pub(crate) fn run() -> Result<()> {
    packages::for_gallery()?;
    let test = [
        "test",
        "--package",
        "chop-agent",
        "--lib",
        "prompt::gallery",
    ];
    let mut test = step::cargo(&test);
    step::run("gallery", test.env("CHOP_GALLERY_WRITE", "1"))?;
    step::run(
        "what has changed",
        &mut step::command("git", &["status", "--short", "docs"]),
    )
}
