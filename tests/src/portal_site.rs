//! The reference portal, running, with one company that may sign in.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result};
use der::pem::{LineEnding, encode_string};
use portal::{Account, Kind, NewAccount, Portal, Settings, State, Tls};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::authority::Authority;
use crate::pki::{Holder, Issuer, Pki};

/// The running portal; it ends when this is dropped.
#[derive(Debug)]
pub struct PortalSite {
    /// Its origin, such as `https://site.test`.
    pub origin: String,
    /// The company's account.
    pub account: Account,
    task: JoinHandle<()>,
}

impl PortalSite {
    /// Serves the portal as `https://HOST` on `address` (port 0 takes a free one) with a
    /// certificate of `authority`, trusting the cards of `pki`, and `company` as an active account.
    ///
    /// # Errors
    /// When the address cannot be had or the portal refuses its settings.
    pub async fn start(
        folder: &Path,
        host: &str,
        address: SocketAddr,
        authority: &Authority,
        pki: &Pki,
        company: &Holder,
    ) -> Result<Self> {
        let folder = folder.join("portal");
        fs::create_dir_all(&folder)?;
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| address.to_string())?;
        let origin = match listener.local_addr()?.port() {
            443 => format!("https://{host}"),
            port => format!("https://{host}:{port}"),
        };
        let (certificate, key) = authority.pem(&[host])?;
        let tls = Tls {
            certificate: folder.join("tls.pem"),
            key: folder.join("tls.key"),
        };
        fs::write(&tls.certificate, certificate)?;
        fs::write(&tls.key, key)?;
        let anchors = folder.join("anchors.pem");
        let issuing = pki.intermediate(Issuer::Companies);
        fs::write(
            &anchors,
            encode_string("CERTIFICATE", LineEnding::LF, issuing)?,
        )?;

        let mut settings = Settings::default();
        settings.origin = origin.parse()?;
        settings.database = format!("sqlite:{}", folder.join("portal.db").display());
        settings.anchors = vec![anchors];
        settings.tls = Some(tls);
        let portal = Portal::open(settings).await?;
        let account = portal
            .accounts()
            .seed(NewAccount {
                kind: Kind::Company,
                state: State::Active,
                subject: company.number.clone(),
                name: company.name.clone(),
                mail: "office@company.example".to_owned(),
            })
            .await?;
        let task = tokio::spawn(portal.serve(listener, std::future::pending()));
        Ok(Self {
            origin,
            account,
            task,
        })
    }
}

impl Drop for PortalSite {
    fn drop(&mut self) {
        self.task.abort();
    }
}
