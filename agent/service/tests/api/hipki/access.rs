//! Who may: by policy, by what the person has said, by asking the person.

use std::time::Duration;

use chop_protocol::{Origin, Plain};
use chop_service::{
    Act, Caller, ConsentError, Decision, Event, Memory, Outcome, Purpose, Scope, View,
};
use serde_json::{Value, json};

use super::{
    card::Card,
    client::{Client, SITE, popup},
};
use crate::scene::{Scene, Stage};

const PLAIN: &str = "http://intranet.example";
const UNTRUSTED: u64 = 0x7600_0031;
const CANCELLED: u64 = 0x7600_0999;

fn look() -> Value {
    json!({ "func": "CheckEnvir" })
}

fn sign() -> Value {
    json!({ "func": "MakeSignature", "tbs": "TBS", "pin": "123456", "signatureType": "PKCS7" })
}

fn origin(text: &str) -> Origin {
    Origin::parse(text, Plain::Everywhere).unwrap()
}

async fn code(stage: &Stage, site: &str, package: &Value) -> u64 {
    popup(stage, site, package).await["ret_code"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn the_person_is_asked_once_and_then_never_again() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    for _ in 0..3 {
        assert_eq!(code(&stage, SITE, &sign()).await, 0);
    }
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);
    assert_eq!(stage.count("card"), 3);
}

#[tokio::test]
async fn another_site_is_another_question_also_in_the_same_domain() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    let other = "https://www.bank.example";
    assert_eq!(code(&stage, other, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {other}")), 1);
}

#[tokio::test]
async fn reading_does_not_let_sign() {
    let (heard, purposes) = std::sync::mpsc::channel();
    let stage = Card::rsa()
        .scene(Some(Decision::Always))
        .opened(move |purpose| heard.send(purpose.clone()).unwrap())
        .start()
        .await;
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    let asked: Vec<_> = purposes.try_iter().collect();
    let access = |scope| Purpose::Access {
        scope,
        may_last: true,
    };
    assert_eq!(asked, [access(Scope::Read), access(Scope::Sign)]);
}

#[tokio::test]
async fn once_is_for_one_signature() {
    let stage = Card::rsa().scene(Some(Decision::Once)).start().await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    // Looking again is part of it.
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 2);
}

#[tokio::test]
async fn whoever_forgets_ends_what_was_allowed_once_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let memory = Memory::load(folder.path());
    let scene = Card::rsa().scene(Some(Decision::Once)).memory(memory);
    let stage = scene.start().await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);

    // `chop grants forget`, which is another process; there is no grant for it to find.
    assert!(!chop_service::Grants::load(folder.path()).forget(SITE));
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 2);
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 2);
    chop_service::Grants::load(folder.path()).forget_all();
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 3);
}

#[tokio::test]
async fn every_use_of_a_grant_is_told_to_the_person() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    let list = json!({ "func": "GetUserCert" });
    assert_eq!(code(&stage, SITE, &list).await, 0);
    Client::page(&stage, SITE).get("/p11Image.bmp").await;
    Client::page(&stage, "https://other.example")
        .get("/p11Image.bmp")
        .await;

    let recent = stage.service.recent().watch().borrow().clone();
    let told: Vec<_> = recent
        .iter()
        .map(|it| (it.caller.clone(), it.act, it.outcome, it.times))
        .collect();
    let of = |act, times| (Caller::Site(origin(SITE)), act, Outcome::Done, times);
    assert_eq!(told, [of(Act::Sign, 1), of(Act::Read, 3)]);
}

/// Asks, and goes away when the window is there, as pages with a clock of their own do.
async fn impatient(stage: &Stage, site: &str, package: &Value, windows: usize) {
    tokio::select! {
        answer = popup(stage, site, package) => panic!("{answer}"),
        () = stage.until_times("shows Deciding", windows) => {}
    }
    noticed().await;
}

/// That a page has gone takes its moment to be seen; people take longer to decide.
async fn noticed() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

