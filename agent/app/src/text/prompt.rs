//! Sentences of the window.

use chop_service::{Purpose, Scope};
use time::{Date, OffsetDateTime};

use super::{Words, filled, fixed, plural};
use crate::prompt::wire::CallerKind;

/// The window's title, which task bars and screen readers show: what it is at, and for whom.
#[must_use]
pub fn title(at: &str, origin: &str) -> String {
    let site = origin.strip_prefix("https://").unwrap_or(origin);
    format!("Chop － {at} {site}")
}

/// What the title says the window is at.
pub mod titles {
    use chop_service::Purpose;

    /// Looking for the card.
    pub const LOOKING: &str = "尋找卡片";
    /// Waiting for the service, a reader or a card.
    pub const WAITING: &str = "等待卡片";
    /// Waiting for the PIN, or the person's yes.
    #[must_use]
    pub fn enter(purpose: &Purpose) -> &'static str {
        match purpose {
            Purpose::SignIn => "登入",
            Purpose::ReadCertificates => "讀取憑證",
            Purpose::Sign { .. } => "簽署文件",
            Purpose::Decrypt { .. } => "解密",
            Purpose::Access { .. } => "使用卡片",
        }
    }
    /// Waiting for another PIN.
    pub const WRONG: &str = "PIN 碼錯誤";
    /// Waiting for a PIN of another length.
    pub const LENGTH: &str = "PIN 碼長度不符";
    /// The card is locked.
    pub const LOCKED: &str = "PIN 碼已鎖定";
    /// The person types on the reader.
    pub const ON_READER: &str = "請在讀卡機輸入 PIN 碼";

    /// The card is at work.
    #[must_use]
    pub fn working(purpose: &Purpose) -> &'static str {
        match purpose {
            Purpose::SignIn | Purpose::Sign { .. } => "簽章中",
            Purpose::ReadCertificates | Purpose::Access { .. } => "讀取中",
            Purpose::Decrypt { .. } => "解密中",
        }
    }

    /// It is over.
    pub const ENDED: &str = "已結束";
}

/// Above the origin.
#[must_use]
pub(crate) fn who_asks(purpose: &Purpose, caller: CallerKind) -> Words {
    match (purpose, caller) {
        (Purpose::SignIn, _) => fixed("網站要求登入", "Sign-in request"),
        (Purpose::ReadCertificates, _) => fixed("網站要求讀取憑證", "Certificate request"),
        (Purpose::Sign { .. }, _) => fixed("網站要求簽署文件", "Signature request"),
        (Purpose::Decrypt { .. }, _) => fixed("網站要求解密", "Decryption request"),
        (Purpose::Access { .. }, CallerKind::Program) => {
            fixed("程式要求使用卡片", "A program asks for your card")
        }
        (Purpose::Access { .. }, _) => fixed("網站要求使用卡片", "A site asks for your card"),
    }
}

/// What a yes to a site or program means.
#[must_use]
pub fn access_means(scope: Scope) -> Vec<Words> {
    let sees = fixed(
        "它會看到讀卡機、卡號，以及憑證上的姓名與號碼。",
        "It sees readers, card numbers, and the names and numbers on certificates.",
    );
    let asks_for_pin = |zh: &'static str, en: &'static str| fixed(zh, en);
    match scope {
        Scope::Read => vec![sees],
        Scope::Sign => vec![
            sees,
            asks_for_pin(
                "您在網頁上輸入 PIN 碼後，它可以用您的卡片簽章。",
                "With the PIN that you enter in the page it can sign with your card.",
            ),
        ],
        Scope::Decrypt => vec![
            sees,
            asks_for_pin(
                "您在網頁上輸入 PIN 碼後，它可以用您的卡片解密。",
                "With the PIN that you enter in the page it can decrypt with your card.",
            ),
        ],
        Scope::ChangePin => vec![
            sees,
            asks_for_pin(
                "它會把卡片的 PIN 碼換成您在網頁上輸入的新號碼。",
                "It changes your card's PIN to the one that you entered in the page.",
            ),
        ],
    }
}

/// The page is not encrypted.
pub const PLAIN: (Words, Words) = (
    fixed("這個網頁沒有加密", "This page is not secure"),
    fixed(
        "經過的網路上，別人可能看見或更改內容。只有在您信任的內部網路才允許。",
        "Others on the network may read or change it. Allow it only in a network that you trust.",
    ),
);

