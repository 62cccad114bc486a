//! Names of servers, and common names.

use chop_testpki::{
    Dn, Template,
    extension::{self, SomeName},
};

use super::{HOST, SERVER, server, strict};
use crate::{
    case::{Case, case},
    kit::root,
};

pub(super) fn cases() -> Vec<Case> {
    let spec = "RFC 9525 §6.3; limbo webpki::san, webpki::cn";
    let root = root("根");
    let of = |name, host: &'static str, names: &[SomeName]| {
        case(name, spec)
            .chain(&root, &[], server(&root, names))
            .server(host)
    };
    let dns = |text: &str| [SomeName::dns(text)];
    let common = |name, cn: &str| {
        let leaf = Template::new(Dn::new().cn(cn), crate::kit::now()).unwrap();
        let leaf = leaf
            .with(extension::key_usage(&[0]))
            .with(extension::extended_key_usage(&[SERVER]));
        let leaf = leaf.with(extension::alternative_names(&dns(HOST)));
        case(name, "BR §7.1.4.3; limbo webpki::cn")
            .chain(&root, &[], root.leaf_with(|_| leaf))
            .server(HOST)
    };
    vec![
        of("the server's name", HOST, &dns(HOST)),
        of("a server of another name", HOST, &dns("b.site.example")).refused("Name"),
        of("the name in capitals", HOST, &dns("A.Site.EXAMPLE")),
        of(
            "one of several names",
            HOST,
            &[SomeName::dns("b.example"), SomeName::dns(HOST)],
        ),
        of("a star", HOST, &dns("*.site.example")),
        of(
            "a star two labels up",
            "x.a.site.example",
            &dns("*.site.example"),
        )
        .refused("Name"),
        of(
            "a star for the name itself",
            "site.example",
            &dns("*.site.example"),
        )
        .refused("Name"),
        of("a star within a label", HOST, &dns("a*.site.example"))
            .refused("Name")
            .openssl("takes a star for a part of a label, as RFC 6125 let it"),
        of(
            "a star that is not the leftmost label",
            HOST,
            &dns("a.*.example"),
        )
        .refused("Name"),
        of(
            "a star over a top-level domain",
            "site.example",
            &dns("*.example"),
        )
        .refused("Name"),
        of("a star and nothing else", "localhost", &dns("*")).refused("Name"),
        of(
            "an address",
            "192.0.2.1",
            &[SomeName::Ip(vec![192, 0, 2, 1])],
        ),
        of(
            "another address",
            "192.0.2.1",
            &[SomeName::Ip(vec![192, 0, 2, 2])],
        )
        .refused("Name"),
        of(
            "an IPv6 address",
            "2001:db8::1",
            &[SomeName::ip("2001:db8::1".parse().unwrap())],
        ),
        of(
            "an address written as a host",
            "192.0.2.1",
            &dns("192.0.2.1"),
        )
        .refused("Name"),
        // As the storage services' own certificates have it.
        of(
            "a star over what one shares with many",
            "s3.example.com",
            &[
                SomeName::dns("s3.example.com"),
                SomeName::dns("*.github.io"),
            ],
        ),
        strict(
            of(
                "a star over a top-level domain beside the name",
                HOST,
                &[SomeName::dns(HOST), SomeName::dns("*.example")],
            )
            .refused("Name"),
        ),
        of(
            "a star below what one shares with many",
            "a.somebody.github.io",
            &dns("*.somebody.github.io"),
        ),
        strict(
            of(
                "another name with an underscore",
                HOST,
                &[SomeName::dns(HOST), SomeName::dns("a_b.site.example")],
            )
            .refused("Name"),
        ),
        strict(
            of(
                "an address among the hosts",
                HOST,
                &[SomeName::dns(HOST), SomeName::dns("192.0.2.1")],
            )
            .refused("Name"),
        ),
        of("no alternative name", HOST, &[]).refused("Extension"),
        common("a common name that is among the names", HOST),
        common(
            "a common name that is not among the names",
            "b.site.example",
        ),
        common(
            "an address as a common name, not among the names",
            "192.0.2.1",
        ),
        strict(common("a common name in other letters", "A.site.example").refused("Name")),
        strict(common("a common name in Unicode", "測試.site.example").refused("Name")),
        strict(common("a star and Unicode in a common name", "*.測試.example").refused("Name")),
        strict(common("a hexadecimal address as a common name", "0xC0000201").refused("Name")),
        strict(
            common(
                "an address with zeros before its numbers",
                "192.000.002.001",
            )
            .refused("Name"),
        ),
        strict(
            common(
                "an IPv6 address in capitals as a common name",
                "2001:DB8::1",
            )
            .refused("Name"),
        ),
        strict(
            common(
                "an IPv6 address that is not shortened",
                "2001:db8:0:0:1:0:0:1",
            )
            .refused("Name"),
        ),
        common("a number as a common name", "12345675"),
        common(
            "a sentence with full stops as a common name",
            "測試 股份. 有限公司.",
        ),
        common("a common name that is no name of a server", "測試伺服器"),
    ]
}
