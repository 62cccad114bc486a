//! Deltas: §5.2.4, §6.3.3 (c).

use super::*;

pub(super) fn deltas() -> Vec<Case> {
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
