//! Constraints of odd forms.

use super::*;

pub(super) fn forms() -> Vec<Case> {
    let spec = "§4.2.1.10; limbo rfc5280::nc, webpki::nc, pathological::nc-dos";
    let root = root("根");
    let with = |value: &[u8]| {
        root.sub_with("限形", |ca| {
            ca.with(Extension::new("2.5.29.30", true, value))
        })
    };
    let neither = with(&[0x30, 0x00]);
    let both_empty = with(&[0x30, 0x04, 0xA0, 0x00, 0xA1, 0x00]);
    let dotted = below(&root, "限點", &[SomeName::dns(".a.example")], &[]);
    // dNSName a.example, minimum 1.
    let minimum = with(b"\x30\x12\xA0\x10\x30\x0E\x82\x09a.example\x80\x01\x01");
    let registered = below(
        &root,
        "限號",
        &[SomeName::RegisteredId("1.2.3".into())],
        &[],
    );
    let many: Vec<_> = (0..1100)
        .map(|number| SomeName::dns(&format!("h{number}.example")))
        .collect();
    let crowd = below(&root, "限眾", &many, &[]);
    vec![
        case("constraints that constrain nothing", spec)
            .chain(&root, &[&neither], neither.leaf())
            .refused("Extension")
            .openssl("takes it for no constraint")
            .webpki("takes it for no constraint"),
        case("constraints with two empty lists", spec)
            .chain(&root, &[&both_empty], both_empty.leaf())
            .refused("Extension")
            .openssl("takes it for no constraint")
            .webpki("takes it for no constraint"),
        case("a permitted host with a leading dot", spec)
            .chain(
                &root,
                &[&dotted],
                named(&dotted, &[SomeName::dns("b.a.example")]),
            )
            .refused("Extension")
            .openssl(
                "takes the dot for everything below, as many do; §4.2.1.10 has it for URIs alone",
            )
            .webpki(
                "takes the dot for everything below, as many do; §4.2.1.10 has it for URIs alone",
            ),
        case("a subtree with a minimum", "§4.2.1.10")
            .chain(
                &root,
                &[&minimum],
                named(&minimum, &[SomeName::dns("a.example")]),
            )
            .refused("Extension"),
        case(
            "constraints of a kind that is not understood, and such a name",
            spec,
        )
        .chain(
            &root,
            &[&registered],
            named(&registered, &[SomeName::RegisteredId("1.2.3.4".into())]),
        )
        .refused("NameConstraint"),
        case(
            "constraints of a kind that is not understood, and no such name",
            spec,
        )
        .chain(&root, &[&registered], registered.leaf()),
        case(
            "eleven hundred hosts in eleven hundred subtrees",
            "CVE-2018-16875 and others",
        )
        .chain(&root, &[&crowd], named(&crowd, &many))
        .refused("TooMuchWork"),
        case(
            "two hundred hosts in eleven hundred subtrees",
            "CVE-2018-16875 and others",
        )
        .chain(&root, &[&crowd], named(&crowd, &many[..200])),
        case("constraints in a leaf", "§4.2.1.10").chain(
            &root,
            &[],
            root.leaf_with(|leaf| {
                leaf.with(extension::name_constraints(
                    &[SomeName::Directory(dn("別處"))],
                    &[],
                ))
            }),
        ),
    ]
}
