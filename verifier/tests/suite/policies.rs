//! Certificate policies without mappings: §6.1.3 (d)–(f), §6.1.4 (h)–(j), §6.1.5 (a), (b), (g).

use chop_testpki::{KeyKind, Template, extension};

use crate::{
    case::{Case, NO_POLICIES, POLICIES_CRITICAL, case},
    kit::{Node, root},
};

pub(crate) const P1: &str = "1.2.3.1";
pub(crate) const P2: &str = "1.2.3.2";
pub(crate) const P3: &str = "1.2.3.3";
pub(crate) const ANY: &str = "2.5.29.32.0";

/// An authority of these policies.
pub(crate) fn ca(above: &Node, name: &str, policies: &[&str]) -> Node {
    ca_with(above, name, policies, |ca| ca)
}

pub(crate) fn ca_with(
    above: &Node,
    name: &str,
    policies: &[&str],
    change: impl FnOnce(Template) -> Template,
) -> Node {
    let policies = (!policies.is_empty()).then(|| extension::policies(policies));
    above.sub_with(name, |ca| {
        change(policies.into_iter().fold(ca, Template::with))
    })
}

pub(crate) fn leaf(above: &Node, policies: &[&str]) -> Vec<u8> {
    let policies = (!policies.is_empty()).then(|| extension::policies(policies));
    above.leaf_with(|leaf| policies.into_iter().fold(leaf, Template::with))
}

/// policyConstraints with requireExplicitPolicy.
fn explicit(skip: u32) -> impl FnOnce(Template) -> Template {
    move |ca| ca.with(extension::policy_constraints(Some(skip), None))
}

fn inhibit_any(skip: u32) -> impl FnOnce(Template) -> Template {
    move |ca| ca.with(extension::inhibit_any_policy(skip))
}

/// webpki refuses what it accepts and has no opinion of the rest.
fn critical(case: Case) -> Case {
    match case.expected {
        None => case.webpki(POLICIES_CRITICAL),
        Some(_) => case,
    }
}

