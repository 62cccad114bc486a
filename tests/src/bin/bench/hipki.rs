//! Pages written for HiCOS: how soon the popup is ready while a card module hangs, and what the room
//! adds to the card's own work.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use e2e::{
    agent,
    browser::{self, Chromium, Page as _},
    softhsm::PIN,
    trust::Home,
    web::Web,
};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::Bytes,
    client::conn::http1::handshake,
    header::{CONTENT_TYPE, HeaderValue},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, time::Instant};

use crate::{
    Fixture,
    figure::{Figure, Times},
    floor::Floor,
    scripted_agent::ScriptedAgent,
    sign_in::{KEY, ROUNDS, digest_info},
};

const SITE: &str = "https://bench.example";
/// How often a popup is opened.
const POPUPS: usize = 40;
/// Longer than a page waits for it.
const LONG: std::time::Duration = std::time::Duration::from_secs(20);

pub(crate) fn measure(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let mut figures = signing(fixture)?;
    figures.extend(popups(fixture)?);
    Ok(figures)
}

/// A signature for a site that may sign, with the page's PIN.
fn signing(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let floor = Floor::open(fixture.module, PIN, KEY, true)?;
    let port = free_port()?;
    let folder = fixture.folder.join("hipki");
    let _agent = ScriptedAgent::start(&folder, fixture.module, Some((port, SITE)))?;

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let digest = digest_info(&[7; 32]);
        let (mut ours, mut card) = (Times::default(), Times::default());
        for round in 0..ROUNDS {
            let package = format!(
                r#"tbsPackage={{"func":"MakeSignature","tbs":"nonce-{round}","signatureType":"PKCS7","pin":"{PIN}"}}"#
            );
            let request = Request::post("/sign")
                .header("host", format!("localhost:{port}"))
                .header("origin", SITE)
                .body(Full::new(Bytes::from(package)))?;
            let start = Instant::now();
            // Each has a connection of its own, which goes with the PIN that came through it.
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
            stream.set_nodelay(true)?;
            let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            let answer = sender.send_request(request).await?;
            let body = answer.into_body().collect().await?.to_bytes();
            let time = start.elapsed();
            let answer: Value = serde_json::from_slice(&body)?;
            ensure!(answer.get("ret_code") == Some(&Value::from(0)), "{answer}");
            let sign = floor.sign(&digest)?.sign;
            if round >= ROUNDS / 10 {
                ours.push(time);
                card.push(sign);
            }
        }
        let added = |share| ours.percentile(share) - card.percentile(share);
        Ok(vec![
            Figure::new("HiCOS page: PKCS7 signature, p50", ours.percentile(0.5), "ms")
                .beside(card.percentile(0.5))
                .note("from connecting to response; floor: bare C_Sign of the same key in this process"),
            Figure::new("HiCOS page: added to C_Sign, p50", added(0.5), "ms").at_most(10.0),
            Figure::new("HiCOS page: added to C_Sign, p95", added(0.95), "ms"),
        ])
    })
}

/// `getTbs`, in Chromium, while the one module never answers.
fn popups(fixture: &Fixture<'_>) -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let folder = fixture.folder.join("popups");
        fs::create_dir_all(&folder)?;
        let port = free_port()?;
        let own = format!("tray = false\nhipki.ports = [{port}]");
        let options = agent::Options {
            modules: vec![dead_module(&folder)?],
            settings: &own,
            ..agent::Options::default()
        };
        let agent = agent::Agent::start(&folder, &options).await?;
        let page = OPENER.replace("{port}", &port.to_string());
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let site = Web::start(address, None, move |_| html(&page)).await?;
        let home = Home::new(
            &folder.join("browser"),
            std::slice::from_ref(&agent.authority),
        )?;
        let browser = Chromium::start(&home, browser::Options::default()).await?;
        let page = browser.page().await?;
        page.goto(&format!("http://{}/", site.address())).await?;
        let (mut loaded, mut opened) = (Times::default(), Times::default());
        for round in 0..=POPUPS {
            page.eval("window.said = undefined, 0").await?;
            page.click("#go").await?;
            let said = page.wait_for("window.said", LONG).await?;
            let popup = page.popup(LONG).await?;
            let load = "performance.getEntriesByType('navigation')[0].loadEventEnd || null";
            let load = popup.wait_for(load, LONG).await?;
            let began = popup.eval("performance.timeOrigin").await?;
            page.eval("window.popup.close(), 0").await?;
            let number = |value: &Value| value.as_f64().context("no time");
            let said = |name| number(said.get(name).unwrap_or(&Value::Null));
            let load = number(&began)? + number(&load)?;
            let since = |from: f64| -> Result<std::time::Duration> {
                let time = (said("heard")? - from).max(0.0);
                Ok(std::time::Duration::from_secs_f64(time / 1000.0))
            };
            if round > 0 {
                loaded.push(since(load)?);
                opened.push(since(said("opened")?)?);
            }
        }
        Ok(vec![
            Figure::new(
                "HiCOS popup: getTbs after load, p95",
                loaded.percentile(0.95),
                "ms",
            )
            .at_most(100.0)
            .note("while the one card module never answers; 0 is before the load event"),
            Figure::new(
                "HiCOS popup: from window.open to getTbs, p50",
                opened.percentile(0.5),
                "ms",
            )
            .note("headless Chromium's own new window is in it"),
            Figure::new(
                "HiCOS popup: from window.open to getTbs, p95",
                opened.percentile(0.95),
                "ms",
            )
            .at_most(500.0)
            .note("the least patience that a page is known to have"),
        ])
    })
}

/// A page that opens the popup and notes when it says that it is ready.
const OPENER: &str = "<!doctype html><button id=go>go</button><script>
let opened
const now = () => performance.timeOrigin + performance.now()
document.getElementById('go').onclick = () => {
  opened = now()
  window.popup = window.open('http://localhost:{port}/popupForm', 'popup', 'width=200,height=200')
}
addEventListener('message', (event) => {
  if (event.source === window.popup) window.said = { opened, heard: performance.timeOrigin + event.timeStamp }
})
</script>";

fn html(text: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text.to_owned())));
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn dead_module(folder: &Path) -> Result<PathBuf> {
    let (source, library) = (folder.join("dead.c"), folder.join("dead.so"));
    let text =
        "#include <unistd.h>\nunsigned long C_GetFunctionList(void *out) { for (;;) pause(); }\n";
    fs::write(&source, text)?;
    let mut compiler = Command::new("cc");
    compiler
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source);
    ensure!(compiler.status()?.success(), "cc cannot compile the module");
    Ok(library)
}

/// Nobody has it now; nobody else is likely to take it before we do.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}
