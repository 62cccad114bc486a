use super::{
    check::{fault, is_phone},
    *,
};

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