#[tokio::test]
async fn a_question_stays_when_its_page_goes_and_the_page_finds_the_answer() {
    for decision in [Decision::Always, Decision::Once, Decision::Block] {
        let stage = Card::rsa().scene(None).person(|_| None).start().await;
        impatient(&stage, SITE, &sign(), 1).await;
        // It comes again by itself, and again, while the person reads.
        let package = sign();
        for _ in 0..2 {
            let again = popup(&stage, SITE, &package);
            let waited = tokio::time::timeout(Duration::from_millis(200), again).await;
            assert!(waited.is_err(), "{waited:?}");
            noticed().await;
        }
        stage.say(Event::Decided(decision));
        stage.until("window gone").await;
        let code = code(&stage, SITE, &sign()).await;
        assert_eq!(code == 0, decision != Decision::Block, "{decision:?}");
        assert_eq!(stage.count(&format!("window for {SITE}")), 1);
    }
}

#[tokio::test]
async fn a_yes_that_nobody_waited_for_is_for_one_signature_and_for_that_page() {
    let stage = Card::rsa().scene(None).person(|_| None).start().await;
    impatient(&stage, SITE, &sign(), 1).await;
    // Another site, and another wish of the same one, do not join.
    for (site, package) in [("https://other.example", sign()), (SITE, look())] {
        let answer = popup(&stage, site, &package).await;
        assert_eq!(answer["ret_code"], 0x7600_000d, "{site}: {answer}");
    }
    stage.say(Event::Decided(Decision::Once));
    stage.until("window gone").await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    impatient(&stage, SITE, &sign(), 2).await;
    stage.say(Event::Decided(Decision::Once));
    stage.until_times("window gone", 2).await;
    // Whoever forgets means it too.
    stage.service.memory().grants().forget_all();
    impatient(&stage, SITE, &sign(), 3).await;
    assert_eq!(stage.count("card"), 1);
}

#[tokio::test]
async fn of_two_that_ask_at_once_one_has_the_answer() {
    let stage = Card::rsa().scene(None).person(|_| None).start().await;
    let (sign, other) = (sign(), sign());
    let first = popup(&stage, SITE, &sign);
    let second = async {
        stage.until("shows Deciding").await;
        let answer = popup(&stage, SITE, &other).await;
        stage.say(Event::Decided(Decision::Once));
        answer
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first["ret_code"], 0, "{first}");
    assert_eq!(second["ret_code"], 0x7600_000d, "{second}");
}

#[tokio::test]
async fn a_question_that_nobody_answers_counts_once_and_ends_with_the_agent() {
    let stage = Card::rsa().scene(None).person(|_| None).start().await;
    for number in 1..=5 {
        impatient(&stage, SITE, &look(), number).await;
        stage.say(Event::TimedOut);
        stage.until_times("window gone", number).await;
    }
    assert_eq!(code(&stage, SITE, &look()).await, UNTRUSTED);
    impatient(&stage, "https://other.example", &look(), 6).await;
    stage.shutdown.cancel();
    stage.until_times("window gone", 6).await;
}

#[tokio::test]
async fn a_use_is_told_also_where_the_page_does_not_wait_for_it() {
    let scene = Card::rsa().scene(Some(Decision::Always));
    let stage = scene.work(|_, _| None).start().await;
    let package = sign();
    tokio::select! {
        answer = popup(&stage, SITE, &package) => panic!("{answer}"),
        () = stage.until("card") => {}
    }
    stage.until("card stopped").await;

    let mut recent = stage.service.recent().watch();
    let told = recent.wait_for(|list| !list.is_empty());
    let told = tokio::time::timeout(Duration::from_secs(10), told).await;
    let told = told.expect("nothing is told").unwrap();
    assert_eq!(told[0].caller, Caller::Site(origin(SITE)));
    assert_eq!((told[0].act, told[0].outcome), (Act::Sign, Outcome::Left));
}

