//! The .deb, by Debian's own tool: `dpkg-deb` builds it, `dpkg-shlibdeps` says what it needs, and
//! `lintian` has the last word.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use super::stage::CONFIGURATION;
use crate::step;

const SCRIPTS: [&str; 3] = ["postinst", "prerm", "postrm"];

/// Complaints of lintian that do not hold here, each with its reason.
const NOT_HERE: [&str; 4] = [
    // The project has no mail address.
    "bogus-mail-host",
    // It is nobody's package in Debian, so no bug of Debian's is closed by it.
    "initial-upload-closes-no-bugs",
    // Written in Markdown, for people of every system.
    "debian-changelog-file-missing",
    "no-changelog",
];

pub(super) fn build(
    folder: &Path,
    stage: &Path,
    binary: &Path,
    version: &str,
    epoch: &str,
    dev: bool,
) -> Result<PathBuf> {
    let tree = folder.join("deb");
    let _ = fs::remove_dir_all(&tree);
    step::run("copy", step::command("cp", &["-a"]).arg(stage).arg(&tree))?;
    // Debian's helper switches units on, and remembers whether an administrator has switched them off.
    let off = "rm -r usr/lib/systemd/system/*.wants";
    step::run(
        "units",
        step::command("sh", &["-c", off]).current_dir(&tree),
    )?;
    let control = tree.join("DEBIAN");
    fs::create_dir_all(&control)?;
    let needs = needs(folder, binary)?;
    let kilobytes = step::output("du", &["-sk", &stage.to_string_lossy()]).unwrap_or_default();
    let kilobytes = kilobytes
        .split_whitespace()
        .next()
        .unwrap_or("0")
        .to_owned();
    fs::write(control.join("control"), text(version, &needs, &kilobytes))?;
    fs::write(
        control.join("conffiles"),
        CONFIGURATION.map(|it| format!("{it}\n")).concat(),
    )?;
    for script in SCRIPTS {
        let to = control.join(script);
        fs::copy(
            step::root().join("packaging/linux/debian").join(script),
            &to,
        )?;
        fs::set_permissions(&to, Permissions::from_mode(0o755))?;
    }
    let sums = "find . -path ./DEBIAN -prune -o -type f -printf '%P\\0' | sort -z | xargs -0 md5sum > DEBIAN/md5sums";
    step::run(
        "sums",
        step::command("sh", &["-c", sums]).current_dir(&tree),
    )?;
    let touch = format!("find . -exec touch --no-dereference --date=@{epoch} {{}} +");
    step::run(
        "dates",
        step::command("sh", &["-c", &touch]).current_dir(&tree),
    )?;
    let deb = folder.join(format!("chop_{version}_amd64.deb"));
    let mut build = step::command("dpkg-deb", &["--root-owner-group", "-Znone", "--build"]);
    step::run(
        "dpkg-deb",
        build.arg(&tree).arg(&deb).env("SOURCE_DATE_EPOCH", epoch),
    )?;
    compress(folder, &deb, dev)?;
    let tags = NOT_HERE.join(",");
    let lint = [
        "--fail-on",
        "error,warning",
        "--suppress-tags",
        &tags,
        "--allow-root",
    ];
    step::run("lintian", step::command("lintian", &lint).arg(&deb))?;
    Ok(deb)
}

/// Compresses a package's two archives. With the filter for x86 programs the package is a sixteenth
/// smaller; `dpkg-deb` would not use it, and reads it.
///
/// Spec: deb(5); xz(1), "--x86".
fn compress(folder: &Path, deb: &Path, dev: bool) -> Result<()> {
    let parts = folder.join("parts");
    let _ = fs::remove_dir_all(&parts);
    fs::create_dir_all(&parts)?;
    let name = deb.file_name().context("a package has a name")?;
    let package = parts.join(name);
    fs::rename(deb, &package)?;
    let preset = if dev { "1" } else { "9" };
    let script = format!(
        "set -e; ar x \"$1\"; rm \"$1\"; \
         xz -T1 --x86 --lzma2=preset={preset} control.tar data.tar; \
         ar rcD \"$1\" debian-binary control.tar.xz data.tar.xz"
    );
    let mut sh = step::command("sh", &["-c", &script, "sh"]);
    step::run("xz", sh.arg(name).current_dir(&parts))?;
    fs::rename(package, deb)?;
    Ok(fs::remove_dir_all(parts)?)
}

/// The libraries' packages, as the binary's own header says.
pub(super) fn needs(folder: &Path, binary: &Path) -> Result<String> {
    let place = folder.join("shlibdeps");
    fs::create_dir_all(place.join("debian"))?;
    fs::write(
        place.join("debian/control"),
        "Source: chop\n\nPackage: chop\nArchitecture: any\n",
    )?;
    let mut ask = step::command("dpkg-shlibdeps", &["-O"]);
    let output = ask
        .arg(format!("-e{}", binary.display()))
        .current_dir(&place)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("shlibs:Depends="));
    Ok(line
        .context("dpkg-shlibdeps does not say what the binary needs")?
        .to_owned())
}

fn text(version: &str, needs: &str, kilobytes: &str) -> String {
    format!(
        "Package: chop\n\
         Version: {version}\n\
         Architecture: amd64\n\
         Section: utils\n\
         Priority: optional\n\
         Maintainer: The Chop authors <chop@localhost.localdomain>\n\
         Installed-Size: {kilobytes}\n\
         Depends: {needs}, libnss3-tools\n\
         Recommends: pcscd, fonts-noto-cjk, libxkbcommon-x11-0\n\
         Suggests: opensc-pkcs11\n\
         Description: signing agent for card logins (HiCOS pages work unchanged)\n \
         Login pages ask it on localhost for a signature by a smart card; the person\n \
         sees who asks, and enters the PIN in a window of the agent's own.\n \
         .\n \
         For everybody on the machine: a system service owns the port and hands each\n \
         connection to the agent of the user whose browser made it.\n"
    )
}
