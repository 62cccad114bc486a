//! Who it is, from the certificate.

use chop_testpki::{Dn, Extension, Template, Text, extension::Value};
use chop_verifier::{CompanyCard, Identity, Refusal};
use der::Tag;

use crate::scene::{
    AGENCIES, CARD, CITIZENS, COMPANIES, COMPANY_NUMBER, ORGANIZATION_ID, ORGANIZATIONS, Plan,
    attributes, citizen, company, leaf,
};

const DIRECTORY_ATTRIBUTES: &str = "2.5.29.9";

fn identity(unit: &str, template: Template) -> Result<Identity, Refusal> {
    let plan = Plan::of(unit).leaf(|_| template);
    plan.sign_in().map(|verified| verified.signer.identity)
}

/// A company's certificate whose subject says 12345675, with these attributes instead.
fn with_attributes(list: &[(&str, Value<'_>)]) -> Result<Identity, Refusal> {
    identity(COMPANIES, company("12345675").replace(attributes(list)))
}

#[test]
fn a_company_number_with_a_wrong_check_digit_is_refused() {
    let found = identity(COMPANIES, company("12345678"));
    assert_eq!(found, Err(Refusal::CompanyNumber));
}

#[test]
fn a_company_number_that_differs_in_the_attributes_is_refused() {
    let (own, other) = (Value::Utf8("12345675"), Value::Utf8("04595257"));
    let odd = Value::Other(Tag::OctetString, b"12345675");
    for list in [
        &[(COMPANY_NUMBER, other)] as &[_],
        &[(COMPANY_NUMBER, own), (COMPANY_NUMBER, other)],
        &[(COMPANY_NUMBER, odd)],
    ] {
        let found = with_attributes(list);
        assert_eq!(found, Err(Refusal::CompanyNumbersDiffer), "{list:?}");
    }
}

#[test]
fn the_attributes_number_may_be_of_any_string_type() {
    for tag in [
        Tag::Utf8String,
        Tag::PrintableString,
        Tag::TeletexString,
        Tag::NumericString,
    ] {
        let value = Value::Other(tag, b"12345675");
        assert!(
            with_attributes(&[(COMPANY_NUMBER, value)]).is_ok(),
            "{tag:?}"
        );
    }
}

#[test]
fn a_company_without_attributes_is_read_from_its_subject() {
    let found = identity(COMPANIES, company("12345675").without(DIRECTORY_ATTRIBUTES));
    let Ok(Identity::Company(company)) = found else {
        panic!("{found:?}")
    };
    assert_eq!(company.card, CompanyCard::Unknown);
}

#[test]
fn attributes_that_cannot_be_read_are_refused() {
    let broken = Extension::new(DIRECTORY_ATTRIBUTES, false, [5, 0]);
    let found = identity(COMPANIES, company("12345675").replace(broken));
    let attribute = "subjectDirectoryAttributes";
    assert_eq!(found, Err(Refusal::SubjectUnclear { attribute }));
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
        let found = with_attributes(&[(CARD, Value::Utf8(rank))]);
        let Ok(Identity::Company(company)) = found else {
            panic!("{rank}: {found:?}")
        };
        assert_eq!(company.card, card, "{rank}");
    }
}

#[test]
fn a_company_name_may_be_a_bmp_string() {
    let name = Dn::new()
        .c("TW")
        .and("2.5.4.10", Text::Bmp, "測試股份有限公司")
        .number("12345675");
    let found = identity(COMPANIES, leaf(name));
    let Ok(Identity::Company(company)) = found else {
        panic!("{found:?}")
    };
    assert_eq!(company.name, "測試股份有限公司");
}

#[test]
fn a_company_without_name_or_number_is_refused() {
    for (subject, attribute) in [
        (Dn::new().c("TW").number("12345675"), "organizationName"),
        (Dn::new().c("TW").o("測試股份有限公司"), "serialNumber"),
    ] {
        let found = identity(COMPANIES, leaf(subject));
        assert_eq!(found, Err(Refusal::SubjectUnclear { attribute }));
    }
}

#[test]
fn a_citizen_is_known_by_sixteen_digits() {
    let found = identity(CITIZENS, citizen("9999000012345678"));
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
        let found = identity(CITIZENS, citizen(number));
        assert_eq!(found, Err(Refusal::CitizenNumber), "{number}");
    }
}

fn body(unit: &str, list: &[(&str, Value<'_>)]) -> Result<Identity, Refusal> {
    let subject = Dn::new().c("TW").o("行政院").ou("測試機關");
    identity(unit, leaf(subject).with(attributes(list)))
}

#[test]
fn an_agency_and_an_organization_are_known_by_their_oid() {
    let id = "2.16.886.101.90001.90002";
    for value in [Value::Oid(id), Value::Utf8(id)] {
        for unit in [AGENCIES, ORGANIZATIONS] {
            let found = match body(unit, &[(ORGANIZATION_ID, value)]) {
                Ok(Identity::Agency(found)) if unit == AGENCIES => found,
                Ok(Identity::Organization(found)) if unit == ORGANIZATIONS => found,
                other => panic!("{unit}: {other:?}"),
            };
            assert_eq!(found.id.to_string(), id);
            assert_eq!(found.name, "測試機關");
            assert_eq!(found.tree, ["行政院", "測試機關"]);
        }
    }
}

#[test]
fn an_agency_without_one_oid_is_refused() {
    let (one, other) = (Value::Oid("1.2.3"), Value::Oid("1.2.4"));
    for list in [
        &[(CARD, one)] as &[_],
        &[(ORGANIZATION_ID, one), (ORGANIZATION_ID, other)],
        &[(ORGANIZATION_ID, Value::Utf8("no oid"))],
    ] {
        let found = body(AGENCIES, list);
        assert_eq!(found, Err(Refusal::OrganizationId), "{list:?}");
    }
}

#[test]
fn an_agency_without_a_name_is_refused() {
    let id = attributes(&[(ORGANIZATION_ID, Value::Oid("1.2.3"))]);
    let found = identity(AGENCIES, leaf(Dn::new().c("TW").cn("測試")).with(id));
    let attribute = "organizationName";
    assert_eq!(found, Err(Refusal::SubjectUnclear { attribute }));
}

#[test]
fn another_authority_cannot_speak_for_companies_or_citizens() {
    let found = identity("一家公司", company("12345675")).unwrap();
    let number = Some("12345675".to_owned());
    let name = "測試股份有限公司".to_owned();
    assert_eq!(found, Identity::Other { name, number });
    let found = identity("一家公司", citizen("9999000012345678")).unwrap();
    assert!(matches!(found, Identity::Other { name, .. } if name == "王小明"));
}

#[test]
fn an_authority_that_names_two_kinds_speaks_for_none() {
    let both = format!("{COMPANIES} {CITIZENS}");
    let found = identity(&both, company("12345675")).unwrap();
    assert!(matches!(found, Identity::Other { .. }));
}

#[test]
fn the_citizens_authority_cannot_speak_for_companies() {
    let found = identity(CITIZENS, company("12345675"));
    let attribute = "commonName";
    assert_eq!(found, Err(Refusal::SubjectUnclear { attribute }));
}
