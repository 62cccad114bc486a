//! Lists by the web's rules.

use chop_testpki::{
    Entry,
    extension::{self, Point, Scope, SomeName},
};

use super::{HOST, server_with, strict};
use crate::{
    case::{Case, NOT_THE_WEBS_RULES, case},
    kit::{DAY, now, root},
};

pub(super) fn cases() -> Vec<Case> {
    let spec = "BR §7.2; limbo crl";
    let root = root("根");
    let ca = root.sub("發證");
    let here = Point::at("http://lists.example/all.crl");
    let points = |point: &Point| extension::distribution_points(std::slice::from_ref(point));
    let names = [SomeName::dns(HOST)];
    let leaf = server_with(&ca, &names, |leaf| leaf.with(points(&here)));
    let of = |name, leaf: &[u8], list: Vec<u8>| {
        case(name, spec)
            .chain(&root, &[&ca], leaf.to_vec())
            .lists(&[root.list(), list])
            .server(HOST)
    };
    let at = |point: &Point, scope| {
        let point = extension::issuing_point(point, scope);
        ca.list_with(|list| list.with(point))
    };
    let both = Point {
        names: [here.names.clone(), vec![SomeName::dns("lists.example")]].concat(),
        ..here.clone()
    };
    let indirect = Scope {
        indirect: true,
        ..Scope::default()
    };
    let twice = ca.list_with(|list| {
        let entry = Entry::new(&[7], now() - DAY);
        list.and(&entry).unwrap().and(&entry).unwrap()
    });
    let by_names = server_with(&ca, &names, |leaf| leaf.with(points(&both)));
    vec![
        of("a list, for a server", &leaf, ca.list()),
        of(
            "a list at the server's point",
            &leaf,
            at(&here, Scope::default()),
        ),
        strict(
            of(
                "a list without a number, for a server",
                &leaf,
                ca.list_with(|list| list.number(None)),
            )
            .refused("Unknown"),
        ),
        strict(of("a list with an entry twice, for a server", &leaf, twice).refused("Unknown")),
        strict(
            of(
                "a list at a point with other names as well",
                &leaf,
                at(&both, Scope::default()),
            )
            .refused("Unknown"),
        ),
        of("an indirect list, for a server", &leaf, at(&here, indirect))
            .refused("Unknown")
            .openssl(NOT_THE_WEBS_RULES),
        strict(
            of(
                "a server whose point has other names as well",
                &by_names,
                ca.list(),
            )
            .refused("Extension"),
        ),
    ]
}
