//! Authorities and certificates for the cases, each ordinary but for what its case is about.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use chop_testpki::{
    Authority, Dn, Entry, Extension, KeyKind, List, PrivateKey, Template, extension,
};

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// 1 November 2026, 00:00 UTC.
pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_491_200)
}

/// An authority of a case.
#[derive(Clone)]
pub(crate) struct Node(pub(crate) Authority);

thread_local! {
    /// A key per name and kind: what cases are about is seldom the key.
    static KEYS: RefCell<HashMap<(String, KeyKind), Arc<PrivateKey>>> = RefCell::default();
}

pub(crate) fn key_of(name: &str, kind: KeyKind) -> Arc<PrivateKey> {
    KEYS.with_borrow_mut(|keys| {
        let new = || Arc::new(PrivateKey::generate(kind).unwrap());
        keys.entry((name.to_owned(), kind))
            .or_insert_with(new)
            .clone()
    })
}

/// A root called `name`, with a key of its own.
pub(crate) fn root(name: &str) -> Node {
    root_with(name, |template| template)
}

pub(crate) fn root_with(name: &str, change: impl FnOnce(Template) -> Template) -> Node {
    root_of(name, KeyKind::P256, change)
}

pub(crate) fn root_of(
    name: &str,
    kind: KeyKind,
    change: impl FnOnce(Template) -> Template,
) -> Node {
    let template = change(Template::authority(Dn::of(name), now()).unwrap());
    Node(Authority::root(&template, key_of(name, kind)).unwrap())
}

impl Node {
    /// An authority below this one.
    pub(crate) fn sub(&self, name: &str) -> Self {
        self.sub_with(name, |template| template)
    }

    pub(crate) fn sub_with(&self, name: &str, change: impl FnOnce(Template) -> Template) -> Self {
        self.sub_named(Dn::of(name), name, KeyKind::P256, change)
    }

    /// An authority with this subject and the key of that name.
    pub(crate) fn sub_named(
        &self,
        subject: Dn,
        key: &str,
        kind: KeyKind,
        change: impl FnOnce(Template) -> Template,
    ) -> Self {
        let template = change(Template::authority(subject, now()).unwrap());
        Self(self.0.subordinate(&template, key_of(key, kind)).unwrap())
    }

    /// A certificate of nobody in particular.
    pub(crate) fn leaf(&self) -> Vec<u8> {
        self.leaf_with(|template| template)
    }

    pub(crate) fn leaf_with(&self, change: impl FnOnce(Template) -> Template) -> Vec<u8> {
        self.leaf_of("leaf", KeyKind::P256, change)
    }

    pub(crate) fn leaf_of(
        &self,
        key: &str,
        kind: KeyKind,
        change: impl FnOnce(Template) -> Template,
    ) -> Vec<u8> {
        let template = Template::new(Dn::of("測試終端"), now()).unwrap();
        let template = change(template.with(extension::key_usage(&[0])));
        let key = key_of(key, kind);
        self.0.issue(&template, key.public_key()).unwrap()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        self.0.certificate().to_vec()
    }

    pub(crate) fn name(&self) -> Dn {
        self.0.name().clone()
    }

    /// The same name with the key of another.
    pub(crate) fn with_key_of(&self, other: &Self) -> Self {
        Self(other.0.posing_as(self.name()))
    }

    /// A list without entries.
    pub(crate) fn list(&self) -> Vec<u8> {
        self.list_with(|list| list)
    }

    pub(crate) fn list_with(&self, change: impl FnOnce(List) -> List) -> Vec<u8> {
        change(List::new(now())).sign(&self.0).unwrap()
    }

    /// A list with this certificate on it.
    pub(crate) fn revoking(&self, certificate: &[u8]) -> Vec<u8> {
        self.list_with(|list| revoke(list, certificate, |entry| entry))
    }
}

/// Adds a certificate to a list.
pub(crate) fn revoke(
    list: List,
    certificate: &[u8],
    change: impl FnOnce(Entry<'_>) -> Entry<'_>,
) -> List {
    let serial = serial(certificate);
    list.and(&change(Entry::new(&serial, now() - DAY))).unwrap()
}

/// The serial number's bytes as they are in the certificate.
pub(crate) fn serial(certificate: &[u8]) -> Vec<u8> {
    use der::{AnyRef, Decode as _, Reader as _, SliceReader};
    let certificate = AnyRef::from_der(certificate).unwrap();
    let mut reader = SliceReader::new(certificate.value()).unwrap();
    let tbs = AnyRef::decode(&mut reader).unwrap();
    let mut reader = SliceReader::new(tbs.value()).unwrap();
    let mut next = || AnyRef::decode(&mut reader).unwrap();
    let first = next();
    let serial = match der::Tagged::tag(&first) {
        der::Tag::Integer => first,
        _ => next(),
    };
    let serial = serial.value().to_vec();
    let _ = reader.read_slice(reader.remaining_len());
    serial
}

/// An extension that nobody knows.
pub(crate) fn unknown(critical: bool) -> Extension {
    Extension::new("1.3.6.1.4.1.99999.1", critical, [5, 0])
}
