//! Name constraints of every kind: §4.2.1.10, §6.1.3 (b), (c), §6.1.4 (g).

mod forms;
mod uris;

use chop_testpki::{
    Dn, Extension, Template,
    extension::{self, SomeName},
};

use crate::{
    case::{Case, case, dn},
    kit::{Node, root, root_with},
};

const NO_DIRECTORY: &str = "has no constraints on directory names";
const LAST_AT: &str = "looks at what is behind the last @ alone";
const NO_MAIL: &str = "refuses constraints on mailboxes, which it does not know";
const NO_URI: &str = "refuses constraints on URIs, which it does not know";

pub(crate) fn cases() -> Vec<Case> {
    [
        directories(),
        dns(),
        addresses(),
        mailboxes(),
        uris::uris(),
        forms::forms(),
    ]
    .concat()
}

/// An authority below a root that may name only, or all but, these.
fn ca(permitted: &[SomeName], excluded: &[SomeName]) -> (Node, Node) {
    let root = root("根");
    let ca = below(&root, "限", permitted, excluded);
    (root, ca)
}

fn below(above: &Node, name: &str, permitted: &[SomeName], excluded: &[SomeName]) -> Node {
    let constraints = extension::name_constraints(permitted, excluded);
    above.sub_with(name, |ca| ca.with(constraints))
}

fn named(ca: &Node, names: &[SomeName]) -> Vec<u8> {
    let names = extension::alternative_names(names);
    ca.leaf_with(|leaf| leaf.with(names))
}

/// A leaf with this subject and no alternative names.
fn called(ca: &Node, subject: Dn) -> Vec<u8> {
    ca.leaf_with(|_| {
        Template::new(subject, crate::kit::now())
            .unwrap()
            .with(extension::key_usage(&[0]))
    })
}

fn unit(name: &str) -> Dn {
    Dn::new().c("TW").o("測試").ou(name)
}

fn directories() -> Vec<Case> {
    let spec = "§7.1, §4.2.1.10; PKITS 4.13.1–20";
    let directory = |dn: Dn| SomeName::Directory(dn);
    let (root, one) = ca(&[directory(unit("一"))], &[]);
    let (_, two) = ca(&[directory(unit("一")), directory(unit("二"))], &[]);
    let (_, not) = ca(&[], &[directory(unit("一"))]);
    let (_, within) = ca(&[directory(unit("一"))], &[directory(unit("一").ou("三"))]);
    let nested = below(&one, "限下", &[directory(unit("一").ou("三"))], &[]);
    let apart = below(&one, "限別", &[directory(unit("二"))], &[]);
    let plain = one.sub_named(
        unit("一").cn("平"),
        "平",
        chop_testpki::KeyKind::P256,
        |ca| ca,
    );
    let alternative = |dn: Dn| {
        let names = extension::alternative_names(&[directory(dn)]);
        let template = Template::new(unit("一").cn("甲"), crate::kit::now()).unwrap();
        one.leaf_with(|_| template.with(extension::key_usage(&[0])).with(names))
    };
    let of = |name, ca: &Node, subject: Dn| {
        let chain: Vec<_> =
            if ca.der() == nested.der() || ca.der() == apart.der() || ca.der() == plain.der() {
                vec![&one, ca]
            } else {
                vec![ca]
            };
        let chain: Vec<&Node> = chain;
        case(name, spec).chain(&root, &chain, called(ca, subject))
    };
    let cases = vec![
        of(
            "a subject below the permitted one",
            &one,
            unit("一").cn("甲"),
        ),
        of("a subject that is the permitted one", &one, unit("一")),
        of(
            "a subject beside the permitted one",
            &one,
            unit("二").cn("甲"),
        )
        .refused("NameConstraint"),
        of(
            "a subject above the permitted one",
            &one,
            Dn::new().c("TW").o("測試"),
        )
        .refused("NameConstraint"),
        of(
            "a subject below the second of two",
            &two,
            unit("二").cn("甲"),
        ),
        of(
            "a subject below the excluded one",
            &not,
            unit("一").cn("甲"),
        )
        .refused("NameConstraint"),
        of(
            "a subject beside the excluded one",
            &not,
            unit("二").cn("甲"),
        ),
        of(
            "the excluded subject in compatible letters",
            &not,
            Dn::new().c("TW").o("測試").ou("\u{2f00}").cn("甲"),
        )
        .refused("NameConstraint")
        .openssl("does not normalize names"),
        of("permitted, and not excluded", &within, unit("一").cn("甲")),
        of(
            "permitted, and excluded below it",
            &within,
            unit("一").ou("三").cn("甲"),
        )
        .refused("NameConstraint"),
        of(
            "constraints that grow narrower",
            &nested,
            unit("一").ou("三").cn("甲"),
        )
        .refused("NameConstraint"),
        of(
            "constraints that have nothing in common",
            &apart,
            unit("一").cn("甲"),
        )
        .refused("NameConstraint"),
        of(
            "a plain authority below a constrained one",
            &plain,
            unit("一").cn("平").cn("甲"),
        ),
        of(
            "a plain authority does not widen",
            &plain,
            unit("二").cn("甲"),
        )
        .refused("NameConstraint"),
        of("an empty subject", &one, Dn::new()),
        case("an alternative directory name inside", spec).chain(
            &root,
            &[&one],
            alternative(unit("一").cn("乙")),
        ),
        case("an alternative directory name outside", spec)
            .chain(&root, &[&one], alternative(unit("二")))
            .refused("NameConstraint"),
    ];
    let known = |case: Case| match (case.name, case.expected) {
        ("an empty subject", _) => case
            .openssl("with -x509_strict it wants critical alternative names then")
            .webpki(NO_DIRECTORY),
        (_, None) => case.webpki(NO_DIRECTORY),
        _ => case,
    };
    cases.into_iter().map(known).collect()
}

