//! What a session of the HiCOS form may do, which another site may have begun: it looks, and takes
//! nothing over.

use portal::{Account, HicosSignIn, Kind, State};

use crate::{
    browser::Browser,
    card::{Blank, CITIZEN, COMPANY, Card},
    hicos,
    profile::CHANGED,
    scene::{MAIL, Scene},
};

const AT: &str = "/login/hicos/citizen";

/// The card of whoever passed the holder's signature on.
const THIEF: Blank = Blank {
    number: "9999000087654321",
    name: "別的人",
    ..COMPANY
};

/// A citizen with an account, and a session of the HiCOS form.
async fn entered(which: HicosSignIn) -> (Scene, Account, Browser, Card) {
    let scene = Scene::with(|settings| settings.hicos_sign_in = which).await;
    let account = scene.seed_of(Kind::Citizen, &CITIZEN, State::Active).await;
    let (browser, own) = (scene.browser(), scene.citizens.card(&CITIZEN));
    let answer = hicos::sign_in_at(&browser, AT, &own).await;
    assert_eq!(answer.location(), "/account");
    (scene, account, browser, own)
}

async fn bind(scene: &Scene, browser: &Browser) -> crate::browser::Answer {
    let card = scene.citizens.card(&THIEF);
    scene
        .sign_in_at(browser, "/account/card/login", &card)
        .await
}

/// The holder's own native login must not lend its strength to the session of another.
#[tokio::test]
async fn a_native_login_elsewhere_lets_it_bind_nothing_and_ends_it() {
    for which in [HicosSignIn::UnlessNative, HicosSignIn::Always] {
        let (scene, account, thief, own) = entered(which).await;
        let holder = scene.browser();
        scene.sign_in_at(&holder, "/login/citizen", &own).await;

        bind(&scene, &thief).await.is_code(403, "signed_out");

        assert_eq!(thief.get("/account").await.location(), "/");
        assert_eq!(holder.get("/account").await.status, 200);
        let subject = scene.account(&account.number).await.subject;
        assert_eq!(subject.as_deref(), Some(CITIZEN.number));
    }
}

/// Letting people in who have HiCOS alone is one thing, letting them take an account over another.
#[tokio::test]
async fn where_it_is_always_taken_it_binds_nothing_either() {
    let (scene, _, _, own) = entered(HicosSignIn::Always).await;
    let (holder, thief) = (scene.browser(), scene.browser());
    scene.sign_in_at(&holder, "/login/citizen", &own).await;
    assert_eq!(
        hicos::sign_in_at(&thief, AT, &own).await.location(),
        "/account"
    );

    bind(&scene, &thief)
        .await
        .is_code(403, "native_login_needed");
    assert_eq!(bind(&scene, &holder).await.location(), "/account?changed");
}

/// An operator calls the number in the account, and codes go to its mail.
#[tokio::test]
async fn it_changes_no_data_that_recovery_trusts() {
    let (scene, account, thief, _) = entered(HicosSignIn::Always).await;
    let page = thief.get("/account/profile").await;
    assert_eq!(page.status, 403);
    page.shows(&["需要 Chop"]);
    thief.get("/account").await;
    let mut fields = CHANGED;
    fields[5].1 = "thief@elsewhere.example";

    let answer = thief.submit("/account/profile", &fields).await;

    assert_eq!(answer.status, 403);
    let now = scene.account(&account.number).await.profile;
    assert_eq!(
        (now.mail.as_str(), now.phone.as_str()),
        (MAIL, account.profile.phone.as_str())
    );
    scene.no_more_letters_than(0).await;
}

/// Its form is what the session remembers, not what the account has learnt since.
#[tokio::test]
async fn its_holder_sees_how_it_was_opened() {
    let (_scene, _, browser, _) = entered(HicosSignIn::Always).await;
    browser.get("/account/sessions").await.shows(&["HiCOS"]);
    browser.get("/account").await.shows(&["HiCOS"]);
}

/// Whoever applied with the card has signed natively.
#[tokio::test]
async fn an_application_with_the_card_is_native_already() {
    let scene = Scene::with(|settings| settings.hicos_sign_in = HicosSignIn::UnlessNative).await;
    let (browser, card) = (scene.browser(), scene.card(&COMPANY));
    scene.sign_in(&browser, &card).await;
    crate::applying::apply(&browser, "company", &crate::applying::FIELDS).await;
    crate::binding::activated(&scene, 0).await;

    let answer = hicos::sign_in_at(&scene.browser(), "/login/hicos/company", &card).await;

    answer.is_code(403, "native_login_needed");
}

/// Who had signed in before the site wrote that down is found in the audit log.
#[tokio::test]
async fn whoever_had_signed_in_natively_before_an_update_still_has() {
    let scene = Scene::with(|settings| settings.hicos_sign_in = HicosSignIn::UnlessNative).await;
    scene.seed(State::Active).await;
    let card = scene.card(&COMPANY);
    scene.sign_in(&scene.browser(), &card).await;
    for statement in [
        "UPDATE accounts SET native_at = NULL",
        "DELETE FROM _sqlx_migrations WHERE version = 4",
    ] {
        scene.execute(statement).await.unwrap();
    }
    let mut settings = portal::Settings::default();
    settings.database.clone_from(&scene.database.url);
    portal::Portal::open(settings).await.unwrap();

    let answer = hicos::sign_in_at(&scene.browser(), "/login/hicos/company", &card).await;

    answer.is_code(403, "native_login_needed");
}
