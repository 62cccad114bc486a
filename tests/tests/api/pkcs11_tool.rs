//! A program that uses cards through PKCS #11: OpenSC's own tool.
//!
//! A module has one state per process, and tests run side by side in one: so a child it is.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use e2e::{
    card::PIN,
    pki::{Credential, KeyKind},
    program::Program,
    softhsm::SoftHsm,
    stack::CardStack,
};
use sha2::{Digest as _, Sha256};

/// DigestInfo for SHA-256, without the hash. Spec: RFC 8017 §9.2, note 1.
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// pkcs11-tool with a module.
pub(crate) struct Tool {
    folder: PathBuf,
    module: PathBuf,
    softhsm: PathBuf,
}

impl Tool {
    /// Through OpenSC to the card in `stack`. Files lie in `folder`.
    pub(crate) fn opensc(stack: &CardStack, folder: &Path) -> Self {
        let (folder, module) = (folder.to_owned(), stack.module().unwrap());
        Self {
            folder,
            module,
            softhsm: PathBuf::new(),
        }
    }

    /// To the tokens of `softhsm`.
    pub(crate) fn softhsm(softhsm: &SoftHsm, folder: &Path) -> Self {
        let (folder, module) = (folder.to_owned(), softhsm.module().to_owned());
        Self {
            folder,
            module,
            softhsm: softhsm.configuration(),
        }
    }

    /// All it says about `--list-slots`, `--list-objects` and the like.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let Output { stdout, stderr, .. } = self.command(arguments).output().unwrap();
        [stdout, stderr]
            .map(|text| String::from_utf8(text).unwrap())
            .concat()
    }

    /// What it says when it logs in with `pin`.
    pub(crate) fn login(&self, pin: &str) -> String {
        self.run(&["--login", "--pin", pin, "--list-objects"])
    }

    /// Signs as the agent does, hashing first, with the key `id`. An error is what the tool said.
    pub(crate) fn sign(&self, id: &str, credential: &Credential) -> Result<(), String> {
        let said = self
            .signing(Command::new("pkcs11-tool"), id, credential)
            .output()
            .unwrap();
        if !said.status.success() {
            return Err(String::from_utf8(said.stderr).unwrap());
        }
        fs::write(self.folder.join("public"), credential.key.public_key()).unwrap();
        let mut openssl = Command::new("openssl");
        openssl.args("pkeyutl -verify -pubin -keyform DER -inkey public -in hash".split(' '));
        openssl
            .args(["-sigfile", "signature"])
            .current_dir(&self.folder);
        if matches!(credential.key.kind(), KeyKind::Rsa(_)) {
            openssl.args(["-pkeyopt", "digest:sha256"]);
        }
        let verified = openssl.output().unwrap();
        assert!(verified.status.success(), "{verified:?}");
        Ok(())
    }

    /// Begins to sign and does not wait for the end, which may never come.
    pub(crate) fn begin_to_sign(&self, id: &str, credential: &Credential) -> Program {
        let mut command = self.signing(Program::command("pkcs11-tool"), id, credential);
        command.stdout(Stdio::null());
        Program::start(command, &self.folder.join("signing.log")).unwrap()
    }

    fn signing(&self, command: Command, id: &str, credential: &Credential) -> Command {
        let hash = Sha256::digest(b"some text");
        fs::write(self.folder.join("hash"), hash).unwrap();
        fs::write(self.folder.join("info"), [&SHA256_INFO[..], &hash].concat()).unwrap();
        let (mechanism, input) = match credential.key.kind() {
            KeyKind::Rsa(_) => ("RSA-PKCS", "info"),
            _ => ("ECDSA", "hash"),
        };
        let mut command = self.prepared(command);
        command.args([
            "--login", "--pin", PIN, "--sign", "--id", id, "-m", mechanism, "-i", input,
        ]);
        command.args(["-o", "signature", "--signature-format", "openssl"]);
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.prepared(Command::new("pkcs11-tool"));
        command.args(arguments);
        command
    }

    fn prepared(&self, mut command: Command) -> Command {
        command
            .current_dir(&self.folder)
            .arg("--module")
            .arg(&self.module);
        // OpenSC keeps what it has read below the home folder.
        command
            .env("SOFTHSM2_CONF", &self.softhsm)
            .env("HOME", &self.folder);
        command
    }
}
