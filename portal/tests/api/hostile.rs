//! Texts that try to be something else: SQL, HTML, headers of mails and of answers.

use portal::{Kind, State};

use crate::{
    activation::path,
    applying::{FIELDS, PERSON, apply},
    card::{Blank, COMPANY},
    scene::{MAIL, Scene},
};

/// What ends up in a field without breaking its rules.
const TEXTS: [&str; 8] = [
    "'; DROP TABLE accounts; --",
    "\" OR \"\"=\"",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{ 7919*7919 }}{% include 'base.html' %}",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; 公司",
    "%00%0d%0aSet-Cookie: a=b",
];

#[tokio::test]
async fn text_in_any_field_stays_text_in_pages_mails_and_database() {
    for text in TEXTS {
        let scene = Scene::new().await;
        let browser = scene.browser();
        let mut fields = FIELDS;
        for index in [0, 2, 3, 4] {
            fields[index].1 = text;
        }
        apply(&browser, "company", &fields).await;
        let letter = scene.letter(0).await;
        let link = path(&letter);
        let page = browser.get(&link).await;
        browser.submit(&link, &[]).await.shows(&["啟用完成"]);
        scene.sign_in(&browser, &scene.card(&COMPANY)).await;
        let bind = browser.get("/bind").await;
        let number = bind.field("number");
        browser.submit("/bind", &[("number", &number)]).await;
        let profile = browser.get("/account/profile").await;

        let stored = scene.account(&number).await.profile;
        assert_eq!(stored.representative, text);
        assert_eq!(stored.address, text);
        for html in [&page.body, &bind.body, &profile.body, &letter.html] {
            assert!(
                !html.contains("<script>alert") && !html.contains("<img src=x"),
                "{text}"
            );
            assert!(!html.contains("62710561"), "{text}");
        }
        for headers in [&page.headers, &bind.headers, &profile.headers] {
            assert!(!headers.iter().any(|(_, value)| value == "a=b"));
        }
    }
}

#[tokio::test]
async fn a_line_break_in_any_field_is_refused_and_never_reaches_a_mail() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    for (index, (name, value)) in FIELDS.iter().enumerate() {
        for attack in [
            "\r\nBcc: victim@elsewhere.example",
            "\nX-Evil: 1",
            "\0",
            "\u{2028}a",
        ] {
            let mut fields = FIELDS;
            let attacked = format!("{value}{attack}");
            fields[index].1 = &attacked;
            browser.get("/apply/company").await;
            let page = browser.submit("/apply/company", &fields).await;
            if attack == "\0" {
                // Nobody types that: no form with it is looked at.
                assert_eq!(page.status, 400);
                continue;
            }
            page.shows(&[r#"id="faults""#, &format!(r#"id="{name}-said""#)]);
        }
    }
    scene.no_more_letters_than(0).await;
}

#[tokio::test]
async fn only_one_mailbox_gets_the_letter_whatever_the_address_says() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    for mail in [
        "a@b.example, victim@elsewhere.example",
        "a@b.example;victim@elsewhere.example",
        "<a@b.example>",
        "\"a\r\nBcc: v\"@b.example",
        "a@b.example?bcc=victim@elsewhere.example",
        "a@b@c.example",
        "a@[127.0.0.1]",
    ] {
        for path in ["/activation", "/password"] {
            browser.get(path).await;
            let page = browser.submit(path, &[("mail", mail)]).await;
            page.shows(&["這不是電子郵件地址"]);
        }
        let mut fields = PERSON;
        fields[3].1 = mail;
        browser.get("/apply/cardless").await;
        let page = browser.submit("/apply/cardless", &fields).await;
        page.shows(&[r#"id="faults""#]);
    }
    scene.no_more_letters_than(0).await;
}

#[tokio::test]
async fn sql_in_a_number_a_link_or_a_search_finds_nothing() {
    let scene = Scene::new().await;
    scene.seed(State::Active).await;
    let browser = scene.browser();
    browser.get("/sign-in").await;
    for text in ["' OR '1'='1", "IN%' --", "\\' OR 1=1 --", "IC__________"] {
        let fields = [("number", text), ("password", text)];
        let answer = browser.submit("/sign-in", &fields).await;
        assert_eq!(answer.status, 403);
        answer.shows(&["帳號或密碼不對"]);
        let accounts = scene.portal.accounts();
        assert!(
            accounts
                .search(text, i64::MAX, 10)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(accounts.of_number(text).await.unwrap(), None);
        assert_eq!(
            accounts.of_subject(Kind::Company, text).await.unwrap(),
            None
        );
    }
    for path in ["/sign-in?a=%00", "/help/%00", "/activate/%00"] {
        assert_eq!(browser.get(path).await.status, 400, "{path}");
    }
    let found = scene.portal.accounts().search("測試", i64::MAX, 10).await;
    assert_eq!(found.unwrap().len(), 1);
}

#[tokio::test]
async fn the_name_on_a_card_is_text_everywhere() {
    let scene = Scene::new().await;
    let blank = Blank {
        name: "<b>公司</b>'; --",
        ..COMPANY
    };
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&blank)).await;
    let form = browser.get("/apply/company").await;
    form.hides(&["<b>公司</b>"]);
    apply(&browser, "company", &FIELDS).await;
    let letter = scene.letter(0).await;
    assert!(!letter.html.contains("<b>公司</b>"));
    let link = path(&letter);
    browser.get(&link).await.hides(&["<b>公司</b>"]);
    browser.submit(&link, &[]).await;
    scene.sign_in(&browser, &scene.card(&blank)).await;
    browser.get("/account").await.hides(&["<b>公司</b>"]);
}

#[tokio::test]
async fn a_field_that_is_too_long_and_a_body_that_is_are_refused() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    let long = "長".repeat(201);
    for index in 0..FIELDS.len() {
        let mut fields = FIELDS;
        fields[index].1 = &long;
        browser.get("/apply/company").await;
        let page = browser.submit("/apply/company", &fields).await;
        page.shows(&[r#"id="faults""#]);
    }
    let huge = "x".repeat(20_000);
    let answer = browser.submit("/apply/company", &[("name", &huge)]).await;
    assert_eq!(answer.status, 413);
    answer.shows(&["<h1>"]);
    assert_eq!(scene.rows("SELECT COUNT(*) FROM accounts").await, 0);
}

#[tokio::test]
async fn a_company_cannot_claim_anothers_number_with_its_own_card() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    let mut fields = FIELDS;
    fields[1].1 = "04595257";
    apply(&browser, "company", &fields).await;
    let link = path(&scene.letter(0).await);
    browser.get(&link).await;
    browser.submit(&link, &[]).await;

    let other = Blank {
        number: "04595257",
        name: "另一家有限公司",
        ..COMPANY
    };
    let answer = scene.sign_in(&scene.browser(), &scene.card(&other)).await;

    assert_eq!(answer.location(), "/apply/company");
    let account = scene.portal.accounts();
    let account = account
        .of_subject(Kind::Company, COMPANY.number)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (account.claimed.as_str(), account.profile.mail.as_str()),
        (COMPANY.number, MAIL)
    );
}
