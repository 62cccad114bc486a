use der::asn1::{Any, SetOfVec};
use x509_cert::attr::AttributeTypeAndValue;

use super::*;

type Pair<'a> = (ObjectIdentifier, Tag, &'a [u8]);

const C: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");

/// A name whose parts have the attributes given.
fn name(rdns: &[&[Pair<'_>]]) -> Vec<u8> {
    let rdns: Vec<_> = rdns
        .iter()
        .map(|pairs| {
            let pairs = pairs.iter().map(|(oid, tag, bytes)| AttributeTypeAndValue {
                oid: *oid,
                value: Any::new(*tag, *bytes).unwrap(),
            });
            SetOfVec::try_from(pairs.collect::<Vec<_>>()).unwrap()
        })
        .collect();
    rdns.to_der().unwrap()
}

fn utf8(oid: ObjectIdentifier, text: &str) -> Pair<'_> {
    (oid, Tag::Utf8String, text.as_bytes())
}

#[test]
fn a_name_is_written_in_its_own_order() {
    let name = name(&[
        &[(C, Tag::PrintableString, b"TW")],
        &[utf8(ORGANIZATION, "測試, Inc.\n")],
        &[utf8(ObjectIdentifier::new_unwrap("1.2.3.4"), "a\nb")],
    ]);
    assert_eq!(
        Name(&name).to_string(),
        "C=TW, O=測試\\, Inc., 1.2.3.4=a\\u{a}b"
    );
}

#[test]
fn an_attribute_given_twice_has_no_value() {
    let pair = (SERIAL_NUMBER, Tag::PrintableString, b"12345675".as_slice());
    let (once, twice) = (name(&[&[pair]]), name(&[&[pair], &[pair]]));
    assert_eq!(Name(&once).only(SERIAL_NUMBER).as_deref(), Some("12345675"));
    assert_eq!(Name(&twice).only(SERIAL_NUMBER), None);
}

#[test]
fn case_white_space_and_string_type_make_no_difference() {
    let one = name(&[&[(ORGANIZATION, Tag::PrintableString, b"Test  Authority ")]]);
    let other = name(&[&[utf8(ORGANIZATION, " test AUTHORITY")]]);
    assert_eq!(Name(&one).normal(), Name(&other).normal());
}

#[test]
fn compatible_forms_of_letters_make_no_difference() {
    // Full-width letters and an ideographic space; a Kelvin sign; e and its accent apart; a capital
    // whose small letter has another form.
    for (one, other) in [
        ("Ｔｅｓｔ　Authority", "test authority"),
        ("\u{212A}2", "k2"),
        ("Caf\u{e9}", "cafe\u{301}"),
        ("\u{3d3}", "\u{3cd}"),
        ("\u{F900}", "\u{8c48}"),
    ] {
        let (a, b) = (
            name(&[&[utf8(ORGANIZATION, one)]]),
            name(&[&[utf8(ORGANIZATION, other)]]),
        );
        assert_eq!(Name(&a).normal(), Name(&b).normal(), "{one} {other}");
    }
}

#[test]
fn everything_else_makes_a_difference() {
    let ordinary: &[&[Pair<'_>]] = &[&[utf8(ORGANIZATION, "A")], &[utf8(COMMON_NAME, "B")]];
    for odd in [
        &[&[utf8(ORGANIZATION, "A")] as &[_]] as &[&[_]],
        &[&[utf8(COMMON_NAME, "B")], &[utf8(ORGANIZATION, "A")]],
        &[&[utf8(ORGANIZATION, "A"), utf8(COMMON_NAME, "B")]],
        &[&[utf8(ORGANIZATION, "AB")]],
        &[&[utf8(ORGANIZATION, "A")], &[utf8(COMMON_NAME, "")]],
        &[
            &[utf8(ORGANIZATION, "A")],
            &[(COMMON_NAME, Tag::OctetString, b"B")],
        ],
    ] {
        let (one, other) = (name(ordinary), name(odd));
        assert_ne!(Name(&one).normal(), Name(&other).normal(), "{odd:?}");
    }
}

#[test]
fn the_order_within_one_part_makes_no_difference() {
    let a = [utf8(ORGANIZATION, "A"), utf8(COMMON_NAME, "b")];
    let b = [utf8(COMMON_NAME, "B"), utf8(ORGANIZATION, "a")];
    assert_eq!(Name(&name(&[&a])).normal(), Name(&name(&[&b])).normal());
}

#[test]
fn a_name_lies_within_those_it_starts_with() {
    let base = name(&[&[utf8(ORGANIZATION, "A")]]);
    let below = name(&[&[utf8(ORGANIZATION, "a")], &[utf8(COMMON_NAME, "B")]]);
    let (base, below) = (Name(&base).normal(), Name(&below).normal());
    assert!(below.is_within(&base) && base.is_within(&base));
    assert!(!base.is_within(&below));
}

#[test]
fn what_is_no_name_is_refused() {
    for odd in [
        b"".as_slice(),
        b"\x31\x00",                 // a SET
        b"\x30\x02\x31\x00",         // a part without attributes
        b"\x30\x02\x30\x00",         // a part that is no SET
        b"\x30\x00\x00",             // something after it
        b"\x30\x04\x31\x02\x30\x00", // an attribute without type
    ] {
        assert!(check(odd).is_err(), "{odd:?}");
    }
    assert!(check(b"\x30\x00").is_ok() && Name(b"\x30\x00").is_empty());
}
