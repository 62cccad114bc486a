//! What the web's PKI asks of servers beyond RFC 5280: the profile behind `--name`.

use chop_testpki::{
    Dn, Extension, KeyKind, Template,
    extension::{self, SomeName},
};

use crate::{
    case::{ANCHOR_IS_A_KEY, Case, NOT_THE_WEBS_RULES, case},
    kit::{Node, root, root_of, root_with},
};

const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const HOST: &str = "a.site.example";

pub(crate) fn cases() -> Vec<Case> {
    [names(), profile(), authorities(), mail()].concat()
}

/// A server's certificate as the web has it, for these names.
fn server(ca: &Node, names: &[SomeName]) -> Vec<u8> {
    server_with(ca, names, |leaf| leaf)
}

fn server_with(
    ca: &Node,
    names: &[SomeName],
    change: impl FnOnce(Template) -> Template,
) -> Vec<u8> {
    let names = (!names.is_empty()).then(|| extension::alternative_names(names));
    ca.leaf_with(|leaf| {
        let leaf = leaf.with(extension::extended_key_usage(&[SERVER]));
        change(names.into_iter().fold(leaf, Template::with))
    })
}

fn names() -> Vec<Case> {
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
        of("no alternative name", HOST, &[]).refused("Extension"),
        common("a common name that is among the names", HOST),
        common(
            "a common name that is not among the names",
            "b.site.example",
        )
        .refused("Name")
        .openssl(NOT_THE_WEBS_RULES)
        .webpki(NOT_THE_WEBS_RULES),
        common("a common name in other letters", "A.site.example")
            .refused("Name")
            .openssl(NOT_THE_WEBS_RULES)
            .webpki(NOT_THE_WEBS_RULES),
        common("a common name that is no name of a server", "測試伺服器"),
    ]
}