/// webpki knows nothing of what is asked.
fn unknown(case: Case) -> Case {
    match case.expected {
        None => case,
        Some(_) => case.webpki(NO_POLICIES),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    [asked(), required(), any()].concat()
}

fn asked() -> Vec<Case> {
    let spec = "§6.1.3 (d)–(f), §6.1.5 (g); PKITS 4.8";
    let root = root("根");
    let one = ca(&root, "甲策", &[P1]);
    let both = ca(&root, "兩策", &[P1, P2]);
    let other = ca(&one, "乙策下", &[P2]);
    let same = ca(&one, "甲策下", &[P1]);
    let none = ca(&root, "無策", &[]);
    let any = ca(&root, "任策", &[ANY]);
    let below_none = ca(&none, "無策下", &[P1]);
    let two = [&one, &same];
    [
        case("the same policy throughout", spec).chain(&root, &two, leaf(&same, &[P1])),
        case("the same policy throughout, required", spec)
            .chain(&root, &two, leaf(&same, &[P1]))
            .explicit(),
        case("the same policy throughout, and any will do", spec)
            .chain(&root, &two, leaf(&same, &[P1]))
            .policy(ANY)
            .explicit(),
        case(
            "no policy throughout, where any will do but one is required",
            spec,
        )
        .chain(&root, &[&none, &below_none], leaf(&below_none, &[P1]))
        .policy(ANY)
        .explicit()
        .refused("Policy"),
        case("the same policy throughout, and it is the one", spec)
            .chain(&root, &two, leaf(&same, &[P1]))
            .policy(P1)
            .explicit(),
        case("the same policy throughout, and another is asked for", spec)
            .chain(&root, &two, leaf(&same, &[P1]))
            .policy(P2)
            .explicit()
            .refused("Policy"),
        case("one of two that are asked for", spec)
            .chain(&root, &two, leaf(&same, &[P1]))
            .policy(P2)
            .policy(P1)
            .explicit(),
        case("a leaf without policies", spec).chain(&root, &[&one], leaf(&one, &[])),
        case("a leaf without policies, where one is required", spec)
            .chain(&root, &[&one], leaf(&one, &[]))
            .explicit()
            .refused("Policy"),
        case("an authority without policies", spec).chain(
            &root,
            &[&none, &below_none],
            leaf(&below_none, &[P1]),
        ),
        case("an authority without policies, where one is required", spec)
            .chain(&root, &[&none, &below_none], leaf(&below_none, &[P1]))
            .explicit()
            .refused("Policy"),
        case("another policy below", spec).chain(&root, &[&one, &other], leaf(&other, &[P2])),
        case("another policy below, where one is required", spec)
            .chain(&root, &[&one, &other], leaf(&other, &[P2]))
            .explicit()
            .refused("Policy"),
        case("one of two policies goes on", spec)
            .chain(&root, &[&both], leaf(&both, &[P2, P3]))
            .policy(P2)
            .explicit(),
        case("the other of two policies does not", spec)
            .chain(&root, &[&both], leaf(&both, &[P2, P3]))
            .policy(P1)
            .explicit()
            .refused("Policy"),
        case("any policy above, one below", spec)
            .chain(&root, &[&any], leaf(&any, &[P1]))
            .policy(P1)
            .explicit(),
        case("any policy above, another below", spec)
            .chain(&root, &[&any], leaf(&any, &[P1]))
            .policy(P2)
            .explicit()
            .refused("Policy"),
        case("any policy in the leaf", spec)
            .chain(&root, &[&one], leaf(&one, &[ANY]))
            .policy(P1)
            .explicit(),
        case("any policy throughout", spec)
            .chain(&root, &[&any], leaf(&any, &[ANY]))
            .policy(P3)
            .explicit(),
        case("a policy is asked for and not required", "§6.1.5 (g)")
            .chain(&root, &two, leaf(&same, &[P1]))
            .policy(P2),
    ]
    .map(unknown)
    .to_vec()
}

fn required() -> Vec<Case> {
    let spec = "§6.1.4 (h), (i), §6.1.5 (a), (b); PKITS 4.9";
    let root = root("根");
    let chain = |skip: u32, policies: &[&str]| {
        let first = ca_with(&root, "要一", &[P1], explicit(skip));
        let second = ca(&first, "要二", &[P1]);
        let third = ca(&second, "要三", &[P1]);
        (vec![first, second, third.clone()], leaf(&third, policies))
    };
    let of = |name: &'static str, (between, leaf): (Vec<Node>, Vec<u8>)| {
        let between: Vec<_> = between.iter().collect();
        case(name, spec).chain(&root, &between, leaf)
    };
    let nested = |first: u32, second: u32| {
        let above = ca_with(&root, "要上", &[P1], explicit(first));
        let below = ca_with(&above, "要下", &[P1], explicit(second));
        let leaf = leaf(&below, &[]);
        (vec![above, below], leaf)
    };
    let first = ca_with(&root, "要零", &[P1], explicit(0));
    let renewed = first.sub_named(first.name(), "要零新鑰", KeyKind::P256, |ca| ca);
    let one = ca_with(&root, "要壹", &[P1], explicit(1));
    let one_renewed = one.sub_named(one.name(), "要壹新鑰", KeyKind::P256, |ca| {
        ca.with(extension::policies(&[P1]))
    });
    let leaf_asks = root.leaf_with(|leaf| leaf.with(extension::policy_constraints(Some(0), None)));
    let leaf_later = root.leaf_with(|leaf| leaf.with(extension::policy_constraints(Some(1), None)));
    [
        of("required after ten, and there is none", chain(10, &[])),
        of("required after five, and there is none", chain(5, &[])),
        of("required after four, and there is none", chain(4, &[])),
        of("required after two, and there is none", chain(2, &[])).refused("Policy"),
        of("required after two, and there is one", chain(2, &[P1])),
        of("required at once, and there is none", chain(0, &[])).refused("Policy"),
        of("required at once, and there is one", chain(0, &[P1])),
        of("required after seven, then after two", nested(7, 2)),
        of("required after seven, then at once", nested(7, 0)).refused("Policy"),
        of("required at once, then after seven", nested(0, 7)).refused("Policy"),
        case("required, and the self-issued authority has none", spec)
            .chain(&root, &[&first, &renewed], leaf(&renewed, &[P1]))
            .refused("Policy"),
        case("self-issued authorities do not count in it", spec)
            .chain(&root, &[&one, &one_renewed], leaf(&one_renewed, &[]))
            .refused("Policy"),
        case("a leaf that requires one and has none", "§6.1.5 (b)")
            .chain(&root, &[], leaf_asks)
            .refused("Policy"),
        case("a leaf that requires one after itself", "§6.1.5 (b)").chain(&root, &[], leaf_later),
    ]
    .map(critical)
    .to_vec()
}