fn dns() -> Vec<Case> {
    let spec = "§4.2.1.10; PKITS 4.13.30–33, limbo rfc5280::nc";
    let (root, yes) = ca(&[SomeName::dns("a.example")], &[]);
    let (_, no) = ca(&[], &[SomeName::dns("a.example")]);
    let (_, nothing) = ca(&[], &[SomeName::dns("")]);
    let (_, everything) = ca(&[SomeName::dns("")], &[]);
    let constrained_root = root_with("限根", |root| {
        root.with(extension::name_constraints(
            &[SomeName::dns("a.example")],
            &[],
        ))
    });
    let of = |name, ca: &Node, host: &str| {
        case(name, spec).chain(&root, &[ca], named(ca, &[SomeName::dns(host)]))
    };
    vec![
        of("the permitted host", &yes, "a.example"),
        of("a host below the permitted one", &yes, "b.a.example"),
        of(
            "a host in capitals below the permitted one",
            &yes,
            "B.A.EXAMPLE",
        ),
        of("a host that only ends alike", &yes, "ba.example").refused("NameConstraint"),
        of("a host beside the permitted one", &yes, "b.example").refused("NameConstraint"),
        of("a host above the permitted one", &yes, "example").refused("NameConstraint"),
        of("the excluded host", &no, "a.example").refused("NameConstraint"),
        of("a host below the excluded one", &no, "b.a.example").refused("NameConstraint"),
        of("a host beside the excluded one", &no, "b.example"),
        of("a star below the permitted host", &yes, "*.a.example"),
        of("a star over the permitted host", &yes, "*.example").refused("NameConstraint"),
        of("a star below the excluded host", &no, "*.a.example").refused("NameConstraint"),
        of("a star over the excluded host", &no, "*.example")
            .refused("NameConstraint")
            .openssl("does not see that a star may stand for the excluded host"),
        of("everything is excluded", &nothing, "a.example").refused("NameConstraint"),
        of("everything is permitted", &everything, "a.example"),
        of("what is no host", &yes, "a..example").refused("NameConstraint"),
        case("one good and one bad host", spec)
            .chain(
                &root,
                &[&yes],
                named(
                    &yes,
                    &[SomeName::dns("a.example"), SomeName::dns("b.example")],
                ),
            )
            .refused("NameConstraint"),
        case("names of another kind are free", spec).chain(
            &root,
            &[&yes],
            named(&yes, &[SomeName::email("a@b.example")]),
        ),
        case(
            "constraints of the anchor",
            "§6.2, RFC 5937; limbo rfc5280::nc",
        )
        .chain(
            &constrained_root,
            &[],
            named(&constrained_root, &[SomeName::dns("b.example")]),
        )
        .refused("NameConstraint"),
        case("inside the constraints of the anchor", "§6.2, RFC 5937").chain(
            &constrained_root,
            &[],
            named(&constrained_root, &[SomeName::dns("b.a.example")]),
        ),
    ]
}

