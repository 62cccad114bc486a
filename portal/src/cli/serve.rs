//! `portal serve`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context as _;
use chop_protocol::Origin;
use clap::Args;
use portal::{Portal, Settings, Tls};
use tokio::{net::TcpListener, signal, sync::watch};

/// What goes before the settings file.
#[derive(Args)]
pub(crate) struct Serve {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The site's own origin, as browsers write it.
    #[arg(long, value_name = "https://HOST[:PORT]")]
    origin: Option<Origin>,
    /// Authorities to trust: a PEM file, or a folder of *.pem; may be given again.
    #[arg(long, value_name = "PATH")]
    anchors: Vec<PathBuf>,
    /// The site's certificate in PEM, to serve https without a proxy.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's key in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
}

impl Serve {
    /// Puts the flags over the settings.
    pub(crate) fn over(self, mut settings: Settings) -> Settings {
        settings.listen = self.listen.unwrap_or(settings.listen);
        settings.origin = self.origin.unwrap_or(settings.origin);
        if !self.anchors.is_empty() {
            settings.anchors = self.anchors;
        }
        if let (Some(certificate), Some(key)) = (self.tls_certificate, self.tls_key) {
            settings.tls = Some(Tls { certificate, key });
        }
        settings
    }
}

/// Serves until somebody wants it to end.
pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    let (listen, origin) = (settings.listen, settings.origin.clone());
    let metrics = settings.metrics;
    if settings.anchors.is_empty() {
        tracing::warn!("no authorities are trusted, so nobody can sign in: see --anchors");
    }
    if settings.allow_simulated_cards {
        tracing::warn!("allow_simulated_cards: whoever runs `chop simulate` is whoever they like");
    }
    if settings.revocation.allow_unknown_revocation {
        tracing::warn!("allow_unknown_revocation: without lists, lost cards can sign in");
    } else if settings.revocation.lists.is_empty() {
        tracing::warn!("no lists of revoked cards are set, so no card is taken: see [revocation]");
    }
    portal::make_room_for_connections()?;
    let portal = Portal::open(settings).await?;
    let listener = bind(listen).await?;
    let (end, ended) = watch::channel(());
    let until = |mut ended: watch::Receiver<()>| async move { drop(ended.changed().await) };
    if let Some(address) = metrics {
        let listener = bind(address).await?;
        tokio::spawn(portal.clone().serve_metrics(listener, until(ended.clone())));
    }
    tracing::info!(%origin, address = %listener.local_addr()?, "serving");
    tokio::spawn(async move {
        stopped().await;
        drop(end);
    });
    portal.serve(listener, until(ended)).await;
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))
}

/// Done when somebody wants the program to end.
async fn stopped() {
    let interrupted = async {
        if let Err(error) = signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C is not heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => drop(terminate.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
