//! The person's own pages, in real browsers: what they show and do, and who cannot have them.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use e2e::authority::Authority;
use e2e::browser::{Chromium, Firefox, Options, Page};
use e2e::pkcs12::{self, Certificates};
use e2e::pki::{Holder, KeyKind, Pki, Request};
use e2e::site::{SITE, Site};
use e2e::softhsm::PIN;
use e2e::trust::Home;
use e2e::web::Web;
use http_body_util::Full;
use hyper::{Response, body::Bytes};

use crate::browser_scene::{LONG, in_namespace};
use crate::desk_scene::{BLOCKED, LET_IN, Scene, text};
use crate::sign_in_desk::window_titled;

/// The title of the window for a test signature.
const TEST: &str = "Chop － 試簽";

#[test]
fn desk_shows_the_person_everything_and_does_what_its_forms_say() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let options = Options {
            display: Some(&scene.display),
            ..Options::default()
        };
        let browser = Chromium::start(&scene.home, options).await.unwrap();
        let page = browser.page().await.unwrap();
        page.resize(1100, 900).await.unwrap();
        walk(&scene, &page).await;
        // Pictures for the documentation, where somebody wants them.
        if let Some(folder) = std::env::var_os("CHOP_PICTURES") {
            pictures(&scene, &page, folder.as_ref()).await;
        }
    });
}

#[test]
fn desk_works_in_firefox_too() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let options = Options {
            display: Some(&scene.display),
            ..Options::default()
        };
        let browser = Firefox::start(&scene.home, options).await.unwrap();
        let page = browser.page().await.unwrap();
        walk(&scene, &page).await;
    });
}

