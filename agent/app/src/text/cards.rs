//! What cards, keys and modules are called.

use std::fmt::Write as _;

use chop_token::{Inventory, KeyKind, Library, Middleware, Model, Reader};

use super::{Words, filled, fixed};

pub use super::faults::fault;

/// Above the readers.
pub const READERS: Words = fixed("讀卡機", "Card readers");
/// Above what is in no reader.
pub const OTHERS: Words = fixed("檔案與軟體金鑰", "Files and keys in software");
/// Above the modules.
pub const MODULES: Words = fixed("PKCS #11 模組與憑證檔", "PKCS #11 modules and files");
/// PC/SC has not answered yet.
pub const LOOKING: Words = fixed("正在尋找讀卡機", "Looking for readers");
/// The smart card service.
pub const SERVICE_DOWN: Words = fixed("智慧卡服務沒有執行", "The smart card service does not run");
/// None plugged in.
pub const NO_READER: Words = fixed("沒有接上讀卡機", "No card reader is plugged in");
/// An empty one.
pub const NO_CARD: Words = fixed("沒有卡片", "no card");
/// None installed.
pub const NO_MODULE: Words = fixed("沒有可用的模組", "There is none");
/// Beside a card that is used without contact.
pub const CONTACTLESS: Words = fixed("感應式", "contactless");
/// Certificates that need the password.
pub const HIDDEN: Words = fixed(
    "輸入密碼後才看得到憑證",
    "its certificates show once the password is given",
);
/// A certificate that is for nothing that we do.
pub const NO_USE: Words = fixed(
    "不用於登入、簽章或解密",
    "for neither signing nor decrypting",
);
/// Modules that have not answered.
pub const SLOW: Words = fixed("有模組遲遲沒有回應", "A module has not answered in time");

/// What a card is called.
#[must_use]
pub fn model(model: &Model) -> Words {
    fixed(model.zh, model.en)
}

/// A card that nobody knows.
#[must_use]
pub fn unknown(answer: &str) -> Words {
    filled(
        "不認得的卡片".to_owned(),
        format!("unknown card (ATR {answer})"),
    )
}

/// What a key is.
#[must_use]
pub fn key(kind: KeyKind) -> String {
    match kind {
        KeyKind::Rsa(bits) => format!("RSA {bits}"),
        KeyKind::P256 => "P-256".to_owned(),
        KeyKind::P384 => "P-384".to_owned(),
        KeyKind::P521 => "P-521".to_owned(),
    }
}

/// What a certificate is for: `sign_in`, `sign` or `decrypt`.
#[must_use]
pub fn wanted(wanted: &str) -> Words {
    match wanted {
        "sign_in" => fixed("登入", "sign-in"),
        "sign" => fixed("簽署文件", "documents"),
        _ => fixed("解密", "decrypting"),
    }
}

/// What is known of a PIN; `None` if that is nothing.
#[must_use]
pub fn pin(tries_left: Option<u8>, locked: bool, keypad: bool) -> Option<Words> {
    match (tries_left, locked) {
        (_, true) | (Some(0), _) => Some(fixed("已鎖卡", "locked")),
        (Some(left), _) => Some(filled(
            format!("PIN 碼剩 {left} 次"),
            format!("PIN tries left: {left}"),
        )),
        (None, _) if keypad => Some(fixed("在讀卡機上輸入 PIN 碼", "PIN entered on the reader")),
        (None, _) => None,
    }
}

/// What a module says of itself.
#[must_use]
pub fn library(library: &Library) -> String {
    let (major, minor) = library.version;
    format!("{} {major}.{minor}", library.description)
}

/// Bytes as people write an answer to reset.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X} ");
    }
    text.truncate(text.trim_end().len());
    text
}

/// What to do about a card that no module reads; `None` while modules have not answered, and for
/// one that is read.
#[must_use]
pub fn what_to_install(inventory: &Inventory, reader: &Reader) -> Option<Words> {
    reader.card.as_ref()?;
    // A module that names no reader for its slots may have read it.
    let unplaced = inventory
        .tokens
        .iter()
        .any(|token| token.reader.is_none() && !token.id.serial.is_empty());
    let is_read = inventory.tokens_in(&reader.name).next().is_some();
    (inventory.settled && !unplaced && !is_read).then(|| install(inventory.model_in(reader)))
}

/// What to install for a card, or that nothing helps.
#[must_use]
pub fn install(model: Option<&Model>) -> Words {
    match model.map(|model| model.needs) {
        Some(Middleware::HiCos) => fixed(
            "請安裝 HiCOS 卡片管理工具（moica.nat.gov.tw 或 moeaca.nat.gov.tw），或開放的 open-gpki-pkcs11。",
            "Install HiCOS (moica.nat.gov.tw or moeaca.nat.gov.tw), or the open open-gpki-pkcs11.",
        ),
        Some(Middleware::Hca) => fixed(
            "請安裝醫事憑證管理中心的元件（hca.nat.gov.tw）。",
            "Install the component of the Healthcare Certification Authority (hca.nat.gov.tw).",
        ),
        Some(Middleware::OpenSc) => fixed(
            "請安裝 OpenSC（Debian、Ubuntu：sudo apt install opensc-pkcs11）。",
            "Install OpenSC (Debian, Ubuntu: sudo apt install opensc-pkcs11).",
        ),
        Some(Middleware::Makers(name)) => filled(
            format!("請安裝發卡者的 {name}，並在設定的 modules 中寫明它的模組。"),
            format!("Install its issuer's {name}, and name its module in the settings (modules)."),
        ),
        Some(Middleware::Nothing) => fixed(
            "這張卡片沒有可以簽章的憑證，請改插憑證卡。",
            "This card has no certificate that signs: use your certificate card instead.",
        ),
        _ => fixed(
            "請確認卡片插好且晶片朝上；若是憑證卡，請安裝它的模組。",
            "See that it is all the way in, chip up; if it is a certificate card, install its module.",
        ),
    }
}
