//! A keyring over modules and files, and the SoftHSM token that the tests share.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, LazyLock},
    time::Duration,
};

use chop_token::{Inventory, Keyring, Messages, Pin, Settings, Signer, WorkerProgram};

use crate::fixture::{certificate_in, run};

pub(crate) const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";
pub(crate) const PIN: &str = "123456";

/// The keys of the token: `CKA_ID`, kind, keyUsage, and whether each signature needs a login.
pub(crate) const KEYS: [(&str, &str, &str, bool); 7] = [
    ("01", "rsa:2048", "digitalSignature,nonRepudiation", false),
    ("02", "rsa:2048", "keyEncipherment,dataEncipherment", false),
    ("03", "rsa:3072", "digitalSignature", false),
    ("04", "P-256", "digitalSignature", false),
    ("05", "P-384", "digitalSignature", false),
    ("06", "P-521", "digitalSignature", false),
    ("07", "rsa:2048", "digitalSignature", true),
];

/// The folder with `softhsm2.conf`.
static TOKEN: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = folder();
    std::fs::create_dir(folder.join("tokens")).unwrap();
    let tokens = folder.join("tokens").display().to_string();
    let configuration = format!("directories.tokendir = {tokens}\nlog.level = ERROR\n");
    std::fs::write(folder.join("softhsm2.conf"), configuration).unwrap();

    let tool = |program: &str, arguments: &[&str]| {
        let conf = folder.join("softhsm2.conf");
        run(Command::new(program)
            .args(arguments)
            .current_dir(&folder)
            .env("SOFTHSM2_CONF", conf));
    };
    let pins = ["--so-pin", "87654321", "--pin", PIN];
    let init = ["--init-token", "--free", "--label", "測試卡"];
    tool("softhsm2-util", &[&init[..], &pins].concat());
    for (id, kind, usage, always) in KEYS {
        let subject = format!("/CN=Holder {id}");
        let der = certificate_in(&folder, kind, &subject, usage, None);
        std::fs::write(folder.join("cert.der"), der).unwrap();
        let to = [
            "--module",
            SOFTHSM,
            "--login",
            "--pin",
            PIN,
            "--id",
            id,
            "--write-object",
        ];
        let mut key = [&to[..], &["key.der", "--type", "privkey", "--usage-sign"]].concat();
        if always {
            key.push("--always-auth");
        }
        run(Command::new("openssl").current_dir(&folder).args([
            "pkey", "-in", "key.pem", "-outform", "DER", "-out", "key.der",
        ]));
        tool("pkcs11-tool", &key);
        tool(
            "pkcs11-tool",
            &[&to[..], &["cert.der", "--type", "cert"]].concat(),
        );
    }
    folder
});

/// A folder for this run. Statics are never dropped, so each run removes what ended ones left.
fn folder() -> PathBuf {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for entry in std::fs::read_dir(all).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let run = name.strip_prefix("chop-token-");
        if run.is_some_and(|run| !Path::new("/proc").join(run).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let folder = all.join(format!("chop-token-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).unwrap();
    folder
}

/// Settings for tests: a second is long enough, and short enough to wait for.
pub(crate) fn settings(modules: &[&Path], files: &[&Path]) -> Settings {
    // Beside this test's own program: target/debug/deps/../examples/worker.
    let mut worker = std::env::current_exe().unwrap();
    worker.pop();
    worker.set_file_name("examples/worker");
    assert!(
        worker.exists(),
        "build the worker first: cargo test -p chop-token builds it"
    );
    let conf = format!("SOFTHSM2_CONF={}", TOKEN.join("softhsm2.conf").display());
    Settings {
        // The environment of this process is everybody's.
        worker: WorkerProgram {
            program: "/usr/bin/env".into(),
            arguments: vec![conf.into(), worker.into()],
        },
        modules: modules.iter().map(|path| path.to_path_buf()).collect(),
        pkcs12: files.iter().map(|path| path.to_path_buf()).collect(),
        deadline: Duration::from_secs(10),
        removal_grace: Duration::from_secs(1),
    }
}

/// Looks, and waits until everything has answered.
pub(crate) async fn settled(keyring: &Keyring) -> Arc<Inventory> {
    let mut inventory = keyring.inventory();
    keyring.look();
    inventory
        .wait_for(|inventory| inventory.settled)
        .await
        .unwrap()
        .clone()
}

/// The signer whose certificate has this common name.
pub(crate) fn signer<'i>(inventory: &'i Inventory, holder: &str) -> &'i Signer {
    let named = |signer: &&Signer| {
        signer
            .certificate
            .as_ref()
            .is_some_and(|certificate| certificate.holder == holder)
    };
    inventory.signers.iter().find(named).unwrap()
}

pub(crate) fn pin(text: &str) -> Pin {
    Pin::from(text.as_bytes().to_vec())
}

pub(crate) fn messages() -> Messages {
    Messages {
        sha256: vec![1; 64],
        sha384: vec![2; 96],
        sha512: vec![3; 128],
    }
}
