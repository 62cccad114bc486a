//! The fields that people fill in about themselves, by the kind of account.

mod check;

use serde::Deserialize;

use crate::{Kind, accounts::Profile, language::Language, signer::Signer};

pub(crate) use check::{check, is_mail};

/// The longest that a field of them may be, in characters.
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
    /// In characters.
    pub(crate) longest: usize,
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
                longest: LONGEST,
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

#[cfg(test)]
mod tests;
