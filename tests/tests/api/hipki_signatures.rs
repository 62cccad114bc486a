//! Signatures for pages written for HiCOS, over tokens with keys of every kind: what sites verify
//! them with says that they are good, and reads the same in them that was asked for.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::agent::{Agent, Options};
use e2e::namespace::Namespace;
use e2e::pki::{Credential, Holder, KeyKind, Pki, Request};
use e2e::site::SITE;
use e2e::softhsm::{PIN, SoftHsm};
use ring::digest;
use serde_json::{Value, json};

use crate::browser_scene::in_namespace;
use crate::hipki_peers::{Case, HASHES, all_agree};

/// A card, and what the agent says of it.
struct Card {
    kind: KeyKind,
    signing: Credential,
    decrypting: Credential,
    reader: String,
    number: String,
}

/// Agent and cards, without a person: a policy has decided.
struct Stage {
    cards: Vec<Card>,
    folder: PathBuf,
    _agent: Agent,
}

impl Stage {
    async fn new(namespace: &Namespace, kinds: &[KeyKind]) -> Self {
        let policy =
            format!("[hipki]\nallow_sign = ['{SITE}']\ndirect = ['{SITE}']\nraw = ['{SITE}']\n");
        namespace.write_etc("chop/policy.toml", &policy).unwrap();
        let (pki, holder) = (Pki::shared(), Holder::company());
        let authorities = [pki.intermediate(holder.issuer), pki.root()];
        let tokens = SoftHsm::new(namespace.folder()).unwrap();
        let mut cards = Vec::new();
        for kind in kinds {
            let issued = |request: Request<'_>, kind| pki.credential(&request, kind).unwrap();
            let signing = issued(Request::of(&holder), *kind);
            let decrypting = issued(Request::of(&holder).for_encryption(), KeyKind::Rsa(2048));
            tokens
                .add_gpki_card(&format!("{kind:?}"), &signing, &decrypting, authorities)
                .unwrap();
            cards.push(Card {
                kind: *kind,
                signing,
                decrypting,
                reader: String::new(),
                number: String::new(),
            });
        }
        let options = Options {
            modules: vec![tokens.module().to_path_buf()],
            environment: vec![("SOFTHSM2_CONF", tokens.configuration())],
            ..Options::default()
        };
        let agent = Agent::start(namespace.folder(), &options).await.unwrap();
        let info = ask("/pkcs11info", &json!({}));
        for slot in info["slots"].as_array().unwrap() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let label = text(&slot["token"]["label"]);
            let card = cards
                .iter_mut()
                .find(|card| format!("{:?}", card.kind) == label);
            let card = card.unwrap();
            card.reader = text(&slot["slotDescription"]);
            card.number = text(&slot["token"]["serialNumber"]);
        }
        Self {
            cards,
            folder: namespace.folder().to_path_buf(),
            _agent: agent,
        }
    }

    /// Has one made, as the page asks for it.
    fn case(&self, card: &Card, name: &str, content: &[u8], fields: &Value) -> Case {
        let mut package = json!({
            "func": "MakeSignature",
            "slotDescription": card.reader,
            "tbs": BASE64_STANDARD.encode(content),
            "tbsEncoding": "base64",
            "signatureType": "PKCS7",
            "hashAlgorithm": "SHA256",
            "pin": PIN,
        });
        for (name, value) in fields.as_object().unwrap() {
            package[name] = value.clone();
        }
        let name = format!("{:?} {name}", card.kind);
        let answer = ask("/sign", &package);
        assert_eq!(answer["ret_code"], 0, "{name}: {answer}");
        assert_eq!(answer["cardSN"], card.number, "{name}");
        let der = |field: &str| {
            BASE64_STANDARD
                .decode(answer[field].as_str().unwrap())
                .unwrap()
        };
        let said = |field: &str, otherwise| match package[field].as_str() {
            None => otherwise,
            Some(text) => text == "true",
        };
        let by_keyx = package["keyidb64"] == "S0VZWA==";
        let key = if by_keyx {
            &card.decrypting
        } else {
            &card.signing
        };
        assert_eq!(der("certb64"), key.certificate, "{name}");
        let hash = package["hashAlgorithm"].as_str().unwrap();
        Case {
            form: match package["signatureType"].as_str() {
                Some("PKCS7") => "cms",
                _ => "bare",
            },
            hash: HASHES.into_iter().find(|known| *known == hash).unwrap(),
            content: content.to_vec(),
            signature: der("signature"),
            certificate: key.certificate.clone(),
            is_rsa: by_keyx || matches!(card.kind, KeyKind::Rsa(_)),
            nonce: package["nonce"].as_str().unwrap_or_default().to_owned(),
            number: match said("withCardSN", false) {
                true => card.number.clone(),
                false => String::new(),
            },
            time: said("withSigningTime", true),
            embedded: said("withCert", true),
            name,
        }
    }

    /// Every hash, and every switch.
    fn of_every_kind(&self, card: &Card) -> Vec<Case> {
        let content = "登入 <a&b> 100% +\r\n".as_bytes();
        let mut cases = Vec::new();
        let mut add = |name: &str, content: &[u8], fields: Value| {
            cases.push(self.case(card, name, content, &fields));
        };
        for hash in HASHES {
            add(hash, content, json!({ "hashAlgorithm": hash }));
            let fields = json!({ "hashAlgorithm": hash, "signatureType": "PKCS1" });
            add(&format!("PKCS1 {hash}"), content, fields);
        }
        for fields in [
            json!({ "nonce": "0F1E2D3C4B5A6978" }),
            json!({ "nonce": "一次用的" }),
            json!({ "nonce": "" }),
            json!({ "nonce": "n".repeat(200) }),
            json!({ "withCardSN": "true" }),
            json!({ "withCardSN": "true", "nonce": "a", "hashAlgorithm": "SHA512" }),
            json!({ "withSigningTime": "false" }),
            json!({ "withSigningTime": "false", "withCardSN": "true", "nonce": "b" }),
            json!({ "withCert": "false" }),
            json!({ "withCert": "false", "withSigningTime": "false", "nonce": "c" }),
            json!({ "checkValidity": "true" }),
            json!({ "checkValidity": "false" }),
            json!({ "keyidb64": "U0lHTg==" }),
            json!({ "keyidb64": "S0VZWA==" }),
            json!({ "keyidb64": "S0VZWA==", "signatureType": "PKCS1" }),
        ] {
            add(&fields.to_string(), content, fields);
        }
        // Lengths around those where DER writes them in another way.
        for length in [1, 127, 128, 255, 256, 300_000] {
            add(&format!("{length} bytes"), &vec![0xa5; length], json!({}));
        }
        cases
    }

    /// Hashes that the page made itself, and a block that is none.
    fn of_hashes(&self, card: &Card) -> Vec<Case> {
        let content = b"hashed by the page";
        let hashed = |(name, algorithm): (&str, &'static digest::Algorithm)| {
            let hash = digest::digest(algorithm, content);
            // The name of the hash is not asked for: the length tells.
            let fields = json!({ "signatureType": "RAW", "hashAlgorithm": name });
            let mut case = self.case(card, &format!("RAW {name}"), hash.as_ref(), &fields);
            case.content = content.to_vec();
            case
        };
        let mut cases: Vec<_> = [
            ("SHA1", &digest::SHA1_FOR_LEGACY_USE_ONLY),
            ("SHA256", &digest::SHA256),
            ("SHA384", &digest::SHA384),
            ("SHA512", &digest::SHA512),
        ]
        .into_iter()
        .map(hashed)
        .collect();
        let fields = json!({ "signatureType": "RAW" });
        let mut block = self.case(card, "RAW block", &[7; 36], &fields);
        block.form = "block";
        cases.push(block);
        cases
    }
}

