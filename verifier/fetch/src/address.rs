//! Where we go, and where not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::Error;

/// Who named an address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NamedBy {
    /// Whoever runs this.
    Operator,
    /// A certificate; its authority may name anything.
    Certificate,
}

/// An address that can be fetched.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Address {
    url: Url,
    host: String,
    port: u16,
}

impl Address {
    /// Reads `http://…` or `https://…`, without a user and a password.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Address {
            address: text.to_owned(),
        };
        Self::of(Url::parse(text).map_err(|_| wrong())?).ok_or_else(wrong)
    }

    fn of(url: Url) -> Option<Self> {
        let plain = matches!(url.scheme(), "http" | "https");
        let anonymous = url.username().is_empty() && url.password().is_none();
        let host = match url.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = url.port_or_known_default()?;
        (plain && anonymous).then_some(Self { url, host, port })
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// For the `Host` header: with the port where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        self.url.authority().to_owned()
    }

    /// Path and query.
    pub(crate) fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Where a `Location` leads: to the same host alone, and never from https to http.
    pub(crate) fn redirected(&self, location: &str) -> Option<Self> {
        let next = Self::of(self.url.join(location).ok()?)?;
        let weaker = self.is_https() && !next.is_https();
        (next.host == self.host && !weaker).then_some(next)
    }
}

/// Whether an address is one of the open internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Spec: IANA's special-purpose address registries (RFC 6890).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmarks = a == 198 && (18..20).contains(&b);
    let protocols = (a, b, c) == (192, 0, 0);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || benchmarks
        || protocols)
}

/// Global unicast (2000::/3) but for what is set apart in it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let documentation = a == 0x2001 && b == 0xDB8;
    // 6to4 and Teredo hide an IPv4 address.
    let tunnels = a == 0x2002 || (a == 0x2001 && b == 0);
    (0x2000..0x4000).contains(&a) && !documentation && !tunnels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_and_https_addresses_are_read() {
        let address = Address::read("https://l.example:8443/a/b.crl?c=d").unwrap();
        assert_eq!((address.host(), address.port()), ("l.example", 8443));
        assert_eq!(address.authority(), "l.example:8443");
        assert_eq!(address.path(), "/a/b.crl?c=d");
        assert_eq!(Address::read("http://l.example").unwrap().port(), 80);
        assert_eq!(Address::read("http://[::1]:7/").unwrap().host(), "::1");
    }

    #[test]
    fn nothing_else_is() {
        for odd in [
            "",
            "l.example",
            "ldap://l.example/a",
            "file:///etc/passwd",
            "http://",
            "http://user@l.example/",
            "http://:secret@l.example/",
            "gopher://l.example/",
        ] {
            assert!(Address::read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn redirects_stay_on_the_host_and_are_never_weaker() {
        let (plain, strong) = (
            Address::read("http://l.example/a").unwrap(),
            Address::read("https://l.example/a").unwrap(),
        );
        let to = |from: &Address, location: &str| from.redirected(location).is_some();
        assert!(to(&plain, "/b") && to(&plain, "https://l.example/a") && to(&strong, "b"));
        assert!(!to(&strong, "http://l.example/a"));
        for elsewhere in [
            "https://m.example/a",
            "//m.example/",
            "https://a.l.example/",
            "ftp://l.example/",
        ] {
            assert!(!to(&plain, elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn private_addresses_are_known() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "8.8.8.8",
            "203.66.1.1",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }
}
