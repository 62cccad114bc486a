//! What the web's PKI asks of servers beyond RFC 5280: the profile behind `--name`.

mod keys;
mod lists;
mod names;

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
    [
        names::cases(),
        profile(),
        purposes(),
        keys::cases(),
        authorities(),
        lists::cases(),
    ]
    .concat()
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

fn strict(case: Case) -> Case {
    case.openssl(NOT_THE_WEBS_RULES).webpki(NOT_THE_WEBS_RULES)
}

fn profile() -> Vec<Case> {
    let spec = "BR §7.1.2.7; limbo rfc5280, webpki";
    let root = root("根");
    let names = [SomeName::dns(HOST)];
    let of = |name, change: &dyn Fn(Template) -> Template| {
        let leaf = server_with(&root, &names, change);
        case(name, spec).chain(&root, &[], leaf).server(HOST)
    };
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
    ]
}

/// What may not stand beside serverAuth, and a keyUsage that says nothing.
fn purposes() -> Vec<Case> {
    let spec = "BR §7.1.2.7.10; limbo webpki::eku";
    let root = root("根");
    let names = [SomeName::dns(HOST)];
    let with = |name, purpose: &str| {
        let leaf = server_with(&root, &names, |leaf| {
            leaf.replace(extension::extended_key_usage(&[SERVER, purpose]))
        });
        case(name, spec).chain(&root, &[], leaf).server(HOST)
    };
    let silent = server_with(&root, &names, |leaf| {
        leaf.replace(extension::key_usage(&[]))
    });
    vec![
        with("for servers and clients", "1.3.6.1.5.5.7.3.2"),
        strict(with("for servers and code", "1.3.6.1.5.5.7.3.3").refused("ExtendedKeyUsage")),
        strict(with("for servers and mail", "1.3.6.1.5.5.7.3.4").refused("ExtendedKeyUsage")),
        strict(
            with("for servers and time stamps", "1.3.6.1.5.5.7.3.8").refused("ExtendedKeyUsage"),
        ),
        strict(with("for servers and OCSP", "1.3.6.1.5.5.7.3.9").refused("ExtendedKeyUsage")),
        strict(
            with("for servers and precertificates", "1.3.6.1.4.1.11129.2.4.4")
                .refused("ExtendedKeyUsage"),
        ),
        strict(with("for servers and any purpose", "2.5.29.37.0").refused("ExtendedKeyUsage")),
        case(
            "a keyUsage without a bit, for a server",
            "§4.2.1.3; limbo webpki::ku",
        )
        .chain(&root, &[], silent)
        .server(HOST)
        .refused("KeyUsage")
        .webpki(NOT_THE_WEBS_RULES),
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
        {
            let above = root_with("上根", |root| root);
            let anchor = above.sub_with("非根", |ca| ca.without_key_ids().with(key()));
            case(
                "an anchor that is no root and names no key",
                "§4.2.1.1; limbo rfc5280::aki",
            )
            .chain(&anchor, &[], server(&anchor, &names))
            .server(HOST)
            .refused("Extension")
            .webpki(ANCHOR_IS_A_KEY)
        },
        case("a root of RSA-1024", "BR §6.1.5; limbo webpki")
            .chain(&weak, &[], server(&weak, &names))
            .server(HOST)
            .refused("Key")
            .openssl("its security level for certificates, 1, lets RSA-1024 pass"),
    ]
}
