//! A citizen's card that is not known yet: bound by a code, by the operator, or by its holder.

use portal::{Kind, State};

use crate::{
    applying::{PERSON, apply},
    binding::activated,
    browser::Browser,
    card::{Blank, CITIZEN, COMPANY},
    scene::Scene,
};

pub(crate) const OPERATOR: Blank = Blank {
    number: "9999000000000001",
    name: "管理員",
    ..COMPANY
};

/// A citizen's new card: the same name, another number.
pub(crate) const NEW: Blank = Blank {
    number: "9999000087654321",
    ..CITIZEN
};

/// With this card verified, names an account; gives the code that is mailed.
pub(crate) async fn code(
    scene: &Scene,
    browser: &Browser,
    blank: &Blank,
    number: &str,
    letter: usize,
) -> String {
    let card = scene.citizens.card(blank);
    let answer = scene.sign_in_at(browser, "/login/citizen", &card).await;
    assert_eq!(answer.location(), "/apply/citizen");
    browser.get("/bind/citizen").await;
    let asked = browser.submit("/bind/citizen", &[("number", number)]).await;
    assert_eq!(asked.header("location"), "/bind/citizen?code");
    let letter = scene.letter(letter).await;
    assert!(letter.text.contains(blank.name));
    let digits = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
    let words = letter
        .text
        .split(|char: char| !char.is_ascii_alphanumeric());
    words
        .into_iter()
        .find(|word| digits(word))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_citizen_who_applied_without_the_card_binds_it_with_a_code() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "citizen", &PERSON).await;
    activated(&scene, 0).await;
    let number = scene
        .portal
        .accounts()
        .search("", i64::MAX, 1)
        .await
        .unwrap()[0]
        .number
        .clone();
    let browser = scene.browser();

    let code = code(&scene, &browser, &CITIZEN, &number, 1).await;
    browser.get("/bind/citizen?code").await;
    let bound = browser.submit("/bind/citizen", &[("code", &code)]).await;

    assert_eq!(bound.header("location"), "/account");
    browser
        .get("/account")
        .await
        .shows(&[&number, CITIZEN.name]);
}

#[tokio::test]
async fn a_code_is_good_in_its_own_browser_for_half_an_hour_and_five_tries() {
    let scene = Scene::new().await;
    apply(&scene.browser(), "citizen", &PERSON).await;
    activated(&scene, 0).await;
    let number = scene
        .portal
        .accounts()
        .search("", i64::MAX, 1)
        .await
        .unwrap()[0]
        .number
        .clone();
    let (browser, thief) = (scene.browser(), scene.browser());
    let right = code(&scene, &browser, &CITIZEN, &number, 1).await;
    let wrong = if right == "00000000" {
        "00000001"
    } else {
        "00000000"
    };

    // Whoever read it over the shoulder has another card in another browser.
    scene
        .sign_in_at(&thief, "/login/citizen", &scene.citizens.card(&NEW))
        .await;
    thief.get("/bind/citizen?code").await;
    let stolen = thief.submit("/bind/citizen", &[("code", &right)]).await;
    stolen.shows(&["驗證碼不對"]);

    browser.get("/bind/citizen?code").await;
    for _ in 0..5 {
        let answer = browser.submit("/bind/citizen", &[("code", wrong)]).await;
        answer.shows(&["驗證碼不對"]);
    }
    let too_often = browser.submit("/bind/citizen", &[("code", &right)]).await;
    too_often.shows(&["驗證碼不對"]);

    let late = code(&scene, &browser, &CITIZEN, &number, 2).await;
    scene.later(29);
    browser.get("/bind/citizen?code").await;
    scene.later(2);
    let answer = browser.submit("/bind/citizen", &[("code", &late)]).await;
    assert_ne!(answer.header("location"), "/account");
    assert_eq!(scene.account(&number).await.subject, None);
}

#[tokio::test]
async fn a_number_that_is_no_citizens_account_says_the_same_and_mails_nothing() {
    let scene = Scene::new().await;
    let company = scene.seed(State::Active).await;
    let browser = scene.browser();
    let card = scene.citizens.card(&CITIZEN);
    scene.sign_in_at(&browser, "/login/citizen", &card).await;
    for number in [company.number.as_str(), "IP0000000000", "", "' OR 1=1"] {
        browser.get("/bind/citizen").await;
        let answer = browser.submit("/bind/citizen", &[("number", number)]).await;
        assert_eq!(answer.header("location"), "/bind/citizen?code");
    }
    scene.no_more_letters_than(0).await;
}

