//! Where a request comes from: the address for limits and for the audit log.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::portal::Site;

/// The other end of the connection: the client, or a proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Addresses with the same beginning, such as `10.1.0.0/16`, or one address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is not a [`Network`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an address, nor a network such as 10.1.0.0/16")]
pub struct NetworkError;

/// Who asks, as far as an address tells. Empty where the site is not served by [`crate::Portal`].
#[derive(Clone, Debug)]
pub(crate) struct Client(String);

impl Network {
    /// Whether an address is one of them.
    pub(crate) fn has(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differ = ours.to_bits() ^ theirs.to_bits();
                differ.leading_zeros() >= u32::from(self.prefix)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differ = ours.to_bits() ^ theirs.to_bits();
                differ.leading_zeros() >= u32::from(self.prefix)
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| NetworkError)?,
            None => longest,
        };
        if prefix > longest {
            return Err(NetworkError);
        }
        Ok(Self { address, prefix })
    }
}

impl Client {
    /// The address, as it is written down.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What limits count by. An IPv6 customer has 2^64 addresses: they count as one.
    pub(crate) fn counted(&self) -> String {
        counted(&self.0)
    }

    /// What memory and places are counted by: the networks of the address, from the smallest on.
    pub(crate) fn networks(&self) -> [String; 3] {
        match self.0.parse() {
            Ok(address) => networks(address).map(|network| network.to_string()),
            Err(_) => [(); 3].map(|()| self.0.clone()),
        }
    }

    #[cfg(test)]
    pub(crate) fn of_address(address: &str) -> Self {
        Self(address.to_owned())
    }

    /// From the connection, or from what a proxy of ours says of it.
    fn of(peer: Option<&Peer>, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.has(address));
        let Some(Peer(peer)) = peer.copied() else {
            return Self(String::new());
        };
        let mut address = peer;
        // From the last to the first, as far as the word of each can be taken: whoever asked wrote
        // the rest.
        // Bytes, since what is odd in an entry of theirs shall not hide the one of ours.
        let lines: Vec<_> = headers.get_all("x-forwarded-for").iter().collect();
        let named = lines
            .iter()
            .rev()
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for text in named {
            if !is_proxy(address) {
                break;
            }
            let text = std::str::from_utf8(text).unwrap_or_default();
            let Ok(before) = text.trim().parse::<IpAddr>() else {
                break;
            };
            address = before;
        }
        Self(address.to_canonical().to_string())
    }
}

/// The same of an address that was written down.
pub(crate) fn counted(client: &str) -> String {
    match client.parse() {
        Ok(address) => customer(address).to_string(),
        Err(_) => client.to_owned(),
    }
}

/// The address that stands for all that a customer has: an IPv6 customer has 2^64.
pub(crate) fn customer(address: IpAddr) -> IpAddr {
    let [network, ..] = networks(address);
    network
}

/// The address, and the two larger networks that an IPv6 customer may have: /64, /56, /48. What is
/// counted by them leaves each twice as much as the one before; an IPv4 address is alone in all.
///
/// Source: RFC 6177 §2; RIPE-690 §4.2.
pub(crate) fn networks(address: IpAddr) -> [IpAddr; 3] {
    match address.to_canonical() {
        IpAddr::V6(address) => [64, 72, 80].map(|rest| {
            let network = address.to_bits() >> rest << rest;
            Ipv6Addr::from_bits(network).into()
        }),
        address @ IpAddr::V4(_) => [address; 3],
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client
where
    Site: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let site = Site::from_ref(state);
        let peer = parts.extensions.get();
        Ok(Self::of(peer, &parts.headers, &site.proxies))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            let line = HeaderValue::from_bytes(line.as_bytes()).unwrap();
            headers.append("x-forwarded-for", line);
        }
        Client::of(Some(&Peer(peer.parse().unwrap())), &headers, &proxies).0
    }

    #[test]
    fn without_a_proxy_it_is_the_other_end_whatever_the_header_says() {
        assert_eq!(client("192.0.2.7", &[]), "192.0.2.7");
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(client("::ffff:192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
    }

    #[test]
    fn a_proxys_word_is_taken_and_that_of_whoever_is_before_it_is_not() {
        assert_eq!(client("127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("fd12::1", &["192.0.2.7"]), "192.0.2.7");
        let forged = ["203.0.113.9, 192.0.2.7, 10.1.2.3"];
        assert_eq!(client("127.0.0.1", &forged), "192.0.2.7");
        let lines = ["203.0.113.9", "192.0.2.7"];
        assert_eq!(client("127.0.0.1", &lines), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["192.0.2.7, what"]), "127.0.0.1");
        let odd = "\u{e9}, 192.0.2.7";
        assert_eq!(client("127.0.0.1", &[odd]), "192.0.2.7");
    }

    #[test]
    fn an_ipv6_customer_counts_once() {
        let one = Client("2001:db8:1:2:3:4:5:6".to_owned());
        let other = Client("2001:db8:1:2::9".to_owned());
        let stranger = Client("2001:db8:1:3::9".to_owned());
        assert_eq!(one.counted(), other.counted());
        assert_ne!(one.counted(), stranger.counted());
    }

    #[test]
    fn a_large_customer_has_one_network_more_and_more() {
        let address: IpAddr = "2001:db8:1:2345:6::7".parse().unwrap();
        let networks = networks(address).map(|network| network.to_string());
        assert_eq!(
            networks,
            ["2001:db8:1:2345::", "2001:db8:1:2300::", "2001:db8:1::"]
        );
        let old = Client("192.0.2.7".to_owned());
        assert_eq!(old.networks(), ["192.0.2.7"; 3]);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for odd in ["", "a", "10.0.0.0/33", "10.0.0/8", "::1/129", "10.0.0.0/x"] {
            assert_eq!(odd.parse::<Network>(), Err(NetworkError), "{odd}");
        }
        assert!(
            "0.0.0.0/0"
                .parse::<Network>()
                .unwrap()
                .has(IpAddr::from([9, 9, 9, 9]))
        );
    }
}
