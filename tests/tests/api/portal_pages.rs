//! Every page of the portal, looked at: pictures below `target/portal`, nothing wider than a phone,
//! nothing that axe-core finds; and what works without scripts.

use e2e::authority::Authority;
use e2e::browser::{Chromium, ChromiumPage, Options, Page as _};
use e2e::namespace::Namespace;
use e2e::pki::{Holder, Issuer, Pki};
use e2e::portal_stage::{Kind, Stage};
use e2e::site::SITE;
use e2e::trust::Home;

use crate::browser_scene::{LONG, in_namespace};
use crate::portal_desk::{at, fill, follow, letter, operator, text};
use crate::portal_gallery::Gallery;

const PASSWORD: &str = "correct horse battery";

/// The site and a browser, without an agent.
pub(crate) struct Scene {
    pub(crate) page: ChromiumPage,
    _browser: Chromium,
    pub(crate) stage: Stage,
}

impl Scene {
    pub(crate) async fn new(namespace: &Namespace) -> Self {
        let authority = Authority::new("Chop test web").unwrap();
        let operators = [format!("citizen:{}", operator().number)];
        let folder = namespace.folder();
        let pki = Pki::shared();
        let stage = Stage::start(folder, Kind::Single, &authority, pki, &operators, &[])
            .await
            .unwrap();
        let trusted = [authority.certificate().clone()];
        let home = Home::new(&folder.join("browser"), &trusted).unwrap();
        let browser = Chromium::start(&home, Options::default()).await.unwrap();
        let page = browser.page().await.unwrap();
        page.goto(SITE).await.unwrap();
        Self {
            page,
            _browser: browser,
            stage,
        }
    }

    /// Opens the page behind the link in a letter.
    async fn open_link(&self, mail: &str, number: usize) -> String {
        let link = letter(&self.stage, mail, number).await.link(SITE).unwrap();
        self.page.goto(&link).await.unwrap();
        link.strip_prefix(SITE).unwrap().to_owned()
    }
}

/// Fills in and sends an application of a person.
pub(crate) async fn apply(page: &ChromiumPage, kind: &str, name: Option<&str>, mail: &str) {
    let path = format!("/apply/{kind}");
    page.goto(&format!("{SITE}{path}")).await.unwrap();
    if let Some(name) = name {
        fill(page, &[("name", name)]).await;
    }
    fill(
        page,
        &[
            ("address", "臺北市中正區測試路 2 號"),
            ("phone", "0912-345-678"),
            ("mail", mail),
        ],
    )
    .await;
    follow(page, "#next", &path).await;
    follow(page, "#send", "/applied").await;
}

async fn apply_as_company(page: &ChromiumPage, company: &Holder, mail: &str) {
    page.goto(&format!("{SITE}/apply/company")).await.unwrap();
    fill(
        page,
        &[
            ("name", &company.name),
            ("ban", &company.number),
            ("representative", "林負責"),
            ("address", "臺北市中正區測試路 1 號"),
            ("contact", "吳小姐"),
            ("phone", "02-2345-6789"),
            ("mail", mail),
        ],
    )
    .await;
    follow(page, "#next", "/apply/company").await;
    follow(page, "#send", "/applied").await;
}

