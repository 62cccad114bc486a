//! Policy mappings: §6.1.4 (a), (b); RFC 9618.

use chop_testpki::{KeyKind, Template, extension};

use crate::{
    case::{Case, POLICIES_CRITICAL, case},
    kit::root,
    policies::{ANY, P1, P2, P3, ca, ca_with, leaf},
};

fn maps(pairs: &'static [(&str, &str)]) -> impl Fn(Template) -> Template {
    move |ca| ca.with(extension::policy_mappings(pairs))
}

fn inhibits(skip: u32) -> impl Fn(Template) -> Template {
    move |ca| ca.with(extension::policy_constraints(None, Some(skip)))
}

pub(crate) fn cases() -> Vec<Case> {
    let critical = |case: Case| match case.expected {
        None => case.webpki(POLICIES_CRITICAL),
        Some(_) => case,
    };
    let cases = [mapped(), inhibited(), growing()].concat();
    cases.into_iter().map(critical).collect()
}

fn mapped() -> Vec<Case> {
    let spec = "§6.1.4 (a), (b); PKITS 4.10";
    let root = root("根");
    let one = ca_with(&root, "映一", &[P1], maps(&[(P1, P2)]));
    let unmapped = ca_with(&root, "映他", &[P1], maps(&[(P3, P2)]));
    let two = ca_with(&root, "映兩", &[P1], maps(&[(P1, P2), (P1, P3)]));
    let both = ca_with(&root, "映雙", &[P1, P2], maps(&[(P1, P3), (P2, P3)]));
    let any = ca_with(&root, "映任", &[ANY], maps(&[(P1, P2)]));
    let chain = ca_with(&one, "映再", &[P2], maps(&[(P2, P3)]));
    let from_any = ca_with(&root, "自任", &[P1], maps(&[(ANY, P2)]));
    let to_any = ca_with(&root, "至任", &[P1], maps(&[(P1, ANY)]));
    let below_any = ca(&any, "映任下", &[ANY]);
    let swap = ca_with(&root, "對調", &[P1, P2], maps(&[(P1, P2), (P2, P1)]));
    let of = |name, between: &[&crate::kit::Node], policies: &[&str]| {
        let last = between[between.len() - 1];
        case(name, spec)
            .chain(&root, between, leaf(last, policies))
            .explicit()
    };
    vec![
        of("mapped, and the leaf has the new word", &[&one], &[P2]).policy(P1),
        of("mapped, and the leaf has the old word", &[&one], &[P1]).refused("Policy"),
        of("mapped, and the new word is asked for", &[&one], &[P2])
            .policy(P2)
            .refused("Policy"),
        of("what is mapped is not there", &[&unmapped], &[P2]).refused("Policy"),
        of(
            "what is mapped is not there, and the old word goes on",
            &[&unmapped],
            &[P1],
        )
        .policy(P1),
        of("mapped to two, and the leaf has the second", &[&two], &[P3]).policy(P1),
        of("two mapped to one, the first is asked for", &[&both], &[P3]).policy(P1),
        of(
            "two mapped to one, the second is asked for",
            &[&both],
            &[P3],
        )
        .policy(P2),
        of("mapped from any policy that is there", &[&any], &[P2]).policy(P1),
        of(
            "mapped from any policy, then any again",
            &[&any, &below_any],
            &[P2],
        )
        .policy(P1)
        .openssl("loses a policy mapped from anyPolicy where anyPolicy follows"),
        of("mapped twice", &[&one, &chain], &[P3]).policy(P1),
        of(
            "mapped twice, and the leaf has the word between",
            &[&one, &chain],
            &[P2],
        )
        .refused("Policy"),
        of("two that change places", &[&swap], &[P1]).policy(P2),
        of(
            "two that change places, the other is asked for",
            &[&swap],
            &[P1],
        )
        .policy(P1)
        .refused("Policy"),
        case("mapped from anyPolicy", spec)
            .chain(&root, &[&from_any], leaf(&from_any, &[P2]))
            .refused("PolicyMapping"),
        case("mapped to anyPolicy", spec)
            .chain(&root, &[&to_any], leaf(&to_any, &[P1]))
            .refused("PolicyMapping"),
        of("mapped, where who asks does not want it", &[&one], &[P2])
            .policy(P1)
            .inhibit_mapping()
            .refused("Policy"),
    ]
}

