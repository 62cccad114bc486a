//! Who signs what is released for Windows.
//!
//! Spec: Windows Authenticode Portable Executable Signature Format.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::step;

/// A key and the certificates that stand for it, which osslsigncode signs with.
pub(crate) struct Signer {
    /// PEM, its own certificate first.
    certificates: PathBuf,
    /// PEM.
    key: PathBuf,
    /// The address of a time-stamping service (RFC 3161).
    timestamp: Option<String>,
}

impl Signer {
    /// What the variables `CHOP_SIGN_CERTIFICATES`, `CHOP_SIGN_KEY` and `CHOP_SIGN_TIMESTAMP` name;
    /// nobody, where they are not set.
    pub(crate) fn given() -> Result<Option<Self>> {
        let given = |name| env::var(name).ok().filter(|it| !it.is_empty());
        match (given("CHOP_SIGN_CERTIFICATES"), given("CHOP_SIGN_KEY")) {
            (Some(certificates), Some(key)) => Ok(Some(Self {
                certificates: certificates.into(),
                key: key.into(),
                timestamp: given("CHOP_SIGN_TIMESTAMP"),
            })),
            (None, None) => Ok(None),
            _ => bail!("CHOP_SIGN_CERTIFICATES and CHOP_SIGN_KEY belong together"),
        }
    }

    /// Nobody in particular, with a key that is made in this folder: for trying it out.
    pub(crate) fn of_nobody(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let signer = Self {
            certificates: folder.join("nobody.pem"),
            key: folder.join("nobody.key"),
            timestamp: None,
        };
        let mut openssl = step::command(
            "openssl",
            &[
                "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "2",
            ],
        );
        openssl.args(["-subj", "/CN=Nobody (test)"]);
        openssl.args(["-addext", "keyUsage=critical,digitalSignature"]);
        openssl.args(["-addext", "extendedKeyUsage=codeSigning"]);
        openssl.arg("-keyout").arg(&signer.key);
        step::run(
            "a key to try",
            openssl.arg("-out").arg(&signer.certificates),
        )?;
        Ok(signer)
    }

    /// Signs a program or an MSI in its place.
    pub(super) fn sign(&self, file: &Path) -> Result<()> {
        let signed = file.with_extension("signed");
        let _ = fs::remove_file(&signed);
        let mut sign = step::command("osslsigncode", &["sign", "-h", "sha256", "-n", "Chop"]);
        sign.arg("-certs").arg(&self.certificates);
        sign.arg("-key").arg(&self.key);
        if let Some(service) = &self.timestamp {
            sign.arg("-ts").arg(service);
        }
        sign.arg("-in").arg(file).arg("-out").arg(&signed);
        step::run("sign", &mut sign)?;
        Ok(fs::rename(signed, file)?)
    }

    /// Fails where a file has no signature of this one, or was changed after it.
    pub(crate) fn verify(&self, file: &Path) -> Result<()> {
        let mut verify = step::command("osslsigncode", &["verify", "-CAfile"]);
        verify.arg(&self.certificates).arg("-in").arg(file);
        step::run("verify", &mut verify)
    }
}
