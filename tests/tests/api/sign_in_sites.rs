//! What a signature is good for: one site, as the browser names it, and one challenge. (C-1, C-7)

use std::time::SystemTime;

use chop_protocol::{Challenge, Origin};
use chop_verifier::{Anchors, Refusal, Verifier};
use e2e::agent::{Agent, Options as AgentOptions};
use e2e::authority::Authority;
use e2e::browser::{Chromium, Options, Page as _, policy};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::pkcs12::{self, Certificates};
use e2e::pki::{Issuer, KeyKind, Pki};
use e2e::site::Site;
use e2e::trust::Home;

use crate::browser_scene::{LONG, in_namespace};
use crate::sign_in_desk::type_into_window;
use crate::sign_in_roads::{PASSWORD, company};

/// Signs in at `origin` with the site's own challenge: the assertion, and that challenge.
async fn sign_in_at(namespace: &Namespace, origin: &str) -> (String, Challenge) {
    let host = origin.strip_prefix("https://").unwrap();
    policy::allow_loopback(namespace, host).unwrap();
    let folder = namespace.folder();
    let card = folder.join("card.p12");
    pkcs12::write(
        &card,
        &company(KeyKind::P256),
        &[],
        PASSWORD,
        Certificates::Readable,
    )
    .unwrap();
    let display = Display::start().await.unwrap();
    let authority = Authority::new("Chop test web").unwrap();
    let site = Site::start(&authority).await.unwrap();
    let options = AgentOptions {
        display: Some(&display),
        pkcs12: vec![card],
        ..AgentOptions::default()
    };
    let agent = Agent::start(folder, &options).await.unwrap();
    let trusted = [authority.certificate().clone(), agent.authority.clone()];
    let home = Home::new(&folder.join("browser"), &trusted).unwrap();
    let browser = Chromium::start(&home, Options::default()).await.unwrap();
    let page = browser.page().await.unwrap();

    page.goto(origin).await.unwrap();
    page.click("#sign-in").await.unwrap();
    type_into_window(&display, PASSWORD).await;
    let assertion = page.wait_for("login.assertion", LONG).await.unwrap();
    (assertion.to_string(), site.challenges()[0].parse().unwrap())
}

fn refusal(assertion: &str, origin: &str, challenge: &Challenge) -> Option<Refusal> {
    let anchors = Anchors::from_der([Pki::shared().intermediate(Issuer::Companies)]).unwrap();
    let origin: Origin = origin.parse().unwrap();
    let verifier = Verifier::new(anchors).allow_unknown_revocation();
    let now = SystemTime::now();
    verifier.sign_in(assertion, &origin, challenge, now).err()
}

#[test]
fn sign_in_at_a_look_alike_is_worth_nothing_at_the_true_site() {
    in_namespace(async |namespace| {
        let evil = "https://site.test.evil.test";
        let (assertion, challenge) = sign_in_at(namespace, evil).await;

        // It is a good assertion, for whom it was made.
        assert_eq!(refusal(&assertion, evil, &challenge), None);
        for other in [
            "https://site.test",
            "https://a.site.test",
            "https://evil.test",
        ] {
            assert_eq!(
                refusal(&assertion, other, &challenge),
                Some(Refusal::SignatureMismatch),
                "{other}"
            );
        }
    });
}

#[test]
fn sign_in_answers_one_challenge_and_no_other() {
    in_namespace(async |namespace| {
        let origin = "https://site.test";
        let (assertion, challenge) = sign_in_at(namespace, origin).await;

        assert_eq!(refusal(&assertion, origin, &challenge), None);
        let other = Challenge::from_random([7; 32]);
        assert_eq!(
            refusal(&assertion, origin, &other),
            Some(Refusal::SignatureMismatch)
        );
    });
}
