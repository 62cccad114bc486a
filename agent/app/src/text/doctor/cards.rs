//! Modules, readers and cards.

use std::path::Path;

use chop_token::{Library, Model, Reader};
use time::OffsetDateTime;

use super::super::{Words, cards, filled, fixed};

/// A module or file that works, and what it says of itself.
#[must_use]
pub fn module_good(file: &Path, library: Option<&Library>) -> Words {
    let file = file.display();
    let (zh, en) = match library.map(cards::library) {
        Some(says) => (format!("（{says}）"), format!(" ({says})")),
        None => (String::new(), String::new()),
    };
    filled(
        format!("{file}{zh} 可以使用"),
        format!("{file}{en} can be used"),
    )
}

/// There is none at all.
pub const NO_MODULE: (Words, Words) = (
    fixed("沒有可用的 PKCS #11 模組", "There is no PKCS #11 module"),
    if cfg!(windows) {
        fixed(
            "請安裝憑證卡的模組（HiCOS 或 OpenSC，64 位元），並寫入設定。",
            "Install your card's module (HiCOS or OpenSC, 64 bits) and name it in the settings.",
        )
    } else {
        fixed(
            "請安裝憑證卡的模組（例如 sudo apt install opensc-pkcs11，或 HiCOS），並寫入設定。",
            "Install your card's module (sudo apt install opensc-pkcs11, or HiCOS) and name it in the settings.",
        )
    },
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
    if cfg!(windows) {
        fixed(
            "接上讀卡機時 Windows 會啟動它；沒有的話，請以系統管理員身分執行：sc start SCardSvr",
            "Windows starts it when a reader is plugged in; if not, run as an administrator: sc start SCardSvr",
        )
    } else {
        fixed(
            "請執行：sudo systemctl enable --now pcscd.socket（沒有 pcscd 時：sudo apt install pcscd）",
            "Run: sudo systemctl enable --now pcscd.socket (without pcscd: sudo apt install pcscd)",
        )
    },
);

/// No reader.
pub const NO_READER: (Words, Words) = (
    fixed("沒有接上讀卡機", "No card reader is plugged in"),
    fixed("請接上讀卡機。", "Plug one in."),
);

/// A reader and what is in it.
#[must_use]
pub fn reader(reader: &Reader, model: Option<&Model>) -> Words {
    let name = &reader.name;
    let Some(answer) = &reader.card else {
        return filled(format!("{name}：沒有卡片"), format!("{name}: no card"));
    };
    let card = match model {
        Some(model) => cards::model(model),
        None => cards::unknown(&cards::hexadecimal(answer)),
    };
    filled(
        format!("{name}：{}", card.zh),
        format!("{name}: {}", card.en),
    )
}

/// No card anywhere.
pub const NO_CARD: Words = fixed(
    "目前沒有插入卡片，登入時再插入即可",
    "No card is in now; put it in when you sign in",
);

/// A card that nobody can sign in with, and what to do if a module reads it all the same.
#[must_use]
pub fn useless_card(reader: &str, model: Option<&Model>) -> (Words, Words) {
    let (zh, en) = model.map_or(("卡片", "card"), |model| (model.zh, model.en));
    (
        filled(
            format!("{reader} 裡的{zh}沒有可以登入的憑證，或沒有模組認得它"),
            format!(
                "The {en} in {reader} has no certificate to sign in with, or no module knows it"
            ),
        ),
        fixed(
            "請確認這是有簽章憑證的卡片。",
            "See that this is a card with a certificate that signs.",
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
