//! Private keys, made by openssl: it is fast even in a debug build.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};

use super::KeyKind;

/// A private key of a test. Lies in the open, on purpose.
#[derive(Clone)]
pub struct PrivateKey {
    kind: KeyKind,
    pem: String,
    pkcs8: Vec<u8>,
    public_key: Vec<u8>,
}

impl PrivateKey {
    /// A new key.
    ///
    /// # Errors
    /// When openssl fails.
    pub fn generate(kind: KeyKind) -> Result<Self> {
        let (algorithm, option) = match kind {
            KeyKind::Rsa(bits) => ("RSA", format!("rsa_keygen_bits:{bits}")),
            KeyKind::P256 => ("EC", "ec_paramgen_curve:P-256".to_owned()),
            KeyKind::P384 => ("EC", "ec_paramgen_curve:P-384".to_owned()),
            KeyKind::P521 => ("EC", "ec_paramgen_curve:P-521".to_owned()),
        };
        let arguments = ["genpkey", "-algorithm", algorithm, "-pkeyopt", &option];
        let pem = String::from_utf8(openssl(&arguments, b"")?)?;
        let arguments = ["pkey", "-pubout", "-outform", "DER"];
        Ok(Self {
            kind,
            pkcs8: PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes())
                .ok()
                .context("openssl wrote no PKCS #8 key")?
                .secret_pkcs8_der()
                .to_vec(),
            public_key: openssl(&arguments, pem.as_bytes())?,
            pem,
        })
    }

    /// Its kind.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// PKCS #8 in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// PKCS #8 in DER.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// SubjectPublicKeyInfo in DER.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

/// Runs openssl with `input` on its standard input; gives what it wrote.
pub(crate) fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start openssl")?;
    // Everything given here fits into a pipe, so writing first cannot block.
    child
        .stdin
        .take()
        .context("piped above")?
        .write_all(input)?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
