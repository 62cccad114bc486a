//! Modules, readers and cards.

use std::path::Path;

use time::OffsetDateTime;

use super::super::{Words, filled, fixed};

/// A module or file that works.
#[must_use]
pub fn module_good(file: &Path) -> Words {
    let file = file.display();
    filled(format!("{file} 可以使用"), format!("{file} can be used"))
}

/// One that is not there.
#[must_use]
pub fn module_missing(file: &Path) -> (Words, Words) {
    let file = file.display();
    (
        filled(format!("{file} 不存在"), format!("{file} does not exist")),
        fixed(
            "請安裝該模組，或從設定中移除它。",
            "Install the module, or take it out of the settings.",
        ),
    )
}

/// One that does not work.
#[must_use]
pub fn module_fault(file: &Path, reason: &str) -> (Words, Words) {
    let file = file.display();
    (
        filled(
            format!("{file} 不能使用：{reason}"),
            format!("{file} cannot be used: {reason}"),
        ),
        fixed(
            "請重新安裝該模組；若它與此電腦的處理器不符，請向廠商索取正確的版本。",
            "Install the module again; if it is made for another processor, ask its maker for the right one.",
        ),
    )
}

/// There is none at all.
pub const NO_MODULE: (Words, Words) = (
    fixed("沒有可用的 PKCS #11 模組", "There is no PKCS #11 module"),
    fixed(
        "請安裝憑證卡的模組（例如 sudo apt install opensc-pkcs11，或 HiCOS），並寫入設定。",
        "Install your card's module (sudo apt install opensc-pkcs11, or HiCOS) and name it in the settings.",
    ),
);

/// Modules that have not answered.
pub const SLOW: (Words, Words) = (
    fixed("有模組遲遲沒有回應", "A module has not answered in time"),
    fixed(
        "請拔出卡片再插入，然後重試；若仍如此，請更新該模組。",
        "Take the card out, put it back and try again; if that does not help, update the module.",
    ),
);

/// The cards could not be looked at, because this program could not start a child or a runtime.
#[must_use]
pub fn no_look(reason: &str) -> (Words, Words) {
    (
        filled(
            format!("無法檢查卡片：{reason}"),
            format!("Cards could not be looked at: {reason}"),
        ),
        fixed("請重新安裝 Chop。", "Install Chop again."),
    )
}

/// The smart card service runs.
pub const SERVICE: Words = fixed("智慧卡服務執行中", "The smart card service runs");

/// It does not.
pub const SERVICE_DOWN: (Words, Words) = (
    fixed("智慧卡服務沒有執行", "The smart card service does not run"),
    fixed(
        "請執行：sudo systemctl enable --now pcscd.socket（沒有 pcscd 時：sudo apt install pcscd）",
        "Run: sudo systemctl enable --now pcscd.socket (without pcscd: sudo apt install pcscd)",
    ),
);

/// No reader.
pub const NO_READER: (Words, Words) = (
    fixed("沒有接上讀卡機", "No card reader is plugged in"),
    fixed("請接上讀卡機。", "Plug one in."),
);

/// A reader and whether it has a card.
#[must_use]
pub fn reader(name: &str, card: Option<&[u8]>) -> Words {
    match card {
        None => filled(format!("{name}：沒有卡片"), format!("{name}: no card")),
        Some(answer) => {
            let answer: Vec<_> = answer.iter().map(|byte| format!("{byte:02X}")).collect();
            let answer = answer.join(" ");
            filled(
                format!("{name}：有卡片（{answer}）"),
                format!("{name}: a card ({answer})"),
            )
        }
    }
}

/// No card anywhere.
pub const NO_CARD: Words = fixed(
    "目前沒有插入卡片，登入時再插入即可",
    "No card is in now; put it in when you sign in",
);

/// A card that nothing knows.
#[must_use]
pub fn unknown_card(reader: &str) -> (Words, Words) {
    (
        filled(
            format!("{reader} 裡的卡片沒有可以登入的憑證，或沒有模組認得它"),
            format!(
                "The card in {reader} has no certificate to sign in with, or no module knows it"
            ),
        ),
        fixed(
            "請確認卡片插好且晶片朝上，並安裝這種卡片的模組。",
            "See that it is all the way in, chip up, and install the module for this kind of card.",
        ),
    )
}

/// A certificate to sign in with.
#[must_use]
pub fn signer(holder: &str, issuer: &str, until: i64) -> Words {
    let day = day(until);
    filled(
        format!("{holder}（{issuer}），有效至 {day}"),
        format!("{holder} ({issuer}), valid until {day}"),
    )
}

/// A file that hides its certificate.
#[must_use]
pub fn hidden(label: &str) -> Words {
    filled(
        format!("{label}：輸入密碼後才看得到憑證"),
        format!("{label}: its certificate shows once the password is given"),
    )
}

/// One that has ended.
#[must_use]
pub fn expired(holder: &str, until: i64) -> (Words, Words) {
    let day = day(until);
    (
        filled(
            format!("{holder} 的憑證已在 {day} 到期"),
            format!("The certificate of {holder} ended on {day}"),
        ),
        fixed(
            "請向憑證管理中心申請展期或新卡。",
            "Ask its issuer to extend it or for a new card.",
        ),
    )
}

/// One that is locked.
#[must_use]
pub fn locked(holder: &str) -> (Words, Words) {
    (
        filled(
            format!("{holder} 的卡片已鎖住"),
            format!("The card of {holder} is locked"),
        ),
        fixed(
            "請到發卡的憑證管理中心網站解鎖（鎖卡解碼）。",
            "Unlock it at the web site of its issuer.",
        ),
    )
}

/// One with a single try left.
#[must_use]
pub fn last_try(holder: &str) -> (Words, Words) {
    (
        filled(
            format!("{holder} 的卡片只剩一次 PIN 碼機會"),
            format!("The card of {holder} has one PIN try left"),
        ),
        fixed("再輸入錯誤就會鎖卡。", "One more wrong PIN locks it."),
    )
}

fn day(seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(seconds);
    moment.map_or_else(|_| seconds.to_string(), |moment| moment.date().to_string())
}
