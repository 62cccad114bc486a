//! A list of a million revoked cards: read once into an index, then asked.
//!
//! A process of its own does it, so that its memory is that of this alone, with the list as it came
//! from the network in it.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Instant, SystemTime},
};

use anyhow::{Context as _, Result, ensure};
use chop_testpki::{Dn, Entry, Issuer, KeyKind, List, Pki, PrivateKey, Template, pem};
use chop_verifier::{Anchors, Certificate, Crl};

use crate::figure::{Figure, Times};

const ENTRIES: u64 = 1_000_000;
/// Certificates that are looked up: every second one is on the list.
const ASKED: u64 = 1000;
const ROUNDS: usize = 50;

pub(crate) fn measure(folder: &Path) -> Result<Vec<Figure>> {
    let now = SystemTime::now();
    let pki = Pki::with_keys(now, KeyKind::P256)?;
    let mut list = List::new(now);
    for number in 0..ENTRIES {
        list = list.and(&Entry::new(&serial(number), now))?;
    }
    let der = list.sign(pki.authority(Issuer::Companies))?;
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let size = der.len() as f64 / 1e6;
    let place = folder.join("list");
    fs::create_dir(&place)?;
    fs::write(place.join("list.crl"), &der)?;
    drop(der);
    fs::write(place.join("root.pem"), pem(pki.root())?)?;
    let between = pem(pki.intermediate(Issuer::Companies))?;
    fs::write(place.join("between.pem"), between)?;
    let key = PrivateKey::generate(KeyKind::P256)?;
    for number in 0..ASKED {
        // Half of them from all over the list, half of them not on it.
        let number = number * (2 * ENTRIES / ASKED);
        let subject = Dn::new().c("TW").o("測試股份有限公司");
        let template = Template::new(subject, now)?.serial(&serial(number));
        let authority = pki.authority(Issuer::Companies);
        let der = authority.issue(&template, key.public_key())?;
        fs::write(place.join(format!("{number}.der")), der)?;
    }
    let output = Command::new(std::env::current_exe()?)
        .arg("--list")
        .arg(&place)
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{error}");
    let figures: Vec<f64> = text
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [index, look_up, memory] = figures.as_slice() else {
        anyhow::bail!("{text}");
    };
    Ok(vec![
        Figure::new("list of 1,000,000: indexed", *index, "s")
            .at_most(2.0)
            .note(format!(
                "{size:.0} MB, signature checked, sorted, on the disk"
            )),
        Figure::new("list of 1,000,000: look-up p99", *look_up, "µs").at_most(5.0),
        Figure::new("list of 1,000,000: memory at most", *memory, "MB")
            .at_most(64.0)
            .note("the list as it came is in it"),
    ])
}

/// Spread over the whole space, 16 bytes, positive.
fn serial(number: u64) -> [u8; 16] {
    let mixed = u128::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    ((mixed >> 2) | (0x4000 << 112)).to_be_bytes()
}

/// The process that knows the list: prints seconds for the index, microseconds for a look-up, and
/// megabytes at most.
pub(crate) fn know(folder: &Path) -> Result<()> {
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let anchors =
        Anchors::from_pem(&read("root.pem")?)?.with_intermediates_pem(&read("between.pem")?)?;
    let der = fs::read(folder.join("list.crl"))?;
    let start = Instant::now();
    let list = Crl::index(&der, &anchors, &folder.join("index"))?;
    let index = start.elapsed();
    drop(der);
    ensure!(list.entries() == ENTRIES);
    let mut certificates = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "der") {
            let number: u64 = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .parse()?;
            certificates.push((number, Certificate::from_der(fs::read(&path)?)?));
        }
    }
    let mut times = Times::default();
    for round in 0..ROUNDS {
        for (number, certificate) in &certificates {
            let start = Instant::now();
            let found = list.names(certificate)?;
            let time = start.elapsed();
            ensure!(found == (*number < ENTRIES), "{number}");
            if round > 0 {
                times.push(time);
            }
        }
    }
    // Times are in milliseconds.
    let look_up = times.percentile(0.99) * 1000.0;
    println!("{} {look_up} {}", index.as_secs_f64(), most_memory()?);
    Ok(())
}

/// Of this process, ever, in MB.
fn most_memory() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next());
    let kib: f64 = kib.context("no VmHWM")?.parse()?;
    Ok(kib * 1024.0 / 1e6)
}