/// Beside the box: what is decided lasts.
pub const FROM_NOW_ON: Words = fixed(
    "以後都允許，不再詢問",
    "Allow from now on, do not ask again",
);

/// No, from now on.
pub const BLOCK: Words = fixed("封鎖", "Block");

/// Beneath the origin.
#[must_use]
pub fn asks(purpose: &Purpose) -> Words {
    match purpose {
        Purpose::SignIn => fixed("要求以您的憑證登入", "asks you to sign in with your card"),
        Purpose::ReadCertificates => fixed(
            "想讀取您憑證上的姓名與號碼",
            "wants to read the names and numbers on your card",
        ),
        Purpose::Sign { documents } => filled(
            format!("要求您簽署 {} 份文件", documents.len()),
            format!(
                "asks you to sign {} document{}",
                documents.len(),
                plural(documents.len() as u64)
            ),
        ),
        Purpose::Decrypt { size } => {
            let size = file_size(*size);
            filled(
                format!("要求用您的卡片解開一則訊息（{}）", size.trim()),
                format!("asks your card to decrypt a message ({})", size.trim()),
            )
        }
        Purpose::Access { scope, .. } => match scope {
            Scope::Read => fixed("想讀取您的卡片", "wants to read your card"),
            Scope::Sign => fixed("想用您的卡片簽章", "wants to sign with your card"),
            Scope::Decrypt => fixed("想用您的卡片解密", "wants to decrypt with your card"),
            Scope::ChangePin => fixed("想變更卡片的 PIN 碼", "wants to change your card's PIN"),
        },
    }
}

/// A size, and a space after it.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "rounded to three digits")]
pub fn file_size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B　"),
        1000..1_000_000 => format!("{:.1} kB　", bytes as f64 / 1e3),
        _ => format!("{:.1} MB　", bytes as f64 / 1e6),
    }
}

/// Beneath a document whose text is short.
pub const MAY_BE_A_LOGIN: Words = fixed(
    "簽署這段文字，在其他網站可能等同登入。請確認內容。",
    "Elsewhere a signed text like this may count as your login.",
);

/// The PIN is not entered here.
pub const KEYPAD: Words = fixed(
    "按下按鈕後，請在讀卡機的鍵盤上輸入 PIN 碼。",
    "Press the button, then enter the PIN on the reader's keypad.",
);

/// The reader waits for the PIN.
pub const ON_READER: (Words, Words) = (
    fixed("請在讀卡機上輸入 PIN 碼", "Enter the PIN on the reader"),
    fixed(
        "輸入後按讀卡機上的確認鍵。",
        "Then press the reader's OK key.",
    ),
);

/// The card is at work on several things.
#[must_use]
pub fn working(done: usize, total: usize) -> (Words, Words) {
    (
        filled(
            format!("已簽署 {done}／{total} 份"),
            format!("{done} of {total} signed"),
        ),
        fixed("請勿取出卡片。", "Please leave the card in."),
    )
}

/// Nothing is known yet.
pub const LOOKING: (Words, Words) = (
    fixed("正在尋找您的憑證卡", "Looking for your card"),
    fixed("請稍候。", "One moment, please."),
);

/// The smart card service does not run.
pub const SERVICE_DOWN: (Words, Words) = (
    fixed(
        "智慧卡服務沒有執行",
        "The smart card service is not running",
    ),
    fixed(
        "從選單開啟「自我檢測」可查看啟動方法。\n啟動後會自動繼續。",
        "The self-test in the menu says how to start it.\nThis goes on by itself once it runs.",
    ),
);

/// No reader.
pub const NO_READER: (Words, Words) = (
    fixed("找不到讀卡機", "No card reader found"),
    fixed(
        "請接上讀卡機，接上後會自動繼續。",
        "Plug it in. This goes on by itself.",
    ),
);

/// A reader without a card.
pub const NO_CARD: (Words, Words) = (
    fixed("請插入您的憑證卡", "Insert your card"),
    fixed(
        "插入後會自動繼續，晶片朝上並推到底。",
        "Chip up, all the way in. This goes on by itself.",
    ),
);

