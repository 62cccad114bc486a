//! Signatures, validity, versions, serial numbers: §6.1.3 (a) and what any certificate must be.

use chop_testpki::{KeyKind, Scheme, Time};

use crate::{
    case::{ANCHOR_IS_A_KEY, Case, case},
    kit::{DAY, now, root, root_of, root_with},
};

pub(crate) fn cases() -> Vec<Case> {
    [signatures(), keys(), dates(), forms()].concat()
}

fn signatures() -> Vec<Case> {
    let root = root("根");
    let ca = root.sub("發證");
    let other = root.sub("另一");
    let forged = root.with_key_of(&other).sub("偽");
    let mut broken = ca.leaf();
    *broken.last_mut().unwrap() ^= 1;
    let rsa = root_of("RSA根", KeyKind::Rsa(2048), |root| root);
    let spec = "§6.1.3 (a) (1); PKITS 4.1";
    vec![
        case("a chain of three", spec).chain(&root, &[&ca], ca.leaf()),
        case("directly below the anchor", spec).chain(&root, &[], root.leaf()),
        case("the leaf's signature is broken", spec)
            .chain(&root, &[&ca], broken)
            .refused("Signature"),
        case("an authority's signature is another key's", spec)
            .chain(&root, &[&forged], forged.leaf())
            .refused("Signature"),
        case("the issuer's key is another's of its name", spec)
            .chain(&root, &[&ca], ca.with_key_of(&other).leaf())
            .refused("Signature"),
        case("SHA-1", "design C-23; BR §7.1.3.2")
            .chain(
                &rsa,
                &[],
                rsa.leaf_with(|leaf| leaf.scheme(Scheme::RsaSha1)),
            )
            .refused("Sha1")
            .openssl("its security level for certificates, 1, lets SHA-1 pass"),
        case("RSA-PSS", "RFC 4055 §3.1").chain(
            &rsa,
            &[],
            rsa.leaf_with(|leaf| leaf.scheme(Scheme::PssSha256)),
        ),
        case(
            "another algorithm inside than outside",
            "§4.1.1.2; limbo rfc5280",
        )
        .chain(
            &root,
            &[],
            root.leaf_with(|leaf| leaf.inner_scheme(Scheme::EcdsaSha384)),
        )
        .refused("Algorithm"),
    ]
}

fn keys() -> Vec<Case> {
    let kinds = [
        ("RSA-2048 throughout", KeyKind::Rsa(2048)),
        ("RSA-3072 throughout", KeyKind::Rsa(3072)),
        ("P-256 throughout", KeyKind::P256),
        ("P-384 throughout", KeyKind::P384),
        ("P-521 throughout", KeyKind::P521),
    ];
    let mut cases: Vec<_> = kinds
        .into_iter()
        .map(|(name, kind)| {
            let root = root_of("根", kind, |root| root);
            let ca = root.sub_named(crate::case::dn("發證"), "發證", kind, |ca| ca);
            let leaf = ca.leaf_of("葉", kind, |leaf| leaf);
            let case = case(name, "§6.1.3 (a) (1)").chain(&root, &[&ca], leaf);
            match kind {
                KeyKind::P521 => case.webpki("has no P-521 with ring"),
                _ => case,
            }
        })
        .collect();
    let weak = root_of("弱根", KeyKind::Rsa(1024), |root| root);
    cases.push(
        case("signed with RSA-1024", "design C-23; BR §6.1.5")
            .chain(&weak, &[], weak.leaf())
            .refused("Signature")
            .openssl("its security level for certificates, 1, lets RSA-1024 pass"),
    );
    cases
}

