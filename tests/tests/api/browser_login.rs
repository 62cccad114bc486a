//! The simulated site's login page with the real bridge, where there is no agent to answer: what
//! the page learns about why.

use e2e::browser::{Chromium, Firefox, Options, Page, policy};
use e2e::namespace::Namespace;
use e2e::site::{HOST, SITE, with_headers};
use serde_json::{Value, json};

use crate::browser_scene::{LONG, Scene, in_namespace};

/// Clicks the login button of the page at `url` and gives what `window.login` is once that has come
/// to an end, or to a button.
async fn sign_in(page: &impl Page, url: &str) -> Value {
    page.goto(url).await.unwrap();
    page.click("#sign-in").await.unwrap();
    let ended = "(login.assertion || login.error || login.reasons.length) && login";
    page.wait_for(ended, LONG).await.unwrap()
}

/// The same in a new Chromium.
async fn sign_in_with_chromium(url: &str) -> Value {
    let scene = Scene::new().await;
    let chromium = Chromium::start(&scene.home, Options::default())
        .await
        .unwrap();
    sign_in(&chromium.page().await.unwrap(), url).await
}

/// The same where the policy would let the site through, but the page says `header`.
async fn sign_in_with_header(namespace: &Namespace, name: &str, value: &str) -> Value {
    policy::allow_loopback(namespace, HOST).unwrap();
    sign_in_with_chromium(&with_headers(&format!("{SITE}/"), &[(name, value)])).await
}

#[test]
fn browser_login_without_an_agent_says_so_in_chromium() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();

        let login = sign_in_with_chromium(SITE).await;

        assert_eq!(login["error"]["code"], "agent_unreachable", "{login}");
    });
}

#[test]
fn browser_login_without_an_agent_says_so_in_firefox() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();
        let scene = Scene::new().await;
        let firefox = Firefox::start(&scene.home, Options::default())
            .await
            .unwrap();
        let page = firefox.page().await.unwrap();

        let login = sign_in(&page, SITE).await;
        // Firefox does not tell the page what its policy allows, so the button may be worth a try.
        assert_eq!(login["reasons"], json!(["agent_unreachable"]), "{login}");
        page.click("#proceed").await.unwrap();
        let error = page.wait_for("login.error", LONG).await.unwrap();

        assert_eq!(error["code"], "agent_unreachable", "{error}");
        assert_eq!(login["challenge"], scene.site.challenges()[0]);
    });
}

#[test]
fn browser_login_offers_the_popup_where_a_policy_denies_loopback() {
    in_namespace(async |namespace| {
        policy::deny_loopback(namespace, HOST).unwrap();

        let login = sign_in_with_chromium(SITE).await;

        assert_eq!(login["reasons"], json!(["permission_denied"]), "{login}");
    });
}

#[test]
fn browser_login_names_the_content_security_policy_that_is_in_the_way() {
    in_namespace(async |namespace| {
        let header = "Content-Security-Policy";

        let login = sign_in_with_header(namespace, header, "connect-src 'self'").await;

        assert_eq!(login["reasons"], json!(["csp_blocked"]), "{login}");
    });
}

#[test]
fn browser_login_names_the_permissions_policy_that_is_in_the_way() {
    in_namespace(async |namespace| {
        let header = "Permissions-Policy";

        let login = sign_in_with_header(namespace, header, "loopback-network=()").await;

        assert_eq!(login["reasons"], json!(["permission_policy"]), "{login}");
    });
}

#[test]
fn browser_login_on_an_insecure_page_is_refused() {
    in_namespace(async |namespace| {
        policy::allow_loopback(namespace, HOST).unwrap();

        let login = sign_in_with_chromium("http://site.test").await;

        assert_eq!(login["error"]["code"], "insecure_page", "{login}");
    });
}
