//! When a name lies within a subtree.

use der::Encode as _;
use url::{Host, Url};
use x509_cert::ext::pkix::{constraints::name::GeneralSubtree, name::GeneralName};

use super::{OtherKind, Presented};
use crate::{
    name::{Name, NormalName},
    path::server_name::{is_dns_name, mailbox},
};

/// A subtree of names of one kind.
#[derive(Clone, Debug)]
pub(crate) enum Subtree {
    /// A domain, with everything below it; empty for all. Lower case.
    Dns(String),
    Email(Mailboxes),
    /// Hosts of URIs.
    Uri(Hosts),
    /// Address and mask, 4 or 16 bytes each.
    Ip(Vec<u8>, Vec<u8>),
    Directory(NormalName),
    Other(OtherKind),
}

/// Spec: RFC 5280 §4.2.1.10 (rfc822Name).
#[derive(Clone, Debug)]
pub(crate) enum Mailboxes {
    /// One address.
    One(String, String),
    At(Hosts),
}

/// Spec: RFC 5280 §4.2.1.10. Lower case.
#[derive(Clone, Debug)]
pub(crate) enum Hosts {
    One(String),
    /// Those below a domain, without itself.
    Below(String),
}

/// What comes of a comparison.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Within,
    Outside,
    /// The subtree is about names of another kind.
    OtherKind,
    /// It cannot be told; refuses, whether permitted or excluded.
    Unclear,
}

impl Subtree {
    /// `None` if it is malformed.
    pub(super) fn read(subtree: &GeneralSubtree) -> Option<Self> {
        // Minimum and maximum have no use in this profile.
        if subtree.minimum != 0 || subtree.maximum.is_some() {
            return None;
        }
        Some(match &subtree.base {
            GeneralName::DnsName(base) => {
                let base: &str = base.as_ref();
                if !base.is_empty() && !is_dns_name(base) {
                    return None;
                }
                Self::Dns(base.to_ascii_lowercase())
            }
            GeneralName::Rfc822Name(base) => {
                let base = base.as_str();
                Self::Email(match base.contains('@') {
                    true => {
                        let (local, host) = mailbox(base)?;
                        Mailboxes::One(local.to_owned(), host.to_ascii_lowercase())
                    }
                    false => Mailboxes::At(Hosts::read(base)?),
                })
            }
            GeneralName::UniformResourceIdentifier(base) => Self::Uri(Hosts::read(base.as_ref())?),
            GeneralName::IpAddress(bytes) => {
                let bytes = bytes.as_bytes();
                if bytes.len() != 8 && bytes.len() != 32 {
                    return None;
                }
                let (address, mask) = bytes.split_at(bytes.len() / 2);
                is_prefix(mask).then(|| Self::Ip(address.to_vec(), mask.to_vec()))?
            }
            GeneralName::DirectoryName(name) => {
                Self::Directory(Name(&name.to_der().ok()?).normal())
            }
            GeneralName::OtherName(_) => Self::Other(OtherKind::OtherName),
            GeneralName::EdiPartyName(_) => Self::Other(OtherKind::EdiParty),
            GeneralName::RegisteredId(_) => Self::Other(OtherKind::RegisteredId),
        })
    }

    /// Every name that `name` could stand for lies within.
    pub(super) fn permits(&self, name: &Presented<'_>) -> Verdict {
        match (self, name) {
            // Where the star stands anything may, so what is behind it has to lie within.
            (Self::Dns(base), Presented::Dns(name)) => match name.strip_prefix("*.") {
                Some(parent) => dns(base, parent),
                None => dns(base, name),
            },
            _ => self.compare(name),
        }
    }