async fn walk(scene: &Scene, page: &impl Page) {
    let company = Holder::company().name;

    // The self-test, with names for the person and without for others.
    page.goto(&scene.link("self-test")).await.unwrap();
    let shown = text(page).await;
    for part in ["自我檢測", &company, "代理程式", "瀏覽器信任"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let address = page.eval("location.pathname").await.unwrap();
    assert!(
        address.as_str().unwrap().ends_with("/self-test"),
        "{address}"
    );
    assert_eq!(page.eval("document.cookie").await.unwrap(), "");
    let report = page.eval("document.querySelector('textarea').value");
    let report = report.await.unwrap().as_str().unwrap().to_owned();
    assert!(report.contains("代理程式 Agent"), "{report}");
    let home = scene.folder.display().to_string();
    for personal in [company.as_str(), &home, "bank.example"] {
        assert!(!report.contains(personal), "{personal}: {report}");
    }

    // The copy button.
    page.click("button[data-copies]").await.unwrap();
    let selected = "document.activeElement.selectionEnd > 100";
    there(page, selected).await;

    // A test signature, with the window and the PIN of a login.
    page.click("form[action=test] button").await.unwrap();
    window_titled(&scene.display, TEST).await;
    scene.display.type_text(PIN).await.unwrap();
    scene.display.key("Return").await.unwrap();
    let said = "document.querySelector('.notice')?.textContent";
    let said = there(page, said).await;
    let said = said.as_str().unwrap();
    assert!(
        said.contains("卡片可以簽章") && said.contains(&company),
        "{said}"
    );

    // It was asked for, and is told.
    page.click("nav a[href=requests]").await.unwrap();
    there(page, "document.querySelector('td.good')").await;
    let shown = text(page).await;
    assert!(shown.contains("試簽") && shown.contains("完成"), "{shown}");

    // What was allowed is taken back.
    page.click("nav a[href=sites]").await.unwrap();
    there(page, "document.querySelectorAll('.rows li').length === 2").await;
    let shown = text(page).await;
    assert!(shown.contains(LET_IN) && shown.contains(BLOCKED), "{shown}");
    let take_back = format!("form:has(input[value='{LET_IN}']) button");
    page.click(&take_back).await.unwrap();
    there(page, "document.querySelectorAll('.rows li').length === 1").await;
    let kept = scene.chop(&["grants"]);
    assert!(!kept.contains(LET_IN) && kept.contains(BLOCKED), "{kept}");

    a_file_becomes_a_card_and_is_none_any_more(scene, page).await;

    // Language and theme hold at once and are kept.
    page.click("nav a[href=settings]").await.unwrap();
    there(page, "document.querySelector('input[name=theme]')").await;
    page.click("input[name=language][value=en]").await.unwrap();
    page.click("input[name=theme][value=dark]").await.unwrap();
    page.click("form[action=looks] > button").await.unwrap();
    there(page, "document.documentElement.lang === 'en'").await;
    let dark = "getComputedStyle(document.body).backgroundColor";
    assert_eq!(page.eval(dark).await.unwrap(), "rgb(29, 32, 35)");
    let settings = scene.file("config/chop/settings.toml");
    assert!(settings.contains("language = \"en\""), "{settings}");
    assert!(settings.contains("theme = \"dark\""), "{settings}");

    // A command does the same, and the agent hears of it.
    scene.chop(&["settings", "set", "language", "zh-TW"]);
    scene.chop(&["settings", "unset", "theme"]);
    page.click("nav a[href=about]").await.unwrap();
    there(page, "document.documentElement.lang === 'zh-Hant-TW'").await;
    let theme = page.eval("document.documentElement.dataset.theme");
    assert_eq!(theme.await.unwrap(), "system");
    assert!(text(page).await.contains("MIT"));
}

/// Without a new start of the agent.
async fn a_file_becomes_a_card_and_is_none_any_more(scene: &Scene, page: &impl Page) {
    let person = Holder::citizen().name;
    let credential = Pki::shared()
        .credential(&Request::of(&Holder::citizen()), KeyKind::P256)
        .unwrap();
    let home = scene.folder.join("agent");
    let good = home.join("card.p12");
    pkcs12::write(&good, &credential, &[], PIN, Certificates::Readable).unwrap();
    std::fs::write(home.join("broken.pfx"), "not one").unwrap();

    // Those in the person's own folder are offered.
    page.click("nav a[href=settings]").await.unwrap();
    let row = |file: &str, action: &str| {
        let row = format!("form[action={action}]:has(input[value$='{file}'])");
        format!("document.querySelector(\"{row}\")")
    };
    let offered = row("card.p12", "use-file");
    there(page, &offered).await;
    page.click("form:has(input[value$='card.p12']) button")
        .await
        .unwrap();
    let used = row("card.p12", "stop-file");
    there(page, &used).await;
    let shown = text(page).await;
    assert!(shown.contains("使用中"), "{shown}");
    page.click("nav a[href=self-test]").await.unwrap();
    let named = format!("document.body.innerText.includes('{person}')");
    there(page, &named).await;

    // One that is not what it is called says so; one that is not there changes nothing.
    page.click("nav a[href=settings]").await.unwrap();
    there(page, &used).await;
    let broken = home.join("broken.pfx").display().to_string();
    for (path, answer) in [(&*broken, ".wrong"), ("card.p12", ".notice.stop")] {
        page.eval(&format!("document.getElementById('path').value = {path:?}"))
            .await
            .unwrap();
        page.click("form.line button").await.unwrap();
        let said = format!("document.querySelector('{answer}')");
        there(page, &said).await;
    }
    let shown = text(page).await;
    assert!(shown.contains("不是完整的 PKCS #12 檔"), "{shown}");

    for file in ["broken.pfx", "card.p12"] {
        page.click(&format!(
            "form[action=stop-file]:has(input[value$='{file}']) button"
        ))
        .await
        .unwrap();
        there(page, &row(file, "use-file")).await;
    }
    let settings = scene.file("config/chop/settings.toml");
    assert!(settings.contains("pkcs12 = []"), "{settings}");
    page.click("nav a[href=self-test]").await.unwrap();
    there(page, "document.querySelector('textarea')").await;
    assert!(!text(page).await.contains(&person));
    assert!(good.exists());

    // A command does the same.
    let list = format!("[{:?}]", good.display().to_string());
    scene.chop(&["settings", "set", "pkcs12", &list]);
    page.click("nav a[href=settings]").await.unwrap();
    there(page, &used).await;
}

/// Waits for something on a page that is there as a whole: before, a button may move away from a click.
async fn there(page: &impl Page, what: &str) -> serde_json::Value {
    let what = format!("document.readyState === 'complete' && ({what})");
    page.wait_for(&what, LONG).await.unwrap()
}

async fn pictures(scene: &Scene, page: &e2e::browser::ChromiumPage, folder: &std::path::Path) {
    page.resize(1000, 700).await.unwrap();
    page.goto(&scene.link("self-test")).await.unwrap();
    for (dark, name) in [(false, ""), (true, "-dark")] {
        page.dark(dark).await.unwrap();
        for shown in ["self-test", "requests", "sites", "settings", "about"] {
            page.click(&format!("nav a[href={shown}]")).await.unwrap();
            let there = format!(
                "location.pathname.endsWith('/{shown}') && document.readyState === 'complete'"
            );
            page.wait_for(&there, LONG).await.unwrap();
            // The folder of this run means nothing to anybody.
            let folder_of_run = scene.folder.join("agent").display().to_string();
            let told = format!(
                "document.querySelectorAll('li p, code').forEach(it => \
                 it.textContent = it.textContent.replaceAll({folder_of_run:?}, '/home/lin'))"
            );
            page.eval(&told).await.unwrap();
            page.picture(&folder.join(format!("desk-{shown}{name}.png")))
                .await
                .unwrap();
        }
    }
}

#[test]
fn desk_works_without_scripts_and_by_keyboard_alone() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let options = Options {
            display: Some(&scene.display),
            ..Options::default()
        };
        let browser = Chromium::start(&scene.home, options).await.unwrap();
        let page = browser.page().await.unwrap();
        page.disable_scripts(true).await.unwrap();
        page.goto(&scene.link("settings")).await.unwrap();
        let browser_window = scene
            .display
            .wait_for_window("Chop 印", LONG)
            .await
            .unwrap();
        scene.display.focus(browser_window).await.unwrap();
        // From the top: past the frame by its first link, to the languages, and Enter.
        page.click("h1").await.unwrap();
        let focused = async || {
            let what =
                "document.activeElement.getAttribute('href') ?? document.activeElement.name ?? ''";
            page.eval(what)
                .await
                .unwrap()
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let mut walked = Vec::new();
        // The page begins after the browser's own parts; the walk goes round until it has seen all.
        for _ in 0..40 {
            scene.display.key("Tab").await.unwrap();
            tokio::time::sleep(Duration::from_millis(30)).await;
            walked.push(focused().await);
            if walked.last().is_some_and(|it| it == "theme") {
                break;
            }
        }
        assert!(walked.contains(&"language".to_owned()), "{walked:?}");
        scene.display.key("Down").await.unwrap();
        scene.display.key("Down").await.unwrap();
        scene.display.key("Return").await.unwrap();
        page.wait_for("document.querySelector('.notice.good')", LONG)
            .await
            .unwrap();
        let settings = scene.file("config/chop/settings.toml");
        assert!(settings.contains("theme = \"dark\""), "{settings}");

        // What needs a script is not there without one; the text can be selected all the same.
        page.wait_for("document.readyState === 'complete'", LONG)
            .await
            .unwrap();
        page.click("nav a[href=self-test]").await.unwrap();
        page.wait_for("document.querySelector('textarea')", LONG)
            .await
            .unwrap();
        let hidden = page.eval("document.querySelector('[data-copies]').checkVisibility()");
        assert_eq!(hidden.await.unwrap(), false);
    });
}