#[test]
fn portal_pages_of_whoever_is_not_signed_in() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let page = &scene.page;
        let gallery = Gallery::new(page, "signed-out");
        gallery.show("01-home", "/").await;
        gallery.keep_dark("01-home").await;
        gallery.show("02-home-english", "/?lang=en").await;
        page.goto(&format!("{SITE}/?lang=zh")).await.unwrap();
        gallery.show("03-apply-company", "/apply/company").await;
        follow(page, "#next", "/apply/company").await;
        gallery.keep("04-apply-faults").await;
        gallery.show("05-apply-citizen", "/apply/citizen").await;
        gallery.show("06-apply-cardless", "/apply/cardless").await;
        gallery.show("07-activation", "/activation").await;
        fill(page, &[("mail", "nobody@company.example")]).await;
        follow(page, "main button", "/activation").await;
        gallery.keep("08-activation-sent").await;
        gallery.show("09-sign-in", "/sign-in").await;
        fill(page, &[("number", "IN0000000000"), ("password", "wrong")]).await;
        follow(page, "#enter", "/sign-in").await;
        gallery.keep("10-sign-in-refused").await;
        gallery.show("11-password", "/password").await;
        gallery.show("12-link-gone", "/activate/gone").await;
        gallery.show("13-not-found", "/nothing").await;
        gallery.show("14-help", "/help").await;
        for (name, key) in [
            ("15-help-agent", "agent_unreachable"),
            ("16-help-permission", "permission_denied"),
            ("17-help-pin", "pin_wrong"),
            ("18-help-locked", "pin_locked"),
            ("19-help-expired", "certificate_expired"),
        ] {
            gallery.show(name, &format!("/help/{key}")).await;
        }
        gallery
            .show("16-help-permission", "/help/permission_denied")
            .await;
        page.eval("document.querySelectorAll('details').forEach((one) => one.open = true)")
            .await
            .unwrap();
        gallery.keep("20-help-permission-open").await;
        gallery.keep_dark("20-help-permission-open").await;
        gallery.show("21-operator-sign-in", "/operator").await;
        gallery.finds_what_is_wrong().await;
        gallery.done();
    });
}

#[test]
fn portal_pages_of_the_three_kinds_of_accounts() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let page = &scene.page;
        let gallery = Gallery::new(page, "accounts");
        let (company, citizen) = (Holder::company(), Holder::citizen());

        // Applications for a company without its card, then its card.
        apply_as_company(page, &company, "office@company.example").await;
        gallery.keep("30-applied").await;
        apply_as_company(page, &company, "stranger@elsewhere.example").await;
        assert_eq!(gallery.sign_in(&company, "/login/company").await, "/bind");
        gallery.keep("31-bind").await;
        follow(page, ".list li:last-child button", "/pending").await;
        gallery.keep("32-pending").await;
        let path = scene.open_link("office@company.example", 0).await;
        gallery.keep("33-activate").await;
        follow(page, "#activate", &path).await;
        gallery.keep("34-activated").await;
        assert_eq!(
            gallery.sign_in(&company, "/login/company").await,
            "/account"
        );
        gallery.keep("35-account-company").await;
        gallery.keep_dark("35-account-company").await;
        gallery.show("36-profile-company", "/account/profile").await;
        gallery.show("37-sessions", "/account/sessions").await;
        follow(page, "#everywhere", "/").await;

        // A citizen.
        assert_eq!(
            gallery.sign_in(&citizen, "/login/citizen").await,
            "/apply/citizen"
        );
        gallery.keep("40-apply-citizen-with-card").await;
        apply(page, "citizen", None, "citizen@home.example").await;
        let path = scene.open_link("citizen@home.example", 0).await;
        follow(page, "#activate", &path).await;
        assert_eq!(
            gallery.sign_in(&citizen, "/login/citizen").await,
            "/account"
        );
        let number = text(page, "#account-number").await;
        gallery.show("41-account-citizen", "/account").await;
        gallery.show("42-new-card", "/account/card").await;
        fill(page, &[]).await;
        page.goto(&format!("{SITE}/account/profile")).await.unwrap();
        fill(page, &[("mail", "new@home.example")]).await;
        follow(page, "#send", "/account/profile").await;
        gallery.keep("43-mail-waits").await;
        scene.open_link("new@home.example", 0).await;
        gallery.keep("44-mail-confirm").await;
        page.goto(&format!("{SITE}/account")).await.unwrap();
        follow(page, "#sign-out", "/").await;

        // The citizen's new card: a code by mail, then the operator.
        let new = Holder::new(&citizen.name, "9999000087654321", Issuer::Citizens);
        assert_eq!(
            gallery.sign_in(&new, "/login/citizen").await,
            "/apply/citizen"
        );
        gallery.show("45-bind-citizen", "/bind/citizen").await;
        fill(page, &[("number", &number)]).await;
        follow(page, "main button", "/bind/citizen").await;
        gallery.keep("46-bind-citizen-code").await;
        // The second one told of the address that was asked for.
        let mail = letter(&scene.stage, "citizen@home.example", 2).await;
        let digits = |word: &&str| word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit());
        let mut words = mail.text.split(|char: char| !char.is_ascii_alphanumeric());
        let code = words.find(digits).unwrap();
        fill(page, &[("code", code)]).await;
        follow(page, "main button", "/bind/citizen").await;
        gallery.keep("47-bind-citizen-waits").await;

        // Without a card.
        apply(page, "cardless", Some("陳測試"), "person@home.example").await;
        let path = scene.open_link("person@home.example", 0).await;
        gallery.keep("50-activate-with-password").await;
        fill(page, &[("password", "short"), ("again", "short")]).await;
        page.eval("document.querySelector('main form').noValidate = true")
            .await
            .unwrap();
        follow(page, "#activate", &path).await;
        gallery.keep("51-weak-password").await;
        fill(page, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        follow(page, "#activate", &path).await;
        let number = text(page, "#account-number").await;
        page.goto(&format!("{SITE}/sign-in")).await.unwrap();
        fill(page, &[("number", &number), ("password", PASSWORD)]).await;
        follow(page, "#enter", "/account").await;
        gallery.keep("52-account-cardless").await;
        gallery
            .show("53-password-change", "/account/password")
            .await;
        follow(page, "#sign-out", "/").await;

        // The operator.
        assert_eq!(
            gallery.sign_in(&operator(), "/operator/login").await,
            "/operator"
        );
        gallery.keep("60-operator").await;
        for (name, path) in [
            ("61-operator-accounts", "/operator/accounts"),
            ("62-operator-cards", "/operator/cards"),
            ("63-operator-mail", "/operator/mail"),
            ("64-operator-audit", "/operator/audit"),
            ("65-operator-trust", "/operator/trust"),
        ] {
            gallery.show(name, path).await;
        }
        gallery
            .show(
                "66-operator-account",
                &format!("/operator/accounts/{number}"),
            )
            .await;
        gallery.done();
    });
}

