//! What fails around the portal and comes back: its mail server, its database, its disk, its nodes.
//! Nothing is lost, the page says what is the matter, and nobody has to do anything.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use e2e::authority::Authority;
use e2e::browser::{Chromium, ChromiumPage, Options, Page as _};
use e2e::namespace::Namespace;
use e2e::pki::{Holder, Pki};
use e2e::portal_node::PortalNode;
use e2e::portal_stage::{DATA, Kind, Stage};
use e2e::site::SITE;
use e2e::trust::Home;
use nix::mount::{MsFlags, mount};

use crate::browser_scene::{LONG, in_namespace};
use crate::portal_desk::{Album, at, fill, follow, letter, text};
use crate::portal_gallery::Gallery;
use crate::portal_pages::apply;

/// How long the mail server is away.
const AWAY: Duration = Duration::from_secs(60);

/// The longest that a page may take to say that something is the matter.
const SOON: Duration = Duration::from_secs(8);

async fn browser(namespace: &Namespace, authority: &Authority) -> (Chromium, ChromiumPage) {
    let trusted = [authority.certificate().clone()];
    let home = Home::new(&namespace.folder().join("browser"), &trusted).unwrap();
    let browser = Chromium::start(&home, Options::default()).await.unwrap();
    let page = browser.page().await.unwrap();
    (browser, page)
}

async fn stage(namespace: &Namespace, kind: Kind, authority: &Authority) -> Stage {
    let folder = namespace.folder();
    Stage::start(folder, kind, authority, Pki::shared(), &[], &[])
        .await
        .unwrap()
}

