//! Cards by their answers to reset, and authorities by their names.
//!
//! None of the Taiwanese cards was at hand: their answers are those that their users have
//! published. The more special stands before the more general.

use super::{Middleware, Model};
use Sign::{Answer, Historical, Storage};

/// What a card is known by.
#[derive(Debug)]
pub(super) enum Sign {
    /// Its whole answer, in hexadecimal; `..` is any byte.
    Answer(&'static str),
    /// What its historical bytes have in them.
    Historical(&'static str),
    /// That it only stores.
    Storage,
}

/// In this order.
#[rustfmt::skip]
pub(super) const MODELS: &[(Sign, Model)] = &[
    // Taiwan.
    (Historical("CHTMOICA"), CITIZEN),
    (Answer("3B 8B 80 01 00 31 C1 64 08 40 21 30 00 90 00 57"), CITIZEN),
    (Historical("CHTGPKI"), GPKI),
    (Answer("3B EE 00 00 81 31 FE 45 80 31 80 66 40 90 93 06 0F 17 83 0F 90 00 F3"), HEALTH_INSURANCE),
    (Answer("3B F9 18 00 00 81 31 FE 45 50 56 5F 4A 32 44 30 38 31 B6"), HEALTH_PROFESSIONAL),
    (Answer("3B F7 11 00 00 81 71 .. 42 00 00 63 95 .. .. 90 00 .."), BANK),
    (Answer("3B F7 18 00 00 81 71 80 42 00 00 63 84 0C 01 90 00 A7"), BANK),
    (Answer("3B F8 11 00 00 81 71 FE 42 00 54 4E 05 19 00 00 00 02 A1"), EASYCARD),
    // PIV, and tokens that have it beside other things.
    (Historical("YubiKe"), YUBIKEY),
    (Historical("Yubike"), YUBIKEY),
    (Historical("PIVKEY"), PIV),
    (Historical("Nitrokey 3"), NITROKEY),
    (Historical("Canokey"), CANOKEY),
    (Answer("3B DB 96 00 80 B1 FE 45 1F 83 00 31 C0 64 B0 FC 10 00 0F 90 00 0D"), PIV),
    (Answer("3B DB 96 00 81 B1 FE 45 1F 83 80 F9 A0 00 00 03 08 00 00 10 00 98"), PIV),
    (Answer("3B D6 97 00 81 B1 FE 45 1F 87 80 31 C1 52 .. 1A .."), PIV),
    (Answer("3B 86 80 01 80 31 C1 52 .. .. .."), PIV),
    (Answer("3B 7D 96 00 00 80 31 80 65 B0 83 11 17 E5 83 00 90 00"), PIV),
    // OpenPGP.
    (Answer("3B DA 18 FF 81 B1 FE 75 1F 03 00 31 C5 73 C0 01 40 00 90 00 0C"), OPENPGP),
    (Answer("3B DA 18 FF 81 B1 FE 75 1F 03 00 31 F5 73 C0 01 60 00 90 00 1C"), OPENPGP),
    (Answer("3B DA 11 FF 81 B1 FE 55 1F 03 00 31 84 73 80 01 80 .. 90 00 .."), OPENPGP),
    (Answer("3B FA 13 00 FF 81 31 80 45 00 31 C1 73 C0 01 00 00 90 00 B1"), OPENPGP),
    // Identity cards of other countries.
    (Historical("EstEID"), ESTONIA),
    (Historical("ESTONIA-eID"), ESTONIA),
    (Answer("3B FA 18 00 00 80 31 FE 45 FE 65 49 44 20 2F 20 50 4B 49 03"), ESTONIA),
    (Answer("3B DB 96 00 80 B1 FE 45 1F 83 00 12 23 3F 53 65 49 44 0F 90 00 F1"), ESTONIA),
    (Answer("3B 8B 80 01 00 12 23 3F 53 65 49 44 0F 90 00 A0"), ESTONIA),
    (Answer("3B DB 96 00 80 B1 FE 45 1F 83 00 12 42 8F 53 65 49 44 0F 90 00 20"), LATVIA),
    (Answer("3B 98 .. 40 0A A5 03 01 01 01 AD 13 11"), BELGIUM),
    (Answer("3B 7F 96 00 00 80 31 80 65 B0 85 04 01 20 12 0F FF 82 90 00"), BELGIUM),
    (Answer("3B 7F .. 00 00 00 6A 44 4E 49 65 .. .. .. .. .. .. .. 90 00"), SPAIN),
    (Historical("FinEID"), FINLAND),
    (Answer("3B 7F 96 00 00 80 31 B8 65 B0 85 04 02 1B 12 00 F6 82 90 00"), FINLAND),
    (Answer("3B 87 80 01 80 31 B8 73 84 01 E0 19"), GERMANY),
    (Answer("3B 87 80 01 80 31 B8 73 86 01 E0 1B"), GERMANY),
    (Answer("3B 7D 95 00 00 80 31 80 65 B0 83 11 .. .. 83 00 90 00"), PORTUGAL),
    // Cards and tokens of companies.
    (Answer("3B 7F .. 00 00 80 31 80 65 B0 .. .. .. .. 12 0F FE 82 90 00"), IDPRIME),
    (Answer("3B 9F 95 81 31 FE 9F 00 66 46 53 05 .. .. .. 71 .. .. .. .. .. .. .."), EPASS),
    (Storage, STORAGE),
];

/// Authorities by what their names have in them, and the cards that they issue.
pub(super) const ISSUERS: &[(&str, Model)] = &[
    ("內政部憑證管理中心", CITIZEN),
    ("工商憑證管理中心", COMPANY),
    ("政府憑證管理中心", AGENCY),
    ("組織及團體憑證管理中心", ORGANIZATION),
    ("醫事憑證管理中心", HEALTH_PROFESSIONAL),
];

/// Cards by the manufacturer that OpenSC says their tokens are of.
pub(super) const NAMES: &[(&str, Model)] = &[("piv_II", PIV), ("OpenPGP project", OPENPGP)];

use Middleware::{Hca, HiCos, Makers, Nothing, OpenSc};

const PIV: Model = model("PIV 憑證卡", "PIV card", OpenSc);

const CITIZEN: Model = model("自然人憑證卡", "Citizen Digital Certificate card", HiCos);
const COMPANY: Model = model("工商憑證卡", "Company certificate card", HiCos);
const AGENCY: Model = model("機關憑證卡", "Government agency certificate card", HiCos);
const ORGANIZATION: Model = model("組織及團體憑證卡", "Organization certificate card", HiCos);
const HEALTH_PROFESSIONAL: Model = model("醫事憑證卡", "Health professional card", Hca);
/// Published as the answer of a citizen's card, but what it says is the name of the whole
/// government's PKI: which card it is, its certificates tell.
const GPKI: Model = model("政府憑證卡", "Taiwan government PKI card", HiCos);
const HEALTH_INSURANCE: Model = model("健保卡", "National Health Insurance card", Nothing);
const BANK: Model = model("金融卡", "Taiwanese bank card", Nothing);
const EASYCARD: Model = model("悠遊卡", "EasyCard", Nothing);
const STORAGE: Model = model("感應式票卡", "Contactless storage card", Nothing);

const YUBIKEY: Model = model("YubiKey 安全金鑰", "YubiKey", OpenSc);
const NITROKEY: Model = model("Nitrokey 安全金鑰", "Nitrokey 3", OpenSc);
const CANOKEY: Model = model("CanoKey 安全金鑰", "CanoKey", OpenSc);
const OPENPGP: Model = model("OpenPGP 卡", "OpenPGP card", OpenSc);
const EPASS: Model = model("飛天 ePass2003 憑證載具", "Feitian ePass2003 token", OpenSc);
const IDPRIME: Model = model(
    "Thales IDPrime 憑證卡",
    "Thales IDPrime card",
    Makers("SafeNet Authentication Client"),
);

const ESTONIA: Model = model("愛沙尼亞身分證", "Estonian identity card", OpenSc);
const LATVIA: Model = model("拉脫維亞身分證", "Latvian identity card", OpenSc);
const BELGIUM: Model = model("比利時身分證", "Belgian identity card", OpenSc);
const SPAIN: Model = model("西班牙身分證", "Spanish identity card", OpenSc);
const FINLAND: Model = model("芬蘭身分證", "Finnish identity card", OpenSc);
const GERMANY: Model = model("德國身分證", "German identity card", Nothing);
const PORTUGAL: Model = model(
    "葡萄牙身分證",
    "Portuguese identity card",
    Makers("Autenticação.gov"),
);

const fn model(zh: &'static str, en: &'static str, needs: Middleware) -> Model {
    Model { zh, en, needs }
}
