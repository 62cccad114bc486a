//! 免稅函申請 in the walk: filled in, shown whole by the agent's window, signed with the card, kept; and
//! what is kept is what any other program can verify.

use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use e2e::browser::Page;
use e2e::card;
use e2e::pki::{Holder, Pki, pem};
use e2e::site::SITE;
use serde_json::json;

use crate::browser_scene::{LONG, in_namespace};
use crate::portal_desk::{Album, PortalDesk, fill, follow, operator, state, text};
use crate::portal_gallery::Gallery;
use crate::portal_pages::Scene;
use crate::sign_in_desk::{ANY, window_titled};

/// The title of the agent's window when documents are to be signed.
const SIGN: &str = "Chop － 簽署文件";

/// The page of an account's applications.
const LIST: &str = "/account/exemptions";

/// From the menu of whoever is signed in to the signature that is kept.
pub(crate) async fn sign(desk: &PortalDesk, page: &impl Page, album: &Album) {
    follow(page, &format!(".menu a[href='{LIST}']"), LIST).await;
    let form = format!("{LIST}/new");
    follow(page, "#new", &form).await;
    fill(
        page,
        &[
            ("goods", "工業用感測器"),
            ("quantity", "20 個"),
            ("value", "1,350,000"),
            ("purpose", "自動化產線"),
        ],
    )
    .await;
    album.keep(page, "14-exemption-new").await;
    page.eval("window.left = true").await.unwrap();
    page.click("#next").await.unwrap();
    let ready = "!window.left && document.querySelector('#sign:not([aria-disabled])')";
    page.wait_for(ready, LONG).await.unwrap();
    let address = page.eval("location.pathname").await.unwrap();
    let address = address.as_str().unwrap().to_owned();
    album.keep(page, "15-exemption").await;

    // A no in the window is a no.
    page.click("#sign").await.unwrap();
    window_titled(&desk.display, SIGN).await;
    album.keep_screen(&desk.display, "16-window-document").await;
    desk.display.key("Escape").await.unwrap();
    desk.display.wait_until_gone(ANY, LONG).await.unwrap();
    state(page, "user_refused").await;
    album.keep(page, "17-exemption-refused").await;

    let shown = text(page, "#document").await;
    page.click("#again").await.unwrap();
    window_titled(&desk.display, SIGN).await;
    desk.display.type_text(card::PIN).await.unwrap();
    desk.display.key("Return").await.unwrap();
    page.wait_for("document.querySelector('#signed')", LONG)
        .await
        .unwrap();
    assert_eq!(text(page, "#signer").await, Holder::company().name);
    album.keep(page, "18-exemption-signed").await;
    assert_eq!(kept(desk, page, &address).await.trim(), shown);
    page.goto(&format!("{SITE}{LIST}")).await.unwrap();
    assert!(text(page, "table").await.contains("已簽章送出"));
    album.keep(page, "19-exemptions").await;
}

#[test]
fn portal_pages_of_an_application_for_a_letter() {
    in_namespace(async |namespace| {
        let scene = Scene::new(namespace).await;
        let (page, company) = (&scene.page, Holder::company());
        let account = ["account", "add", "--kind", "company", "--subject"];
        let about = [&company.number, "--name", &company.name, "--mail"];
        let mut made = scene.stage.nodes[0].command(&account);
        made.args(about).arg("office@company.example");
        assert!(made.output().unwrap().status.success());
        let gallery = Gallery::new(page, "letter");
        gallery.sign_in(&company, "/login/company").await;
        gallery.show("70-exemptions-none", LIST).await;
        gallery
            .show("71-exemption-new", &format!("{LIST}/new"))
            .await;
        fill(page, &[("goods", "感測器"), ("value", "很多")]).await;
        follow(page, "#next", &format!("{LIST}/new")).await;
        gallery.keep("72-exemption-faults").await;
        let long = "用於自動化產線的品質檢測".repeat(12);
        fill(
            page,
            &[
                ("quantity", "20 個"),
                ("value", "350000"),
                ("purpose", &long),
            ],
        )
        .await;
        page.eval("window.left = true").await.unwrap();
        page.click("#next").await.unwrap();
        let ready = "!window.left && document.querySelector('#sign:not([aria-disabled])')";
        page.wait_for(ready, LONG).await.unwrap();
        gallery.keep("73-exemption").await;
        gallery.keep_dark("73-exemption").await;
        gallery.sign_document(&company).await;
        gallery.keep("74-exemption-signed").await;
        gallery.show("75-exemptions", LIST).await;
        follow(page, "#sign-out", "/").await;
        gallery.sign_in(&operator(), "/operator/login").await;
        gallery.show("76-operator-audit", "/operator/audit").await;
        gallery.done();
    });
}

/// What openssl finds in the signature that the page offers, after verifying it.
async fn kept(desk: &PortalDesk, page: &impl Page, address: &str) -> String {
    let fetch = format!(
        "fetch({}).then((answer) => answer.arrayBuffer())
            .then((bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))))",
        json!(format!("{address}/signature"))
    );
    let cms = page.eval(&fetch).await.unwrap();
    let cms = BASE64_STANDARD.decode(cms.as_str().unwrap()).unwrap();
    let number = address.rsplit('/').next().unwrap();
    let node = &desk.stage.nodes[0];
    let output = node.command(&["exemption", "signature", number]).output();
    assert_eq!(output.unwrap().stdout, cms);

    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let pki = Pki::shared();
    let issuer = pem(pki.intermediate(Holder::company().issuer)).unwrap();
    fs::write(file("issuers.pem"), pem(pki.root()).unwrap() + &issuer).unwrap();
    fs::write(file("kept.p7m"), cms).unwrap();
    let verify = ["cms", "-verify", "-cades", "-binary", "-purpose", "any"];
    let output = Command::new("openssl")
        .args(verify)
        .args(["-inform", "DER", "-in"])
        .arg(file("kept.p7m"))
        .arg("-CAfile")
        .arg(file("issuers.pem"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}
