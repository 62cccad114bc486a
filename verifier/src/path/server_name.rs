//! Which names a certificate is for, for whoever asks about one.

use std::net::IpAddr;

use x509_cert::ext::pkix::name::GeneralName;

use crate::certificate::Certificate;

/// A name that a certificate is expected to be for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExpectedName {
    /// A host, in ASCII.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// A mailbox.
    Email(String),
}

impl ExpectedName {
    /// Reads `host.example`, `192.0.2.1`, `2001:db8::1` or `somebody@host.example`. `None` for
    /// anything else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        if let Ok(address) = text.parse() {
            return Some(Self::Ip(address));
        }
        if text.contains('@') {
            return mailbox(text).map(|_| Self::Email(text.to_owned()));
        }
        is_dns_name(text).then(|| Self::Dns(text.to_owned()))
    }

    /// One of the certificate's alternative names is this one; the subject is not looked at.
    ///
    /// Spec: RFC 9525 §6.3–6.5; RFC 8398 §3 for mailboxes (host without regard to case).
    pub(crate) fn is_named_by(&self, certificate: &Certificate) -> bool {
        let mut names = certificate.extensions.names().iter();
        names.any(|name| match (self, name) {
            (Self::Dns(host), GeneralName::DnsName(name)) => dns_matches(host, name.as_ref()),
            (Self::Ip(IpAddr::V4(address)), GeneralName::IpAddress(bytes)) => {
                bytes.as_bytes() == address.octets()
            }
            (Self::Ip(IpAddr::V6(address)), GeneralName::IpAddress(bytes)) => {
                bytes.as_bytes() == address.octets()
            }
            (Self::Email(one), GeneralName::Rfc822Name(other)) => {
                email_matches(one, other.as_str())
            }
            _ => false,
        })
    }
}

/// A star stands for one whole label, the leftmost.
fn dns_matches(host: &str, name: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(parent) => {
            // At least two labels behind the star: nobody holds all of a top-level domain.
            let rest = host.split_once('.').map(|(_, rest)| rest);
            is_dns_name(parent)
                && parent.contains('.')
                && rest.is_some_and(|rest| rest.eq_ignore_ascii_case(parent))
        }
        None => is_dns_name(name) && host.eq_ignore_ascii_case(name),
    }
}

fn email_matches(one: &str, other: &str) -> bool {
    match (mailbox(one), mailbox(other)) {
        (Some((a, at)), Some((b, by))) => a == b && at.eq_ignore_ascii_case(by),
        _ => false,
    }
}

/// The local part and the host of a mailbox; `None` for what is none.
///
/// Spec: RFC 5321 §4.1.2, RFC 5280 §4.2.1.6.
pub(crate) fn mailbox(text: &str) -> Option<(&str, &str)> {
    let (local, host) = text.rsplit_once('@')?;
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'@' | b'"');
    let good = quoted || (!local.is_empty() && local.bytes().all(plain));
    (good && is_dns_name(host)).then_some((local, host))
}

/// Labels of letters, digits, hyphens and underscores; no dot at either end; not an address.
///
/// Underscores are no part of a host name (RFC 1123) but of DNS names in use, constraints included.
pub(crate) fn is_dns_name(text: &str) -> bool {
    let label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&label.len())
            && label.bytes().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253
        && text.split('.').all(label)
        && !text.rsplit('.').next().is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_one_at_unless_it_is_in_quotes() {
        for (text, is) in [
            ("a@b.example", true),
            ("a.b+c=d@b.example", true),
            (r#""a@b"@c.example"#, true),
            ("a@b@c.example", false),
            ("@b.example", false),
            (r#"""@b.example"#, false),
            (r#""@b.example"#, false),
            (" @b.example", false),
            ("a b@c.example", false),
            ("a@", false),
            ("a@b_@", false),
            ("a", false),
        ] {
            assert_eq!(mailbox(text).is_some(), is, "{text}");
        }
    }

    #[test]
    fn a_star_stands_for_one_whole_label() {
        for (host, name, matches) in [
            ("a.b.example", "*.b.example", true),
            ("A.b.example", "*.B.example", true),
            ("b.example", "*.b.example", false),
            ("x.a.b.example", "*.b.example", false),
            ("ab.b.example", "a*.b.example", false),
            ("a.b.example", "a.*.example", false),
            ("a.example", "*.example", false),
            ("a.b.example", "*.*.example", false),
            ("a.b.example", "*", false),
            ("a.example", "a.example", true),
            ("a.example", "a.example.", false),
            ("a.example", "", false),
        ] {
            assert_eq!(dns_matches(host, name), matches, "{host} {name}");
        }
    }

    #[test]
    fn what_is_asked_for_is_a_host_an_address_or_a_mailbox() {
        let read = ExpectedName::read;
        assert_eq!(
            read("a.example"),
            Some(ExpectedName::Dns("a.example".into()))
        );
        assert!(matches!(
            read("192.0.2.1"),
            Some(ExpectedName::Ip(IpAddr::V4(_)))
        ));
        assert!(matches!(
            read("2001:db8::1"),
            Some(ExpectedName::Ip(IpAddr::V6(_)))
        ));
        assert!(matches!(read("a@b.example"), Some(ExpectedName::Email(_))));
        for odd in [
            "",
            ".",
            "a..b",
            "-a.example",
            "1.2.3",
            "a b",
            "測試.tw",
            "*.a.example",
            "@b",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn only_the_host_of_a_mailbox_is_without_case() {
        assert!(email_matches("a@B.example", "a@b.example"));
        assert!(!email_matches("A@b.example", "a@b.example"));
    }
}