/// The page asks by itself, which a policy allows: the same endpoint as behind the popup.
fn ask(path: &str, package: &Value) -> Value {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--data-binary", "@-"]);
    curl.arg("--header").arg(format!("Origin: {SITE}"));
    curl.arg(format!("http://localhost:61161{path}"));
    let mut curl = curl
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let body = format!("tbsPackage={package}");
    curl.stdin
        .take()
        .unwrap()
        .write_all(body.as_bytes())
        .unwrap();
    let said = curl.wait_with_output().unwrap().stdout;
    serde_json::from_slice(&said).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&said)))
}

#[test]
fn hipki_signatures_of_rsa_keys_are_read_alike_by_everything_that_sites_use() {
    in_namespace(async |namespace| {
        let started = SystemTime::now();
        let stage = Stage::new(namespace, &[KeyKind::Rsa(2048), KeyKind::Rsa(3072)]).await;
        let mut cases = Vec::new();
        for card in &stage.cards {
            cases.extend(stage.of_every_kind(card));
            cases.extend(stage.of_hashes(card));
        }
        all_agree(&stage.folder, &cases, started);
    });
}

#[test]
fn hipki_signatures_of_elliptic_keys_are_read_alike_by_everything_that_sites_use() {
    in_namespace(async |namespace| {
        let started = SystemTime::now();
        let kinds = [KeyKind::P256, KeyKind::P384, KeyKind::P521];
        let stage = Stage::new(namespace, &kinds).await;
        let cases = stage.cards.iter().flat_map(|it| stage.of_every_kind(it));
        let cases: Vec<_> = cases.collect();
        all_agree(&stage.folder, &cases, started);
        // A hash without its name is for RSA keys alone.
        for card in &stage.cards {
            let hash = BASE64_STANDARD.encode([7; 32]);
            let package = json!({ "tbs": hash, "tbsEncoding": "base64", "signatureType": "RAW",
                "slotDescription": card.reader, "pin": PIN });
            assert_eq!(ask("/sign", &package)["ret_code"], 0x7630_0002);
        }
    });
}