fn addresses() -> Vec<Case> {
    let spec = "§4.2.1.10; limbo rfc5280::nc";
    let ip = |bytes: &[u8]| SomeName::Ip(bytes.to_vec());
    let net = [192, 0, 2, 0, 255, 255, 255, 0];
    let mut net6 = [0; 32];
    net6[..4].copy_from_slice(&[0x20, 0x01, 0x0D, 0xB8]);
    net6[16..20].copy_from_slice(&[255; 4]);
    let mut inside6 = [0; 16];
    inside6[..4].copy_from_slice(&[0x20, 0x01, 0x0D, 0xB8]);
    let (root, yes) = ca(&[ip(&net)], &[]);
    let (_, no) = ca(&[], &[ip(&net)]);
    let (_, yes6) = ca(&[ip(&net6)], &[]);
    let (_, holes) = ca(&[ip(&[192, 0, 2, 0, 255, 0, 255, 0])], &[]);
    let (_, short) = ca(&[ip(&[192, 0, 2, 0])], &[]);
    let of = |name, ca: &Node, address: &[u8]| {
        case(name, spec).chain(&root, &[ca], named(ca, &[ip(address)]))
    };
    vec![
        of("an address inside", &yes, &[192, 0, 2, 7]),
        of("an address outside", &yes, &[192, 0, 3, 7]).refused("NameConstraint"),
        of("an excluded address", &no, &[192, 0, 2, 7]).refused("NameConstraint"),
        of("an address beside the excluded ones", &no, &[192, 0, 3, 7]),
        of("an IPv6 address inside", &yes6, &inside6),
        of("an IPv6 address outside", &yes6, &[0xFE; 16]).refused("NameConstraint"),
        of(
            "an IPv6 address, where only IPv4 is permitted",
            &yes,
            &inside6,
        )
        .refused("NameConstraint"),
        of(
            "an IPv6 address, where only IPv4 is excluded",
            &no,
            &inside6,
        ),
        of("an address of five bytes", &yes, &[192, 0, 2, 7, 1]).refused("NameConstraint"),
        of("a mask with holes", &holes, &[192, 0, 2, 7])
            .refused("Extension")
            .openssl("takes any mask"),
        of("constraints without a mask", &short, &[192, 0, 2, 7]).refused("Extension"),
    ]
}

fn mailboxes() -> Vec<Case> {
    let spec = "§4.2.1.10; PKITS 4.13.21–29";
    let mail = SomeName::email;
    let (root, one) = ca(&[mail("somebody@a.example")], &[]);
    let (_, host) = ca(&[mail("a.example")], &[]);
    let (_, domain) = ca(&[mail(".a.example")], &[]);
    let (_, no) = ca(&[], &[mail("a.example")]);
    let of = |name, ca: &Node, address: &str| {
        case(name, spec).chain(&root, &[ca], named(ca, &[mail(address)]))
    };
    let subject = |name, ca: &Node, address: &str| {
        case(name, spec).chain(&root, &[ca], called(ca, Dn::new().c("TW").email(address)))
    };
    let cases = vec![
        of("the permitted mailbox", &one, "somebody@a.example"),
        of("another mailbox", &one, "nobody@a.example").refused("NameConstraint"),
        of(
            "a mailbox at the permitted host",
            &host,
            "somebody@a.example",
        ),
        of(
            "a mailbox at the permitted host in capitals",
            &host,
            "somebody@A.EXAMPLE",
        ),
        of(
            "a mailbox below the permitted host",
            &host,
            "somebody@b.a.example",
        )
        .refused("NameConstraint"),
        of(
            "a mailbox below the permitted domain",
            &domain,
            "somebody@b.a.example",
        ),
        of(
            "a mailbox at the permitted domain itself",
            &domain,
            "somebody@a.example",
        )
        .refused("NameConstraint"),
        of("a mailbox at the excluded host", &no, "somebody@a.example").refused("NameConstraint"),
        of(
            "a mailbox beside the excluded host",
            &no,
            "somebody@b.example",
        ),
        subject(
            "a mailbox in the subject, inside",
            &host,
            "somebody@a.example",
        ),
        subject(
            "a mailbox in the subject, outside",
            &host,
            "somebody@b.example",
        )
        .refused("NameConstraint"),
        subject(
            "a mailbox in the subject, excluded",
            &no,
            "somebody@a.example",
        )
        .refused("NameConstraint"),
        of("a mailbox without a host", &host, "somebody").refused("NameConstraint"),
        of("a mailbox with two @", &host, "some@body@a.example")
            .refused("NameConstraint")
            .openssl(LAST_AT),
        of(
            "a mailbox with an @ in quotes",
            &host,
            "\"some@body\"@a.example",
        ),
        of("a space for a mailbox", &host, " @a.example")
            .refused("NameConstraint")
            .openssl(LAST_AT),
    ];
    let known = |case: Case| match (case.name, case.expected) {
        (name, Some(_)) if name.starts_with("a mailbox in the subject") => {
            case.webpki("does not look for mailboxes in the subject")
        }
        (name, None) if name.starts_with("a mailbox in the subject") => case,
        (_, None) => case.webpki(NO_MAIL),
        _ => case,
    };
    cases.into_iter().map(known).collect()
}
