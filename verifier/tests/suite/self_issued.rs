//! Authorities that certify themselves anew: they do not count in path length, names and policies.

use chop_testpki::{KeyKind, extension};

use crate::{
    case::{Case, case, dn},
    kit::{Node, root},
};

/// The same authority with a new key, certified by its old one.
fn renewed(ca: &Node, name: &str) -> Node {
    ca.sub_named(ca.name(), name, KeyKind::P256, |ca| ca)
}

pub(crate) fn cases() -> Vec<Case> {
    let root_ = root("根");
    let ca = root_.sub("發證");
    let new = renewed(&ca, "新鑰");
    let old = new.sub_named(ca.name(), "發證", KeyKind::P256, |ca| ca);
    let zero = root_.sub_with("零", |ca| {
        ca.replace(extension::basic_constraints(true, Some(0)))
    });
    let zero_new = renewed(&zero, "零新鑰");
    let zero_below = zero_new.sub("零新下");
    let one = root_.sub_with("一", |ca| {
        ca.replace(extension::basic_constraints(true, Some(1)))
    });
    let one_new = renewed(&one, "一新鑰");
    let one_below = one_new.sub("一新下");
    let leaf_self = zero.sub_named(dn("零"), "零葉鑰", KeyKind::P256, |ca| ca);
    let constrained = root_.sub_with("限名", |ca| {
        let only = extension::SomeName::Directory(dn("測試終端"));
        ca.with(extension::name_constraints(&[only], &[]))
    });
    let constrained_new = renewed(&constrained, "限名新鑰");
    let constrained_leaf = constrained.sub_named(dn("限名"), "限名葉鑰", KeyKind::P256, |ca| ca);
    let spec = "§6.1.4 (l); PKITS 4.5, 4.6.15–17";
    vec![
        case("a new key certified by the old one", "§3.2; PKITS 4.5.1–3").chain(
            &root_,
            &[&ca, &new],
            new.leaf(),
        ),
        case("an old key certified by the new one", "§3.2; PKITS 4.5.4").chain(
            &root_,
            &[&ca, &new, &old],
            ca.leaf(),
        ),
        case("a self-issued authority below length 0", spec)
            .chain(&root_, &[&zero, &zero_new], zero_new.leaf())
            .webpki("counts self-issued authorities"),
        case(
            "another authority below a self-issued one below length 0",
            spec,
        )
        .chain(&root_, &[&zero, &zero_new, &zero_below], zero_below.leaf())
        .refused("PathLength"),
        case(
            "another authority below a self-issued one below length 1",
            spec,
        )
        .chain(&root_, &[&one, &one_new, &one_below], one_below.leaf())
        .webpki("counts self-issued authorities"),
        case("a self-issued leaf below length 0", spec)
            .chain(&root_, &[&zero], leaf_self.der())
            .webpki("takes no authority for a leaf"),
        case(
            "a self-issued authority outside its own constraints",
            "§6.1.3 (b); PKITS 4.13.19",
        )
        .chain(
            &root_,
            &[&constrained, &constrained_new],
            constrained_new.leaf(),
        )
        .webpki("has no constraints on directory names, and holds self-issued authorities to them"),
        case(
            "a self-issued leaf outside its issuer's constraints",
            "§6.1.3 (b); PKITS 4.13.20",
        )
        .chain(&root_, &[&constrained], constrained_leaf.der())
        .refused("NameConstraint"),
    ]
}