/// A page of nobody in particular.
fn blank() -> Response<Full<Bytes>> {
    let html = "<!doctype html><title>evil</title><button id=go>go</button>";
    let mut answer = Response::new(Full::new(Bytes::from_static(html.as_bytes())));
    let kind = hyper::header::HeaderValue::from_static("text/html");
    answer.headers_mut().insert("content-type", kind);
    answer
}

#[test]
fn desk_is_closed_to_sites_even_to_one_that_knows_where_it_is() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        // The worst that can ask: a page on the same address, to which the cookie would be sent
        // along and which browsers let reach loopback without a question; and one of the world.
        let neighbour = SocketAddr::from(([127, 0, 0, 1], 0));
        let neighbour = Web::start(neighbour, None, |_| blank()).await.unwrap();
        let authority = Authority::new("Chop test web").unwrap();
        let _site = Site::start(&authority).await.unwrap();
        let trusted = [authority.certificate().clone()];
        let home = Home::new(&namespace.folder().join("other"), &trusted).unwrap();
        let options = Options {
            display: Some(&scene.display),
            ..Options::default()
        };
        let browser = Chromium::start(&home, options).await.unwrap();
        let person = browser.page().await.unwrap();
        person.goto(&scene.link("sites")).await.unwrap();
        let room = person.eval("location.href").await.unwrap();
        let room = room.as_str().unwrap().to_owned();
        assert!(text(&person).await.contains(LET_IN));
        let link = scene.link("settings");

        let near = format!("http://{}/", neighbour.address());
        for from in [near.as_str(), &format!("{SITE}/blank")] {
            let evil = browser.new_page().await.unwrap();
            evil.goto(from).await.unwrap();
            for target in [&room, &link] {
                attack(&evil, target).await;
            }
            evil.close().await.unwrap();
        }

        // Nothing was done, and what was the person's still is.
        assert!(scene.chop(&["grants"]).contains(LET_IN));
        assert!(!scene.file("config/chop/settings.toml").contains("theme"));
        person.goto(&link).await.unwrap();
        assert!(text(&person).await.contains("所有設定"));
        // A link twice, and the visit by another name of this machine.
        person.goto(&link).await.unwrap();
        assert!(text(&person).await.contains("這一頁已經結束"));
        person.goto(&room).await.unwrap();
        assert!(text(&person).await.contains(LET_IN));
        let by_name = room.replace("127.0.0.1", "localhost");
        person.goto(&by_name).await.unwrap();
        assert!(text(&person).await.contains("wrong_host"));
    });
}