    /// Some name that `name` could stand for lies within.
    pub(super) fn excludes(&self, name: &Presented<'_>) -> Verdict {
        match (self, name) {
            (Self::Dns(base), Presented::Dns(name)) => match name.strip_prefix("*.") {
                Some(parent) => {
                    // `*.a.example` may be `b.a.example`.
                    let child = base.split_once('.').map(|(_, rest)| rest);
                    if child.is_some_and(|rest| rest.eq_ignore_ascii_case(parent)) {
                        Verdict::Within
                    } else {
                        dns(base, parent)
                    }
                }
                None => dns(base, name),
            },
            _ => self.compare(name),
        }
    }

    fn compare(&self, name: &Presented<'_>) -> Verdict {
        match (self, name) {
            (Self::Email(mailboxes), Presented::Email(name)) => mailboxes.compare(name),
            (Self::Uri(hosts), Presented::Uri(uri)) => match uri_host(uri) {
                Some(host) => hosts.compare(&host),
                None => Verdict::Unclear,
            },
            (Self::Ip(base, mask), Presented::Ip(address)) => ip(base, mask, address),
            (Self::Directory(base), Presented::Directory(name)) => within(name.is_within(base)),
            // Its meaning is not understood, so it neither permits nor lets through.
            (Self::Other(base), Presented::Other(name)) if base == name => Verdict::Unclear,
            _ => Verdict::OtherKind,
        }
    }
}

impl Hosts {
    fn read(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        match lower.strip_prefix('.') {
            Some(domain) => is_dns_name(domain).then(|| Self::Below(domain.to_owned())),
            None => is_dns_name(&lower).then_some(Self::One(lower)),
        }
    }

    fn compare(&self, host: &str) -> Verdict {
        let host = host.to_ascii_lowercase();
        within(match self {
            Self::One(one) => host == *one,
            Self::Below(domain) => {
                let start = host.strip_suffix(domain.as_str());
                start.is_some_and(|start| start.len() > 1 && start.ends_with('.'))
            }
        })
    }
}

impl Mailboxes {
    fn compare(&self, address: &str) -> Verdict {
        match mailbox(address) {
            Some((local, host)) => match self {
                Self::One(own, at) => within(own == local && at.eq_ignore_ascii_case(host)),
                Self::At(hosts) => hosts.compare(host),
            },
            None => Verdict::Unclear,
        }
    }
}

fn within(is: bool) -> Verdict {
    if is {
        Verdict::Within
    } else {
        Verdict::Outside
    }
}

fn dns(base: &str, name: &str) -> Verdict {
    if !is_dns_name(name) {
        return Verdict::Unclear;
    }
    let name = name.to_ascii_lowercase();
    within(match name.strip_suffix(base) {
        Some(start) => base.is_empty() || start.is_empty() || start.ends_with('.'),
        None => false,
    })
}

/// The host of a URI; `None` if it has none, or an address, which no subtree can be about, or where
/// browsers read one that RFC 3986 has not: backslashes, escapes, spaces, a scheme without slashes.
fn uri_host(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let odd = |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'\\' | b'%');
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) || authority.bytes().any(odd) {
        return None;
    }
    match Url::parse(uri).ok()?.host()? {
        Host::Domain(name) => is_dns_name(name).then(|| name.to_owned()),
        _ => None,
    }
}

fn ip(base: &[u8], mask: &[u8], address: &[u8]) -> Verdict {
    match (address.len(), base.len()) {
        (4, 4) | (16, 16) => {
            let mut bytes = base.iter().zip(mask).zip(address);
            within(bytes.all(|((base, mask), byte)| base & mask == byte & mask))
        }
        // Both versions are one kind of name: where addresses are permitted, the others are not.
        (4 | 16, _) => Verdict::Outside,
        _ => Verdict::Unclear,
    }
}

/// Ones, then zeros.
fn is_prefix(mask: &[u8]) -> bool {
    let ones: u32 = mask.iter().map(|byte| byte.count_ones()).sum();
    let leading: u32 = mask
        .iter()
        .scan(true, |whole, byte| {
            let count = if *whole { byte.leading_ones() } else { 0 };
            *whole &= *byte == 0xFF;
            Some(count)
        })
        .sum();
    ones == leading
}
