//! The fields that people fill in about themselves, by the kind of account.

use chop_verifier::Ban;
use lettre::Address;
use serde::Deserialize;

use crate::{Kind, accounts::Profile, language::Language, signer::Signer};

/// The longest that a field may be, in characters.
const LONGEST: usize = 200;

/// What was typed in. A form has the fields of its kind; the others are empty.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entered {
    pub(crate) name: String,
    pub(crate) ban: String,
    pub(crate) representative: String,
    pub(crate) address: String,
    pub(crate) contact: String,
    pub(crate) phone: String,
    pub(crate) mail: String,
}

/// A field of a form, as it is shown.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) autocomplete: &'static str,
    pub(crate) value: String,
    /// From the card: shown, not to be changed.
    pub(crate) proven: bool,
    pub(crate) fault: Option<&'static str>,
}

/// Which field, in which words.
struct Blank {
    name: &'static str,
    chinese: [&'static str; 2],
    english: [&'static str; 2],
    kind: &'static str,
    autocomplete: &'static str,
}

const fn field(
    name: &'static str,
    chinese: [&'static str; 2],
    english: [&'static str; 2],
    kind: &'static str,
    autocomplete: &'static str,
) -> Blank {
    Blank {
        name,
        chinese,
        english,
        kind,
        autocomplete,
    }
}

const PHONE: Blank = field(
    "phone",
    ["聯絡電話", "例：02-2345-6789"],
    ["Phone", "Such as 02-2345-6789"],
    "tel",
    "tel",
);
const MAIL: Blank = field(
    "mail",
    ["電子郵件", "本站的信都寄到這裡"],
    ["E-mail", "All mail of this site goes here"],
    "email",
    "email",
);
const COMPANY: [Blank; 7] = [
    field(
        "name",
        ["公司名稱", ""],
        ["Company name", ""],
        "text",
        "organization",
    ),
    field(
        "ban",
        ["統一編號", "8 位數字"],
        ["Unified business number", "8 digits"],
        "text",
        "off",
    ),
    field(
        "representative",
        ["負責人姓名", ""],
        ["Representative", ""],
        "text",
        "off",
    ),
    field(
        "address",
        ["公司地址", ""],
        ["Company address", ""],
        "text",
        "street-address",
    ),
    field(
        "contact",
        ["聯絡人姓名", ""],
        ["Contact person", ""],
        "text",
        "name",
    ),
    PHONE,
    MAIL,
];
const PERSON: [Blank; 4] = [
    field("name", ["姓名", ""], ["Name", ""], "text", "name"),
    field(
        "address",
        ["通訊地址", ""],
        ["Address", ""],
        "text",
        "street-address",
    ),
    PHONE,
    MAIL,
];

/// Which form the fields are for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// An application for an account.
    Application,
    /// A change of an account's data: without the 統一編號, which is not the holder's to change.
    Profile,
}

impl Entered {
    /// The form's fields in their order. What a verified card says replaces what was posted.
    pub(crate) fn fields(
        &self,
        kind: Kind,
        form: Form,
        signer: Option<&Signer>,
        language: Language,
    ) -> Vec<Field> {
        let blanks: &[Blank] = match kind {
            Kind::Company => &COMPANY,
            Kind::Citizen | Kind::Cardless => &PERSON,
        };
        let shown = |of: &&Blank| form == Form::Application || of.name != "ban";
        let signer = signer.filter(|signer| signer.kind == kind);
        let made = blanks.iter().filter(shown).map(|of| {
            let proven = signer.and_then(|signer| match of.name {
                "name" => Some(&signer.name),
                "ban" => Some(&signer.subject),
                _ => None,
            });
            let [label, hint] = match language {
                Language::Chinese => of.chinese,
                Language::English => of.english,
            };
            Field {
                name: of.name,
                label,
                hint,
                kind: of.kind,
                autocomplete: of.autocomplete,
                value: proven.map_or_else(|| self.value(of.name).trim().to_owned(), Clone::clone),
                proven: proven.is_some(),
                fault: None,
            }
        });
        made.collect()
    }

    fn value(&self, name: &str) -> &str {
        match name {
            "name" => &self.name,
            "ban" => &self.ban,
            "representative" => &self.representative,
            "address" => &self.address,
            "contact" => &self.contact,
            "phone" => &self.phone,
            "mail" => &self.mail,
            _ => "",
        }
    }
}

impl From<&Profile> for Entered {
    fn from(profile: &Profile) -> Self {
        Self {
            name: profile.name.clone(),
            ban: String::new(),
            representative: profile.representative.clone(),
            address: profile.address.clone(),
            contact: profile.contact.clone(),
            phone: profile.phone.clone(),
            mail: profile.mail.clone(),
        }
    }
}

/// What fields without a fault say.
pub(crate) fn profile_of(fields: &[Field]) -> Profile {
    let value = |name| {
        let found = fields.iter().find(|field| field.name == name);
        found.map(|field| field.value.clone()).unwrap_or_default()
    };
    Profile {
        name: value("name"),
        representative: value("representative"),
        address: value("address"),
        contact: value("contact"),
        phone: value("phone"),
        mail: value("mail"),
    }
}

/// Writes under each field what is wrong with it, and says how many have something.
pub(crate) fn check(fields: &mut [Field], language: Language) -> usize {
    for field in &mut *fields {
        field.fault = fault(field, language);
    }
    fields.iter().filter(|field| field.fault.is_some()).count()
}

fn fault(field: &Field, language: Language) -> Option<&'static str> {
    if field.proven {
        return None;
    }
    let value = field.value.as_str();
    if value.is_empty() {
        return Some(language.say("請填寫這一欄", "Please fill this in"));
    }
    if value.chars().count() > LONGEST {
        return Some(language.say("最多 200 個字", "At most 200 characters"));
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

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = |char: char| char.is_ascii_digit() || "+-() #,轉分機ext.".contains(char);
    (6..=20).contains(&digits) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer {
            kind: Kind::Company,
            subject: "12345675".to_owned(),
            name: "測試公司".to_owned(),
            card: String::new(),
            serial: String::new(),
            sha256: String::new(),
        }
    }

    fn application(entered: &Entered, kind: Kind, signer: Option<&Signer>) -> Vec<Field> {
        entered.fields(kind, Form::Application, signer, Language::Chinese)
    }

    #[test]
    fn what_the_card_says_replaces_what_was_posted() {
        let posted = Entered {
            ban: "04595257".to_owned(),
            ..Entered::default()
        };
        let fields = application(&posted, Kind::Company, Some(&signer()));
        let ban = fields.iter().find(|field| field.name == "ban").unwrap();
        assert!(ban.proven);
        assert_eq!(ban.value, "12345675");
    }

    #[test]
    fn a_companys_card_proves_nothing_of_a_person() {
        let fields = application(&Entered::default(), Kind::Citizen, Some(&signer()));
        assert!(fields.iter().all(|field| !field.proven));
    }

    #[test]
    fn every_field_of_every_kind_is_required() {
        for kind in Kind::ALL {
            let mut fields = application(&Entered::default(), kind, None);
            assert_eq!(check(&mut fields, Language::Chinese), fields.len());
        }
    }

    #[test]
    fn mail_addresses_have_a_name_and_a_domain_and_no_second_line() {
        assert!(is_mail("office@company.example"));
        for odd in [
            "",
            "office",
            "@company.example",
            "office@company",
            "a b@c.d",
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example,c@d.example",
            "A <a@b.example>",
            "信箱@b.example",
            "a@[127.0.0.1]",
            &format!("{}@b.example", "a".repeat(250)),
        ] {
            assert!(!is_mail(odd), "{odd:?}");
        }
    }

    #[test]
    fn phone_numbers_are_digits_and_what_stands_between_them() {
        for phone in [
            "02-2345-6789",
            "+886 912 345 678",
            "(04)2345678#12",
            "04-22345678 轉 12",
        ] {
            assert!(is_phone(phone), "{phone}");
        }
        for odd in ["", "abc", "12", "<b>02-2345-6789", "02-2345-6789\n1"] {
            assert!(!is_phone(odd), "{odd:?}");
        }
    }

    #[test]
    fn no_field_takes_what_breaks_a_line_or_turns_a_text_around() {
        for odd in ["a\nb", "a\r\nX: y", "a\0b", "a\u{202e}b", "\u{200b}a"] {
            let entered = Entered {
                name: odd.to_owned(),
                ..Entered::default()
            };
            let fields = application(&entered, Kind::Citizen, None);
            assert!(fault(&fields[0], Language::Chinese).is_some(), "{odd:?}");
        }
    }
}
