//! Critical extensions that nobody knows, and what may be critical: §6.1.4 (o), §6.1.5 (f).

use chop_testpki::extension;

use crate::{
    case::{ANCHOR_IS_A_KEY, Case, case},
    kit::{root, root_with, unknown},
};

pub(crate) fn cases() -> Vec<Case> {
    let root_ = root("根");
    let spec = "§4.2, §6.1.4 (o), §6.1.5 (f); PKITS 4.16";
    let leaf = |critical| root_.leaf_with(|leaf| leaf.with(unknown(critical)));
    let ca = |critical| root_.sub_with("發證", |ca| ca.with(unknown(critical)));
    let odd_root = root_with("異根", |root| root.with(unknown(true)));
    let (quiet, loud) = (ca(false), ca(true));
    let key_id = root_.leaf_with(|leaf| {
        let own = extension::authority_key(root_.0.key().public_key()).unwrap();
        leaf.without_key_ids().with(own.critical(true))
    });
    vec![
        case("an unknown extension in the leaf", spec).chain(&root_, &[], leaf(false)),
        case("an unknown critical extension in the leaf", spec)
            .chain(&root_, &[], leaf(true))
            .refused("ExtensionNotUnderstood"),
        case("an unknown extension in an authority", spec).chain(&root_, &[&quiet], quiet.leaf()),
        case("an unknown critical extension in an authority", spec)
            .chain(&root_, &[&loud], loud.leaf())
            .refused("ExtensionNotUnderstood"),
        case(
            "an unknown critical extension in the anchor",
            "§6.2; limbo rfc5280",
        )
        .chain(&odd_root, &[], odd_root.leaf())
        .refused("ExtensionNotUnderstood")
        .webpki(ANCHOR_IS_A_KEY),
        case(
            "a critical authorityKeyIdentifier",
            "§4.2.1.1; limbo rfc5280::aki",
        )
        .chain(&root_, &[], key_id)
        .refused("ExtensionNotUnderstood"),
        case("a critical certificatePolicies", "§4.2.1.4")
            .chain(
                &root_,
                &[],
                root_.leaf_with(|leaf| leaf.with(extension::policies(&["1.2.3.1"]).critical(true))),
            )
            .webpki(crate::case::POLICIES_CRITICAL),
        case("an anchor without keyCertSign", "§6.2; limbo rfc5280")
            .chain(&odd(&[6]), &[], odd(&[6]).leaf())
            .refused("KeyUsage")
            .webpki(ANCHOR_IS_A_KEY),
    ]
}

fn odd(usage: &[u8]) -> crate::kit::Node {
    root_with("異用根", |root| {
        root.replace(extension::key_usage(usage))
    })
}
