//! The .rpm, by rpm's own tool, from the same tree and with the same scripts' steps.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::{deb, stage::CONFIGURATION};
use crate::step;

const FOLDERS: [&str; 4] = [
    "/usr/share/doc/chop",
    "/usr/share/doc/chop/examples",
    "/usr/share/fish",
    "/usr/share/fish/vendor_completions.d",
];

pub(super) fn build(folder: &Path, stage: &Path, version: &str, epoch: &str) -> Result<PathBuf> {
    let needs = deb::needs(folder, &stage.join("usr/bin/chop"))?;
    let place = folder.join("rpm");
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place)?;
    let spec = place.join("chop.spec");
    fs::write(&spec, text(stage, version, &glibc(&needs)?)?)?;
    let mut build = step::command("rpmbuild", &["--quiet", "-bb", "--target", "x86_64"]);
    for (name, value) in [
        ("_topdir", place.display().to_string()),
        ("_rpmdir", place.display().to_string()),
        ("_dbpath", place.join("db").display().to_string()),
        ("use_source_date_epoch_as_buildtime", "1".to_owned()),
        ("clamp_mtime_to_source_date_epoch", "1".to_owned()),
        ("_buildhost", "localhost".to_owned()),
    ] {
        build.arg("--define").arg(format!("{name} {value}"));
    }
    step::run("rpmbuild", build.arg(&spec).env("SOURCE_DATE_EPOCH", epoch))?;
    let version = version.replace('-', "~");
    let name = format!("chop-{version}-1.x86_64.rpm");
    let rpm = folder.join(&name);
    fs::copy(place.join("x86_64").join(&name), &rpm)?;
    Ok(rpm)
}

/// The oldest C library that will do, out of what Debian's tool says: `libc6 (>= 2.35), …`.
fn glibc(needs: &str) -> Result<String> {
    let after = needs.split_once("libc6 (>= ").map(|(_, after)| after);
    let version = after.and_then(|after| after.split(')').next());
    let version = version.with_context(|| format!("no version of libc6 in {needs:?}"))?;
    Ok(version.to_owned())
}

fn text(stage: &Path, version: &str, glibc: &str) -> Result<String> {
    // Folders that nobody else is sure to have: what no package owns would stay behind.
    let mut files = String::new();
    for folder in FOLDERS {
        writeln!(files, "%dir {folder}")?;
    }
    let find = [
        "(", "-type", "f", "-o", "-type", "l", ")", "-printf", "/%P\\n",
    ];
    let found = step::command("find", &[&*stage.to_string_lossy()])
        .args(find)
        .output()?;
    let listed = String::from_utf8_lossy(&found.stdout);
    let mut listed: Vec<_> = listed.lines().collect();
    listed.sort_unstable();
    for file in listed {
        let mark = if CONFIGURATION.contains(&file) {
            "%config(noreplace) "
        } else if file.starts_with("/usr/share/doc/") {
            "%doc "
        } else {
            ""
        };
        writeln!(files, "{mark}{file}")?;
    }
    let stage = stage.display();
    let version = version.replace('-', "~");
    Ok(format!(
        "Name: chop\n\
         Version: {version}\n\
         Release: 1\n\
         Summary: Signing agent for card logins (HiCOS pages work unchanged)\n\
         License: MIT OR Apache-2.0\n\
         Requires: glibc >= {glibc}, pcsc-lite-libs, nss-tools\n\
         Recommends: pcsc-lite, google-noto-sans-cjk-fonts\n\
         AutoReq: no\n\
         %global __os_install_post %{{nil}}\n\
         %global debug_package %{{nil}}\n\n\
         %description\n\
         Login pages ask it on localhost for a signature by a smart card; the person sees who asks,\n\
         and enters the PIN in a window of the agent's own.\n\n\
         %install\n\
         cp -a {stage}/. %{{buildroot}}/\n\n\
         %post\n\
         chop machine set-up || exit 1\n\
         if [ -d /run/systemd/system ]; then\n\
         systemctl --system daemon-reload >/dev/null 2>&1 || :\n\
         if [ \"$1\" -gt 1 ]; then chop machine tell restart || :; fi\n\
         systemctl start chop-gate.service chop-renew.timer >/dev/null 2>&1 || :\n\
         fi\n\n\
         %preun\n\
         if [ \"$1\" -eq 0 ]; then\n\
         chop machine tell quit || :\n\
         chop machine forget-people --purge || :\n\
         if [ -d /run/systemd/system ]; then\n\
         systemctl stop chop-renew.timer chop-gate.service >/dev/null 2>&1 || :\n\
         fi\n\
         chop machine clear || exit 1\n\
         fi\n\n\
         %postun\n\
         if [ \"$1\" -eq 0 ]; then\n\
         if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null 2>&1 || :; fi\n\
         rm -f /var/lib/systemd/timers/stamp-chop-renew.timer\n\
         fi\n\n\
         %files\n{files}"
    ))
}
