//! Cards in a file, made by openssl as people make them.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use crate::{
    openssl::openssl,
    pki::{Credential, pem},
};

/// Whether the certificate can be read before the password is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Certificates {
    /// In the clear; the key is encrypted as always.
    Readable,
    /// Encrypted, which is openssl's default.
    Hidden,
}

/// Writes `credential`, and the authorities above it (DER), to a PKCS #12 file.
///
/// # Errors
/// When openssl fails or `file` cannot be written.
pub fn write(
    file: &Path,
    credential: &Credential,
    authorities: &[&[u8]],
    password: &str,
    certificates: Certificates,
) -> Result<()> {
    let mut input = credential.key.pem().as_bytes().to_vec();
    for der in [credential.certificate.as_slice()]
        .iter()
        .chain(authorities)
    {
        input.extend(pem(der)?.bytes());
    }
    let password = format!("pass:{password}");
    let mut arguments = vec!["pkcs12", "-export", "-passout", &password];
    if certificates == Certificates::Readable {
        arguments.extend(["-certpbe", "NONE"]);
    }
    let content = openssl(&arguments, &input)?;
    fs::write(file, content).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Holder, Issuer, KeyKind, Pki, Request};

    #[test]
    fn a_readable_certificate_lies_in_the_clear_and_a_hidden_one_does_not() {
        let credential = credential();

        for (certificates, found) in [
            (Certificates::Readable, true),
            (Certificates::Hidden, false),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("card.p12");
            write(&file, &credential, &[], "secret", certificates).unwrap();

            let (content, certificate) = (fs::read(file).unwrap(), &credential.certificate);
            let clear = content
                .windows(certificate.len())
                .any(|part| part == certificate);
            assert_eq!(clear, found, "{certificates:?}");
        }
    }

    #[test]
    fn the_file_opens_with_its_password_and_holds_the_whole_chain() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("card.p12");
        let chain = [
            Pki::shared().intermediate(Issuer::Companies),
            Pki::shared().root(),
        ];
        write(&file, &credential(), &chain, "secret", Certificates::Hidden).unwrap();

        let open = |password| {
            let arguments = ["pkcs12", "-nodes", "-passin", password, "-in"];
            openssl(&[&arguments[..], &[file.to_str().unwrap()]].concat(), b"")
        };

        let text = String::from_utf8(open("pass:secret").unwrap()).unwrap();
        assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 3);
        assert_eq!(text.matches("BEGIN PRIVATE KEY").count(), 1);
        assert!(open("pass:wrong").is_err());
    }

    fn credential() -> Credential {
        let holder = Holder::company();
        Pki::shared()
            .credential(&Request::of(&holder), KeyKind::P256)
            .unwrap()
    }
}
