//! The portal's program: serve the site, make an account.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, anyhow};
use chop_protocol::Origin;
use clap::{Args, Parser, Subcommand};
use portal::{Kind, NewAccount, Portal, Settings, State, Tls};
use tokio::{net::TcpListener, signal};

/// Chop's reference site: companies sign in with their card.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A TOML file with settings; flags go before it.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// sqlite:FILE or postgres://…
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site until Ctrl-C or SIGTERM.
    Serve(Serve),
    /// Accounts.
    #[command(subcommand)]
    Account(AccountCommand),
}

#[derive(Args)]
struct Serve {
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

#[derive(Subcommand)]
enum AccountCommand {
    /// Make an account and print its number.
    Add {
        /// company
        #[arg(long, value_parser = kind)]
        kind: Kind,
        /// The company's 統一編號.
        #[arg(long)]
        ban: String,
        /// The company's name.
        #[arg(long)]
        name: String,
        /// Where mail to it goes.
        #[arg(long)]
        mail: String,
        /// pending, active or disabled
        #[arg(long, default_value = "active", value_parser = state)]
        state: State,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("portal: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut settings = match &arguments.settings {
        Some(file) => Settings::read(file)?,
        None => Settings::default(),
    };
    if let Some(database) = arguments.database {
        settings.database = database;
    }
    match arguments.command {
        Command::Serve(flags) => serve(flags.over(settings)).await,
        Command::Account(AccountCommand::Add {
            kind,
            ban,
            name,
            mail,
            state,
        }) => {
            let portal = Portal::open(settings).await?;
            let new = NewAccount {
                kind,
                state,
                subject: ban,
                name,
                mail,
            };
            println!("{}", portal.accounts().seed(new).await?.number);
            Ok(())
        }
    }
}

async fn serve(settings: Settings) -> anyhow::Result<()> {
    let (listen, origin) = (settings.listen, settings.origin.clone());
    if settings.anchors.is_empty() {
        tracing::warn!("no authorities are trusted, so nobody can sign in: see --anchors");
    }
    let portal = Portal::open(settings).await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    tracing::info!(%origin, address = %listener.local_addr()?, "serving");
    portal.serve(listener, stopped()).await;
    Ok(())
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

impl Serve {
    /// Puts the flags over the settings.
    fn over(self, mut settings: Settings) -> Settings {
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

fn kind(word: &str) -> anyhow::Result<Kind> {
    word.parse().map_err(|()| anyhow!("the kinds are: company"))
}

fn state(word: &str) -> anyhow::Result<State> {
    word.parse()
        .map_err(|()| anyhow!("the states are: pending, active, disabled"))
}