#[tokio::test]
async fn blocked_is_for_good_and_asks_nobody() {
    let stage = Card::rsa().scene(Some(Decision::Block)).start().await;
    for package in [sign(), look(), sign()] {
        assert_eq!(code(&stage, SITE, &package).await, UNTRUSTED);
    }
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);
    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn a_window_that_is_closed_is_no_for_now() {
    let stage = Card::rsa().scene(None).start().await;
    let answer = popup(&stage, SITE, &sign()).await;
    assert_eq!(answer["ret_code"], UNTRUSTED);
    assert_eq!(answer["func"], "sign");
    assert_eq!(code(&stage, SITE, &look()).await, UNTRUSTED);
    assert_eq!(stage.count(&format!("window for {SITE}")), 2);
}

#[tokio::test]
async fn a_page_that_comes_again_whenever_its_window_is_closed_has_to_wait() {
    let stage = Card::rsa().scene(None).start().await;
    for _ in 0..5 {
        assert_eq!(code(&stage, SITE, &look()).await, UNTRUSTED);
    }
    let answer = popup(&stage, SITE, &look()).await;
    assert_eq!(answer["ret_code"], UNTRUSTED);
    assert!(answer.to_string().contains("稍後"), "{answer}");
    assert_eq!(stage.count(&format!("window for {SITE}")), 5);
}

#[tokio::test]
async fn what_was_allowed_holds_after_a_restart_and_until_it_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let card = Card::rsa();
    let scene = || {
        card.scene(Some(Decision::Always))
            .memory(Memory::load(folder.path()))
    };
    let stage = scene().start().await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0);

    let stage = scene().start().await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 0);

    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(chop_service::Grants::load(folder.path()).forget(SITE));
    assert_eq!(code(&stage, SITE, &sign()).await, 0);
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);
}

#[tokio::test]
async fn a_page_without_encryption_is_never_let_in_for_good_by_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let (heard, purposes) = std::sync::mpsc::channel();
    let stage = Card::rsa()
        .scene(Some(Decision::Always))
        .opened(move |purpose| heard.send(purpose.clone()).unwrap())
        .memory(Memory::load(folder.path()))
        .start()
        .await;
    for _ in 0..2 {
        assert_eq!(code(&stage, PLAIN, &sign()).await, 0);
    }
    assert_eq!(stage.count(&format!("window for {PLAIN}")), 2);
    let may_last = |purpose| matches!(purpose, Purpose::Access { may_last, .. } if may_last);
    assert!(!purposes.try_iter().any(may_last));
    let grants = chop_service::Grants::load(folder.path());
    assert!(grants.list(std::time::SystemTime::now()).is_empty());
}

#[tokio::test]
async fn a_policy_lets_sites_in_and_keeps_them_out() {
    let stage = Card::rsa()
        .scene(None)
        .hipki(|it| {
            it.allow = vec![
                (origin(PLAIN), Scope::Sign),
                (origin("https://reader.example"), Scope::Read),
            ];
            it.block = vec![origin("https://evil.example")];
        })
        .start()
        .await;
    assert_eq!(code(&stage, PLAIN, &sign()).await, 0);
    assert_eq!(code(&stage, "https://reader.example", &look()).await, 0);
    assert_eq!(
        code(&stage, "https://evil.example", &look()).await,
        UNTRUSTED
    );
    assert!(!stage.happened().iter().any(|it| it.starts_with("window")));
    assert_eq!(
        code(&stage, "https://reader.example", &sign()).await,
        UNTRUSTED
    );
}

#[tokio::test]
async fn a_grant_in_this_room_is_none_in_the_native_protocol() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    assert_eq!(code(&stage, SITE, &look()).await, 0);
    let before = stage.count(&format!("window for {SITE}"));
    stage.page().post("/v1/certificates", "{}").await;
    assert_eq!(stage.count(&format!("window for {SITE}")), before + 1);
}

#[tokio::test]
async fn one_window_at_a_time_for_both_rooms() {
    let stage = Scene::new().start().await;
    let page = stage.page();
    let waiting = page.sign_in();
    let other = async {
        stage.until("shows 1 choices, None").await;
        popup(&stage, "https://other.example", &look()).await
    };
    tokio::select! {
        reply = waiting => panic!("{reply:?}"),
        answer = other => {
            assert_eq!(answer["ret_code"], 0x7600_000d);
            assert!(answer["message"].as_str().unwrap().contains("另一個視窗"));
        }
    }
}

