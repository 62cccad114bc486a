//! The text that is signed.

use chop_protocol::Origin;

use super::Wanted;
use crate::{Account, Kind, pages::in_taipei};

/// What the applicant signs: short enough that the agent's window shows all of it, and with a line
/// for each thing. No field has line breaks, so none can pass for another line.
pub(super) fn text(
    number: &str,
    account: &Account,
    wanted: &Wanted,
    now: i64,
    origin: &Origin,
) -> String {
    let profile = &account.profile;
    let applicant = match (account.kind, &account.subject) {
        (Kind::Company, Some(ban)) => format!("{}（統一編號 {ban}）", profile.name),
        _ => profile.name.clone(),
    };
    format!(
        "免稅函申請書\n\n\
         申請編號：{number}\n\
         申請人：{applicant}\n\
         帳號：{}\n\
         貨品名稱：{}\n\
         數量及單位：{}\n\
         貨品價值：新臺幣 {} 元\n\
         用途：{}\n\
         申請時間：{}（臺北時間）\n\
         申請網站：{origin}\n",
        account.number,
        wanted.goods,
        wanted.quantity,
        grouped(&wanted.value),
        wanted.purpose,
        in_taipei(now),
    )
}

/// Digits in groups of three.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{State, accounts::Profile};

    fn account(name: &str) -> Account {
        Account {
            number: "IC0123456789".to_owned(),
            kind: Kind::Company,
            state: State::Active,
            subject: Some("12345675".to_owned()),
            claimed: String::new(),
            profile: Profile {
                name: name.to_owned(),
                ..Profile::default()
            },
            language: "zh".to_owned(),
            created_at: 0,
        }
    }

    #[test]
    fn it_says_who_wants_what() {
        let wanted = Wanted {
            goods: "工業用感測器".to_owned(),
            quantity: "20 個".to_owned(),
            value: "1350000".to_owned(),
            purpose: "自動化產線".to_owned(),
        };
        let origin = "https://apply.example".parse().unwrap();
        let company = account("測試股份有限公司");
        let text = text(
            "TX0123456789",
            &company,
            &wanted,
            1_764_000_000_000,
            &origin,
        );
        assert_eq!(
            text,
            "免稅函申請書\n\n申請編號：TX0123456789\n申請人：測試股份有限公司（統一編號 12345675）\n\
             帳號：IC0123456789\n貨品名稱：工業用感測器\n數量及單位：20 個\n\
             貨品價值：新臺幣 1,350,000 元\n用途：自動化產線\n\
             申請時間：2025-11-25 00:00（臺北時間）\n申請網站：https://apply.example\n"
        );
    }

    #[test]
    fn the_longest_is_short_enough_to_be_shown_whole() {
        // The agent's window shows texts of up to 2000 bytes.
        let wanted = Wanted {
            goods: "貨".repeat(80),
            quantity: "個".repeat(40),
            value: "9".repeat(15),
            purpose: "用".repeat(150),
        };
        let host = format!("https://{}.example", "a".repeat(60));
        let company = account(&"公".repeat(200));
        let text = text("TX0123456789", &company, &wanted, 0, &host.parse().unwrap());
        assert!(text.len() <= 2000, "{}", text.len());
    }

    #[test]
    fn digits_are_grouped() {
        for (digits, expected) in [
            ("1", "1"),
            ("123", "123"),
            ("1234", "1,234"),
            ("1234567", "1,234,567"),
        ] {
            assert_eq!(grouped(digits), expected);
        }
    }
}
