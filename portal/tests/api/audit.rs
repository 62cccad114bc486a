//! The audit log: who did what with which certificate; added to, never changed.

use portal::State;

use crate::{
    applying::{FIELDS, apply},
    card::COMPANY,
    scene::Scene,
};

#[tokio::test]
async fn no_row_can_be_changed_or_deleted() {
    let (scene, _) = Scene::with_account().await;
    scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;
    let before = scene.rows("SELECT COUNT(*) FROM audit").await;
    assert!(before >= 2);

    for statement in [
        "UPDATE audit SET actor = 'somebody else'",
        "DELETE FROM audit",
    ] {
        let error = scene.execute(statement).await.unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    // What SQLite has beside it; PostgreSQL does not know these words.
    for statement in [
        "REPLACE INTO audit SELECT id, at, 'somebody else', action, account, certificate_serial, \
         certificate_sha256, client, detail FROM audit",
        "REPLACE INTO audit (rowid, id, at, actor, action, account, certificate_serial, \
         certificate_sha256, client, detail) SELECT rowid, 'x' || id, at, 'somebody else', action, \
         account, '', '', '', '' FROM audit",
        "UPDATE OR REPLACE audit SET id = 'x'",
    ] {
        assert!(scene.execute(statement).await.is_err(), "{statement}");
    }

    assert_eq!(scene.rows("SELECT COUNT(*) FROM audit").await, before);
    let changed = "SELECT COUNT(*) FROM audit WHERE actor = 'somebody else'";
    assert_eq!(scene.rows(changed).await, 0);
}

/// What the rows name is evidence as well.
#[tokio::test]
async fn no_certificate_can_be_changed_or_deleted() {
    let (scene, _) = Scene::with_account().await;
    let card = scene.card(&COMPANY);
    scene.sign_in(&scene.browser(), &card).await;
    for statement in [
        "UPDATE certificates SET der = 'another'",
        "DELETE FROM certificates",
    ] {
        assert!(scene.execute(statement).await.is_err(), "{statement}");
    }
    // SQLite alone knows these words, and then does nothing.
    for statement in [
        "REPLACE INTO certificates SELECT sha256, 'another' FROM certificates",
        "REPLACE INTO certificates (rowid, sha256, der) SELECT rowid, 'x', 'another' FROM \
         certificates",
    ] {
        let _ = scene.execute(statement).await;
    }
    let count = "SELECT COUNT(*) FROM certificates";
    assert_eq!(scene.rows(count).await, 1);
    let entry = &scene.portal.audit().before("", "", 1).await.unwrap()[0];
    let kept = scene.portal.audit().certificate(&entry.certificate_sha256);
    assert_eq!(kept.await.unwrap(), Some(card.certificate_base64()));
    // The same card signs in again, and is kept once.
    let again = scene.sign_in(&scene.browser(), &card).await;
    assert_eq!(again.location(), "/account");
    assert_eq!(scene.rows(count).await, 1);
}

#[tokio::test]
async fn the_guards_are_set_once_and_opening_again_changes_nothing() {
    let (scene, account) = Scene::with_account().await;
    let mut settings = portal::Settings::default();
    settings.database.clone_from(&scene.database.url);
    let again = portal::Portal::open(settings).await.unwrap();
    let found = again.accounts().of_number(&account.number).await.unwrap();
    assert!(found.is_some());
    assert!(scene.execute("DELETE FROM audit").await.is_err());
}

#[tokio::test]
async fn an_export_has_every_row_once_in_its_order() {
    let (scene, account) = Scene::with_account().await;
    for _ in 0..7 {
        scene.sign_in(&scene.browser(), &scene.card(&COMPANY)).await;
    }
    let audit = scene.portal.audit();
    // Rows of the last minute could still be followed by older ones.
    assert!(audit.after("", 100).await.unwrap().is_empty());
    scene.later(2);

    let (mut rows, mut last) = (Vec::new(), String::new());
    loop {
        let part = audit.after(&last, 3).await.unwrap();
        let Some(end) = part.last() else { break };
        last.clone_from(&end.id);
        rows.extend(part);
    }

    assert_eq!(rows.len(), 8);
    assert!(rows.is_sorted_by(|one, other| one.id < other.id));
    assert_eq!(rows[0].action, "applied");
    assert!(
        rows[1..]
            .iter()
            .all(|row| row.action == "signed_in" && row.account == account.number)
    );
    assert!(
        rows[1..]
            .iter()
            .all(|row| row.certificate_serial == "0a1b2c")
    );
}

#[tokio::test]
async fn what_happens_to_an_account_is_written_down() {
    let scene = Scene::new().await;
    let browser = scene.browser();
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    apply(&browser, "company", &FIELDS).await;
    let path = crate::activation::path(&scene.letter(0).await);
    browser.get(&path).await;
    browser.submit(&path, &[]).await;
    scene.sign_in(&browser, &scene.card(&COMPANY)).await;
    browser.get("/account/sessions").await;
    browser.submit("/account/sign-out-everywhere", &[]).await;

    let rows = scene.portal.audit().before("", "", 10).await.unwrap();

    let actions: Vec<_> = rows.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(
        actions,
        ["applied", "activated", "signed_in", "signed_out_everywhere"]
    );
    assert_eq!(
        rows.last().unwrap().detail,
        format!("company:{}", COMPANY.number)
    );
    assert!(rows.iter().all(|row| row.account == rows[0].account));
}

#[tokio::test]
async fn what_happened_stays_when_an_account_goes() {
    let scene = Scene::new().await;
    let account = scene.seed(State::Pending).await;
    scene.later(31 * 24 * 60);
    scene.portal.sweep().await.unwrap();

    let found = scene.portal.accounts().of_number(&account.number).await;
    assert_eq!(found.unwrap(), None);
    let rows = scene.portal.audit().before("", &account.number, 10).await;
    assert_eq!(rows.unwrap().len(), 1);
}
