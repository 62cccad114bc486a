//! Tokens in software: SoftHSM, with keys and certificates in the way of GPKI cards.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use crate::{module, pki::Credential};

/// The PIN of each token.
pub const PIN: &str = "123456";
const SECURITY_OFFICER: &str = "87654321";

/// A configuration of SoftHSM and the tokens that it names.
///
/// SoftHSM reads the environment variable `SOFTHSM2_CONF`, so give it to the process that loads
/// the module; never set it in the test's own process, which other tests share.
pub struct SoftHsm {
    folder: PathBuf,
    module: PathBuf,
}

impl SoftHsm {
    /// Without tokens yet; everything lies in a new folder below `folder`.
    ///
    /// # Errors
    /// When SoftHSM is not installed, or `folder` has one already.
    pub fn new(folder: &Path) -> Result<Self> {
        let folder = folder.join("softhsm");
        fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        fs::create_dir(folder.join("tokens"))?;
        let hsm = Self {
            folder,
            module: module::softhsm()?,
        };
        let text = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            hsm.folder.join("tokens").display()
        );
        fs::write(hsm.configuration(), text)?;
        Ok(hsm)
    }

    /// The value for `SOFTHSM2_CONF`.
    pub fn configuration(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

    /// SoftHSM's module.
    pub fn module(&self) -> &Path {
        &self.module
    }

    /// Makes a token with these credentials, each under its own label.
    ///
    /// SoftHSM lets every RSA key sign and decrypt, whatever its certificate says, as the cards do
    /// not: what may sign has to be told by the certificate's keyUsage.
    ///
    /// # Errors
    /// When SoftHSM's or OpenSC's tools fail.
    pub fn add_token(&self, token: &str, credentials: &[(&str, &Credential)]) -> Result<()> {
        let options = ["--init-token", "--free", "--so-pin", SECURITY_OFFICER];
        self.run(
            "softhsm2-util",
            &[&options[..], &["--label", token, "--pin", PIN]].concat(),
        )?;
        for (number, (label, credential)) in (1..).zip(credentials) {
            self.add_key(token, label, &[number], credential)?;
        }
        Ok(())
    }

    /// Makes a token as cards of GPKI are: `cert1` signs, `cert2` decrypts, and their authorities
    /// are beside them, each with the identifier that it has there.
    ///
    /// # Errors
    /// As [`Self::add_token`].
    pub fn add_gpki_card(
        &self,
        token: &str,
        signing: &Credential,
        decrypting: &Credential,
        [authority, root]: [&[u8]; 2],
    ) -> Result<()> {
        self.add_token(token, &[])?;
        self.add_key(token, "cert1", b"SIGN", signing)?;
        self.add_key(token, "cert2", b"KEYX", decrypting)?;
        self.add_certificate(token, "CA Cert", b"CACert", authority)?;
        self.add_certificate(token, "ROOT CA Cert", b"ROOTCACert", root)
    }

    fn add_key(&self, token: &str, label: &str, id: &[u8], credential: &Credential) -> Result<()> {
        let key = self.file("key.pem", credential.key.pem().as_bytes())?;
        let import = ["--import", &key, "--token", token, "--pin", PIN];
        let about = ["--label", label, "--id", &hexadecimal(id)];
        self.run("softhsm2-util", &[&import[..], &about].concat())?;
        self.add_certificate(token, label, id, &credential.certificate)
    }

    fn add_certificate(&self, token: &str, label: &str, id: &[u8], der: &[u8]) -> Result<()> {
        let certificate = self.file("certificate.der", der)?;
        let module = self.module.to_str().context("the module's path is text")?;
        let write = ["--module", module, "--token-label", token, "--login"];
        let object = ["--write-object", &certificate, "--type", "cert"];
        let about = ["--label", label, "--id", &hexadecimal(id), "--pin", PIN];
        self.run("pkcs11-tool", &[&write[..], &object, &about].concat())
    }

    fn file(&self, name: &str, content: &[u8]) -> Result<String> {
        let path = self.folder.join(name);
        fs::write(&path, content)?;
        path.into_os_string()
            .into_string()
            .ok()
            .context("the folder's path is text")
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let output = Command::new(program)
            .args(arguments)
            .env("SOFTHSM2_CONF", self.configuration())
            .output()
            .with_context(|| format!("cannot start {program}"))?;
        let message = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{program} {arguments:?}: {message}"
        );
        Ok(())
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