/// Opens a page until it is one again; what is between must say what is the matter.
async fn recovers(page: &ChromiumPage, path: &str, heading: &str) {
    let start = Instant::now();
    loop {
        page.goto(&format!("{SITE}{path}")).await.unwrap();
        let title = text(page, "h1").await;
        if title.contains(heading) {
            return;
        }
        assert!(title.contains("暫時無法服務"), "{title}");
        assert!(start.elapsed() < LONG, "it does not recover");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn says_unavailable(page: &ChromiumPage, path: &str) {
    let start = Instant::now();
    page.goto(&format!("{SITE}{path}")).await.unwrap();
    let title = text(page, "h1").await;
    assert!(title.contains("暫時無法服務"), "{title}");
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
}

#[test]
fn portal_storm_of_mail_server_database_and_nodes_loses_nothing() {
    in_namespace(async |namespace| {
        let authority = Authority::new("Chop test web").unwrap();
        let mut stage = stage(namespace, Kind::Cluster, &authority).await;
        let (_browser, page) = browser(namespace, &authority).await;
        let album = Album::new("storm");
        let company = Holder::company();
        let add = [
            "account",
            "add",
            "--kind",
            "company",
            "--subject",
            &company.number,
        ];
        let about = ["--name", &company.name, "--mail", "office@company.example"];
        let added = stage.nodes[0]
            .command(&[&add[..], &about].concat())
            .output();
        assert!(added.unwrap().status.success());

        // The mail server goes; people apply as ever.
        stage.mail.down();
        let away_since = Instant::now();
        page.goto(SITE).await.unwrap();
        apply(&page, "cardless", Some("陳測試"), "person@home.example").await;
        let signed_in = Gallery::new(&page, "storm")
            .sign_in(&company, "/login/company")
            .await;
        assert_eq!(signed_in, "/account");

        // The database goes, without a farewell: a page says so, a script gets a code.
        stage.postgres.as_mut().unwrap().kill().unwrap();
        says_unavailable(&page, "/account").await;
        album.keep(&page, "database-away").await;
        let code = "fetch('/login/challenge', { method: 'POST' }).then((a) => a.json())";
        let code = page.eval(code).await.unwrap();
        assert_eq!(code["code"], "site_unavailable");
        stage.postgres.as_mut().unwrap().up().unwrap();
        // Whoever was signed in still is.
        recovers(&page, "/account", &company.name).await;

        // One node goes, then the other is there again and the first goes.
        let folder = namespace.folder().join("portal");
        for name in ["node1", "node2"] {
            let node = stage.nodes.remove(0);
            node.kill().unwrap();
            page.goto(&format!("{SITE}/account")).await.unwrap();
            let other = stage.nodes[0].log();
            assert_eq!(text(&page, "h1").await, company.name, "{other}");
            let mut settings = stage.settings.clone();
            settings.listen = node.address;
            drop(node);
            stage
                .nodes
                .push(PortalNode::start(&folder, name, &settings).unwrap());
            tokio::time::sleep(Duration::from_secs(2)).await;
        }

        // The mail server is back after its minute: the letter comes, once, and is good.
        tokio::time::sleep(AWAY.saturating_sub(away_since.elapsed())).await;
        assert!(
            stage
                .mail
                .letters("person@home.example")
                .unwrap()
                .is_empty()
        );
        stage.mail.up().unwrap();
        let mail = letter(&stage, "person@home.example", 0).await;
        page.goto(&mail.link(SITE).unwrap()).await.unwrap();
        assert!(text(&page, "h1").await.contains("啟用電子身分證"));
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(stage.mail.letters("person@home.example").unwrap().len(), 1);
    });
}

/// A disk of 16 MB where the database will be.
fn small_disk(namespace: &Namespace) -> std::path::PathBuf {
    let data = namespace.folder().join("portal").join(DATA);
    fs::create_dir_all(&data).unwrap();
    let kind = Some("tmpfs");
    mount(kind, &data, kind, MsFlags::empty(), Some("size=16m")).unwrap();
    data
}

/// Fills the disk to its last byte.
fn fill_up(file: &Path) {
    use std::io::Write as _;

    let mut file = fs::File::create(file).unwrap();
    for size in [1 << 20, 1 << 12, 1] {
        let bytes = vec![0; size];
        while file.write_all(&bytes).is_ok() {}
    }
}

#[test]
fn portal_disk_that_is_full_loses_nothing_and_goes_on_when_there_is_room() {
    in_namespace(async |namespace| {
        let authority = Authority::new("Chop test web").unwrap();
        let data = small_disk(namespace);
        let stage = stage(namespace, Kind::Single, &authority).await;
        let (_browser, page) = browser(namespace, &authority).await;
        let company = Holder::company();
        let add = [
            "account",
            "add",
            "--kind",
            "company",
            "--subject",
            &company.number,
        ];
        let about = ["--name", &company.name, "--mail", "office@company.example"];
        let added = stage.nodes[0]
            .command(&[&add[..], &about].concat())
            .output();
        assert!(added.unwrap().status.success());
        page.goto(SITE).await.unwrap();
        apply(&page, "cardless", Some("陳測試"), "first@home.example").await;
        let gallery = Gallery::new(&page, "disk-full");
        assert_eq!(
            gallery.sign_in(&company, "/login/company").await,
            "/account"
        );

        fill_up(&data.join("filler"));
        // What is there can be read; what is sent is not taken, and the page says so.
        page.goto(&format!("{SITE}/account/profile")).await.unwrap();
        fill(
            &page,
            &[
                ("representative", "林負責"),
                ("address", "臺北市中正區測試路 1 號"),
                ("contact", "吳小姐"),
                ("phone", "02-2345-6789"),
            ],
        )
        .await;
        // One form may still fit into what SQLite has of its file; the next does not.
        let start = Instant::now();
        loop {
            page.goto(&format!("{SITE}/account/profile")).await.unwrap();
            let grow = format!(
                "document.querySelector('[name=address]').value = '{}'",
                "長".repeat(200)
            );
            fill(
                &page,
                &[
                    ("representative", "林"),
                    ("contact", "吳"),
                    ("phone", "02-2345-6789"),
                ],
            )
            .await;
            page.eval(&grow).await.unwrap();
            page.eval("window.left = true").await.unwrap();
            page.click("#send").await.unwrap();
            page.wait_for("!window.left && document.querySelector('h1')", LONG)
                .await
                .unwrap();
            if text(&page, "h1").await.contains("暫時無法服務") {
                break;
            }
            assert!(start.elapsed() < LONG, "the disk is not full");
        }
        Album::new("disk-full").keep(&page, "page").await;
        page.goto(&format!("{SITE}/account")).await.unwrap();
        at(&page, "/account").await;

        fs::remove_file(data.join("filler")).unwrap();
        page.goto(&format!("{SITE}/account/profile")).await.unwrap();
        fill(
            &page,
            &[("representative", "林負責"), ("contact", "吳小姐")],
        )
        .await;
        fill(
            &page,
            &[
                ("address", "臺北市中正區測試路 1 號"),
                ("phone", "02-2345-6789"),
            ],
        )
        .await;
        follow(&page, "#send", "/account").await;
        page.goto(&format!("{SITE}/account/profile")).await.unwrap();
        let value = page
            .eval("document.querySelector('[name=contact]').value")
            .await;
        assert_eq!(value.unwrap(), "吳小姐");
        apply(&page, "cardless", Some("陳測試"), "second@home.example").await;
        for mail in ["first@home.example", "second@home.example"] {
            letter(&stage, mail, 0).await;
        }
        let list = stage.nodes[0]
            .command(&["account", "list"])
            .output()
            .unwrap();
        let list = String::from_utf8(list.stdout).unwrap();
        assert_eq!(list.lines().count(), 3, "{list}");
    });
}