/// A card that cannot be used here.
#[must_use]
pub fn no_certificate(purpose: &Purpose) -> (Words, Words) {
    let title = match purpose {
        Purpose::SignIn => fixed(
            "這張卡片不能用來登入",
            "This card cannot be used to sign in",
        ),
        Purpose::ReadCertificates | Purpose::Access { .. } => {
            fixed("讀不到這張卡片的憑證", "No certificate can be read")
        }
        Purpose::Sign { .. } => fixed("這張卡片不能用來簽署", "This card cannot be used to sign"),
        Purpose::Decrypt { .. } => fixed(
            "這張卡片解不開這則訊息",
            "This card cannot decrypt this message",
        ),
    };
    let more = fixed(
        "卡片上沒有適用的憑證，或缺少驅動模組。\n您可以換一張卡片。",
        "It has no certificate for this, or its driver\nmodule is missing. You can try another card.",
    );
    (title, more)
}

/// The card is at work.
#[must_use]
pub fn checking(purpose: &Purpose) -> (Words, Words) {
    let title = match purpose {
        Purpose::SignIn | Purpose::Sign { .. } => fixed("卡片正在簽章", "Your card is signing"),
        Purpose::ReadCertificates | Purpose::Access { .. } => {
            fixed("正在讀取憑證", "Reading the certificates")
        }
        Purpose::Decrypt { .. } => fixed("卡片正在解密", "Your card is decrypting"),
    };
    (title, fixed("請勿取出卡片。", "Please leave it in."))
}

/// All went well.
#[must_use]
pub fn done(purpose: &Purpose) -> (Words, Words) {
    let title = match purpose {
        Purpose::SignIn | Purpose::Sign { .. } => fixed("簽章完成", "Signed"),
        Purpose::ReadCertificates => fixed("讀取完成", "Read"),
        Purpose::Access { .. } => fixed("完成", "Done"),
        Purpose::Decrypt { .. } => fixed("解密完成", "Decrypted"),
    };
    (title, fixed("請回到網站繼續。", "Go on in your browser."))
}

/// Neither card nor module can do it.
pub const UNSUPPORTED: (Words, Words) = (
    fixed("這張卡片做不到網站的要求", "This card cannot do this"),
    fixed(
        "卡片或驅動模組不支援網站要求的方式。請告訴網站，或換一張卡片。",
        "Neither the card nor its module can do what the website asks. Tell the site, or use another card.",
    ),
);

/// The message did not decrypt.
pub const NOT_DECRYPTED: (Words, Words) = (
    fixed("訊息解不開", "The message did not decrypt"),
    fixed(
        "訊息可能不完整，或不是給這張卡片的。請告訴網站。",
        "It may be damaged, or not for this card. Please tell the site.",
    ),
);

/// The card was pulled.
pub const CARD_REMOVED: (Words, Words) = (
    fixed("卡片被取出了", "The card was removed"),
    fixed(
        "沒有完成。請插好卡片，再從網站重新開始。",
        "It is not done. Insert the card and start again from the website.",
    ),
);

/// The card or its module failed.
pub const CARD_FAULT: (Words, Words) = (
    fixed("卡片沒有完成", "The card did not finish"),
    fixed(
        "請取出卡片再插入，並從網站重新開始。",
        "Take the card out, put it back in and try again from the website.",
    ),
);

/// The chosen card takes no PIN any more.
pub const LOCKED: (Words, Words) = (
    fixed("這張卡片已鎖住", "This card is locked"),
    fixed(
        "PIN 碼錯誤次數過多，須由發卡單位解鎖：\n自然人憑證請洽 moica.nat.gov.tw\n工商憑證請洽 moeaca.nat.gov.tw",
        "Too many wrong PINs. Only the issuer can unlock it:\nmoica for citizen cards, moeaca for company cards.",
    ),
);

/// A mark beside a locked card in the list.
pub const LOCKED_TAG: Words = fixed("已鎖住", "Locked");

/// Above the list of certificates.
pub const CHOOSE: Words = fixed("選擇憑證", "Choose a certificate");

/// Above the PIN field.
pub const PIN: Words = fixed("憑證 PIN 碼", "Card PIN");

/// Above the PIN field when it is for a file.
pub const PASSWORD: Words = fixed("憑證檔密碼", "File password");

/// Instead of the holder, where a file hides its certificate.
pub const HIDDEN_HOLDER: Words = fixed("憑證檔案", "Certificate file");

/// Beneath it.
pub const HIDDEN_CERTIFICATE: Words = fixed(
    "輸入密碼後才能讀取憑證內容",
    "Its password shows what is inside",
);

/// One try is left.
pub const LAST_TRY: (Words, Words) = (
    fixed("只剩最後一次機會", "Last try"),
    fixed(
        "再輸入錯誤一次，卡片就會鎖住。",
        "One more wrong PIN locks the card.",
    ),
);

