//! Keys of servers; those that testpki does not make are written here.

use chop_testpki::{
    Dn, KeyKind, Template,
    extension::{self, SomeName},
};

use super::{HOST, SERVER};
use crate::{
    case::{Case, case},
    kit::root,
};

const LEAFS_KEY: &str = "does not look at the leaf's own key";

pub(super) fn cases() -> Vec<Case> {
    let root = root("根");
    let alternative = extension::alternative_names(&[SomeName::dns(HOST)]);
    let rsa = |bits| {
        let kind = KeyKind::Rsa(bits);
        root.leaf_of("弱鑰", kind, |leaf| {
            leaf.with(extension::extended_key_usage(&[SERVER]))
                .with(alternative.clone())
        })
    };
    let of = |name, key: &[u8]| {
        let template = Template::new(Dn::new().cn(HOST), crate::kit::now()).unwrap();
        let template = template
            .with(extension::key_usage(&[0]))
            .with(extension::extended_key_usage(&[SERVER]))
            .with(alternative.clone());
        case(name, "BR §6.1.5; limbo webpki")
            .chain(&root, &[], root.0.issue(&template, key).unwrap())
            .server(HOST)
            .refused("Key")
            .webpki(LEAFS_KEY)
    };
    vec![
        case("a key of RSA-1024, for a server", "BR §6.1.5; limbo webpki")
            .chain(&root, &[], rsa(1024))
            .server(HOST)
            .refused("Key")
            .openssl("its security level for certificates, 1, lets RSA-1024 pass")
            .webpki(LEAFS_KEY),
        case("a key of RSA-2056, for a server", "BR §6.1.5")
            .chain(&root, &[], rsa(2056))
            .server(HOST),
        case("a key of RSA-2052, for a server", "BR §6.1.5; limbo webpki")
            .chain(&root, &[], rsa(2052))
            .server(HOST)
            .refused("Key")
            .openssl("does not ask for whole bytes")
            .webpki(LEAFS_KEY),
        of("a key on P-192, for a server", &P192).openssl(LEAFS_KEY),
        of(
            "a key on a curve that is written out, for a server",
            &curve_written_out(),
        ),
        of("a DSA key, for a server", &DSA).openssl(LEAFS_KEY),
    ]
}

/// P-192's own generator as a key.
const P192: [u8; 75] = [
    0x30, 0x49, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x01, 0x03, 0x32, 0x00, 0x04, 0x18, 0x8D, 0xA8, 0x0E, 0xB0,
    0x30, 0x90, 0xF6, 0x7C, 0xBF, 0x20, 0xEB, 0x43, 0xA1, 0x88, 0x00, 0xF4, 0xFF, 0x0A, 0xFD, 0x82,
    0xFF, 0x10, 0x12, 0x07, 0x19, 0x2B, 0x95, 0xFF, 0xC8, 0xDA, 0x78, 0x63, 0x10, 0x11, 0xED, 0x6B,
    0x24, 0xCD, 0xD5, 0x73, 0xF9, 0x77, 0xA1, 0x1E, 0x79, 0x48, 0x11,
];

/// A DSA key with p = 23, q = 11, g = 4, y = 8.
const DSA: [u8; 30] = [
    0x30, 0x1C, 0x30, 0x14, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x38, 0x04, 0x01, 0x30, 0x09, 0x02,
    0x01, 0x17, 0x02, 0x01, 0x0B, 0x02, 0x01, 0x04, 0x03, 0x04, 0x00, 0x02, 0x01, 0x08,
];

/// P-256 with its parameters in place of its name, which RFC 5480 §2.1.1 forbids.
fn curve_written_out() -> Vec<u8> {
    let text = concat!(
        "308201333081ec06072a8648ce3d02013081e0020101302c06072a8648ce3d0101022100ffffffff",
        "00000001000000000000000000000000ffffffffffffffffffffffff30440420ffffffff00000001",
        "000000000000000000000000fffffffffffffffffffffffc04205ac635d8aa3a93e7b3ebbd557698",
        "86bc651d06b0cc53b0f63bce3c3e27d2604b0441046b17d1f2e12c4247f8bce6e563a440f277037d",
        "812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb640",
        "6837bf51f5022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        "020101034200046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964f",
        "e342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    );
    let bytes = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    bytes.map(byte).collect()
}
