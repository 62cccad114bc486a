//! The portal as an agency runs it, with real programs around it: one node on SQLite, or two nodes
//! on PostgreSQL behind HAProxy; and a mail server.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use anyhow::Result;

use crate::authority::Authority;
use crate::haproxy::HaProxy;
use crate::pki::{Issuer, Pki, pem};
use crate::portal_node::{NodeSettings, PortalNode};
use crate::postgres::{Durability, Postgres};
use crate::revocation_lists::RevocationLists;
use crate::site::{HOST, PUBLIC_ADDRESS, SITE};
use crate::smtp::Smtp;

/// The folder of the SQLite database, below `portal` in the folder of the stage.
pub const DATA: &str = "data";

/// How the site is run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// One node, which ends TLS itself, on SQLite.
    Single,
    /// Two nodes on PostgreSQL, behind a proxy that takes them in turn.
    Cluster,
}

/// The running site, at [`SITE`]. Its parts end in this order when it is dropped.
#[derive(Debug)]
pub struct Stage {
    /// What ends TLS before the nodes.
    pub proxy: Option<HaProxy>,
    /// The nodes.
    pub nodes: Vec<PortalNode>,
    /// The authorities' lists.
    pub lists: RevocationLists,
    /// The mail server.
    pub mail: Smtp,
    /// The database server, where it is PostgreSQL.
    pub postgres: Option<Postgres>,
    /// What the nodes were started with.
    pub settings: NodeSettings,
}

impl Stage {
    /// Starts it in the namespace of a test, with a certificate of `authority`, trusting the cards
    /// of `pki` but those `revoked` (DER), operated by these cards.
    ///
    /// # Errors
    /// When a part is not installed or does not come up.
    pub async fn start(
        folder: &Path,
        kind: Kind,
        authority: &Authority,
        pki: &Pki,
        operators: &[String],
        revoked: &[&[u8]],
    ) -> Result<Self> {
        let folder = folder.join("portal");
        let data = folder.join(DATA);
        fs::create_dir_all(&data)?;
        let anchors = folder.join("anchors.pem");
        let both =
            [Issuer::Companies, Issuer::Citizens].map(|issuer| pem(pki.intermediate(issuer)));
        let [companies, citizens] = both;
        fs::write(&anchors, format!("{}{}", companies?, citizens?))?;
        let (certificate, key) = authority.pem(&[HOST])?;
        let lists = RevocationLists::start(pki, revoked).await?;
        let mail = Smtp::start(&folder)?;
        let public = SocketAddr::new(PUBLIC_ADDRESS, 443);
        let mut settings = NodeSettings {
            origin: SITE.to_owned(),
            database: format!("sqlite:{}", data.join("portal.db").display()),
            anchors,
            lists: lists.addresses(),
            mail: mail.url(),
            operators: operators.to_vec(),
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            tls: None,
        };
        let (mut postgres, mut proxy, mut nodes) = (None, None, Vec::new());
        match kind {
            Kind::Single => {
                let tls = (folder.join("site.pem"), folder.join("site.key"));
                fs::write(&tls.0, certificate)?;
                fs::write(&tls.1, key)?;
                settings.tls = Some(tls);
                settings.listen = public;
                nodes.push(PortalNode::start(&folder, "node", &settings)?);
            }
            Kind::Cluster => {
                let server = Postgres::start(Durability::Full)?;
                settings.database = server.create("portal")?;
                postgres = Some(server);
                let one = PortalNode::start(&folder, "node1", &settings)?;
                let other = PortalNode::start(&folder, "node2", &settings)?;
                let pair = (certificate.as_str(), key.as_str());
                let both = [one.address, other.address];
                proxy = Some(HaProxy::start(&folder, public, pair, both)?);
                nodes.extend([one, other]);
            }
        }
        Ok(Self {
            proxy,
            nodes,
            lists,
            mail,
            postgres,
            settings,
        })
    }
}
