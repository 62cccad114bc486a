//! Names from certificate to certificate: §6.1.3 (a) (4), §7.1.

use chop_testpki::{Dn, KeyKind, Text};

use crate::{
    case::{Case, NAMES_BY_BYTES, case},
    kit::{Node, root},
};

const O: &str = "2.5.4.10";
const CN: &str = "2.5.4.3";

/// A leaf whose issuer's name is written so, below an authority whose subject is written otherwise.
fn written(subject: Dn, issuer: Dn) -> (Node, Node, Vec<u8>) {
    let root = root("根");
    let ca = root.sub_named(subject, "名", KeyKind::P256, |ca| ca);
    let leaf = ca.leaf_with(|leaf| leaf.issuer(issuer));
    (root, ca, leaf)
}

pub(crate) fn cases() -> Vec<Case> {
    let spec = "§7.1; PKITS 4.3";
    let of = |kind: Text, text: &str| Dn::new().c("TW").and(O, kind, text).cn("A");
    let plain = of(Text::Printable, "Good Test CA");
    let two = |first: &str, second: &str| {
        Dn::new()
            .c("TW")
            .and(O, Text::Utf8, first)
            .and(CN, Text::Utf8, second)
    };
    let mut cases: Vec<_> = [
        (
            "another name",
            of(Text::Printable, "Bad Test CA"),
            Some("IssuerUnknown"),
            false,
        ),
        (
            "white space within",
            of(Text::Printable, "Good   Test CA"),
            None,
            true,
        ),
        (
            "white space around",
            of(Text::Printable, "  Good Test CA "),
            None,
            true,
        ),
        (
            "capital letters",
            of(Text::Printable, "GOOD test ca"),
            None,
            true,
        ),
        (
            "another string type",
            of(Text::Utf8, "Good Test CA"),
            None,
            true,
        ),
        (
            "another string type and capitals",
            of(Text::Utf8, "GOOD TEST CA"),
            None,
            true,
        ),
        (
            "a part more",
            plain.clone().ou("B"),
            Some("IssuerUnknown"),
            false,
        ),
        (
            "a part less",
            Dn::new().c("TW").and(O, Text::Printable, "Good Test CA"),
            Some("IssuerUnknown"),
            false,
        ),
    ]
    .into_iter()
    .map(|(name, issuer, fault, differs)| {
        let (root, ca, leaf) = written(plain.clone(), issuer);
        let case = case(name, spec).chain(&root, &[&ca], leaf);
        let case = fault.into_iter().fold(case, Case::refused);
        if differs {
            case.webpki(NAMES_BY_BYTES)
        } else {
            case
        }
    })
    .collect();
    let (root_, ca, leaf) = written(two("A", "B"), two("B", "A"));
    cases.push(
        case("values in another order", spec)
            .chain(&root_, &[&ca], leaf)
            .refused("IssuerUnknown"),
    );
    let swapped = Dn::new()
        .c("TW")
        .and(CN, Text::Utf8, "B")
        .and(O, Text::Utf8, "A");
    let (root_, ca, leaf) = written(two("A", "B"), swapped);
    cases.push(
        case("parts in another order", spec)
            .chain(&root_, &[&ca], leaf)
            .refused("IssuerUnknown"),
    );
    let chinese = of(Text::Utf8, "測試憑證管理中心");
    let (root_, ca, leaf) = written(chinese.clone(), of(Text::Bmp, "測試憑證管理中心"));
    cases.push(
        case("Chinese in a BMPString", spec)
            .chain(&root_, &[&ca], leaf)
            .webpki(NAMES_BY_BYTES),
    );
    let (root_, ca, leaf) = written(chinese.clone(), chinese);
    cases.push(case("Chinese in a UTF8String", spec).chain(&root_, &[&ca], leaf));
    let rare = Dn::new()
        .c("TW")
        .o("A")
        .and("2.5.4.46", Text::Printable, "q")
        .and("2.5.4.65", Text::Utf8, "p")
        .and("0.9.2342.19200300.100.1.25", Text::Ia5, "example");
    let (root_, ca, leaf) = written(rare.clone(), rare);
    cases.push(
        case("attributes that are rare", "§4.1.2.4; PKITS 4.3.7–8").chain(&root_, &[&ca], leaf),
    );
    cases
}