fn dates() -> Vec<Case> {
    let root = root("根");
    let spec = "§6.1.3 (a) (2); PKITS 4.2";
    let (past, future) = (now() - 9 * DAY, now() + 9 * DAY);
    let leaf = |from: Time, until: Time| root.leaf_with(|leaf| leaf.valid(from, until));
    let ca = |from, until| root.sub_with("發證", |ca| ca.valid(from, until));
    let expired = ca(past, now() - DAY);
    let early = ca(now() + DAY, future);
    let old_root = root_with("舊根", |root| root.valid(past, now() - DAY));
    let new_root = root_with("新根", |root| root.valid(now() + DAY, future));
    let far: Time = (now() + DAY).into();
    vec![
        case("an authority of tomorrow", spec)
            .chain(&root, &[&early], early.leaf())
            .refused("NotYetValid"),
        case("a leaf of tomorrow", spec)
            .chain(&root, &[], leaf(far.clone(), future.into()))
            .refused("NotYetValid"),
        case("valid since 1950", spec)
            .chain(&root, &[], leaf(Time::utc("500101120100Z"), far.clone()))
            .webpki("its times begin in 1970"),
        case("notBefore as a GeneralizedTime", spec).chain(
            &root,
            &[],
            leaf(Time::generalized("20200101120100Z"), far.clone()),
        ),
        case("an expired authority", spec)
            .chain(&root, &[&expired], expired.leaf())
            .refused("Expired"),
        case("an expired leaf", spec)
            .chain(&root, &[], leaf(past.into(), (now() - DAY).into()))
            .refused("Expired"),
        case("expired in 1999", spec)
            .chain(
                &root,
                &[],
                leaf(Time::utc("980101120100Z"), Time::utc("990101120100Z")),
            )
            .refused("Expired"),
        case("valid into 2050", spec).chain(
            &root,
            &[],
            leaf(past.into(), Time::generalized("20500101120100Z")),
        ),
        case("valid to the end of time", "§4.1.2.5").chain(
            &root,
            &[],
            leaf(past.into(), Time::generalized("99991231235959Z")),
        ),
        case("the first second", spec).chain(&root, &[], leaf(now().into(), far.clone())),
        case("the last second", spec)
            .chain(&root, &[], leaf(past.into(), now().into()))
            .openssl("takes the end itself for past"),
        case("an expired anchor", "§6.2; limbo rfc5280::validity")
            .chain(&old_root, &[], old_root.leaf())
            .refused("Expired")
            .webpki(ANCHOR_IS_A_KEY),
        case("an anchor of tomorrow", "§6.2; limbo rfc5280::validity")
            .chain(&new_root, &[], new_root.leaf())
            .refused("NotYetValid")
            .webpki(ANCHOR_IS_A_KEY),
        case("a date with an offset", "§4.1.2.5.1")
            .chain(&root, &[], leaf(Time::utc("2601010000+0000"), far.clone()))
            .refused("Der"),
        case("a date without seconds", "§4.1.2.5.1")
            .chain(&root, &[], leaf(Time::utc("2601010000Z"), far.clone()))
            .refused("Der"),
        case("a date with a fraction", "§4.1.2.5.2")
            .chain(
                &root,
                &[],
                leaf(Time::generalized("20260101000000.5Z"), far),
            )
            .refused("Der"),
    ]
}

fn forms() -> Vec<Case> {
    let root = root("根");
    let v1 = root.leaf_with(|leaf| leaf.version(1).without_key_ids().without("2.5.29.15"));
    let v1_ca = root.sub_with("一版", |ca| {
        ca.version(1)
            .without_key_ids()
            .without("2.5.29.15")
            .without("2.5.29.19")
    });
    let serial = |bytes: &[u8]| root.leaf_with(|leaf| leaf.serial(bytes));
    let with = |extension| root.leaf_with(|leaf| leaf.with(extension));
    let spec = "§4.1.2.2; PKITS 4.4.14–18";
    vec![
        case("a leaf of version 1", "§4.1.2.1; limbo webpki::v1-cert")
            .chain(&root, &[], v1)
            .refused("Version")
            .openssl("takes version 1 without extensions for a leaf"),
        case("an authority of version 1", "§6.1.4 (k)")
            .chain(&root, &[&v1_ca], v1_ca.leaf())
            .refused("Version"),
        case("a serial number of 20 bytes", spec).chain(&root, &[], serial(&[0x7F; 20])),
        case("a negative serial number", spec).chain(&root, &[], serial(&[0xFF])),
        case("the serial number zero", "§4.1.2.2").chain(&root, &[], serial(&[0])),
        case("unique identifiers", "§4.1.2.8; PKITS 4.3.6")
            .chain(
                &root,
                &[],
                root.leaf_with(chop_testpki::Template::with_unique_ids),
            )
            .webpki("does not read certificates with unique identifiers"),
        case("an extension twice", "§4.2; limbo rfc5280")
            .chain(&root, &[], with(chop_testpki::extension::key_usage(&[0])))
            .refused("ExtensionTwice"),
        case("a malformed extension", "§4.2")
            .chain(
                &root,
                &[],
                with(chop_testpki::Extension::new("2.5.29.19", true, [5, 0])),
            )
            .refused("ExtensionMalformed"),
    ]
}
