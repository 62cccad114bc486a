//! Lists for some certificates or some reasons: §5.2.5, §6.3.3 (b).

use super::*;

pub(super) fn at(point: &Point, scope: Scope) -> impl FnOnce(List) -> List {
    let point = extension::issuing_point(point, scope);
    move |list| list.with(point)
}

pub(super) fn partitioned() -> Vec<Case> {
    let spec = "§6.3.3 (b); PKITS 4.14.1–14";
    let root = root("根");
    let ca = root.sub("分區");
    let relative = |name: &str| Point {
        relative: Some(Dn::new().cn(name)),
        ..Point::default()
    };
    let named = |name: &str| Point::named(ca.name().cn(name));
    let leaf = |point: &Point| {
        let points = extension::distribution_points(std::slice::from_ref(point));
        ca.leaf_with(|leaf| leaf.with(points))
    };
    let of = |name, leaf: Vec<u8>, list: Vec<u8>| {
        case(name, spec)
            .chain(&root, &[&ca], leaf)
            .lists(&[root.list(), list])
    };
    let list = |point: &Point| ca.list_with(at(point, Scope::default()));
    let only = |scope: Scope| ca.list_with(at(&Point::default(), scope));
    let users = Scope {
        only_users: true,
        ..Scope::default()
    };
    let authorities = Scope {
        only_authorities: true,
        ..Scope::default()
    };
    let attributes = Scope {
        only_attributes: true,
        ..Scope::default()
    };
    let two = Point {
        names: vec![
            Point::at("http://l.example/1").names[0].clone(),
            Point::at("http://l.example/2").names[0].clone(),
        ],
        ..Point::default()
    };
    let revoked = leaf(&named("一"));
    let below = ca.sub("分區下");
    vec![
        of("the point's list", leaf(&named("一")), list(&named("一")))
            .webpki("compares points by URI alone"),
        of(
            "another point's list",
            leaf(&named("一")),
            list(&named("二")),
        )
        .refused("Unknown"),
        of(
            "the leaf is on its point's list",
            revoked.clone(),
            ca.list_with(|one| {
                revoke(at(&named("一"), Scope::default())(one), &revoked, |entry| {
                    entry
                })
            }),
        )
        .refused("Revoked"),
        of(
            "a point's list for a leaf without a point",
            ca.leaf(),
            list(&named("一")),
        )
        .refused("Unknown")
        .webpki("takes a point's list for a certificate without one"),
        of(
            "a relative name and a full one",
            leaf(&relative("一")),
            list(&named("一")),
        )
        .webpki("does not read relative names"),
        of(
            "a full name and a relative one",
            leaf(&named("一")),
            list(&relative("一")),
        )
        .webpki("does not read relative names"),
        of(
            "two relative names",
            leaf(&relative("一")),
            list(&relative("一")),
        )
        .webpki("does not read relative names"),
        of(
            "two relative names that differ",
            leaf(&relative("一")),
            list(&relative("二")),
        )
        .refused("Unknown"),
        of(
            "one of two addresses",
            leaf(&Point::at("http://l.example/2")),
            list(&two),
        ),
        of(
            "the complete list for a leaf with a point",
            leaf(&named("一")),
            ca.list(),
        ),
        of("a list for users", ca.leaf(), only(users)).webpki(NO_SCOPE),
        of("a list for authorities", ca.leaf(), only(authorities)).refused("Unknown"),
        of(
            "a list for attribute certificates",
            ca.leaf(),
            only(attributes),
        )
        .refused("Unknown"),
        case("a list for users, and an authority", spec)
            .chain(&root, &[&ca, &below], below.leaf())
            .lists(&[root.list(), only(users), below.list()])
            .refused("Unknown"),
        case("a list for authorities, and an authority", spec)
            .chain(&root, &[&ca, &below], below.leaf())
            .lists(&[root.list(), only(authorities), below.list()])
            .webpki(NO_SCOPE),
    ]
}

pub(super) fn reasons() -> Vec<Case> {
    let spec = "§6.3.3 (d), (e), (l); PKITS 4.14.15–21";
    let root = root("根");
    let ca = root.sub("分因");
    let some = |bits: &[u8]| Point {
        reasons: Some(bits.to_vec()),
        ..Point::default()
    };
    let list = |bits: &[u8]| ca.list_with(at(&some(bits), Scope::default()));
    let leaf = ca.leaf();
    let of = |name, lists: &[Vec<u8>]| {
        let mut all = vec![root.list()];
        all.extend_from_slice(lists);
        case(name, spec)
            .chain(&root, &[&ca], leaf.clone())
            .lists(&all)
    };
    let hold = ca.list_with(|list| {
        revoke(
            at(&some(&[5, 6, 7, 8]), Scope::default())(list),
            &leaf,
            |entry| entry.reason(6),
        )
    });
    vec![
        of("a list for some reasons", &[list(&[1, 2])]).refused("Unknown"),
        of(
            "two lists for all reasons together",
            &[list(&[1, 2, 3, 4]), list(&[5, 6, 7, 8])],
        )
        .webpki(NO_REASONS),
        of(
            "two lists for all reasons but one",
            &[list(&[1, 2, 3, 4]), list(&[5, 6, 7])],
        )
        .refused("Unknown"),
        of(
            "the leaf is on the second of two",
            &[list(&[1, 2, 3, 4]), hold],
        )
        .refused("Revoked"),
        of(
            "lists for some reasons, and one for all",
            &[list(&[1, 2]), ca.list()],
        )
        .webpki(NO_REASONS),
    ]
}
