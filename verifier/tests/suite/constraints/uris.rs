//! Constraints on URIs.

use super::*;

pub(super) fn uris() -> Vec<Case> {
    let spec = "§4.2.1.10; PKITS 4.13.34–37";
    let uri = SomeName::uri;
    let (root, host) = ca(&[uri("a.example")], &[]);
    let (_, domain) = ca(&[uri(".a.example")], &[]);
    let (_, no) = ca(&[], &[uri("a.example")]);
    let of = |name, ca: &Node, address: &str| {
        case(name, spec).chain(&root, &[ca], named(ca, &[uri(address)]))
    };
    let cases = vec![
        of(
            "a URI at the permitted host",
            &host,
            "https://a.example:8443/path?query",
        ),
        of(
            "a URI below the permitted host",
            &host,
            "https://b.a.example/",
        )
        .refused("NameConstraint"),
        of(
            "a URI below the permitted domain",
            &domain,
            "https://b.a.example/",
        ),
        of(
            "a URI at the permitted domain itself",
            &domain,
            "https://a.example/",
        )
        .refused("NameConstraint"),
        of("a URI at the excluded host", &no, "https://a.example/").refused("NameConstraint"),
        of("a URI beside the excluded host", &no, "https://b.example/"),
        of(
            "a URI with an address for a host",
            &host,
            "https://192.0.2.1/",
        )
        .refused("NameConstraint"),
        of("a URI without a host", &host, "urn:example:a").refused("NameConstraint"),
        of(
            "a URI that only browsers read",
            &host,
            "http:\\\\a.example/",
        )
        .refused("NameConstraint"),
        of(
            "a URI with an escape in its host",
            &host,
            "http://a%2eexample/",
        )
        .refused("NameConstraint"),
    ];
    let known = |case: Case| match case.expected {
        None => case.webpki(NO_URI),
        _ => case,
    };
    cases.into_iter().map(known).collect()
}