/// The last try has to be confirmed.
pub const I_UNDERSTAND: Words = fixed(
    "我知道這是最後一次",
    "I understand that this is the last try",
);

/// Accepts.
#[must_use]
pub fn accept(purpose: &Purpose) -> Words {
    match purpose {
        Purpose::SignIn => fixed("登入", "Sign in"),
        Purpose::ReadCertificates | Purpose::Access { .. } => fixed("允許", "Allow"),
        Purpose::Sign { .. } => fixed("簽署", "Sign"),
        Purpose::Decrypt { .. } => fixed("解密", "Decrypt"),
    }
}

/// Declines.
pub const CANCEL: Words = fixed("取消", "Cancel");

/// Closes a window that has nothing more to ask.
pub const CLOSE: Words = fixed("關閉", "Close");

/// The card did not take the length.
pub const PIN_LENGTH: Words = fixed(
    "卡片不接受這個長度的 PIN 碼，沒有扣次數",
    "The card does not take a PIN of this length; no try was lost",
);

/// The PIN was wrong.
#[must_use]
pub fn pin_wrong(tries_left: Option<u8>) -> Words {
    match tries_left {
        None => fixed("PIN 碼錯誤，請重新輸入", "Wrong PIN, please enter it again"),
        Some(left) => filled(
            format!("PIN 碼錯誤，還可以再試 {left} 次"),
            tries_in_english("Wrong PIN, ", left),
        ),
    }
}

/// Beside the field, where the card tells.
#[must_use]
pub fn tries_left(left: u8) -> Words {
    filled(format!("還可試 {left} 次"), tries_in_english("", left))
}

fn tries_in_english(before: &str, left: u8) -> String {
    format!(
        "{before}{left} {} left",
        if left == 1 { "try" } else { "tries" }
    )
}

/// In the empty field: how long the PIN is. `None` where every length will do.
#[must_use]
pub fn pin_length(shortest: usize, longest: usize) -> Option<Words> {
    match (shortest, longest) {
        (_, longest) if longest > 32 => None,
        (shortest, longest) if shortest >= longest => Some(filled(
            format!("{longest} 碼"),
            format!("{longest} characters"),
        )),
        _ => Some(filled(
            format!("{shortest} 至 {longest} 碼"),
            format!("{shortest} to {longest} characters"),
        )),
    }
}

/// The countdown.
#[must_use]
pub fn seconds_left(seconds: u64) -> Words {
    filled(
        format!("剩 {seconds} 秒"),
        format!("{seconds} second{} left", plural(seconds)),
    )
}

/// The end of validity. Both times are seconds since 1970; the date is Taiwan's.
#[must_use]
pub fn valid_until(not_after: i64, now: i64) -> Words {
    let day = taiwan_date(not_after);
    if not_after < now {
        return filled(format!("已於 {day} 到期"), format!("expired on {day}"));
    }
    filled(format!("有效至 {day}"), format!("valid until {day}"))
}

fn taiwan_date(seconds: i64) -> String {
    let eight_hours = time::Duration::hours(8);
    let date = OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.checked_add(eight_hours))
        .map_or(Date::MAX, OffsetDateTime::date);
    format!(
        "{}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_in_both_languages() {
        assert_eq!(
            pin_wrong(Some(2)).line(),
            "PIN 碼錯誤，還可以再試 2 次 Wrong PIN, 2 tries left"
        );
        assert_eq!(tries_left(1).en, "1 try left");
        assert_eq!(pin_wrong(None).en, "Wrong PIN, please enter it again");
    }

    #[test]
    fn a_certificate_ends_on_the_day_it_ends_in_taiwan() {
        // 2027-03-31 15:59:59 UTC is the last second of that day in Taipei.
        assert_eq!(valid_until(1_806_508_799, 0).zh, "有效至 2027-03-31");
        assert_eq!(valid_until(1_806_508_800, 0).zh, "有效至 2027-04-01");
        assert_eq!(
            valid_until(1_806_508_799, 1_806_508_800).en,
            "expired on 2027-03-31"
        );
        assert_eq!(valid_until(i64::MAX, 0).zh, "有效至 9999-12-31");
    }

    #[test]
    fn the_length_is_said_only_where_it_helps() {
        assert_eq!(pin_length(6, 8).unwrap().zh, "6 至 8 碼");
        assert_eq!(pin_length(6, 6).unwrap().en, "6 characters");
        assert_eq!(pin_length(1, 255), None);
    }
}
