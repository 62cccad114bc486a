//! What is wrong with what was typed in.

use chop_verifier::Ban;
use lettre::Address;

use super::Field;
use crate::language::Language;

/// Writes under each field what is wrong with it, and says how many have something.
pub(crate) fn check(fields: &mut [Field], language: Language) -> usize {
    for field in &mut *fields {
        field.fault = fault(field, language);
    }
    fields.iter().filter(|field| field.fault.is_some()).count()
}

pub(super) fn fault(field: &Field, language: Language) -> Option<&'static str> {
    if field.proven {
        return None;
    }
    let value = field.value.as_str();
    if value.is_empty() {
        return Some(language.say("請填寫這一欄", "Please fill this in"));
    }
    if value.chars().count() > field.longest {
        return Some(language.say("太長了，請縮短", "This is too long; please shorten it"));
    }
    if value.chars().any(is_odd) {
        return Some(language.say(
            "這裡有無法使用的字元，請重新輸入",
            "There are characters in it that cannot be used",
        ));
    }
    match field.name {
        "ban" if value.parse::<Ban>().is_err() => Some(language.say(
            "這不是正確的統一編號，請核對 8 位數字",
            "This is not a valid number; please check the 8 digits",
        )),
        "mail" if !is_mail(value) => {
            Some(language.say("這不是電子郵件地址", "This is not an e-mail address"))
        }
        "value" if !is_amount(value) => {
            Some(language.say("請只填數字，例：350,000", "Digits only, such as 350,000"))
        }
        "phone" if !is_phone(value) => {
            Some(language.say("這不是電話號碼", "This is not a phone number"))
        }
        _ => None,
    }
}

/// Line breaks and other controls, and marks that make a text read otherwise than it is.
fn is_odd(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What a mail server could take; whether it does, only a mail tells.
pub(crate) fn is_mail(text: &str) -> bool {
    let Ok(address) = text.parse::<Address>() else {
        return false;
    };
    let domain = address.domain();
    // Names alone: not the number of a machine in brackets.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    text.is_ascii() && text.len() <= 254 && domain.contains('.') && domain.bytes().all(plain)
}

pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = |char: char| char.is_ascii_digit() || "+-() #,轉分機ext.".contains(char);
    (6..=20).contains(&digits) && text.chars().all(plain)
}

/// Digits, with commas or without, and not nothing.
pub(super) fn is_amount(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b',';
    text.bytes().all(plain) && text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
}
