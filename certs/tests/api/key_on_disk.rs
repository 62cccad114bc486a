//! The authority's key is nowhere on disk (threat C-12).

use std::{fs, path::Path};

use chop_certs::{Lifetime, store};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use x509_cert::{Certificate, der::Decode as _};

use crate::day;

fn point(certificate: &[u8]) -> Vec<u8> {
    let certificate = Certificate::from_der(certificate).unwrap();
    let key = certificate
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key
        .clone();
    key.as_bytes().unwrap().to_vec()
}

/// The public points of all P-256 keys in the folder's files: as PEM, as DER, and as 32 bytes
/// anywhere in the file or in what its base64 holds.
fn points_of_keys_below(folder: &Path, public: &[u8]) -> Vec<Vec<u8>> {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let random = SystemRandom::new();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(points_of_keys_below(&path, public));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let pem = PrivatePkcs8KeyDer::pem_slice_iter(&bytes).flatten();
        let mut contents = vec![bytes.clone()];
        for key in pem {
            let key = key.secret_pkcs8_der();
            contents.push(key.to_vec());
            found.extend(
                EcdsaKeyPair::from_pkcs8(algorithm, key, &random)
                    .map(|key| key.public_key().as_ref().to_vec()),
            );
        }
        for scalar in contents.iter().flat_map(|content| content.windows(32)) {
            // Accepts only the one scalar that belongs to `public`.
            if EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, public, &random)
                .is_ok()
            {
                found.push(public.to_vec());
            }
        }
    }
    found
}

#[test]
fn no_file_holds_a_key_that_fits_the_authority() {
    let home = tempfile::tempdir().unwrap();
    let pair = store::load_or_create(
        &home.path().join("localhost"),
        day(20_000),
        Lifetime::PerPerson,
    )
    .unwrap();

    let authority = point(pair.authority());
    assert!(!points_of_keys_below(home.path(), &authority).contains(&authority));
    // The search does find a key that is there: the leaf's, twice.
    let leaf = point(pair.leaf());
    let found = points_of_keys_below(home.path(), &leaf);
    assert!(
        found.iter().filter(|point| **point == leaf).count() >= 2,
        "{}",
        found.len()
    );
}
