//! A keyring over modules and files, and the SoftHSM token that the tests share.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chop_token::{
    Allowed, Inventory, Keyring, Messages, Module, Pin, Settings, Signer, Use, WorkerProgram,
};

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
    make_token(&folder, "測試卡");
    for (id, kind, usage, always) in KEYS {
        add_key(&folder, (id, kind, usage, always), &format!("Holder {id}"));
    }
    folder
});

/// A token of the test's own, with one key of the holder `Own`. The folder goes when it is dropped.
pub(crate) fn own_token() -> (Keyring, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    make_token(folder.path(), "own");
    add_key(
        folder.path(),
        ("01", "P-256", "digitalSignature", false),
        "Own",
    );
    let settings = settings_in(folder.path(), &[Path::new(SOFTHSM)], &[]);
    (Keyring::start(settings), folder)
}

fn make_token(folder: &Path, label: &str) {
    std::fs::create_dir(folder.join("tokens")).unwrap();
    configure(folder);
    let pins = ["--so-pin", "87654321", "--pin", PIN];
    let init = ["--init-token", "--free", "--label", label];
    tool(folder, "softhsm2-util", &[&init[..], &pins].concat());
}

fn configure(folder: &Path) {
    let tokens = folder.join("tokens").display().to_string();
    let configuration = format!("directories.tokendir = {tokens}\nlog.level = ERROR\n");
    std::fs::write(folder.join("softhsm2.conf"), configuration).unwrap();
}

fn add_key(folder: &Path, (id, kind, usage, always): (&str, &str, &str, bool), holder: &str) {
    let der = certificate_in(folder, kind, &format!("/CN={holder}"), usage, None);
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
    key.extend(kind.starts_with("rsa").then_some("--usage-decrypt"));
    key.extend(always.then_some("--always-auth"));
    run(Command::new("openssl").current_dir(folder).args([
        "pkey", "-in", "key.pem", "-outform", "DER", "-out", "key.der",
    ]));
    tool(folder, "pkcs11-tool", &key);
    let certificate = [&to[..], &["cert.der", "--type", "cert"]].concat();
    tool(folder, "pkcs11-tool", &certificate);
}

fn tool(folder: &Path, program: &str, arguments: &[&str]) {
    run(Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("SOFTHSM2_CONF", folder.join("softhsm2.conf")));
}

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
    settings_in(&copy_of_token(), modules, files)
}

/// SoftHSM 2.6 fails now and then where several processes log in to one token.
fn copy_of_token() -> PathBuf {
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    let number = COPIES.fetch_add(1, Ordering::Relaxed);
    let copy = TOKEN.join(format!("copy-{number}"));
    std::fs::create_dir(&copy).unwrap();
    run(Command::new("cp")
        .arg("-r")
        .arg(TOKEN.join("tokens"))
        .arg(&copy));
    configure(&copy);
    copy
}

fn settings_in(folder: &Path, modules: &[&Path], files: &[&Path]) -> Settings {
    // Beside this test's own program: target/debug/deps/../examples/worker.
    let mut worker = std::env::current_exe().unwrap();
    worker.pop();
    worker.set_file_name("examples/worker");
    assert!(
        worker.exists(),
        "build the worker first: cargo test -p chop-token builds it"
    );
    let conf = format!("SOFTHSM2_CONF={}", folder.join("softhsm2.conf").display());
    Settings {
        // The environment of this process is everybody's.
        worker: WorkerProgram {
            program: "/usr/bin/env".into(),
            arguments: vec![conf.into(), worker.into()],
        },
        modules: modules.iter().map(|path| module(path)).collect(),
        allowed: Allowed::any(),
        pkcs12: files.iter().map(|path| path.to_path_buf()).collect(),
        deadline: Duration::from_secs(10),
        removal_grace: Duration::from_secs(1),
    }
}

/// A module that may write where it is: those of the tests keep a journal there.
fn module(path: &Path) -> Module {
    let folder = path.parent().map(Path::to_path_buf);
    Module {
        writable: folder.into_iter().collect(),
        ..Module::from(path.to_path_buf())
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
pub(crate) fn signer(inventory: &Inventory, holder: &str) -> Signer {
    named(inventory, Use::SignIn, holder)
}

/// The same, for a use.
pub(crate) fn named(inventory: &Inventory, wanted: Use, holder: &str) -> Signer {
    let named = |signer: &Signer| {
        let certificate = signer.certificate.as_ref();
        certificate.is_some_and(|certificate| certificate.holder == holder)
    };
    let signers = inventory.signers(wanted);
    signers.into_iter().find(named).unwrap()
}

/// The first key that can sign in.
pub(crate) fn first(inventory: &Inventory) -> Signer {
    inventory.signers(Use::SignIn).swap_remove(0)
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
