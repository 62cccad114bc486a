//! Who it is, from the certificate.

use chop_verifier::{CompanyCard, Identity, Refusal};
use der::Tag;
use rcgen::{CertificateParams, DnType, DnValue};

use crate::{
    pki::{self, CARD, CITIZENS, COMPANIES, COMPANY_NUMBER, Pki},
    sign_in,
};

fn identity(unit: &str, params: CertificateParams) -> Result<Identity, Refusal> {
    let pki = Pki::of(unit);
    sign_in(&pki, &pki.issue(params)).map(|verified| verified.identity)
}

/// A company's certificate whose subject says 12345675, with these attributes instead.
fn with_attributes(texts: &[(&str, Tag, &str)]) -> Result<Identity, Refusal> {
    let mut params = pki::company("12345675");
    params.custom_extensions = vec![pki::attributes(texts)];
    identity(COMPANIES, params)
}

#[test]
fn a_company_number_with_a_wrong_check_digit_is_refused() {
    let found = identity(COMPANIES, pki::company("12345678"));
    assert_eq!(found, Err(Refusal::CompanyNumber));
}

#[test]
fn a_company_number_that_differs_in_the_attributes_is_refused() {
    let other = with_attributes(&[(COMPANY_NUMBER, Tag::Utf8String, "04595257")]);
    assert_eq!(other, Err(Refusal::CompanyNumbersDiffer));
    let second = with_attributes(&[
        (COMPANY_NUMBER, Tag::Utf8String, "12345675"),
        (COMPANY_NUMBER, Tag::Utf8String, "04595257"),
    ]);
    assert_eq!(second, Err(Refusal::CompanyNumbersDiffer));
    let unreadable = with_attributes(&[(COMPANY_NUMBER, Tag::OctetString, "12345675")]);
    assert_eq!(unreadable, Err(Refusal::CompanyNumbersDiffer));
}

#[test]
fn the_attributes_number_may_be_of_any_string_type() {
    for tag in [
        Tag::Utf8String,
        Tag::PrintableString,
        Tag::TeletexString,
        Tag::NumericString,
    ] {
        assert!(
            with_attributes(&[(COMPANY_NUMBER, tag, "12345675")]).is_ok(),
            "{tag:?}"
        );
    }
}

#[test]
fn a_company_without_attributes_is_read_from_its_subject() {
    let mut params = pki::company("12345675");
    params.custom_extensions.clear();
    let Ok(Identity::Company(company)) = identity(COMPANIES, params) else {
        panic!()
    };
    assert_eq!(company.card, CompanyCard::Unknown);
}

#[test]
fn attributes_that_cannot_be_read_are_refused() {
    let mut params = pki::company("12345675");
    let broken = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 9], vec![5, 0]);
    params.custom_extensions = vec![broken];
    let attribute = "subjectDirectoryAttributes";
    assert_eq!(
        identity(COMPANIES, params),
        Err(Refusal::SubjectUnclear { attribute })
    );
}

#[test]
fn the_card_is_the_primary_or_a_secondary_one() {
    for (rank, card) in [
        ("primary", CompanyCard::Primary),
        ("正卡", CompanyCard::Primary),
        ("Secondary", CompanyCard::Secondary),
        ("附卡", CompanyCard::Secondary),
        ("3", CompanyCard::Unknown),
    ] {
        let Ok(Identity::Company(company)) = with_attributes(&[(CARD, Tag::Utf8String, rank)])
        else {
            panic!("{rank}")
        };
        assert_eq!(company.card, card, "{rank}");
    }
}

#[test]
fn a_company_name_may_be_a_bmp_string() {
    let mut params = pki::leaf();
    let name = rcgen::string::BmpString::try_from("測試股份有限公司").unwrap();
    params
        .distinguished_name
        .push(DnType::OrganizationName, DnValue::BmpString(name));
    params
        .distinguished_name
        .push(pki::serial_number(), pki::printable("12345675"));
    let Ok(Identity::Company(company)) = identity(COMPANIES, params) else {
        panic!()
    };
    assert_eq!(company.name, "測試股份有限公司");
}

#[test]
fn a_company_without_name_or_number_is_refused() {
    let mut nameless = pki::leaf();
    nameless
        .distinguished_name
        .push(pki::serial_number(), pki::printable("12345675"));
    let refusal = Refusal::SubjectUnclear {
        attribute: "organizationName",
    };
    assert_eq!(identity(COMPANIES, nameless), Err(refusal));

    let mut numberless = pki::leaf();
    numberless
        .distinguished_name
        .push(DnType::OrganizationName, "測試股份有限公司");
    let refusal = Refusal::SubjectUnclear {
        attribute: "serialNumber",
    };
    assert_eq!(identity(COMPANIES, numberless), Err(refusal));
}

#[test]
fn a_citizen_is_known_by_sixteen_digits() {
    let found = identity(CITIZENS, pki::citizen("9999000012345678"));
    let Ok(Identity::Citizen(citizen)) = found else {
        panic!("{found:?}")
    };
    assert_eq!(citizen.id.as_str(), "9999000012345678");
    assert_eq!(citizen.name, "王小明");
    assert_eq!(citizen.last_four.as_deref(), Some("6789"));
}

#[test]
fn a_citizen_number_of_another_shape_is_refused() {
    for number in ["999900001234567", "99990000123456789", "999900001234567A"] {
        let found = identity(CITIZENS, pki::citizen(number));
        assert_eq!(found, Err(Refusal::CitizenNumber), "{number}");
    }
}

#[test]
fn another_authority_cannot_speak_for_companies_or_citizens() {
    let found = identity("一家公司", pki::company("12345675")).unwrap();
    let number = Some("12345675".to_owned());
    assert_eq!(
        found,
        Identity::Other {
            name: "測試股份有限公司".to_owned(),
            number
        }
    );
    let found = identity("一家公司", pki::citizen("9999000012345678")).unwrap();
    assert!(matches!(found, Identity::Other { name, .. } if name == "王小明"));
}

#[test]
fn the_citizens_authority_cannot_speak_for_companies() {
    let found = identity(CITIZENS, pki::company("12345675"));
    assert_eq!(
        found,
        Err(Refusal::SubjectUnclear {
            attribute: "commonName"
        })
    );
}