fn inhibited() -> Vec<Case> {
    let spec = "§6.1.4 (b) (2), (h), (i); PKITS 4.11";
    let root = root("根");
    let zero = ca_with(&root, "禁映零", &[P1], inhibits(0));
    let zero_maps = ca_with(&zero, "禁映零下", &[P1], maps(&[(P1, P2)]));
    let one = ca_with(&root, "禁映一", &[P1], inhibits(1));
    let one_maps = ca_with(&one, "禁映一下", &[P1], maps(&[(P1, P2)]));
    let one_maps_again = ca_with(&one_maps, "禁映一下下", &[P2], maps(&[(P2, P3)]));
    let five = ca_with(&root, "禁映五", &[P1], inhibits(5));
    let five_zero = ca_with(&five, "禁映五零", &[P1], inhibits(0));
    let five_zero_maps = ca_with(&five_zero, "禁映五零下", &[P1], maps(&[(P1, P2)]));
    let renewed = one.sub_named(one.name(), "禁映一新鑰", KeyKind::P256, |ca| {
        ca.with(extension::policies(&[P1]))
    });
    let renewed_maps = ca_with(&renewed, "禁映一新下", &[P1], maps(&[(P1, P2)]));
    let of = |name, between: &[&crate::kit::Node], policies: &[&str]| {
        let last = between[between.len() - 1];
        case(name, spec)
            .chain(&root, between, leaf(last, policies))
            .explicit()
    };
    vec![
        of(
            "mapping is inhibited at once, and the new word",
            &[&zero, &zero_maps],
            &[P2],
        )
        .refused("Policy"),
        of(
            "mapping is inhibited at once, and the old word",
            &[&zero, &zero_maps],
            &[P1],
        )
        .refused("Policy"),
        of(
            "inhibited after one, and mapped in time",
            &[&one, &one_maps],
            &[P2],
        )
        .policy(P1),
        of(
            "inhibited after one, and mapped twice",
            &[&one, &one_maps, &one_maps_again],
            &[P3],
        )
        .refused("Policy"),
        of(
            "inhibited after five, then at once",
            &[&five, &five_zero, &five_zero_maps],
            &[P2],
        )
        .refused("Policy"),
        of(
            "self-issued authorities do not count in that",
            &[&one, &renewed, &renewed_maps],
            &[P2],
        )
        .policy(P1),
    ]
}

/// Mappings that multiply: a tree would have 8⁸ leaves, a graph has 64 nodes.
fn growing() -> Vec<Case> {
    const WORDS: [&str; 8] = [
        "1.2.3.10", "1.2.3.11", "1.2.3.12", "1.2.3.13", "1.2.3.14", "1.2.3.15", "1.2.3.16",
        "1.2.3.17",
    ];
    let all: Vec<_> = WORDS
        .iter()
        .flat_map(|from| WORDS.iter().map(move |to| (*from, *to)))
        .collect();
    let root = root("根");
    let mut between = vec![];
    let mut above = root.clone();
    for number in 0..8 {
        above = ca_with(&above, &format!("繁{number}"), &WORDS, |ca| {
            ca.with(extension::policy_mappings(&all))
        });
        between.push(above.clone());
    }
    let refs: Vec<_> = between.iter().collect();
    vec![
        case("mappings that multiply", "RFC 9618 §2; CVE-2023-0464")
            .chain(&root, &refs, leaf(&above, &[WORDS[3]]))
            .policy(WORDS[5])
            .explicit()
            .openssl("3.0 gives up on large policy trees"),
    ]
}