#[test]
fn portal_without_scripts_everything_works_but_the_card() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let page = &scene.page;
        page.goto(SITE).await.unwrap();
        page.disable_scripts(true).await.unwrap();
        page.goto(SITE).await.unwrap();
        // A page without scripts can still be looked at and clicked by us.
        page.wait_for("document.querySelector('noscript')", LONG)
            .await
            .unwrap();
        assert!(text(page, "main").await.contains("需要 JavaScript"));

        apply(page, "cardless", Some("陳測試"), "person@home.example").await;
        let path = scene.open_link("person@home.example", 0).await;
        fill(page, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        follow(page, "#activate", &path).await;
        let number = text(page, "#account-number").await;
        page.goto(&format!("{SITE}/sign-in")).await.unwrap();
        fill(page, &[("number", &number), ("password", PASSWORD)]).await;
        follow(page, "#enter", "/account").await;
        page.goto(&format!("{SITE}/account/profile")).await.unwrap();
        fill(page, &[("phone", "02-1111-2222")]).await;
        follow(page, "#send", "/account").await;
        page.goto(&format!("{SITE}/help/permission_denied"))
            .await
            .unwrap();
        page.click("details:not([open]) summary").await.unwrap();
        page.goto(&format!("{SITE}/?lang=en")).await.unwrap();
        assert!(text(page, "h1").await.contains("Sign in"));
        page.goto(&format!("{SITE}/account")).await.unwrap();
        follow(page, "#sign-out", "/").await;
        at(page, "/").await;
    });
}
