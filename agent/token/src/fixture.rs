//! Certificates and keys for unit tests, made by openssl.

use std::{path::Path, process::Command};

use crate::{Hash, KeyKind, Scheme, Signed};

/// A self-signed certificate, DER: `key` is `rsa:BITS`, a curve or `ed25519`, `usage` a keyUsage or
/// empty, `extension` one more.
pub(crate) fn certificate(
    key: &str,
    subject: &str,
    usage: &str,
    extension: Option<&str>,
) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    certificate_in(folder.path(), key, subject, usage, extension)
}

/// The same, which leaves `key.pem` and `cert.pem` in the folder.
pub(crate) fn certificate_in(
    folder: &Path,
    key: &str,
    subject: &str,
    usage: &str,
    extension: Option<&str>,
) -> Vec<u8> {
    let mut options =
        "[req]\ndistinguished_name=name\nx509_extensions=extensions\n[name]\n[extensions]\n"
            .to_owned();
    if let Some(extension) = extension {
        options += &format!("{extension}\n");
    }
    if !usage.is_empty() {
        options += &format!("keyUsage=critical,{usage}\n");
    }
    std::fs::write(folder.join("options"), options).unwrap();
    let mut openssl = Command::new("openssl");
    openssl
        .current_dir(folder)
        .args(["req", "-x509", "-nodes", "-utf8", "-config", "options"]);
    openssl.args([
        "-days", "30", "-subj", subject, "-keyout", "key.pem", "-out", "cert.pem",
    ]);
    match key {
        "ed25519" => openssl.args(["-newkey", key]),
        rsa if rsa.starts_with("rsa:") => openssl.args(["-newkey", rsa]),
        curve => openssl.args([
            "-newkey",
            "ec",
            "-pkeyopt",
            &format!("ec_paramgen_curve:{curve}"),
        ]),
    };
    run(&mut openssl);
    let der = ["x509", "-in", "cert.pem", "-outform", "DER"];
    run(Command::new("openssl").current_dir(folder).args(der))
}

/// Asks openssl whether a login's signature verifies.
pub(crate) fn openssl_verifies(kind: KeyKind, signed: &Signed, message: &[u8]) -> bool {
    openssl_verifies_scheme(
        kind.scheme(),
        &signed.certificate,
        message,
        &signed.signature,
    )
}

/// Asks openssl whether a signature of this scheme verifies.
pub(crate) fn openssl_verifies_scheme(
    scheme: Scheme,
    certificate: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let openssl = |arguments: &[&str]| {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(folder.path()).args(arguments);
        openssl.output().unwrap()
    };
    write("cert.der", certificate);
    write("message", message);
    let der;
    write(
        "signature",
        match scheme {
            Scheme::Ecdsa(_) => {
                der = ecdsa_der(signature);
                &der
            }
            _ => signature,
        },
    );
    let pem = [
        "x509", "-inform", "DER", "-in", "cert.der", "-pubkey", "-noout",
    ];
    write("key.pem", &openssl(&pem).stdout);
    let hash = match scheme.hash().unwrap() {
        Hash::Sha1 => "-sha1",
        Hash::Sha256 => "-sha256",
        Hash::Sha384 => "-sha384",
        Hash::Sha512 => "-sha512",
    };
    let mut verify = vec![
        "dgst",
        hash,
        "-verify",
        "key.pem",
        "-signature",
        "signature",
    ];
    if let Scheme::Pss(_) = scheme {
        verify.extend([
            "-sigopt",
            "rsa_padding_mode:pss",
            "-sigopt",
            "rsa_pss_saltlen:-1",
        ]);
    }
    verify.push("message");
    openssl(&verify).status.success()
}

/// `r ‖ s` as the structure that openssl reads.
fn ecdsa_der(signature: &[u8]) -> Vec<u8> {
    use der::{Encode as _, asn1::UintRef};
    let (r, s) = signature.split_at(signature.len() / 2);
    vec![UintRef::new(r).unwrap(), UintRef::new(s).unwrap()]
        .to_der()
        .unwrap()
}

/// Runs a program that must succeed; its output.
pub(crate) fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
