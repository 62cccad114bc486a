//! Whose a site is.

use std::{net::Ipv4Addr, ops::Range};

use chop_protocol::Origin;

/// Where, in the origin's text, stands what tells whose the site is: its registrable domain, or
/// the whole host of an address, of `localhost`, and of a host that is a public suffix itself.
///
/// Anybody can make sub-domains of a domain of their own; the registrable domain costs a
/// registration. `login.bank.com.tw` and `www.bank.com.tw` are both `bank.com.tw`'s.
///
/// Spec: URL standard, "registrable domain"; the Public Suffix List, private part included, as of
/// the day of the build.
#[must_use]
pub fn owner(origin: &Origin) -> Range<usize> {
    let host = origin.host();
    let start = origin.as_str().find("://").map_or(0, |scheme| scheme + 3);
    let end = start + host.len();
    let is_address = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    let domain = match is_address {
        true => None,
        false => structured_public_domains::registrable_domain(host),
    };
    // The list's own answer is believed only if it is what the host ends with.
    match domain.filter(|domain| host.ends_with(domain.as_str())) {
        Some(domain) => end - domain.len()..end,
        None => start..end,
    }
}

/// The text of [`owner`].
pub(crate) fn name(origin: &Origin) -> &str {
    origin.as_str().get(owner(origin)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registrable_domain_tells_whose_a_site_is() {
        for (origin, expected) in [
            ("https://bank.com.tw", "bank.com.tw"),
            ("https://login.bank.com.tw:8443", "bank.com.tw"),
            ("https://a.b.c.moea.gov.tw", "moea.gov.tw"),
            ("https://www.example.com", "example.com"),
            // Private part of the list: each of these has an owner of its own.
            ("https://alice.github.io", "alice.github.io"),
            ("https://a.alice.github.io", "alice.github.io"),
            // A wildcard rule (*.ck) and its exception (!www.ck).
            ("https://login.bank.co.ck", "bank.co.ck"),
            ("https://a.www.ck", "www.ck"),
            // 台灣 and 中国 as suffixes.
            ("https://a.b.xn--kpry57d", "b.xn--kpry57d"),
            ("https://a.xn--85x722f.xn--fiqs8s", "xn--85x722f.xn--fiqs8s"),
            // Nobody's suffix: the last label counts as one.
            ("https://login.bank.example", "bank.example"),
            ("https://intranet.corp", "intranet.corp"),
        ] {
            assert_eq!(name(&origin.parse().unwrap()), expected, "{origin}");
        }
    }

    #[test]
    fn without_a_registrable_domain_it_is_the_host() {
        for (origin, expected) in [
            ("https://com.tw", "com.tw"),
            ("https://github.io:8443", "github.io"),
            ("https://localhost:8443", "localhost"),
            ("https://127.0.0.1:8443", "127.0.0.1"),
            ("https://[2001:db8::1]:8443", "[2001:db8::1]"),
            ("https://s", "s"),
            ("https://https", "https"),
        ] {
            assert_eq!(name(&origin.parse().unwrap()), expected, "{origin}");
        }
    }

    #[test]
    fn the_place_is_the_hosts_end_also_where_its_text_stands_earlier_too() {
        let origin: Origin = "https://example.com.example.com:8443".parse().unwrap();
        assert_eq!(owner(&origin), 20..31);
    }
}