/// Everything that a page can do with an address.
async fn attack(evil: &impl Page, target: &str) {
    let room = target.rsplit_once('/').unwrap().0;
    // A fetch, with what the browser would send along; a question to the person counts as no.
    for mode in ["cors", "no-cors"] {
        let fetch = format!(
            "Promise.race([
                fetch('{target}', {{ mode: '{mode}', credentials: 'include' }})
                    .then(async (answer) => answer.type + ' ' + await answer.text(), () => 'refused'),
                new Promise((done) => setTimeout(done, 1500, 'refused')),
            ])"
        );
        let got = evil.eval(&fetch).await.unwrap();
        assert!(got == "refused" || got == "opaque ", "{target}: {got}");
    }
    // A post that needs no question before, and a form that navigates a frame.
    let post = format!(
        "void fetch('{room}/take-back-all', {{ method: 'POST', mode: 'no-cors', credentials: 'include',
            body: new URLSearchParams('caller={LET_IN}') }}).catch(() => 0)"
    );
    evil.eval(&post).await.unwrap();
    let frame = format!(
        "new Promise((done) => {{
            const frame = document.createElement('iframe');
            frame.name = 'frame';
            frame.src = '{target}';
            frame.onload = () => done('loaded');
            setTimeout(done, 1500, 'nothing');
            document.body.append(frame);
        }})"
    );
    evil.eval(&frame).await.unwrap();
    let form = |target: &str| {
        format!(
            "(() => {{
                const form = document.createElement('form');
                form.method = 'post';
                form.target = '{target}';
                form.action = '{room}/take-back-all';
                document.body.append(form);
                form.submit();
            }})()"
        )
    };
    evil.eval(&form("frame")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    // A window of its own, with a click that the person was talked into.
    let open = format!(
        "void (document.getElementById('go').onclick = () => {{ window.opened = window.open('{target}', '_blank', 'popup') }})"
    );
    evil.eval(&open).await.unwrap();
    evil.click("#go").await.unwrap();
    let popup = evil.popup(LONG).await.unwrap();
    popup
        .wait_for(
            "document.readyState === 'complete' && location.href !== 'about:blank'",
            LONG,
        )
        .await
        .unwrap();
    let shown = text(&popup).await;
    assert!(shown.contains("origin_refused"), "{target}: {shown}");
    popup.close().await.unwrap();
}

#[test]
fn desk_answers_no_other_user_of_the_machine() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let link = scene.link("settings");
        let curl = |user: &[&str]| {
            let headers = [
                "sec-fetch-site: none",
                "sec-fetch-mode: navigate",
                "sec-fetch-dest: document",
            ];
            let headers = headers.iter().flat_map(|header| ["-H", header]);
            let mut command = Command::new("setpriv");
            command
                .args(user)
                .args(["--", "curl", "--silent", "--show-error", "-i"]);
            command.args(headers).arg(&link).output().unwrap()
        };
        let other = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
        let refused = curl(&other);
        assert!(
            !refused.status.success() && refused.stdout.is_empty(),
            "{refused:?}"
        );
        // Nor was it spent.
        let ours = curl(&["--nnp"]);
        let said = String::from_utf8_lossy(&ours.stdout).into_owned();
        assert!(said.contains("303") && said.contains("HttpOnly"), "{said}");
        // The socket is the person's alone, too.
        let socket = scene.folder.join("agent/run/chop/agent.sock");
        let mode = std::fs::metadata(&socket).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&mode.permissions());
        assert_eq!(mode & 0o777, 0o600);
    });
}

#[test]
fn desk_report_of_chop_doctor_has_no_names() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let company = Holder::company().name;
        assert!(scene.chop(&["cards"]).contains(&company));
        let options = scene.cards.options(Some(&scene.display));
        for arguments in [&["doctor"] as &[_], &["doctor", "--json"]] {
            let output = scene
                .agent
                .command(&options)
                .args(arguments)
                .output()
                .unwrap();
            let report = String::from_utf8(output.stdout).unwrap();
            assert!(report.contains("localhost"), "{report}");
            let home = scene.folder.join("agent").display().to_string();
            for personal in [&company, &home] {
                assert!(!report.contains(personal.as_str()), "{personal}: {report}");
            }
        }
    });
}
