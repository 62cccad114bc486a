//! A stand-in for the vendor's HiCOS component, for pages that work with either: its popup, and its
//! endpoints as docs/hicos.md has them. Openssl makes the signatures.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response};
use serde_json::{Value, json};

use crate::openssl::openssl;
use crate::pki::{Credential, pem};
use crate::web::Web;

/// The card's PIN.
const PIN: &str = "123456";
/// `CKR_VENDOR_DEFINED` with two tries left, as the component says it.
const TWO_LEFT: i32 = i32::MIN + 2;

/// The running stand-in. It ends when this is dropped.
#[derive(Debug)]
pub struct Component {
    _web: Web,
}

/// The card in it.
struct Card {
    signing: Credential,
    decrypting: Credential,
    authority: Vec<u8>,
    folder: PathBuf,
    pin: &'static str,
}

impl Component {
    /// Serves port 61161 of the namespace with this card; files it needs lie in `folder`.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(
        folder: &Path,
        signing: Credential,
        decrypting: Credential,
        authority: &[u8],
    ) -> Result<Self> {
        Self::with(folder, signing, decrypting, authority, PIN).await
    }

    /// The same with a card that has another PIN than pages think.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn with_another_pin(
        folder: &Path,
        signing: Credential,
        decrypting: Credential,
        authority: &[u8],
    ) -> Result<Self> {
        Self::with(folder, signing, decrypting, authority, "87654321").await
    }

    async fn with(
        folder: &Path,
        signing: Credential,
        decrypting: Credential,
        authority: &[u8],
        pin: &'static str,
    ) -> Result<Self> {
        let card = Arc::new(Card {
            signing,
            decrypting,
            authority: authority.to_vec(),
            folder: folder.to_path_buf(),
            pin,
        });
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 61161));
        let web = Web::start(address, None, move |request| answer(&request, &card)).await?;
        Ok(Self { _web: web })
    }
}

fn answer(request: &Request<Bytes>, card: &Card) -> Response<Full<Bytes>> {
    let (kind, body) = match request.uri().path() {
        "/popupForm" => ("text/html; charset=utf-8", POPUP.to_owned()),
        path => ("text/plain", said(path, request.body(), card).to_string()),
    };
    let mut response = Response::new(Full::new(body.into()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

fn said(path: &str, body: &[u8], card: &Card) -> Value {
    let fields = package(body).unwrap_or_default();
    let pin_fits = fields.get("pin").is_some_and(|pin| pin == card.pin);
    let wrong =
        |func: &str| json!({ "func": func, "ret_code": 0x7610_0006, "last_error": TWO_LEFT });
    let fault = |func: &str| json!({ "func": func, "ret_code": 0x7630_0004, "last_error": 6 });
    match path {
        "/sign" if !pin_fits => wrong("sign"),
        "/sign" => card.sign(&fields).unwrap_or_else(|_| fault("sign")),
        "/decrypt" if !pin_fits => wrong("decrypt"),
        "/decrypt" => card.decrypt(&fields).unwrap_or_else(|_| fault("decrypt")),
        "/pkcs11info" => card.certificates(),
        _ => json!({ "ret_code": 0x7600_000e, "message": "不支援的方法" }),
    }
}

fn text<'a>(fields: &'a Value, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The component undoes percent-encoding once, and nothing else.
fn package(body: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(body)
        .ok()?
        .strip_prefix("tbsPackage=")?;
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match code {
            Some(code) if *first == b'%' => {
                bytes.push(code);
                rest = after.get(2..)?;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    serde_json::from_slice(&bytes).ok()
}

impl Card {
    fn sign(&self, fields: &Value) -> Result<Value> {
        let tbs = BASE64_STANDARD.decode(text(fields, "tbs"))?;
        let certificate = self.file("signer.pem", pem(&self.signing.certificate)?.as_bytes())?;
        let key = self.file("signer.key", self.signing.key.pem().as_bytes())?;
        let sign = ["cms", "-sign", "-binary", "-nodetach", "-md", "sha256"];
        let about = [
            "-nosmimecap",
            "-outform",
            "DER",
            "-signer",
            &certificate,
            "-inkey",
            &key,
        ];
        let signature = openssl(&[&sign[..], &about].concat(), &tbs)?;
        Ok(json!({
            "cardSN": "TP00000000000000",
            "certb64": BASE64_STANDARD.encode(&self.signing.certificate),
            "func": "sign",
            "last_error": 0,
            "ret_code": 0,
            "signature": BASE64_STANDARD.encode(signature),
            "version": "2.3.2",
        }))
    }

    fn decrypt(&self, fields: &Value) -> Result<Value> {
        let cipher = BASE64_STANDARD.decode(text(fields, "cipher"))?;
        let certificate = pem(&self.decrypting.certificate)?;
        let certificate = self.file("recipient.pem", certificate.as_bytes())?;
        let key = self.file("recipient.key", self.decrypting.key.pem().as_bytes())?;
        let decrypt = ["cms", "-decrypt", "-binary", "-inform", "DER"];
        let about = ["-recip", &certificate, "-inkey", &key];
        let plain = openssl(&[&decrypt[..], &about].concat(), &cipher)?;
        let plain = BASE64_STANDARD.encode(plain);
        Ok(json!({ "func": "decrypt", "last_error": 0, "plain": plain, "ret_code": 0 }))
    }

    fn certificates(&self) -> Value {
        let cert = |der: &[u8], label: &str, usage: &str| json!({ "certb64": BASE64_STANDARD.encode(der), "label": label, "usage": usage });
        let certs = [
            cert(&self.authority, "CA Cert", "keyCertSign|cRLSign"),
            cert(&self.signing.certificate, "cert1", "digitalSignature"),
            cert(
                &self.decrypting.certificate,
                "cert2",
                "keyEncipherment|dataEncipherment",
            ),
        ];
        let token = json!({ "serialNumber": "TP00000000000000", "certs": certs });
        json!({
            "func": "pkcs11info",
            "last_error": 0,
            "ret_code": 0,
            "serverVersion": "1.3.4.3",
            "slots": [
                { "slotDescription": "Empty Reader 0" },
                { "slotDescription": "Sample Reader 0", "token": token },
            ],
        })
    }

    fn file(&self, name: &str, content: &[u8]) -> Result<String> {
        let path = self.folder.join(name);
        std::fs::write(&path, content)?;
        Ok(path.to_string_lossy().into_owned())
    }
}

/// The popup, as pages see it from outside.
const POPUP: &str = r#"<!doctype html>
<meta charset="utf-8">
<title>HiPKI</title>
<script>
var endpoints = { MakeSignature: '/sign', GetUserCert: '/pkcs11info?withcert=true', DecryptData: '/decrypt' }
window.addEventListener('message', function (event) {
  var func = JSON.parse(event.data).func
  var request = new XMLHttpRequest()
  request.open('POST', endpoints[func])
  request.onload = function () {
    window.opener.postMessage(request.responseText, '*')
    window.close()
  }
  request.send('tbsPackage=' + event.data)
})
window.onload = function () { window.opener.postMessage('{"func":"getTbs"}', '*') }
</script>
"#;
