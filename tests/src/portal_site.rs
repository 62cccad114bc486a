//! The reference portal, running in this process, with one company that may sign in.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::{Context as _, Result};
use portal::{Account, HicosSignIn, Kind, Mail, NewAccount, Portal, Settings, State, Tls};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::authority::Authority;
use crate::mail_catcher::MailCatcher;
use crate::pki::{Holder, Issuer, Pki, pem};

/// The running portal; it ends when this is dropped.
#[derive(Debug)]
pub struct PortalSite {
    /// Its origin, such as `https://site.test`.
    pub origin: String,
    /// The company's account.
    pub account: Account,
    /// Where its letters go.
    pub mail: MailCatcher,
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
        let anchors = [Issuer::Companies, Issuer::Citizens]
            .into_iter()
            .map(|issuer| {
                let file = folder.join(format!("{issuer:?}.pem"));
                fs::write(&file, pem(pki.intermediate(issuer))?)?;
                Ok(file)
            })
            .collect::<Result<_>>()?;
        let mail = MailCatcher::start((Ipv4Addr::LOCALHOST, 0).into()).await?;

        let mut settings = Settings::default();
        settings.origin = origin.parse()?;
        settings.database = format!("sqlite:{}", folder.join("portal.db").display());
        settings.anchors = anchors;
        settings.revocation.allow_unknown_revocation = true;
        settings.hicos_sign_in = HicosSignIn::UnlessNative;
        settings.tls = Some(tls);
        settings.mail = Some(Mail {
            server: mail.url(),
            from: "網路線上申辦 <noreply@portal.example>".to_owned(),
            user: None,
            password_file: None,
        });
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
            mail,
            task,
        })
    }
}

impl Drop for PortalSite {
    fn drop(&mut self) {
        self.task.abort();
    }
}
