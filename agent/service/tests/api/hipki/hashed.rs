//! Signatures over hashes that the page made (`RAW`).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_service::Decision;
use ring::digest;
use serde_json::json;

use super::{
    card::Card,
    client::{SITE, popup},
    sign::{package, signature},
};

#[tokio::test]
async fn a_hash_that_the_page_made_is_signed_where_a_policy_names_the_site() {
    let card = Card::rsa();
    let origin = SITE.parse().unwrap();
    let scene = card.scene(Some(Decision::Always));
    let stage = scene.hipki(|it| it.hashed = vec![origin]).start().await;
    let hash = digest::digest(&digest::SHA256, b"TBS");
    let fields = json!({
        "signatureType": "RAW",
        "tbsEncoding": "base64",
        "tbs": STANDARD.encode(hash),
    });
    let answer = popup(&stage, SITE, &package(&fields)).await;
    let openssl = card.signing();
    openssl.write("bare", &signature(&answer));
    openssl.write("tbs", b"TBS");
    openssl.run(&[
        "x509", "-in", "cert.pem", "-pubkey", "-noout", "-out", "public",
    ]);
    openssl.run(&[
        "dgst",
        "-sha256",
        "-verify",
        "public",
        "-signature",
        "bare",
        "tbs",
    ]);

    // The document systems (公文) wrap it themselves (RFC 8017 §9.2, note 1).
    let sha1 = "MCEwCQYFKw4DAhoFAAQU";
    let sha256 = "MDEwDQYJYIZIAWUDBAIBBQAEI";
    let wrap = |start: &[u8], algorithm| {
        let digest = digest::digest(algorithm, b"TBS");
        STANDARD.encode([start, digest.as_ref()].concat())
    };
    let of_sha1 = STANDARD.decode(sha1).unwrap();
    let of_sha256 = STANDARD.decode(format!("{sha256}A==")).unwrap();
    for (start, wrapped, option) in [
        (
            sha1,
            wrap(&of_sha1, &digest::SHA1_FOR_LEGACY_USE_ONLY),
            "-sha1",
        ),
        (
            sha256,
            wrap(&[&of_sha256[..18], &[32]].concat(), &digest::SHA256),
            "-sha256",
        ),
    ] {
        assert!(wrapped.starts_with(start), "{wrapped}");
        let fields = json!({ "signatureType": "RAW", "tbsEncoding": "base64", "tbs": wrapped });
        let answer = popup(&stage, SITE, &package(&fields)).await;
        openssl.write("bare", &signature(&answer));
        let verify = ["dgst", option, "-verify", "public", "-signature", "bare"];
        openssl.run(&[&verify[..], &["tbs"]].concat());
    }

    let other = popup(&stage, "https://other.example", &package(&fields)).await;
    assert_eq!(other["ret_code"], 0x7630_0002);
    // What the page shows says which setting there is.
    let said = other["message"].as_str().unwrap();
    assert!(said.contains("hipki.raw"), "{said}");
}
