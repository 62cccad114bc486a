//! Many browsers that sign in by the clock.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use e2e::assertion::Signer;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Bytes, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use crate::clock::{Outcome, by_the_clock};

/// Logins that begin each second.
pub(crate) const RATE: usize = 200;

/// The first address of those that are set aside for measurements.
///
/// Spec: RFC 2544, appendix C.2.2.
const FIRST: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 0);
/// How many addresses there are.
const ADDRESSES: usize = 1 << 17;

/// Sends logins to a node.
#[derive(Clone)]
pub(crate) struct Load {
    client: Client<HttpConnector, Full<Bytes>>,
    origin: &'static str,
    node: SocketAddr,
}

/// A browser's challenge, and the card's answer to it.
pub(crate) struct Prepared {
    browser: Browser,
    token: String,
    assertion: String,
}

/// A browser: its cookie, and where it comes from.
struct Browser {
    cookie: String,
    address: Ipv4Addr,
}

impl Load {
    pub(crate) fn new(origin: &'static str, node: SocketAddr) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            origin,
            node,
        }
    }

    /// Asks for a challenge and signs it.
    pub(crate) async fn prepare(&self, number: usize, signer: &Signer) -> Result<Prepared> {
        let browser = Browser {
            cookie: String::new(),
            address: address(number),
        };
        let (challenge, token, cookie) = self.challenge(&browser).await?;
        Ok(Prepared {
            assertion: signer.sign(self.origin, &challenge)?,
            browser: Browser { cookie, ..browser },
            token,
        })
    }

    /// Lets the prepared logins begin by the clock. Each asks for a challenge, which costs what it
    /// costs, and sends the answer that was made ahead.
    pub(crate) async fn run(&self, prepared: Vec<Prepared>) -> Outcome {
        let logins = prepared.into_iter().map(|one| {
            let load = self.clone();
            async move {
                load.challenge(&one.browser).await?;
                load.sign_in(&one).await
            }
        });
        by_the_clock(RATE, logins).await
    }

    /// Lets logins begin by the clock for so long; cards sign as they come.
    pub(crate) async fn go_on(
        &self,
        round: usize,
        time: Duration,
        signers: &[Arc<Signer>],
    ) -> Outcome {
        let count = RATE * usize::try_from(time.as_secs()).unwrap_or(0);
        let logins = (0..count).map(|number| {
            let (load, signer) = (self.clone(), signers.get(number % signers.len()).cloned());
            async move {
                let signer = signer.context("there are signers")?;
                let prepared = load.prepare(round * count + number, &signer).await?;
                load.sign_in(&prepared).await
            }
        });
        by_the_clock(RATE, logins).await
    }

    async fn challenge(&self, browser: &Browser) -> Result<(String, String, String)> {
        let (body, cookie) = self
            .post("/login/challenge", browser, "", String::new())
            .await?;
        let text = |key: &str| -> Result<String> {
            let value = body.get(key).and_then(|value| value.as_str());
            Ok(value.with_context(|| body.to_string())?.to_owned())
        };
        Ok((text("challenge")?, text("token")?, cookie))
    }

    async fn sign_in(&self, login: &Prepared) -> Result<()> {
        let (token, assertion) = (&login.token, login.assertion.clone());
        let (body, _) = self
            .post("/login/company", &login.browser, token, assertion)
            .await?;
        let next = body.get("next").and_then(|next| next.as_str());
        ensure!(next == Some("/account"), "{body}");
        Ok(())
    }

    async fn post(
        &self,
        path: &str,
        browser: &Browser,
        token: &str,
        body: String,
    ) -> Result<(serde_json::Value, String)> {
        let request = Request::post(format!("http://{}{path}", self.node))
            .header(header::ORIGIN, self.origin)
            .header("x-forwarded-for", browser.address.to_string())
            .header("x-csrf-token", token)
            .header(header::COOKIE, &browser.cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let response = self.client.request(request).await?;
        let cookie = response.headers().get(header::SET_COOKIE);
        let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = cookie.unwrap_or_default().to_owned();
        let body = response.into_body().collect().await?.to_bytes();
        Ok((serde_json::from_slice(&body)?, cookie))
    }
}

fn address(number: usize) -> Ipv4Addr {
    let offset = u32::try_from(number % ADDRESSES).unwrap_or(0);
    Ipv4Addr::from(u32::from(FIRST) + offset)
}