#[tokio::test]
async fn a_new_card_of_a_citizen_is_never_matched_by_name() {
    let scene = Scene::new().await;
    scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let browser = scene.browser();

    let card = scene.citizens.card(&NEW);
    let answer = scene.sign_in_at(&browser, "/login/citizen", &card).await;

    assert_eq!(answer.location(), "/apply/citizen");
    assert_eq!(browser.get("/account").await.header("location"), "/");
    browser
        .get("/apply/citizen")
        .await
        .shows(&["/bind/citizen"]);
}

#[tokio::test]
async fn a_new_card_beside_an_old_one_waits_for_the_operator() {
    let scene = Scene::with(|settings| {
        settings.operators = vec![format!("citizen:{}", OPERATOR.number).parse().unwrap()];
    })
    .await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let (browser, operator) = (scene.browser(), scene.browser());
    let code = code(&scene, &browser, &NEW, &account.number, 0).await;
    browser.get("/bind/citizen?code").await;
    let answer = browser.submit("/bind/citizen", &[("code", &code)]).await;
    assert_eq!(answer.header("location"), "/bind/citizen?waits");
    browser
        .get("/bind/citizen?waits")
        .await
        .shows(&["等候管理者確認"]);
    let again = scene
        .sign_in_at(&browser, "/login/citizen", &scene.citizens.card(&NEW))
        .await;
    assert_eq!(again.location(), "/apply/citizen");

    let card = scene.citizens.card(&OPERATOR);
    scene.sign_in_at(&operator, "/operator/login", &card).await;
    let page = operator.get("/operator/cards").await;
    page.shows(&[NEW.number, CITIZEN.number, &account.number]);
    let decision = [("id", page.field("id")), ("what", "bind".to_owned())];
    let decision = decision
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    operator.submit("/operator/cards", &decision).await;

    let answer = scene
        .sign_in_at(&browser, "/login/citizen", &scene.citizens.card(&NEW))
        .await;
    assert_eq!(answer.location(), "/account");
    browser.get("/account").await.shows(&[&account.number]);
    // The old card goes on.
    let old = scene
        .sign_in_at(
            &scene.browser(),
            "/login/citizen",
            &scene.citizens.card(&CITIZEN),
        )
        .await;
    assert_eq!(old.location(), "/account");
}

#[tokio::test]
async fn a_citizen_who_is_signed_in_binds_a_new_card() {
    let scene = Scene::new().await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let browser = scene.browser();
    scene
        .sign_in_at(&browser, "/login/citizen", &scene.citizens.card(&CITIZEN))
        .await;
    browser.get("/account/card").await.shows(&["更換卡片"]);

    let new = scene.citizens.card(&NEW);
    let answer = scene
        .sign_in_at(&browser, "/account/card/login", &new)
        .await;

    assert_eq!(answer.location(), "/account?changed");
    let answer = scene
        .sign_in_at(&scene.browser(), "/login/citizen", &new)
        .await;
    assert_eq!(answer.location(), "/account");
    assert!(scene.letter(0).await.text.contains(&account.number));
}

#[tokio::test]
async fn a_card_that_is_anothers_is_not_bound() {
    let scene = Scene::new().await;
    scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    scene.seed_of(Kind::Citizen, &NEW, State::Active).await;
    let browser = scene.browser();
    scene
        .sign_in_at(&browser, "/login/citizen", &scene.citizens.card(&CITIZEN))
        .await;
    scene
        .sign_in_at(&browser, "/account/card/login", &scene.citizens.card(&NEW))
        .await
        .is_code(409, "card_taken");
    scene
        .sign_in_at(&browser, "/account/card/login", &scene.card(&COMPANY))
        .await
        .is_code(403, "card_kind_wrong");
}

#[tokio::test]
async fn whoever_is_not_signed_in_binds_no_card() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene
        .sign_in_at(&browser, "/account/card/login", &scene.citizens.card(&NEW))
        .await
        .is_code(403, "signed_out");
}
