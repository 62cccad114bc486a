//! basicConstraints, path length, keyUsage, extendedKeyUsage: §6.1.4 (k)–(n).

use chop_testpki::{Extension, Template, extension};

use crate::{
    case::{ANCHOR_IS_A_KEY, Case, NO_KEY_USAGE, case},
    kit::{Node, root, root_with},
};

const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
const ANY: &str = "2.5.29.37.0";

pub(crate) fn cases() -> Vec<Case> {
    [authorities(), lengths(), purposes()].concat()
}

const BYTE: &str = "reads lengths of one byte";

fn length(length: u8) -> impl Fn(Template) -> Template {
    move |ca| ca.replace(extension::basic_constraints(true, Some(length)))
}

fn authorities() -> Vec<Case> {
    let root_ = root("根");
    let spec = "§6.1.4 (k), (n); PKITS 4.6, 4.7";
    let with = |change: fn(Template) -> Template| root_.sub_with("發證", change);
    let no_basic = with(|ca| ca.without("2.5.29.19"));
    let not_ca = with(|ca| ca.replace(extension::basic_constraints(false, None)));
    let not_ca_quiet =
        with(|ca| ca.replace(extension::basic_constraints(false, None).critical(false)));
    let quiet = with(|ca| ca.replace(extension::basic_constraints(true, None).critical(false)));
    let no_sign = with(|ca| ca.replace(extension::key_usage(&[0, 6])));
    let no_sign_quiet = with(|ca| ca.replace(extension::key_usage(&[0, 6]).critical(false)));
    let sign_quiet = with(|ca| ca.replace(extension::key_usage(&[5, 6]).critical(false)));
    let no_usage = with(|ca| ca.without("2.5.29.15"));
    let bare = root_with("無根", |root| root.without("2.5.29.19"));
    let leaf_ca = root_.sub("葉是憑證中心");
    vec![
        case("an authority without basicConstraints", spec)
            .chain(&root_, &[&no_basic], no_basic.leaf())
            .refused("NotAnAuthority"),
        case("an authority whose cA is false", spec)
            .chain(&root_, &[&not_ca], not_ca.leaf())
            .refused("NotAnAuthority"),
        case("an authority whose cA is false, not critical", spec)
            .chain(&root_, &[&not_ca_quiet], not_ca_quiet.leaf())
            .refused("NotAnAuthority"),
        case("basicConstraints that are not critical", spec)
            .chain(&root_, &[&quiet], quiet.leaf())
            .openssl("with -x509_strict it wants them critical"),
        case("an authority without keyCertSign", spec)
            .chain(&root_, &[&no_sign], no_sign.leaf())
            .refused("KeyUsage")
            .webpki(NO_KEY_USAGE),
        case("an authority without keyCertSign, not critical", spec)
            .chain(&root_, &[&no_sign_quiet], no_sign_quiet.leaf())
            .refused("KeyUsage")
            .webpki(NO_KEY_USAGE),
        case("a keyUsage that is not critical", spec).chain(
            &root_,
            &[&sign_quiet],
            sign_quiet.leaf(),
        ),
        case("an authority without keyUsage", spec)
            .chain(&root_, &[&no_usage], no_usage.leaf())
            .openssl("with -x509_strict it wants a keyUsage"),
        case("an anchor without basicConstraints", "§6.2; limbo rfc5280")
            .chain(&bare, &[], bare.leaf())
            .refused("NotAnAuthority")
            .webpki(ANCHOR_IS_A_KEY),
        case("a leaf that is an authority", "§6.1.5")
            .chain(&root_, &[], leaf_ca.der())
            .webpki("takes no authority for a leaf"),
        case(
            "leaf and authority change places",
            "§6.1.4 (k); limbo rfc5280",
        )
        .chain(&Node(leaf_ca.0.clone()), &[], root_.der())
        .refused("IssuerUnknown"),
    ]
}

/// An authority's basicConstraints with a length of more than a byte, which RFC 5280 leaves open.
fn long(length: &'static [u8]) -> impl Fn(Template) -> Template {
    let integer = [&[2, u8::try_from(length.len()).unwrap()], length].concat();
    let content = [&[1, 1, 0xFF], &*integer].concat();
    let value = [&[0x30, u8::try_from(content.len()).unwrap()], &*content].concat();
    move |ca| ca.replace(Extension::new("2.5.29.19", true, value.clone()))
}