fn any() -> Vec<Case> {
    let spec = "§6.1.3 (d) (2), §6.1.4 (h), (j); PKITS 4.12";
    let root = root("根");
    let zero = ca_with(&root, "禁零", &[P1], inhibit_any(0));
    let any_zero = ca_with(&root, "任禁零", &[ANY], inhibit_any(0));
    let one = ca_with(&root, "禁一", &[P1], inhibit_any(1));
    let one_any = ca(&one, "禁一任", &[ANY]);
    let one_any_any = ca(&one_any, "禁一任任", &[ANY]);
    let five = ca_with(&root, "禁五", &[P1], inhibit_any(5));
    let five_one = ca_with(&five, "禁五一", &[P1], inhibit_any(1));
    let five_one_any = ca(&five_one, "禁五一任", &[ANY]);
    let renewed = one.sub_named(one.name(), "禁一新鑰", KeyKind::P256, |ca| {
        ca.with(extension::policies(&[ANY]))
    });
    let plain = ca(&root, "甲策", &[P1]);
    let explicit = |case: Case| case.explicit();
    let mut cases = vec![
        explicit(case("any policy is inhibited at once", spec).chain(
            &root,
            &[&zero],
            leaf(&zero, &[ANY]),
        ))
        .refused("Policy"),
        explicit(
            case("any policy is inhibited, and one is named", spec).chain(
                &root,
                &[&zero],
                leaf(&zero, &[P1]),
            ),
        ),
        explicit(
            case("any policy in the authority that inhibits it", spec).chain(
                &root,
                &[&any_zero],
                leaf(&any_zero, &[P1]),
            ),
        ),
        explicit(case("inhibited after one, and used in time", spec).chain(
            &root,
            &[&one, &one_any],
            leaf(&one_any, &[P1]),
        )),
        explicit(case("inhibited after one, and used too late", spec).chain(
            &root,
            &[&one, &one_any],
            leaf(&one_any, &[ANY]),
        ))
        .refused("Policy"),
        explicit(case("inhibited after one, and used twice", spec).chain(
            &root,
            &[&one, &one_any, &one_any_any],
            leaf(&one_any_any, &[P1]),
        ))
        .refused("Policy"),
        explicit(case("inhibited after five, then after one", spec).chain(
            &root,
            &[&five, &five_one, &five_one_any],
            leaf(&five_one_any, &[ANY]),
        ))
        .refused("Policy"),
        explicit(
            case(
                "any policy in a self-issued authority",
                "§6.1.3 (d) (2); PKITS 4.12.7–9",
            )
            .chain(&root, &[&one, &renewed], leaf(&renewed, &[P1])),
        ),
        explicit(
            case("any policy in the leaf below a self-issued authority", spec).chain(
                &root,
                &[&one, &renewed],
                leaf(&renewed, &[ANY]),
            ),
        ),
    ]
    .into_iter()
    .map(critical)
    .collect::<Vec<_>>();
    cases.push(unknown(
        case("any policy is inhibited by who asks", "§6.1.1 (g)")
            .chain(&root, &[&plain], leaf(&plain, &[ANY]))
            .explicit()
            .inhibit_any()
            .refused("Policy"),
    ));
    cases
}
