//! Revocation lists: §6.3, PKITS 4.4, 4.14, 4.15, limbo crl.

mod indirect;

use chop_testpki::{
    Dn, Extension, KeyKind, List, Template, Time,
    extension::{self, Point, Scope},
};

use crate::{
    case::{Case, case},
    kit::{DAY, now, revoke, root, unknown},
};

const NO_DELTA: &str = "does not read deltas";
const NO_REASONS: &str = "does not read lists for some reasons";
const NO_SCOPE: &str = "does not read lists that are for some certificates and name no point";
const ISSUER_SIGNS: &str = "takes a list of the certificate's own issuer and key alone";

pub(crate) fn cases() -> Vec<Case> {
    [
        complete(),
        signers(),
        partitioned(),
        reasons(),
        indirect::cases(),
        deltas(),
    ]
    .concat()
}

fn complete() -> Vec<Case> {
    let spec = "§6.3; PKITS 4.4, limbo crl";
    let root = root("根");
    let ca = root.sub("發證");
    let leaf = ca.leaf();
    let of = |name, lists: &[Vec<u8>]| {
        case(name, spec)
            .chain(&root, &[&ca], leaf.clone())
            .lists(lists)
    };
    let with = |change: fn(List) -> List| ca.list_with(change);
    let other = root.sub("另一");
    let mut broken = ca.list();
    *broken.last_mut().unwrap() ^= 1;
    let between = |this, next: Option<Time>| ca.list_with(|list| list.between(this, next));
    let (week, ago) = (now() + 7 * DAY, now() - 7 * DAY);
    let no_sign = root.sub_with("不簽清單", |ca| ca.replace(extension::key_usage(&[5])));
    let unknown_entry = ca.list_with(|list| revoke(list, &leaf, |entry| entry.with(unknown(true))));
    let negative = ca.leaf_with(|leaf| leaf.serial(&[0xFF]));
    let positive = ca.leaf_with(|leaf| leaf.serial(&[0x00, 0xFF]));
    let revokes = |certificate: &[u8]| [root.list(), ca.revoking(certificate)];
    vec![
        of("nobody is on the lists", &[root.list(), ca.list()]),
        of("the issuer's list is missing", &[root.list()]).refused("Unknown"),
        of("the root's list is missing", &[ca.list()]).refused("Unknown"),
        of("the leaf is on its list", &revokes(&leaf)).refused("Revoked"),
        of(
            "the authority is on its list",
            &[root.revoking(&ca.der()), ca.list()],
        )
        .refused("Revoked"),
        of(
            "another certificate is on the list",
            &revokes(&other.leaf()),
        ),
        of(
            "the list is another authority's",
            &[root.list(), other.list()],
        )
        .refused("Unknown"),
        of("the list's signature is broken", &[root.list(), broken]).refused("Unknown"),
        of(
            "the list is signed with another key",
            &[root.list(), ca.with_key_of(&other).list()],
        )
        .refused("Unknown"),
        of(
            "the list is of tomorrow",
            &[root.list(), between(now() + DAY, Some(week.into()))],
        )
        .refused("Unknown")
        .webpki("does not look at thisUpdate"),
        of(
            "the list is out of date",
            &[root.list(), between(ago, Some((now() - DAY).into()))],
        )
        .refused("Stale"),
        of(
            "the list was due in 1999",
            &[root.list(), between(ago, Some(Time::utc("990101120100Z")))],
        )
        .refused("Stale"),
        of(
            "the list is due in 2050",
            &[
                root.list(),
                between(ago, Some(Time::generalized("20500101120100Z"))),
            ],
        ),
        of(
            "the list does not say when it is due",
            &[root.list(), between(ago, None)],
        )
        .refused("Unknown")
        .openssl("takes a list without nextUpdate for ever"),
        of(
            "an unknown extension in the list",
            &[root.list(), ca.list_with(|list| list.with(unknown(false)))],
        ),
        of(
            "an unknown critical extension in the list",
            &[root.list(), ca.list_with(|list| list.with(unknown(true)))],
        )
        .refused("Unknown"),
        of(
            "an unknown critical extension in the leaf's entry",
            &[root.list(), unknown_entry],
        )
        .refused("Unknown"),
        of(
            "a critical number",
            &[
                root.list(),
                with(|list| {
                    list.number(None)
                        .with(Extension::new("2.5.29.20", true, [2, 1, 1]))
                }),
            ],
        )
        .refused("Unknown")
        .webpki("lets it be critical"),
        of(
            "a wrong list beside the right one",
            &[root.list(), other.list(), ca.list()],
        ),
        of(
            "an old list beside the new one",
            &[
                root.list(),
                between(ago, Some((now() - DAY).into())),
                ca.list(),
            ],
        )
        .webpki("looks at the first that fits"),
        case(
            "an authority that may not sign lists",
            "§6.3.3 (f); PKITS 4.7.4–5",
        )
        .chain(&root, &[&no_sign], no_sign.leaf())
        .lists(&[root.list(), no_sign.list()])
        .refused("Unknown"),
        case("a negative serial number on the list", spec)
            .chain(&root, &[&ca], negative.clone())
            .lists(&revokes(&negative))
            .refused("Revoked"),
        case("its positive twin on the list", spec)
            .chain(&root, &[&ca], negative.clone())
            .lists(&revokes(&positive))
            .no_webpki("does not read negative serial numbers"),
        case("a long serial number on the list", "PKITS 4.4.16–18")
            .chain(&root, &[&ca], ca.leaf_with(|leaf| leaf.serial(&[0x7F; 20])))
            .lists(&revokes(&ca.leaf_with(|leaf| leaf.serial(&[0x7F; 20]))))
            .refused("Revoked"),
        case("another long serial number on the list", "PKITS 4.4.16–18")
            .chain(&root, &[&ca], ca.leaf_with(|leaf| leaf.serial(&[0x7F; 20])))
            .lists(&revokes(&ca.leaf_with(|leaf| {
                let mut serial = [0x7F; 20];
                serial[19] = 0x7E;
                leaf.serial(&serial)
            }))),
    ]
}

