//! What has to be on the machine: Debian packages, npm packages, `cargo-deny`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::step;

/// To build: libpcsclite is linked.
const BUILD: &[&str] = &["gcc", "libc6-dev", "pkg-config", "libpcsclite-dev"];
/// To show a window on a display of our own, and to look at it.
const DISPLAY: &[&str] = &[
    "xvfb",
    "openbox",
    "xdotool",
    "imagemagick",
    "x11-utils",
    "libxkbcommon-x11-0", // the window opens it at run time
    "fonts-noto-cjk",
    "dbus",
];
/// To make a browser trust the demo's certificates, and a card in a file.
const DEMO: &[&str] = &["libnss3-tools", "openssl"];
/// Cards without hardware, namespaces of our own, and the peers that tests compare with.
const TEST: &[&str] = &[
    "pcscd",
    "vsmartcard-vpcd",
    "opensc",
    "softhsm2",
    "libnss3",
    "p11-kit",
    "p11-kit-modules",
    "iproute2",
    "util-linux",
    "procps",
    "libglib2.0-bin",
    "openssh-client",
    "wmctrl",
    "xfce4-panel", // shows the tray
    "xdg-utils",
    "at-spi2-core",
    "curl",
    "python3-minimal",
    "npm",
    "redis-server",
    "python3-cryptography",
    "php-cli",
    "default-jdk-headless",
    // What HiCOS pages had signed is verified as sites do.
    "libbcpkix-java",
    "python3-asn1crypto",
    // Around the portal: its other database, a mail server, a proxy before two nodes.
    "postgresql",
    "python3-aiosmtpd",
    "haproxy",
    "systemd", // looks at the unit of the portal
];

/// OpenSSL as a library, to measure beside.
const BENCH: &[&str] = &["libssl-dev"];
/// To build kryoptic, which takes its words for C's from its headers.
const KRYOPTIC: &[&str] = &["clang", "libclang-dev", "libsqlite3-dev", "libssl-dev"];

/// To compile for Windows, and to run what comes of it.
const WINDOWS: &[&str] = &["gcc-mingw-w64-x86-64-win32", "nasm", "wine64"];

/// To make the installer for Windows, and to sign it.
const WINDOWS_PACKAGE: &[&str] = &["wixl", "msitools", "osslsigncode", "zip", "minisign"];

/// To make packages.
const PACKAGE: &[&str] = &["dpkg-dev", "lintian", "rpm"];
/// To install and remove them in a machine of its own.
const MACHINE: &[&str] = &["mmdebstrap", "systemd-container", "util-linux"];

/// A browser, by the commands that start it and the Debian package that brings it.
struct Browser {
    commands: &'static [&'static str],
    package: &'static str,
}

const CHROMIUM: Browser = Browser {
    commands: &[
        "chromium",
        "google-chrome-stable",
        "google-chrome",
        "chromium-browser",
    ],
    package: "chromium",
};
const FIREFOX: Browser = Browser {
    commands: &["firefox-esr", "firefox"],
    package: "firefox-esr",
};

/// What the demo needs.
pub(crate) fn for_demo() -> Result<()> {
    install(&[BUILD, DISPLAY, DEMO], &[CHROMIUM])
}

/// What pictures of the windows need: the fonts.
pub(crate) fn for_gallery() -> Result<()> {
    install(&[BUILD, DISPLAY], &[])
}

/// What the tests need.
pub(crate) fn for_test() -> Result<()> {
    install(&[BUILD, DISPLAY, DEMO, TEST], &[CHROMIUM, FIREFOX])?;
    NPM.iter().try_for_each(|folder| npm(folder))
}

/// What the bench needs.
pub(crate) fn for_bench() -> Result<()> {
    install(&[BUILD, DISPLAY, DEMO, TEST, BENCH], &[CHROMIUM])
}

/// What trying modules needs.
pub(crate) fn for_modules() -> Result<()> {
    install(&[BUILD, DEMO, TEST, KRYOPTIC], &[])
}

/// What the fuzzers need: libFuzzer is C++.
pub(crate) fn for_fuzz() -> Result<()> {
    install(&[BUILD, &["g++"]], &[])
}

/// What making packages needs; `check` for trying them.
pub(crate) fn for_package(check: bool) -> Result<()> {
    let machine = if check { MACHINE } else { &[] };
    install(&[BUILD, PACKAGE, machine], &[])
}

/// What the job for Windows needs.
pub(crate) fn for_windows() -> Result<()> {
    install(&[BUILD, WINDOWS, DISPLAY, &["curl"]], &[])
}

