//! 建立工商憑證帳號, first step: the company's data, filled in as far as its card says them.
//!
//! What is entered is checked and shown again. It is not stored yet, and the page says so.

use askama::Template;
use axum::{Form, response::Html};
use chop_verifier::Ban;
use serde::Deserialize;

use super::{Frame, PageError, render};
use crate::{
    language::Language,
    visitor::{Applicant, Visitor},
};

/// The longest that a field may be, in characters.
const LONGEST: usize = 200;

/// What is posted. All of it is required; `step` is the button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Application {
    name: String,
    ban: String,
    representative: String,
    address: String,
    contact: String,
    phone: String,
    mail: String,
    step: String,
}

/// A field of the form.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    value: String,
    /// From the card: shown, not to be changed.
    proven: bool,
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "apply.html")]
struct ApplyPage {
    frame: Frame,
    proven: bool,
    fields: Vec<Field>,
    faults: usize,
}

#[derive(Template)]
#[template(path = "apply-check.html")]
struct CheckPage {
    frame: Frame,
    fields: Vec<Field>,
}

/// `GET /apply`
pub(crate) async fn form(visitor: Visitor) -> Result<Html<String>, PageError> {
    let applicant = Applicant::recall(&visitor.session).await?;
    let fields = Application::default().fields(applicant.as_ref(), visitor.language);
    Ok(render(&ApplyPage::new(
        &visitor,
        applicant.is_some(),
        fields,
    ))?)
}

/// `POST /apply`: 下一步. Shows what was entered, or what is wrong with it.
pub(crate) async fn check(
    visitor: Visitor,
    Form(application): Form<Application>,
) -> Result<Html<String>, PageError> {
    let applicant = Applicant::recall(&visitor.session).await?;
    let edit = application.step == "edit";
    let mut fields = application.fields(applicant.as_ref(), visitor.language);
    if !edit {
        for field in &mut fields {
            field.fault = fault(field, visitor.language);
        }
    }
    if edit || fields.iter().any(|field| field.fault.is_some()) {
        return Ok(render(&ApplyPage::new(
            &visitor,
            applicant.is_some(),
            fields,
        ))?);
    }
    Ok(render(&CheckPage {
        frame: Frame::around(&visitor),
        fields,
    })?)
}

impl ApplyPage {
    fn new(visitor: &Visitor, proven: bool, fields: Vec<Field>) -> Self {
        let faults = fields.iter().filter(|field| field.fault.is_some()).count();
        Self {
            frame: Frame::around(visitor),
            proven,
            fields,
            faults,
        }
    }
}

impl Application {
    /// The form's fields in their order. What a verified card says replaces what was posted.
    fn fields(self, applicant: Option<&Applicant>, language: Language) -> Vec<Field> {
        let plain = |name, label, hint, kind, autocomplete, value: String| Field {
            name,
            label,
            hint,
            kind,
            autocomplete,
            value: value.trim().to_owned(),
            proven: false,
            fault: None,
        };
        let card = |mut field: Field, proven: Option<&String>| {
            if let Some(proven) = proven {
                field.value.clone_from(proven);
                field.proven = true;
            }
            field
        };
        let say = |chinese, english| language.say(chinese, english);
        let name = say("公司名稱", "Company name");
        let ban = say("統一編號", "Unified business number");
        let ban_hint = say("8 位數字", "8 digits");
        let representative = say("負責人姓名", "Representative");
        let address = say("公司地址", "Company address");
        let contact = say("聯絡人姓名", "Contact person");
        let phone = say("聯絡電話", "Phone");
        let phone_hint = say("例：02-2345-6789", "Such as 02-2345-6789");
        let mail = say("電子郵件", "E-mail");
        let mail_hint = say(
            "啟用帳號的信會寄到這裡",
            "The mail that activates the account goes here",
        );
        vec![
            card(
                plain("name", name, "", "text", "organization", self.name),
                applicant.map(|applicant| &applicant.name),
            ),
            card(
                plain("ban", ban, ban_hint, "text", "off", self.ban),
                applicant.map(|applicant| &applicant.ban),
            ),
            plain(
                "representative",
                representative,
                "",
                "text",
                "off",
                self.representative,
            ),
            plain(
                "address",
                address,
                "",
                "text",
                "street-address",
                self.address,
            ),
            plain("contact", contact, "", "text", "name", self.contact),
            plain("phone", phone, phone_hint, "tel", "tel", self.phone),
            plain("mail", mail, mail_hint, "email", "email", self.mail),
        ]
    }
}

fn fault(field: &Field, language: Language) -> Option<&'static str> {
    let value = field.value.as_str();
    if value.is_empty() {
        return Some(language.say("請填寫這一欄", "Please fill this in"));
    }
    if value.chars().count() > LONGEST {
        return Some(language.say("最多 200 個字", "At most 200 characters"));
    }
    match field.name {
        "ban" if value.parse::<Ban>().is_err() => Some(language.say(
            "這不是正確的統一編號，請核對 8 位數字",
            "This is not a valid number; please check the 8 digits",
        )),
        "mail" if !is_mail(value) => {
            Some(language.say("這不是電子郵件地址", "This is not an e-mail address"))
        }
        _ => None,
    }
}

/// What a mail server could take; whether it does, only a mail tells.
fn is_mail(text: &str) -> bool {
    let clean = text
        .chars()
        .all(|char| !char.is_whitespace() && !char.is_control());
    match text.rsplit_once('@') {
        Some((local, domain)) => clean && !local.is_empty() && domain.contains('.'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_card_says_replaces_what_was_posted() {
        let applicant = Applicant {
            ban: "12345675".to_owned(),
            name: "測試公司".to_owned(),
        };
        let posted = Application {
            ban: "04595257".to_owned(),
            ..Application::default()
        };

        let fields = posted.fields(Some(&applicant), Language::Chinese);

        let ban = fields.iter().find(|field| field.name == "ban").unwrap();
        assert!(ban.proven);
        assert_eq!(ban.value, "12345675");
    }

    #[test]
    fn every_field_is_required() {
        let fields = Application::default().fields(None, Language::Chinese);
        assert!(
            fields
                .iter()
                .all(|field| fault(field, Language::Chinese).is_some())
        );
    }

    #[test]
    fn mail_addresses_have_a_name_and_a_domain() {
        assert!(is_mail("office@company.example"));
        for odd in [
            "",
            "office",
            "@company.example",
            "office@company",
            "a b@c.d",
            "a\n@c.d",
        ] {
            assert!(!is_mail(odd), "{odd:?}");
        }
    }
}