fn profile() -> Vec<Case> {
    let spec = "BR §7.1.2.7; limbo rfc5280, webpki";
    let root = root("根");
    let names = [SomeName::dns(HOST)];
    let of = |name, change: &dyn Fn(Template) -> Template| {
        let leaf = server_with(&root, &names, change);
        case(name, spec).chain(&root, &[], leaf).server(HOST)
    };
    let strict = |case: Case| case.openssl(NOT_THE_WEBS_RULES).webpki(NOT_THE_WEBS_RULES);
    let alternative = extension::alternative_names(&names);
    let key = || extension::subject_key(root.0.key().public_key()).unwrap();
    let leaf_ca = server_with(&root, &names, |leaf| {
        leaf.with(extension::basic_constraints(true, None))
            .replace(extension::key_usage(&[0, 5]))
    });
    let without_subject = |critical: bool| {
        let leaf = Template::new(Dn::new(), crate::kit::now()).unwrap();
        let leaf = leaf
            .with(extension::key_usage(&[0]))
            .with(extension::extended_key_usage(&[SERVER]));
        root.leaf_with(|_| leaf.with(alternative.clone().critical(critical)))
    };
    let rsa = |bits| {
        let kind = KeyKind::Rsa(bits);
        root.leaf_of("弱鑰", kind, |leaf| {
            leaf.with(extension::extended_key_usage(&[SERVER]))
                .with(alternative.clone())
        })
    };
    vec![
        strict(
            of("without extendedKeyUsage", &|leaf| {
                leaf.without("2.5.29.37")
            })
            .refused("ExtendedKeyUsage"),
        ),
        of("for clients", &|leaf| {
            leaf.replace(extension::extended_key_usage(&["1.3.6.1.5.5.7.3.2"]))
        })
        .refused("ExtendedKeyUsage"),
        of("for any purpose", &|leaf| {
            leaf.replace(extension::extended_key_usage(&["2.5.29.37.0"]))
        })
        .refused("ExtendedKeyUsage"),
        strict(
            of("a critical extendedKeyUsage", &|leaf| {
                leaf.replace(extension::extended_key_usage(&[SERVER]).critical(true))
            })
            .refused("ExtendedKeyUsage"),
        ),
        of("without authorityKeyIdentifier", &|leaf| {
            leaf.without_key_ids().with(key())
        })
        .refused("Extension")
        .webpki(NOT_THE_WEBS_RULES),
        strict(
            of("the serial number zero, for a server", &|leaf| {
                leaf.serial(&[0])
            })
            .refused("SerialNumber"),
        ),
        strict(
            of("a serial number of 21 bytes, for a server", &|leaf| {
                leaf.serial(&[0x7F; 21])
            })
            .refused("SerialNumber"),
        ),
        of("a negative serial number, for a server", &|leaf| {
            leaf.serial(&[0xFF])
        })
        .refused("SerialNumber")
        .openssl(NOT_THE_WEBS_RULES)
        .webpki(NOT_THE_WEBS_RULES),
        strict(
            of("keyCertSign in a leaf, for a server", &|leaf| {
                leaf.replace(extension::key_usage(&[0, 5]))
            })
            .refused("KeyUsage"),
        )
        .openssl_agrees(),
        case("an authority as a server", spec)
            .chain(&root, &[], leaf_ca)
            .server(HOST)
            .refused("Authority")
            .openssl(NOT_THE_WEBS_RULES),
        strict(
            of("constraints in a server's certificate", &|leaf| {
                leaf.with(extension::name_constraints(
                    &[SomeName::dns("site.example")],
                    &[],
                ))
            })
            .refused("Extension"),
        ),
        strict(
            of("critical alternative names beside a subject", &|leaf| {
                leaf.replace(alternative.clone().critical(true))
            })
            .refused("Extension"),
        ),
        case("critical alternative names and no subject", spec)
            .chain(&root, &[], without_subject(true))
            .server(HOST),
        strict(
            case(
                "alternative names that are not critical and no subject",
                "§4.2.1.6; limbo rfc5280::san",
            )
            .chain(&root, &[], without_subject(false))
            .server(HOST)
            .refused("Extension"),
        )
        .openssl_agrees(),
        strict(
            of("a critical authorityInfoAccess", &|leaf| {
                leaf.with(extension::ocsp_at(&["http://ocsp.example"]).critical(true))
            })
            .refused("ExtensionNotUnderstood"),
        )
        .openssl_agrees()
        .webpki_agrees(),
        of("a malformed authorityInfoAccess", &|leaf| {
            leaf.with(Extension::new("1.3.6.1.5.5.7.1.1", false, *b"malformed"))
        })
        .refused("ExtensionMalformed")
        .openssl("does not read it")
        .webpki("does not read it"),
        case("a key of RSA-1024, for a server", "BR §6.1.5; limbo webpki")
            .chain(&root, &[], rsa(1024))
            .server(HOST)
            .refused("Key")
            .openssl("its security level for certificates, 1, lets RSA-1024 pass")
            .webpki("does not look at the leaf's own key"),
        case("a key of RSA-2056, for a server", "BR §6.1.5")
            .chain(&root, &[], rsa(2056))
            .server(HOST),
    ]
}

