//! What S/MIME asks beyond RFC 5280: the profile behind `--name` with a mailbox.

use chop_testpki::{
    Dn, Template,
    extension::{self, SomeName},
};

use crate::{
    case::{Case, case},
    kit::{now, root, root_with},
};

const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const MAIL: &str = "1.3.6.1.5.5.7.3.4";
const BOX: &str = "somebody@a.example";
const NOT_ASKED: &str = "has no mailboxes";
const NOT_THE_RULES: &str = "does not hold certificates to the profile for mail";

pub(crate) fn cases() -> Vec<Case> {
    let spec = "S/MIME BR §7.1.2; limbo smime";
    let root_ = root("根");
    let ordinary = |leaf: Template| {
        leaf.with(extension::alternative_names(&[SomeName::email(BOX)]))
            .with(extension::extended_key_usage(&[MAIL]))
    };
    let of = |name, change: &dyn Fn(Template) -> Template| {
        let leaf = root_.leaf_with(|leaf| change(ordinary(leaf)));
        case(name, spec)
            .chain(&root_, &[], leaf)
            .mailbox(BOX)
            .no_webpki(NOT_ASKED)
    };
    let with = |name, purpose: &'static str| {
        let usage = extension::extended_key_usage(&[MAIL, purpose]);
        of(name, &|leaf| leaf.replace(usage.clone()))
            .refused("ExtendedKeyUsage")
            .openssl(NOT_THE_RULES)
    };
    let below = |name, change: &dyn Fn(Template) -> Template| {
        let ca = root_.sub_with("郵", change);
        case(name, spec)
            .chain(&root_, &[&ca], ca.leaf_with(ordinary))
            .mailbox(BOX)
            .no_webpki(NOT_ASKED)
    };
    let issuing = |name, purposes: &'static [&'static str]| {
        below(name, &|ca| ca.with(extension::extended_key_usage(purposes)))
    };
    let named = |name, critical| {
        let names = extension::alternative_names(&[SomeName::email(BOX)]).critical(critical);
        let leaf = Template::new(Dn::new(), now()).unwrap();
        let leaf = leaf.with(extension::key_usage(&[0])).with(names);
        let leaf = leaf.with(extension::extended_key_usage(&[MAIL]));
        case(name, spec)
            .chain(&root_, &[], root_.leaf_with(|_| leaf))
            .mailbox(BOX)
            .no_webpki(NOT_ASKED)
    };
    // Only the mailbox whose name is a star.
    let star = extension::name_constraints(&[SomeName::email("*@a.example")], &[]);
    let star = root_.sub_with("星", |ca| ca.with(star));
    let starred = |name, mailbox: &'static str| {
        let leaf = star.leaf_with(|leaf| {
            leaf.with(extension::alternative_names(&[SomeName::email(mailbox)]))
                .with(extension::extended_key_usage(&[MAIL]))
        });
        case(name, "§4.2.1.10; limbo rfc5280::nc")
            .chain(&root_, &[&star], leaf)
            .mailbox(mailbox)
            .no_webpki(NOT_ASKED)
    };
    let special = root_with("異郵根", |root| {
        root.with(extension::extended_key_usage(&[MAIL]))
    });
    vec![
        of("a mailbox", &|leaf| leaf),
        of("another's mailbox", &|leaf| {
            let names = [SomeName::email("nobody@a.example")];
            leaf.replace(extension::alternative_names(&names))
        })
        .refused("Name"),
        of("a mailbox in a server's certificate", &|leaf| {
            leaf.replace(extension::extended_key_usage(&[SERVER]))
        })
        .refused("ExtendedKeyUsage"),
        of("a key for encrypting mail alone", &|leaf| {
            leaf.replace(extension::key_usage(&[2]))
        })
        .openssl("was asked for signatures"),
        of("for mail, without keyUsage", &|leaf| {
            leaf.without("2.5.29.15")
        })
        .refused("KeyUsage")
        .openssl(NOT_THE_RULES),
        of("for mail, with keyCertSign", &|leaf| {
            leaf.replace(extension::key_usage(&[0, 5]))
        })
        .refused("KeyUsage"),
        of("for mail, without extendedKeyUsage", &|leaf| {
            leaf.without("2.5.29.37")
        })
        .refused("ExtendedKeyUsage")
        .openssl(NOT_THE_RULES),
        with("for mail and servers", SERVER),
        with("for mail and code", "1.3.6.1.5.5.7.3.3"),
        with("for mail and time stamps", "1.3.6.1.5.5.7.3.8"),
        with("for mail and any purpose", "2.5.29.37.0"),
        of("for mail, without alternative names", &|leaf| {
            leaf.without("2.5.29.17")
        })
        .refused("Extension"),
        of(
            "for mail, critical alternative names beside a subject",
            &|leaf| {
                let names = [SomeName::email(BOX)];
                leaf.replace(extension::alternative_names(&names).critical(true))
            },
        )
        .refused("Extension")
        .openssl(NOT_THE_RULES),
        named("for mail, critical alternative names and no subject", true),
        starred("a star in a mailbox is a letter like others", "*@a.example"),
        starred("a mailbox beside one with a star", BOX).refused("NameConstraint"),
        issuing("an authority for mail", &[MAIL]),
        issuing("an authority for servers, above mail", &[SERVER]).refused("ExtendedKeyUsage"),
        issuing("an authority for mail and servers", &[MAIL, SERVER])
            .refused("ExtendedKeyUsage")
            .openssl(NOT_THE_RULES),
        issuing(
            "an authority for mail and any purpose",
            &[MAIL, "2.5.29.37.0"],
        )
        .refused("ExtendedKeyUsage")
        .openssl(NOT_THE_RULES),
        below("an authority for mail that signs no lists", &|ca| {
            ca.replace(extension::key_usage(&[5]))
        })
        .refused("KeyUsage")
        .openssl(NOT_THE_RULES),
        case("a root with an extendedKeyUsage, for mail", spec)
            .chain(&special, &[], special.leaf_with(ordinary))
            .mailbox(BOX)
            .refused("Extension")
            .openssl(NOT_THE_RULES)
            .no_webpki(NOT_ASKED),
    ]
}
