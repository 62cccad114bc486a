//! What a fuzzer feeds: each function takes any bytes, and must neither panic nor hang. Built for
//! `cargo xtask fuzz` (`fuzz/`) and for the tests, which replay the corpora.

use std::io::Cursor;

use cryptoki::object::Attribute;
use der::{Tag, asn1::Any};
use p12_keystore::Pkcs12Archive;

use crate::{
    Certificate, Use,
    atr::Atr,
    certificate::name::{printable, text as of_any_kind},
    model,
    modules::p11_kit,
    pipe::{Frame, blocking},
    wire::{self, Reply, Request},
    worker::{bags, certificate_of, made_for},
};

/// An answer to reset.
pub fn atr(data: &[u8]) {
    if let Some(atr) = Atr::parse(data) {
        let _ = (atr.text(), atr.is_storage());
    }
    let _ = model::by_answer(data);
}

/// Historical bytes, as compact TLV or not.
pub fn tlv(data: &[u8]) {
    let atr = Atr {
        contactless: true,
        historical: data,
    };
    assert!(atr.text().is_none_or(|text| text.len() >= 4));
    let _ = atr.is_storage();
}

/// A certificate, as it is and as attributes of an object on a token.
pub fn certificate(data: &[u8]) {
    let _ = Certificate::read(data);
    let Some((&split, rest)) = data.split_first() else {
        return;
    };
    let (start, value) = rest.split_at(usize::from(split).min(rest.len()));
    let (id, label) = start.split_at(start.len() / 2);
    let read = certificate_of(vec![
        Attribute::Value(value.to_vec()),
        Attribute::Label(label.to_vec()),
        Attribute::Id(id.to_vec()),
    ]);
    if let Some(certificate) = read {
        let _ = [Use::SignIn, Use::Sign, Use::Decrypt].map(|wanted| certificate.fits(wanted));
        for shown in [&certificate.holder, &certificate.issuer, &certificate.label] {
            assert!(!shown.chars().any(char::is_control));
        }
        let _ = model::by_issuer([&certificate]);
    }
}

/// Texts of tokens, slots and names, and a file of p11-kit's.
pub fn text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    assert!(!printable(&text).chars().any(char::is_control));
    for tag in [
        Tag::Utf8String,
        Tag::BmpString,
        Tag::TeletexString,
        Tag::PrintableString,
    ] {
        if let Ok(any) = Any::new(tag, data) {
            assert!(!of_any_kind(&any).chars().any(char::is_control));
        }
    }
    let _ = p11_kit::is_for_us(&text);
}

/// A PKCS #12 file, before its password is known and with an empty one.
pub fn pkcs12(data: &[u8]) {
    let Ok(open) = bags::in_the_open(data) else {
        return;
    };
    let _ = bags::with_keys(&open.keys, &open.certificates);
    let _ = Pkcs12Archive::from_pkcs12(data, "");
}

/// What arrives on the pipe between agent and worker, in both directions.
pub fn frame(data: &[u8]) {
    let mut pipe = Cursor::new(data);
    while let Ok(Some(frame)) = blocking::read(&mut pipe) {
        let Frame::Message(message) = frame else {
            continue;
        };
        if let Ok(request) = wire::decoded::<Request>(&message) {
            let again = wire::encoded(&request);
            assert!(wire::decoded::<Request>(&again).is_ok());
            assert!(request.secrets() <= 2);
        }
        if let Ok(reply) = wire::decoded::<Reply>(&message) {
            assert!(wire::decoded::<Reply>(&wire::encoded(&reply)).is_ok());
        }
    }
}

/// The start of a file that is to be loaded as a module.
pub fn library(data: &[u8]) {
    let _ = made_for(&mut Cursor::new(data));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_corpus_is_replayed_without_a_panic() {
        type Target = fn(&[u8]);
        let targets: [(&str, Target); 7] = [
            ("atr", atr),
            ("tlv", tlv),
            ("certificate", certificate),
            ("text", text),
            ("pkcs12", pkcs12),
            ("frame", frame),
            ("library", library),
        ];
        for (name, target) in targets {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("fuzz/corpus")
                .join(name);
            let mut count = 0;
            for entry in folder.read_dir().unwrap() {
                target(&std::fs::read(entry.unwrap().path()).unwrap());
                count += 1;
            }
            assert!(count > 0, "{name}");
        }
    }
}