fn authorities() -> Vec<Case> {
    let spec = "BR §7.1.2; limbo rfc5280, webpki";
    let names = [SomeName::dns(HOST)];
    let root_ = root("根");
    let of = |name, change: &dyn Fn(Template) -> Template| {
        let ca = root_.sub_with("發證", change);
        let leaf = server(&ca, &names);
        case(name, spec).chain(&root_, &[&ca], leaf).server(HOST)
    };
    let of_root = |name, change: &dyn Fn(Template) -> Template| {
        let root = root_with("異根", change);
        let leaf = server(&root, &names);
        case(name, spec).chain(&root, &[], leaf).server(HOST)
    };
    let key = || extension::subject_key(root_.0.key().public_key()).unwrap();
    let asks = |bytes: &[u8]| Extension::new("2.5.29.35", false, bytes);
    let weak = root_of("弱根", KeyKind::Rsa(1024), |root| root);
    let nameless = {
        let root = root_with("無名根", |root| root);
        let ca = root.sub_named(Dn::new(), "無名", KeyKind::P256, |ca| ca);
        let leaf = server(&ca, &names);
        case("an authority without a subject", "§4.1.2.6; limbo rfc5280")
            .chain(&root, &[&ca], leaf)
            .server(HOST)
    };
    vec![
        of("an ordinary authority", &|ca| ca),
        of("an authority for servers", &|ca| {
            ca.with(extension::extended_key_usage(&[SERVER]))
        }),
        of(
            "basicConstraints that are not critical, for a server",
            &|ca| ca.replace(extension::basic_constraints(true, None).critical(false)),
        )
        .refused("Extension")
        .webpki(NOT_THE_WEBS_RULES),
        of("an authority without subjectKeyIdentifier", &|ca| {
            ca.without_key_ids()
                .with(extension::authority_key(root_.0.key().public_key()).unwrap())
        })
        .refused("Extension")
        .webpki(NOT_THE_WEBS_RULES),
        of("an authority without authorityKeyIdentifier", &|ca| {
            ca.without_key_ids().with(key())
        })
        .refused("Extension")
        .webpki(NOT_THE_WEBS_RULES),
        of("policyConstraints that are not critical", &|ca| {
            ca.with(extension::policy_constraints(Some(9), None).critical(false))
        })
        .refused("Extension")
        .openssl(NOT_THE_WEBS_RULES)
        .webpki(NOT_THE_WEBS_RULES),
        nameless.refused("SubjectEmpty").webpki(NOT_THE_WEBS_RULES),
        of_root("a root with an extendedKeyUsage", &|root| {
            root.with(extension::extended_key_usage(&[SERVER]))
        })
        .refused("Extension")
        .openssl(NOT_THE_WEBS_RULES)
        .webpki(ANCHOR_IS_A_KEY),
        of_root("a root without subjectKeyIdentifier", &|root| {
            root.without_key_ids()
        })
        .refused("Extension")
        .webpki(ANCHOR_IS_A_KEY),
        of_root("a root that asks for another key", &|root| {
            root.without_key_ids()
                .with(key())
                .with(asks(&[0x30, 0x03, 0x80, 0x01, 0x07]))
        })
        .refused("Extension")
        .webpki(ANCHOR_IS_A_KEY),
        of_root("a root that names its issuer's serial number", &|root| {
            root.without_key_ids()
                .with(key())
                .with(asks(&[0x30, 0x03, 0x82, 0x01, 0x07]))
        })
        .refused("Extension")
        .webpki(ANCHOR_IS_A_KEY),
        case("a root of RSA-1024", "BR §6.1.5; limbo webpki")
            .chain(&weak, &[], server(&weak, &names))
            .server(HOST)
            .refused("Key")
            .openssl("its security level for certificates, 1, lets RSA-1024 pass"),
    ]
}

fn mail() -> Vec<Case> {
    let spec = "RFC 8550 §3; limbo smime";
    let root = root("根");
    let leaf = |address: &str, purpose: &str| {
        let names = extension::alternative_names(&[SomeName::email(address)]);
        let usage = extension::extended_key_usage(&[purpose]);
        root.leaf_with(|leaf| leaf.with(names).with(usage))
    };
    const MAIL: &str = "1.3.6.1.5.5.7.3.4";
    vec![
        case("a mailbox", spec)
            .chain(&root, &[], leaf("somebody@a.example", MAIL))
            .mailbox("somebody@a.example")
            .no_webpki("has no mailboxes"),
        case("another's mailbox", spec)
            .chain(&root, &[], leaf("nobody@a.example", MAIL))
            .mailbox("somebody@a.example")
            .refused("Name")
            .no_webpki("has no mailboxes"),
        case("a mailbox in a server's certificate", spec)
            .chain(&root, &[], leaf("somebody@a.example", SERVER))
            .mailbox("somebody@a.example")
            .refused("ExtendedKeyUsage")
            .no_webpki("has no mailboxes"),
    ]
}