/// Lists with a key of their own.
fn signers() -> Vec<Case> {
    let spec = "§6.3.3 (f); PKITS 4.4.19–21, 4.5.6–8";
    let root = root("根");
    let ca = root.sub("雙鑰");
    let only_lists = |ca: Template| ca.without("2.5.29.19").replace(extension::key_usage(&[6]));
    let signer = root.sub_named(ca.name(), "清單鑰", KeyKind::P256, only_lists);
    let signing = root.sub_named(ca.name(), "證鑰", KeyKind::P256, |ca| {
        ca.replace(extension::key_usage(&[5]))
    });
    let leaf = signing.leaf();
    let of = |name, lists: &[Vec<u8>]| {
        case(name, spec)
            .chain(&root, &[&signing, &signer], leaf.clone())
            .lists(lists)
    };
    let new = ca.sub_named(ca.name(), "新鑰", KeyKind::P256, |ca| ca);
    let old_leaf = ca.leaf();
    // The new key's own certificate is on a list of its own.
    let point = Point::named(crate::case::dn("新鑰清單"));
    let point_ext = extension::distribution_points(std::slice::from_ref(&point));
    let list_key = ca.sub_named(ca.name(), "列表鑰", KeyKind::P256, |ca| {
        ca.without("2.5.29.19")
            .replace(extension::key_usage(&[6]))
            .with(point_ext)
    });
    let own = ca.list_with(|list| list.with(extension::issuing_point(&point, Scope::default())));
    vec![
        of(
            "certificates and lists have keys of their own",
            &[root.list(), signer.list()],
        )
        .webpki(ISSUER_SIGNS),
        of(
            "the same, and the leaf is on the list",
            &[root.list(), signer.revoking(&leaf)],
        )
        .refused("Revoked"),
        of(
            "the same, and the list's key was revoked",
            &[root.revoking(&signer.der()), signer.list()],
        )
        .refused("Unknown"),
        case(
            "the old key signs the list for certificates of the new one",
            spec,
        )
        .chain(&root, &[&ca, &new], new.leaf())
        .lists(&[root.list(), ca.list()])
        .webpki(ISSUER_SIGNS),
        case(
            "the new key signs the list for certificates of the old one",
            spec,
        )
        .chain(&root, &[&ca, &list_key], old_leaf.clone())
        .lists(&[root.list(), list_key.list(), own.clone()])
        .webpki(ISSUER_SIGNS),
        case("the same, and the leaf is on it", spec)
            .chain(&root, &[&ca, &list_key], old_leaf.clone())
            .lists(&[root.list(), list_key.revoking(&old_leaf), own])
            .refused("Revoked"),
        case("a list vouches for the key that signed it", spec)
            .chain(&root, &[&ca, &list_key], old_leaf)
            .lists(&[root.list(), list_key.list()])
            .refused("Unknown"),
    ]
}