fn lengths() -> Vec<Case> {
    let spec = "§6.1.4 (l), (m); PKITS 4.6, limbo pathlen";
    let root_ = root("根");
    let zero = root_.sub_with("零", length(0));
    let below_zero = zero.sub("零下");
    let leaf_ca = zero.sub("零下葉");
    let six = root_.sub_with("六", length(6));
    let four = six.sub_with("六下四", length(4));
    let one = four.sub_with("四下一", length(1));
    let last = one.sub("一下");
    let too_far = last.sub("一下下");
    let six_zero = six.sub_with("六下零", length(0));
    let below = six_zero.sub("六下零下");
    let rising = zero.sub_with("零下九", length(9));
    let root_zero = root_with("零根", length(0));
    let under = root_zero.sub("零根下");
    let leaf_length = root_.leaf_with(|leaf| leaf.with(extension::basic_constraints(false, None)));
    let long_one = root_.sub_with("長", long(&[1, 0]));
    let longest = root_.sub_with("最長", long(&[0x7F, 0xFF, 0xFF, 0xFF]));
    let below_longest = longest.sub("最長下");
    let wider = root_.sub_with("更長", long(&[1, 0, 0, 0, 0]));
    let negative = root_.sub_with("負", long(&[0xFF]));
    vec![
        case("a length of 256", spec)
            .chain(&root_, &[&long_one], long_one.leaf())
            .webpki(BYTE),
        case("a length of 2^31-1, then an authority", spec)
            .chain(&root_, &[&longest, &below_longest], below_longest.leaf())
            .webpki(BYTE),
        case("a length of 2^32", spec)
            .chain(&root_, &[&wider], wider.leaf())
            .webpki(BYTE),
        case("a length below zero", spec)
            .chain(&root_, &[&negative], negative.leaf())
            .refused("IssuerUnknown"),
        case("a leaf below length 0", spec).chain(&root_, &[&zero], zero.leaf()),
        case("an authority below length 0", spec)
            .chain(&root_, &[&zero, &below_zero], below_zero.leaf())
            .refused("PathLength"),
        case("a leaf that is an authority below length 0", spec)
            .chain(&root_, &[&zero], leaf_ca.der())
            .webpki("takes no authority for a leaf"),
        case("length 6, then 0, then a leaf", spec).chain(
            &root_,
            &[&six, &six_zero],
            six_zero.leaf(),
        ),
        case("length 6, then 0, then an authority", spec)
            .chain(&root_, &[&six, &six_zero, &below], below.leaf())
            .refused("PathLength"),
        case("length 6, 4, 1, then an authority", spec).chain(
            &root_,
            &[&six, &four, &one, &last],
            last.leaf(),
        ),
        case("length 6, 4, 1, then two authorities", spec)
            .chain(
                &root_,
                &[&six, &four, &one, &last, &too_far],
                too_far.leaf(),
            )
            .refused("PathLength"),
        case("a longer length below a shorter one", spec)
            .chain(&root_, &[&zero, &rising], rising.leaf())
            .refused("PathLength"),
        case("length 0 in the anchor, then a leaf", "§6.2; limbo pathlen").chain(
            &root_zero,
            &[],
            root_zero.leaf(),
        ),
        case(
            "length 0 in the anchor, then an authority",
            "§6.2; limbo pathlen",
        )
        .chain(&root_zero, &[&under], under.leaf())
        .refused("PathLength")
        .webpki(ANCHOR_IS_A_KEY),
        case("basicConstraints in a leaf", "§4.2.1.9").chain(&root_, &[], leaf_length),
    ]
}

fn purposes() -> Vec<Case> {
    let spec = "§4.2.1.12; limbo rfc5280::eku, bettertls";
    let root_ = root("根");
    let leaf = |ca: &Node, purposes: &[&str]| {
        let usage = extension::extended_key_usage(purposes);
        ca.leaf_with(|leaf| leaf.with(usage))
    };
    let ca = |purposes: &'static [&str]| {
        root_.sub_with("發證", move |ca| {
            ca.with(extension::extended_key_usage(purposes))
        })
    };
    let (client, server, any) = (ca(&[CLIENT]), ca(&[SERVER]), ca(&[ANY]));
    vec![
        case("a leaf for clients", spec)
            .chain(&root_, &[], leaf(&root_, &[CLIENT]))
            .client(),
        case("a leaf for clients and servers", spec)
            .chain(&root_, &[], leaf(&root_, &[SERVER, CLIENT]))
            .client(),
        case("a leaf without extendedKeyUsage", spec)
            .chain(&root_, &[], root_.leaf())
            .client(),
        case("a leaf for servers, used as a client", spec)
            .chain(&root_, &[], leaf(&root_, &[SERVER]))
            .client()
            .refused("ExtendedKeyUsage"),
        case("an authority for clients", spec)
            .chain(&root_, &[&client], leaf(&client, &[CLIENT]))
            .client(),
        case(
            "an authority for servers above a client",
            "de facto; bettertls pathbuilding",
        )
        .chain(&root_, &[&server], leaf(&server, &[CLIENT]))
        .client()
        .refused("ExtendedKeyUsage"),
        case("an authority for any purpose", "§4.2.1.12")
            .chain(&root_, &[&any], leaf(&any, &[CLIENT]))
            .client()
            .openssl("takes anyExtendedKeyUsage in an authority for none")
            .webpki("takes anyExtendedKeyUsage for none"),
    ]
}
