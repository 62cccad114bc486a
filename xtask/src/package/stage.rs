//! The files as they lie on a system: one tree, from which each kind of package is made.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::step;

/// Files that an administrator may change, and packages keep.
pub(super) const CONFIGURATION: [&str; 1] = ["/etc/xdg/autostart/tw.chop.Agent.desktop"];

/// Units that are on from the start in the .rpm: links in the system's own folder, which an
/// administrator can mask, and of which nothing is left in `/etc`.
const WANTED: [(&str, &str); 2] = [
    ("multi-user.target", "chop-gate.service"),
    ("timers.target", "chop-renew.timer"),
];

/// Fills the folder, anew.
pub(super) fn fill(folder: &Path, binary: &Path, epoch: &str) -> Result<PathBuf> {
    let _ = fs::remove_dir_all(folder);
    let linux = step::root().join("packaging/linux");
    let place = |from: PathBuf, to: &str, mode| copy(&from, &folder.join(to), mode);

    place(binary.to_path_buf(), "usr/bin/chop", 0o755)?;
    step::run(
        "strip",
        step::command("strip", &["--strip-unneeded"]).arg(folder.join("usr/bin/chop")),
    )?;
    place(
        linux.join("tw.chop.Agent.autostart.desktop"),
        "etc/xdg/autostart/tw.chop.Agent.desktop",
        0o644,
    )?;
    place(
        linux.join("tw.chop.Agent.desktop"),
        "usr/share/applications/tw.chop.Agent.desktop",
        0o644,
    )?;
    place(
        linux.join("tw.chop.Agent.svg"),
        "usr/share/icons/hicolor/scalable/apps/tw.chop.Agent.svg",
        0o644,
    )?;
    for unit in [
        "chop-gate.service",
        "chop-renew.service",
        "chop-renew.timer",
    ] {
        let to = format!("usr/lib/systemd/system/{unit}");
        place(linux.join("systemd").join(unit), &to, 0o644)?;
    }
    for (target, unit) in WANTED {
        let wants = folder.join(format!("usr/lib/systemd/system/{target}.wants"));
        fs::create_dir_all(&wants)?;
        symlink(format!("../{unit}"), wants.join(unit))?;
    }
    let doc = "usr/share/doc/chop";
    place(
        linux.join("debian/copyright"),
        &format!("{doc}/copyright"),
        0o644,
    )?;
    place(
        linux.join("policy.toml"),
        &format!("{doc}/examples/policy.toml"),
        0o644,
    )?;
    for page in ["settings.md", "deployment.md"] {
        place(
            step::root().join("docs").join(page),
            &format!("{doc}/{page}"),
            0o644,
        )?;
    }
    place(
        step::root().join("CHANGELOG.md"),
        &format!("{doc}/changelog"),
        0o644,
    )?;
    compress(&folder.join(doc).join("changelog"))?;
    manual(folder)?;
    date(folder, epoch)?;
    Ok(folder.to_path_buf())
}

/// Manual pages and completions, written by the program that knows all options.
fn manual(folder: &Path) -> Result<()> {
    let made = folder.with_file_name("manual");
    let _ = fs::remove_dir_all(&made);
    let run = [
        "run",
        "--quiet",
        "--package",
        "chop-agent",
        "--example",
        "manual",
        "--",
    ];
    step::run("manual pages and completions", step::cargo(&run).arg(&made))?;
    for (from, to) in [
        (
            "bash/chop.bash",
            "usr/share/bash-completion/completions/chop",
        ),
        ("zsh/_chop", "usr/share/zsh/vendor-completions/_chop"),
        (
            "fish/chop.fish",
            "usr/share/fish/vendor_completions.d/chop.fish",
        ),
    ] {
        copy(&made.join(from), &folder.join(to), 0o644)?;
    }
    for page in fs::read_dir(made.join("man1"))? {
        let page = page?;
        let to = folder.join("usr/share/man/man1").join(page.file_name());
        copy(&page.path(), &to, 0o644)?;
        compress(&to)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path, mode: u32) -> Result<()> {
    let parent = to.parent().unwrap_or(to);
    fs::create_dir_all(parent)?;
    fs::copy(from, to).with_context(|| format!("{} is missing", from.display()))?;
    Ok(fs::set_permissions(to, Permissions::from_mode(mode))?)
}

/// Without name and date in it, so that it is the same each time.
fn compress(file: &Path) -> Result<()> {
    step::run(
        "gzip",
        step::command("gzip", &["--best", "--no-name", "--force"]).arg(file),
    )
}

fn date(folder: &Path, epoch: &str) -> Result<()> {
    let script = format!(
        "chmod -R go-w . && find . -type d -exec chmod 755 {{}} + && find . -exec touch --no-dereference --date=@{epoch} {{}} +"
    );
    step::run(
        "dates",
        step::command("sh", &["-c", &script]).current_dir(folder),
    )
}
