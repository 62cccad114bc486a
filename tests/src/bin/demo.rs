//! `cargo xtask demo`: the main job, from a login page to a signed-in company.
//!
//! Everything it starts lies in a temporary folder and ends with it; the only things it leaves are
//! the pictures of `--check`, in `target/demo`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use e2e::agent::{self, Agent};
use e2e::authority::Authority;
use e2e::browser::{Chromium, Options, Page as _};
use e2e::display::Display;
use e2e::mail_page;
use e2e::pkcs12::{self, Certificates};
use e2e::pki::{Holder, KeyKind, Pki, Request};
use e2e::portal_site::PortalSite;
use e2e::trust::Home;
use tokio::signal::unix::{SignalKind, signal};

/// The software card's PIN. The card is made anew for each run.
const PIN: &str = "135790";

/// The card's key.
const KEY: KeyKind = KeyKind::Rsa(2048);

/// How long a step may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Signs in to the reference site with a software card.
#[derive(Parser)]
struct Arguments {
    /// Without a person: headless browser, PIN typed into the real window, pictures in target/demo.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = runtime.context("no runtime").and_then(|runtime| {
        runtime.block_on(
            if arguments.check {
                Demo::Check
            } else {
                Demo::Show
            }
            .run(),
        )
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Clone, Copy)]
enum Demo {
    Check,
    Show,
}

impl Demo {
    async fn run(self) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let mut clock = Clock::start();

        // Who signs in, and with what.
        let pki = Pki::new(std::time::SystemTime::now())?;
        let company = Holder::company();
        let card = folder.join("工商憑證.p12");
        let credential = pki.credential(&Request::of(&company), KEY)?;
        pkcs12::write(&card, &credential, &[], PIN, Certificates::Readable)?;
        clock.step("an invented company and its software card");

        // Where they sign in.
        let authority = Authority::new("Chop demo sites")?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let portal =
            PortalSite::start(folder, "localhost", address, &authority, &pki, &company).await?;
        clock.step("the portal, with an account for the company");

        // The agent, on the person's own display if there is one and it is asked for.
        let display = match self {
            Self::Check => Some(Display::start().await?),
            Self::Show => None,
        };
        let own_display: Vec<_> = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY"]
            .into_iter()
            .filter_map(|name| Some((name, PathBuf::from(std::env::var_os(name)?))))
            .collect();
        let headless = own_display.is_empty();
        let options = agent::Options {
            display: display.as_ref(),
            pkcs12: vec![card],
            environment: if display.is_some() {
                Vec::new()
            } else {
                own_display
            },
            ..agent::Options::default()
        };
        let agent = Agent::start(folder, &options).await?;
        clock.step("the agent");

        // A browser that trusts the two certificates of this run, and nothing else of ours.
        let trusted = [agent.authority.clone(), authority.certificate().clone()];
        let home = Home::new(&folder.join("browser"), &trusted)?;
        match display {
            Some(display) => check(&portal, &display, &home, clock).await,
            None => show(&portal, &home, headless).await,
        }
    }
}

/// What a person does, done by hands of ours.
async fn check(
    portal: &PortalSite,
    display: &Display,
    home: &Home,
    mut clock: Clock,
) -> Result<()> {
    let pictures = Path::new("target/demo");
    std::fs::create_dir_all(pictures)?;
    let desktop = Options {
        arguments: &["--window-size=1280,900"],
        ..Options::default()
    };
    let browser = Chromium::start(home, desktop).await?;
    let page = browser.page().await?;
    clock.step("Chromium");

    page.goto(&portal.origin).await?;
    page.wait_for("document.readyState === 'complete'", PATIENCE)
        .await?;
    clock.step("the home page");
    page.click("#card-login").await?;
    let window = display.wait_for_window("Chop", PATIENCE).await?;
    clock.step("a click on the card picture: the window is open");
    display.focus(window).await?;
    // The window takes no keys for its first moments, so that none typed elsewhere land in it.
    tokio::time::sleep(Duration::from_secs(1)).await;
    display.screenshot(&pictures.join("window.png")).await?;
    display.type_text(PIN).await?;
    clock.step("the PIN is typed");
    display.key("Return").await?;
    page.wait_for("location.pathname === '/account'", PATIENCE)
        .await?;
    clock.step("Enter: signed, verified, signed in");
    page.wait_for("document.readyState === 'complete'", PATIENCE)
        .await?;
    page.screenshot(&pictures.join("signed-in.png")).await?;

    let text = page.eval("document.body.innerText").await?;
    let text = text.as_str().unwrap_or_default();
    let (name, number) = (&portal.account.profile.name, &portal.account.number);
    ensure!(
        text.contains(name.as_str()),
        "the page does not name the holder: {text}"
    );
    ensure!(
        text.contains(number.as_str()),
        "the page does not name the account: {text}"
    );
    println!("\n持有人 Holder    {name}\n帳號   Account   {number}\n");
    clock.print();
    println!(
        "\n{}\n{}",
        pictures.join("window.png").display(),
        pictures.join("signed-in.png").display()
    );
    browser.close().await
}

/// Opens the browser, or says where to go, and stays until the person has seen enough.
async fn show(portal: &PortalSite, home: &Home, headless: bool) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    println!("\n網址 Address   {}", portal.origin);
    println!("PIN            {PIN}");
    println!("公司 Company   {}", portal.account.profile.name);
    // Whoever applies for an account of their own finds its mail here.
    let mails = mail_page::serve((Ipv4Addr::LOCALHOST, 0).into(), portal.mail.inbox()).await?;
    println!("信箱 Mail      http://{}/", mails.address());
    let browser = if headless {
        println!(
            "\n沒有顯示器：PIN 視窗無法開啟，登入會得到 no_display。請在桌面環境中執行，或用 --check。"
        );
        println!(
            "There is no display: the PIN window cannot open and a sign-in ends with no_display. Run it on a desktop, or use --check."
        );
        println!(
            "憑證 Trust     {}",
            home.folder().join("authority-*.der").display()
        );
        None
    } else {
        Some(Chromium::visible(home, &portal.origin)?)
    };
    println!("\n按 Ctrl-C 結束 · Ctrl-C ends it and leaves nothing behind.");
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    drop(browser);
    Ok(())
}

/// How long each step took.
struct Clock {
    last: Instant,
    steps: Vec<(&'static str, Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self {
            last: Instant::now(),
            steps: Vec::new(),
        }
    }

    fn step(&mut self, what: &'static str) {
        let now = Instant::now();
        self.steps.push((what, now - self.last));
        self.last = now;
    }

    fn print(&self) {
        for (what, time) in &self.steps {
            println!("{:>8.0} ms  {what}", time.as_secs_f64() * 1000.0);
        }
    }
}
