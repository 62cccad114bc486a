//! A login at the portal by way of the HiCOS component, on a computer without Chop.

use std::net::SocketAddr;

use e2e::authority::Authority;
use e2e::browser::{Chromium, Options, Page, policy};
use e2e::component::Component;
use e2e::pki::{Holder, KeyKind, Pki, Request};
use e2e::portal_site::PortalSite;
use e2e::site::{HOST, PUBLIC_ADDRESS};
use e2e::trust::Home;

use crate::browser_scene::{LONG, in_namespace};
use crate::portal_desk::follow;
use crate::portal_gallery::Gallery;
use crate::sign_in_desk::ended_with;

/// Types the PIN into the page, and presses its button.
async fn sign_in(page: &impl Page, origin: &str) {
    page.goto(&format!("{origin}/hicos")).await.unwrap();
    let ready = "document.querySelector('#hicos-company:not([aria-disabled])')";
    page.wait_for(ready, LONG).await.unwrap();
    page.eval("document.querySelector('#pin').value = '123456'")
        .await
        .unwrap();
    page.click("#hicos-company").await.unwrap();
}

async fn sign_out(page: &impl Page) {
    let there = "location.pathname === '/account' && document.readyState === 'complete'";
    page.wait_for(there, LONG).await.unwrap();
    follow(page, "#sign-out", "/").await;
}

#[test]
fn portal_hicos_login_works_until_the_holder_has_signed_in_natively() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let (folder, authority) = (namespace.folder(), Authority::new("Chop test web").unwrap());
        let (pki, company) = (Pki::shared(), Holder::company());
        let address = SocketAddr::new(PUBLIC_ADDRESS, 443);
        let portal = PortalSite::start(folder, HOST, address, &authority, pki, &company)
            .await
            .unwrap();
        let card = || pki.credential(&Request::of(&company), KeyKind::Rsa(2048));
        let issuer = pki.intermediate(company.issuer);
        let _component = Component::start(folder, card().unwrap(), card().unwrap(), issuer)
            .await
            .unwrap();
        let trusted = [authority.certificate().clone()];
        let home = Home::new(&folder.join("browser"), &trusted).unwrap();
        let browser = Chromium::start(&home, Options::default()).await.unwrap();
        let page = browser.page().await.unwrap();
        let gallery = Gallery::new(&page, "hicos");
        gallery.show("80-hicos", "/hicos").await;

        sign_in(&page, &portal.origin).await;
        sign_out(&page).await;
        gallery.sign_in(&company, "/login/company").await;
        sign_out(&page).await;

        sign_in(&page, &portal.origin).await;
        ended_with(&page, "native_login_needed").await;
        // What was typed is gone.
        let left = page.eval("document.querySelector('#pin').value").await;
        assert_eq!(left.unwrap(), "");
        gallery.keep("81-native-login-needed").await;
        gallery.done();
        browser.close().await.unwrap();
    });
}
