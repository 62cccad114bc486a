//! Revocation lists: §6.3, PKITS 4.4, 4.14, 4.15, limbo crl.

mod deltas;
mod indirect;
mod points;

use chop_testpki::{
    Dn, Extension, KeyKind, List, Template, Time,
    extension::{self, Point, Scope},
};

use crate::{
    case::{Case, case},
    kit::{DAY, Node, now, revoke, root, unknown},
};

const NO_DELTA: &str = "does not read deltas";
const NO_INDIRECT: &str = "does not read indirect lists";
const NO_REASONS: &str = "does not read lists for some reasons";
const NO_SCOPE: &str = "does not read lists that are for some certificates and name no point";
const ISSUER_SIGNS: &str = "takes a list of the certificate's own issuer and key alone";

pub(crate) fn cases() -> Vec<Case> {
    [
        complete(),
        signers(),
        points::partitioned(),
        points::reasons(),
        indirect::indirect(),
        deltas::deltas(),
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
