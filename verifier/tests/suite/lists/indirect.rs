//! Lists for the certificates of others: §5.2.5, §5.3.3.

use chop_testpki::{Entry, Text};

use super::{points::at, *};
use crate::kit::serial;

pub(super) fn indirect() -> Vec<Case> {
    let spec = "§5.3.3, §6.3.3 (b) (1); PKITS 4.14.22–35";
    let root = root("根");
    let ca = root.sub("間接");
    let only_lists = |ca: Template| ca.without("2.5.29.19").replace(extension::key_usage(&[6]));
    let signer = root.sub_with("間接清單", only_lists);
    let other = root.sub_with("別的清單", only_lists);
    let point = Point {
        names: vec![],
        crl_issuer: Some(signer.name()),
        ..Point::default()
    };
    let named = Point {
        names: Point::named(signer.name().cn("一")).names,
        crl_issuer: Some(signer.name()),
        ..Point::default()
    };
    let leaf = |point: &Point| {
        let points = extension::distribution_points(std::slice::from_ref(point));
        ca.leaf_with(|leaf| leaf.with(points))
    };
    let scope = Scope {
        indirect: true,
        ..Scope::default()
    };
    let list = |by: &Node, point: &Point, change: &dyn Fn(List) -> List| {
        by.list_with(|list| change(at(point, scope)(list)))
    };
    let plain = |list: List| list;
    let of = |name, leaf: Vec<u8>, list: Vec<u8>| {
        case(name, spec)
            .chain(&root, &[&ca, &signer, &other], leaf)
            .lists(&[root.list(), list])
    };
    let one = leaf(&point);
    let by_ca = |list: List| {
        revoke(list, &one, |entry| {
            entry.with(extension::certificate_issuer(&ca.name()))
        })
    };
    let by_signer = |list: List| revoke(list, &one, |entry| entry);
    let carried = |list: List| {
        let list = revoke(list, &ca.leaf(), |entry| {
            entry.with(extension::certificate_issuer(&ca.name()))
        });
        revoke(list, &one, |entry| entry)
    };
    // The same issuer written in two ways, each before an entry of its own.
    let again = |list: List, name: Dn, serial: &[u8]| {
        let entry = Entry::new(serial, now() - DAY);
        let entry = entry.with(extension::certificate_issuer(&name));
        list.and(&entry).unwrap()
    };
    let spelled = Dn::new().c("tw").and("2.5.4.10", Text::Bmp, "測試憑證機構");
    let written_twice = |list: List| {
        let list = again(list, ca.name(), &[1]);
        again(list, spelled.clone().cn("間接"), &serial(&one))
    };
    let own = ca.leaf();
    let own_written_again = |list: List| again(list, spelled.clone().cn("間接"), &serial(&own));
    let empty = Point::default();
    let elsewhere = Point::named(signer.name().cn("二"));
    let here = Point::named(signer.name().cn("一"));
    let cases = vec![
        of(
            "an indirect list, and the leaf names its issuer",
            one.clone(),
            list(&signer, &empty, &plain),
        ),
        of(
            "an indirect list of another issuer",
            one.clone(),
            list(&other, &empty, &plain),
        )
        .refused("Unknown"),
        of(
            "the named issuer's list does not say that it is indirect",
            one.clone(),
            signer.list(),
        )
        .refused("Unknown"),
        of(
            "an indirect list for a leaf that names nobody",
            ca.leaf(),
            list(&signer, &empty, &plain),
        )
        .refused("Unknown"),
        of(
            "the leaf is on the indirect list",
            one.clone(),
            list(&signer, &empty, &by_ca),
        )
        .refused("Revoked"),
        of(
            "the leaf's serial number of another issuer",
            one.clone(),
            list(&signer, &empty, &by_signer),
        ),
        of(
            "the issuer carries over from entry to entry",
            one.clone(),
            list(&signer, &empty, &carried),
        )
        .refused("Revoked"),
        of(
            "entries of one issuer whose name is written in two ways",
            one.clone(),
            list(&signer, &empty, &written_twice),
        )
        .refused("Revoked"),
        of(
            "an entry of the list's own issuer, whose name is written in another way",
            own.clone(),
            list(&ca, &empty, &own_written_again),
        )
        .refused("Revoked"),
        of(
            "an indirect list at the leaf's point",
            leaf(&named),
            list(&signer, &here, &plain),
        ),
        of(
            "an indirect list at another point",
            leaf(&named),
            list(&signer, &elsewhere, &plain),
        )
        .refused("Unknown"),
        of(
            "the authority's own list, indirect",
            ca.leaf(),
            list(&ca, &empty, &plain),
        ),
    ];
    cases
        .into_iter()
        .map(|case| match case.expected {
            None => case.webpki(NO_INDIRECT),
            _ => case,
        })
        .collect()
}