/// What making the packages for Windows needs.
pub(crate) fn for_windows_package() -> Result<()> {
    install(&[BUILD, WINDOWS, WINDOWS_PACKAGE], &[])
}

fn install(lists: &[&[&str]], browsers: &[Browser]) -> Result<()> {
    if !cfg!(target_os = "linux") || step::output("dpkg", &["--version"]).is_none() {
        bail!("this job installs what it needs with apt, so it wants Debian 12 or Ubuntu");
    }
    let mut missing: Vec<&str> = lists
        .iter()
        .flat_map(|list| list.iter().copied())
        .filter(|package| !provided_otherwise(package) && !is_installed(package))
        .collect();
    for browser in browsers {
        if browser.commands.iter().any(|name| on_path(name)) {
            continue;
        }
        // Ubuntu's packages of these names only fetch a snap, which our namespaces cannot run.
        if is_ubuntu() {
            bail!(
                "no {} is installed: install one as a .deb from its maker (the command {} must exist)",
                browser.package,
                browser.commands.join(" or ")
            );
        }
        missing.push(browser.package);
    }
    if missing.is_empty() {
        return Ok(());
    }
    eprintln!("Installing Debian packages: {}", missing.join(" "));
    apt(&["update", "-qq"])?;
    apt(&[
        &["install", "-y", "-qq", "--no-install-recommends"],
        missing.as_slice(),
    ]
    .concat())
}

fn apt(arguments: &[&str]) -> Result<()> {
    let environment = "DEBIAN_FRONTEND=noninteractive";
    let mut words = vec!["env", environment, "apt-get"];
    words.extend(arguments);
    if !step::is_root() {
        words.insert(0, "sudo");
    }
    let (program, rest) = words.split_first().unwrap_or((&"false", &[]));
    let title = format!("apt-get {}", arguments.first().unwrap_or(&""));
    step::run(&title, &mut step::command(program, rest))
}

fn is_installed(package: &str) -> bool {
    step::output("dpkg-query", &["-W", "-f=${Status}", package])
        .is_some_and(|status| status == "install ok installed")
}

/// Tools that are often there without Debian's package: a compiler, Node's own npm, a JDK.
fn provided_otherwise(package: &str) -> bool {
    let program = match package {
        "gcc" | "g++" | "npm" | "python3" => package,
        "php-cli" => "php",
        "default-jdk-headless" => "javac",
        _ => return false,
    };
    on_path(program)
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn is_ubuntu() -> bool {
    std::fs::read_to_string("/etc/os-release")
        .is_ok_and(|text| text.lines().any(|line| line == "ID=ubuntu"))
}

/// Where npm packages are needed: the bridge’s build tools, what browser tests run in pages, and a
/// library that sites verify with.
const NPM: [&str; 3] = ["bridge-js", "tests", "tests/peers"];

/// The npm packages of a folder, exactly as its lock file names them.
fn npm(folder: &str) -> Result<()> {
    let Some(version) = step::output("node", &["--version"]) else {
        bail!("Node 20 or newer is needed; `node --version` does not answer");
    };
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|n| n.parse().ok());
    if major.is_none_or(|major: u32| major < 20) {
        bail!("Node 20 or newer is needed; this is {version}");
    }
    let place = step::root().join(folder);
    let installed = place.join("node_modules/.package-lock.json");
    let locked = place.join("package-lock.json");
    let fresh = |path: &PathBuf| path.metadata().and_then(|meta| meta.modified()).ok();
    if fresh(&installed).is_some_and(|at| fresh(&locked).is_some_and(|lock| lock <= at)) {
        return Ok(());
    }
    eprintln!("Installing npm packages of {folder}");
    let mut command = step::command("npm", &["ci", "--no-fund", "--no-audit"]);
    step::run("npm ci", command.current_dir(place))
}

/// `cargo-deny`: the one on the machine, or one of our own below the target folder.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    tool("cargo-deny", "0.20.2")
}

/// `cargo-fuzz`, likewise.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    tool("cargo-fuzz", "0.13.2")
}

fn tool(name: &str, version: &str) -> Result<PathBuf> {
    if step::output(name, &["--version"]).is_some() {
        return Ok(name.into());
    }
    let tools = step::root().join("target/tools");
    let program = tools.join("bin").join(name);
    if !program.is_file() {
        eprintln!("Installing {name} into target/tools");
        let which = format!("{name}@{version}");
        let mut install = step::cargo(&["install", "--locked", "--debug", "--quiet", &which]);
        step::run(
            &format!("cargo install {name}"),
            install.arg("--root").arg(&tools),
        )?;
    }
    Ok(program)
}
