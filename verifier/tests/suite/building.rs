//! Which path of several: bad ones must not hide a good one, and circles must end.

use chop_testpki::{KeyKind, Scheme, extension};

use crate::{
    case::{Case, case, dn},
    kit::{DAY, Node, now, root, root_of, unknown},
};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = detours();
    cases.extend(circles());
    cases
}

/// Two certificates of one authority, of which only the second is good. Both orders.
fn detours() -> Vec<Case> {
    let spec = "RFC 4158 §2.4; limbo pathological, bettertls pathbuilding";
    let rsa = root_of("RSA根", KeyKind::Rsa(2048), |root| root);
    let root_ = root("根");
    let good = root_.sub("雙");
    let bad: [(&'static str, Node); 9] = [
        (
            "expired",
            root_.sub_with("雙", |ca| ca.valid(now() - 9 * DAY, now() - DAY)),
        ),
        (
            "no authority",
            root_.sub_with("雙", |ca| {
                ca.replace(extension::basic_constraints(false, None))
            }),
        ),
        (
            "without basicConstraints",
            root_.sub_with("雙", |ca| ca.without("2.5.29.19")),
        ),
        (
            "without keyCertSign",
            root_.sub_with("雙", |ca| ca.replace(extension::key_usage(&[0]))),
        ),
        (
            "for servers alone",
            root_.sub_with("雙", |ca| {
                ca.with(extension::extended_key_usage(&["1.3.6.1.5.5.7.3.1"]))
            }),
        ),
        (
            "with an unknown critical extension",
            root_.sub_with("雙", |ca| ca.with(unknown(true))),
        ),
        (
            "confined to other names",
            root_.sub_with("雙", |ca| {
                let other = extension::SomeName::Directory(dn("別處"));
                ca.with(extension::name_constraints(&[other], &[]))
            }),
        ),
        (
            "signed with SHA-1",
            rsa.sub_with("雙", |ca| ca.scheme(Scheme::RsaSha1)),
        ),
        ("of an unknown root", root("無人").sub("雙")),
    ];
    let names: [(&'static str, &'static str); 9] = [
        (
            "beside an expired one, a good one",
            "after a good one, an expired one",
        ),
        (
            "beside one that is no authority",
            "after a good one, one that is no authority",
        ),
        (
            "beside one without basicConstraints",
            "after a good one, one without basicConstraints",
        ),
        (
            "beside one without keyCertSign",
            "after a good one, one without keyCertSign",
        ),
        (
            "beside one for servers alone",
            "after a good one, one for servers alone",
        ),
        (
            "beside one with an unknown critical extension",
            "after a good one, one with an unknown critical extension",
        ),
        (
            "beside one confined to other names",
            "after a good one, one confined to other names",
        ),
        (
            "beside one signed with SHA-1",
            "after a good one, one signed with SHA-1",
        ),
        (
            "beside one of an unknown root",
            "after a good one, one of an unknown root",
        ),
    ];
    let mut cases = Vec::new();
    for ((_, bad), (first, second)) in bad.iter().zip(names) {
        let leaf = good.leaf();
        let both = |case: Case| case.client().anchors(&[&root_, &rsa]);
        let case_first = both(case(first, spec).chain(&root_, &[bad, &good], leaf.clone()));
        cases.push(match first {
            "beside one that is no authority"
            | "beside one without basicConstraints"
            | "beside one without keyCertSign"
            | "beside one for servers alone"
            | "beside one with an unknown critical extension"
            | "beside one confined to other names"
            | "beside one of an unknown root" => case_first
                .openssl("takes the first candidate that is valid now and does not go back"),
            _ => case_first,
        });
        cases.push(both(case(second, spec).chain(&root_, &[&good, bad], leaf)));
    }
    cases
}

fn circles() -> Vec<Case> {
    let spec = "RFC 4158 §2.4.2; limbo pathological, cve";
    let root_ = root("根");
    let (a, b) = (root("甲"), root("乙"));
    let a_by_b = b.sub("甲");
    let b_by_a = a.sub("乙");
    let a_by_root = root_.sub("甲");
    let leaf = a_by_b.leaf();
    // A mesh in which everybody certifies everybody, and nobody is known.
    let names = ["網一", "網二", "網三", "網四", "網五", "網六"];
    let nodes: Vec<_> = names.iter().map(|name| root(name)).collect();
    let mut mesh = case("a mesh that leads nowhere", spec)
        .chain(&root_, &[], nodes[0].leaf())
        .refused("IssuerUnknown");
    for (one, name) in nodes.iter().zip(names) {
        for other in names.iter().filter(|other| **other != name) {
            mesh = mesh.and_between(one.sub(other).der());
        }
    }
    let mut way_out = case("a mesh with one way out", spec).chain(&root_, &[], nodes[0].leaf());
    way_out.between.clone_from(&mesh.between);
    let way_out = way_out.and_between(root_.sub("網六").der());
    // Each could have issued each other, by its name.
    let crowd: Vec<_> = (0..15)
        .map(|number| {
            let key = format!("群{number}");
            root_.sub_named(dn("群"), &key, KeyKind::P256, |ca| ca.issuer(dn("群")))
        })
        .collect();
    let crowd_refs: Vec<_> = crowd.iter().collect();
    let mut deep = vec![root_.sub("深零")];
    for number in 1..10 {
        deep.push(deep[number - 1].sub(&format!("深{number}")));
    }
    let deep_leaf = deep[9].leaf();
    let deep_refs: Vec<_> = deep.iter().collect();
    vec![
        case("two that certify each other", spec)
            .chain(&root_, &[&a_by_b, &b_by_a], leaf.clone())
            .refused("IssuerUnknown"),
        case("two that certify each other, and a way out", spec).chain(
            &root_,
            &[&a_by_b, &b_by_a, &a_by_root],
            leaf,
        ),
        mesh.no_webpki("its own limit of work"),
        way_out.openssl("takes the first candidate that is valid now and does not go back"),
        case("fifteen of one name, none of which issued another", spec)
            .chain(&root_, &crowd_refs, crowd[0].leaf())
            .refused("TooMuchWork"),
        case("ten authorities", spec)
            .chain(&root_, &deep_refs, deep_leaf)
            .webpki("allows six authorities on a path"),
        case("an authority between is missing", spec)
            .chain(&root_, &[&deep[1]], deep[1].leaf())
            .refused("IssuerUnknown"),
        case("an authority is the anchor", "§6.1.1 (d)")
            .chain(&root_, &[], deep[0].leaf())
            .anchors(&[&deep[0]]),
        case("the root is among those between as well", "RFC 4158 §2.4").chain(
            &root_,
            &[&root_, &deep[0]],
            deep[0].leaf(),
        ),
    ]
}
