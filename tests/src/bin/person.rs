//! A person at the screen of a machine on which Chop is installed: for `cargo xtask package --check`.
//!
//! `person sign-in`, run in that person's login, starts the session's autostart as a desktop does,
//! opens both browsers as people have them, and signs in at a public https site. It presses what a
//! person presses: the card, and the keys of the PIN. It answers no question of a browser, and the
//! site asks for no second click: if there were a question or a warning, there would be no sign-in.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use e2e::{
    authority::Authority,
    browser::{Chromium, Firefox, Options, Page},
    display::Display,
    pkcs12::{self, Certificates},
    pki::{Holder, KeyKind, Pki, Request},
    portal_site::PortalSite,
    site::{HOST, PUBLIC_ADDRESS},
    trust::Home,
};
use tokio::time::sleep;

const LONG: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse";
/// The window takes no keys in its first moments.
const ARMED: Duration = Duration::from_millis(900);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let command = std::env::args().nth(1);
    ensure!(command.as_deref() == Some("sign-in"), "person sign-in");
    let home: PathBuf = std::env::var_os("HOME").context("no HOME")?.into();
    card(&home)?;
    let display = Display::start().await?;
    let ready = session(&display).await?;
    println!("    from the session's start to an agent that answers: {ready:?}");

    // The site's authority stands for one that every browser knows.
    let authority = Authority::new("Chop test web")?;
    let (pki, company) = (Pki::shared(), Holder::company());
    let address = SocketAddr::new(PUBLIC_ADDRESS, 443);
    let place = tempfile::tempdir()?;
    let portal = PortalSite::start(place.path(), HOST, address, &authority, pki, &company).await?;
    let browsers = Home::new(&home, &[authority.certificate().clone()])?;
    let options = Options {
        display: Some(&display),
        ..Options::default()
    };
    {
        let chromium = Chromium::start(&browsers, options).await?;
        sign_in(&display, &portal, &chromium.page().await?, "Chromium").await?;
    }
    let firefox = Firefox::start(&browsers, options).await?;
    sign_in(&display, &portal, &firefox.page().await?, "Firefox").await
}

/// A company's card, as a file, and the person's own settings that name it.
fn card(home: &Path) -> Result<()> {
    let file = home.join("card.p12");
    let credential = Pki::shared().credential(&Request::of(&Holder::company()), KeyKind::P384)?;
    pkcs12::write(&file, &credential, &[], PASSWORD, Certificates::Readable)?;
    let settings = home.join(".config/chop");
    fs::create_dir_all(&settings)?;
    let text = format!("pkcs12 = [{file:?}]\nmodules = []\n");
    Ok(fs::write(settings.join("settings.toml"), text)?)
}

/// Starts what a desktop starts when somebody has logged in, and waits until the agent answers.
async fn session(display: &Display) -> Result<Duration> {
    let user = |arguments: &[&str]| -> Result<()> {
        let status = Command::new("systemctl")
            .arg("--user")
            .args(arguments)
            .status()?;
        ensure!(status.success(), "systemctl --user {arguments:?}: {status}");
        Ok(())
    };
    user(&["set-environment", &format!("DISPLAY={}", display.name())])?;
    let start = Instant::now();
    user(&["start", "desk.service"])?;
    let answers = || {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--fail",
            "--cacert",
            "/var/lib/chop/authority.pem",
        ]);
        curl.args(["--header", "Origin: https://site.test", "--max-time", "3"]);
        let output = curl.arg("https://localhost:21443/v1/info").output();
        output.is_ok_and(|it| String::from_utf8_lossy(&it.stdout).contains("\"agent\":\"chop\""))
    };
    while !answers() {
        ensure!(start.elapsed() < LONG, "the session has no agent");
        sleep(Duration::from_millis(10)).await;
    }
    Ok(start.elapsed())
}

async fn sign_in(
    display: &Display,
    portal: &PortalSite,
    page: &impl Page,
    browser: &str,
) -> Result<()> {
    page.goto(&portal.origin).await?;
    let ready = "document.querySelector('#card-login:not([aria-disabled])')";
    page.wait_for(ready, LONG).await?;
    page.click("#card-login").await?;
    let window = display.wait_for_window("Chop － 登入", LONG).await;
    let window = match window {
        Ok(window) => window,
        Err(error) => {
            let text = page.eval("document.body.innerText").await;
            return Err(error.context(format!("{browser} does not get through: {text:?}")));
        }
    };
    display.focus(window).await?;
    sleep(ARMED).await;
    display.type_text(PASSWORD).await?;
    display.key("Return").await?;
    page.wait_for("location.pathname === '/account'", LONG)
        .await?;
    let name = page
        .wait_for("document.querySelector('#holder-name')?.textContent", LONG)
        .await?;
    ensure!(
        name == portal.account.profile.name.as_str(),
        "{browser}: signed in as {name}"
    );
    display.wait_until_gone("Chop － 登入", LONG).await?;
    println!("    {browser} has signed in");
    Ok(())
}