fn at(point: &Point, scope: Scope) -> impl FnOnce(List) -> List {
    let point = extension::issuing_point(point, scope);
    move |list| list.with(point)
}

fn partitioned() -> Vec<Case> {
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

fn reasons() -> Vec<Case> {
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

fn deltas() -> Vec<Case> {
    let spec = "§5.2.4, §6.3.3 (c), (i)–(k); PKITS 4.15";
    let root = root("根");
    let ca = root.sub("增量");
    let point = extension::freshest_crl(&[Point::at("http://l.example/delta")]);
    let leaf = ca.leaf_with(|leaf| leaf.with(point));
    let base = |number: u8, change: &dyn Fn(List) -> List| {
        ca.list_with(|list| change(list.number(Some(&[number]))))
    };
    let delta = |number: u8, of: u8, change: &dyn Fn(List) -> List| {
        ca.list_with(|list| change(list.number(Some(&[number])).delta_to(&[of]).unwrap()))
    };
    let plain = |list: List| list;
    let holds = |list: List| revoke(list, &leaf, |entry| entry.reason(6));
    let removes = |list: List| revoke(list, &leaf, |entry| entry.reason(8));
    let old = |list: List| list.between(now() - 9 * DAY, Some((now() - DAY).into()));
    let old_holds = |list: List| old(holds(list));
    let of = |name, lists: &[Vec<u8>]| {
        let mut all = vec![root.list()];
        all.extend_from_slice(lists);
        case(name, spec)
            .chain(&root, &[&ca], leaf.clone())
            .lists(&all)
    };
    let cases = vec![
        of("a delta without its base", &[delta(2, 1, &plain)]).refused("Unknown"),
        of("base and delta", &[base(1, &plain), delta(2, 1, &plain)]),
        of(
            "the leaf is on the base",
            &[base(1, &holds), delta(2, 1, &plain)],
        )
        .refused("Revoked"),
        of(
            "the leaf is on the delta",
            &[base(1, &plain), delta(2, 1, &holds)],
        )
        .refused("Revoked"),
        of(
            "the delta takes the leaf back",
            &[base(1, &holds), delta(2, 1, &removes)],
        ),
        of(
            "a delta to a later base",
            &[base(1, &holds), delta(4, 3, &removes)],
        )
        .refused("Revoked"),
        of(
            "a delta to an earlier base",
            &[base(3, &plain), delta(4, 1, &holds)],
        )
        .refused("Revoked"),
        of("an old delta", &[base(1, &plain), delta(2, 1, &old_holds)]),
        of(
            "an old base and a delta",
            &[base(1, &old), delta(2, 1, &plain)],
        ),
        of(
            "an old base and an old delta",
            &[base(1, &old), delta(2, 1, &old)],
        )
        .refused("Stale"),
        of(
            "an old base, and the leaf is on the delta",
            &[base(1, &old), delta(2, 1, &holds)],
        )
        .refused("Revoked"),
        of("the leaf is on an old base", &[base(1, &old_holds)]).refused("Revoked"),
    ];
    cases
        .into_iter()
        .map(|case| match case.name {
            "an old delta" => case
                .webpki(NO_DELTA)
                .openssl("believes an old delta more than a newer base"),
            _ if case.expected.is_none() => case.webpki(NO_DELTA),
            _ => case,
        })
        .collect()
}