#[tokio::test]
async fn a_site_whose_windows_nobody_answers_has_to_wait() {
    let stage = Scene::new()
        .person(|view| matches!(view, View::Deciding).then_some(Event::TimedOut))
        .start()
        .await;
    for _ in 0..5 {
        assert_eq!(code(&stage, SITE, &look()).await, CANCELLED);
    }
    let answer = popup(&stage, SITE, &look()).await;
    assert_eq!(answer["ret_code"], UNTRUSTED);
    assert!(answer["message"].as_str().unwrap().contains("稍後再試"));
    assert_eq!(stage.count(&format!("window for {SITE}")), 5);
}

#[tokio::test]
async fn without_a_display_nothing_is_allowed() {
    let stage = Card::rsa()
        .scene(Some(Decision::Always))
        .without_window(|| ConsentError::NoDisplay)
        .start()
        .await;
    assert_eq!(code(&stage, SITE, &sign()).await, 0x7600_000d);
    assert_eq!(stage.count("card"), 0);
}

#[tokio::test]
async fn a_program_is_named_by_its_file() {
    let this = std::env::current_exe().unwrap();
    let this = this.to_str().unwrap();
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    let program = Client::program(&stage);
    let package = json!({ "tbs": "TBS", "pin": "123456", "signatureType": "PKCS7" });
    for _ in 0..2 {
        assert_eq!(program.post("/sign", &package).await["ret_code"], 0);
    }
    assert_eq!(stage.count(&format!("window for {this}")), 1);

    let stage = Card::rsa()
        .scene(None)
        .hipki(|it| it.programs = vec![this.to_owned()])
        .start()
        .await;
    let program = Client::program(&stage);
    assert_eq!(program.post("/sign", &package).await["ret_code"], 0);
    let info = program.get("/pkcs11info?withcert=true").await.json();
    assert_eq!(
        info["slots"][0]["token"]["certs"].as_array().unwrap().len(),
        4
    );
    assert_eq!(stage.count(&format!("window for {this}")), 0);
}

#[tokio::test]
async fn what_a_browser_sends_without_saying_for_whom_is_nobodys() {
    let stage = Card::rsa().scene(Some(Decision::Always)).start().await;
    let package = json!({ "tbs": "TBS", "pin": "123456" });
    for client in [
        Client::page(&stage, "null"),
        Client::program(&stage).with("sec-fetch-site", "cross-site"),
        Client::program(&stage).with("referer", "https://bank.example/"),
        Client::program(&stage).with("cookie", "session=1"),
        // A form that a page sends by navigating.
        Client::page(&stage, SITE).with("sec-fetch-dest", "document"),
    ] {
        assert_eq!(client.post("/sign", &package).await["ret_code"], UNTRUSTED);
    }
    assert!(stage.nothing_happened());
}

#[tokio::test]
async fn a_page_asks_by_itself_only_where_a_policy_names_it_and_then_like_any_other() {
    let stage = Card::rsa()
        .scene(Some(Decision::Always))
        .hipki(|it| it.direct = vec![origin(SITE)])
        .start()
        .await;
    let page = Client::page(&stage, SITE);
    let preflight = page.ask("OPTIONS", "/sign", b"").await;
    assert_eq!(preflight.header("access-control-allow-origin"), Some(SITE));
    let package = json!({ "tbs": "TBS", "pin": "123456", "signatureType": "PKCS7" });
    let body = format!("tbsPackage={package}");
    let reply = page.ask("POST", "/sign", body.as_bytes()).await;
    assert_eq!(reply.json()["ret_code"], 0);
    assert_eq!(reply.header("access-control-allow-origin"), Some(SITE));
    assert_eq!(stage.count(&format!("window for {SITE}")), 1);

    let other = Client::page(&stage, "https://evil.example");
    let reply = other.ask("POST", "/sign", body.as_bytes()).await;
    assert_eq!(reply.json()["ret_code"], UNTRUSTED);
    assert_eq!(reply.header("access-control-allow-origin"), None);
}
