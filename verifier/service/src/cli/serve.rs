//! `chop-verify serve --settings FILE`

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::signal;

use super::Answer;
use crate::{Listener, Service, Settings, serve};

/// The service.
#[derive(Args)]
pub(super) struct Arguments {
    /// A TOML file.
    #[arg(long, value_name = "FILE")]
    settings: PathBuf,
    /// Write the log as text for people instead of JSON.
    #[arg(long)]
    plain_log: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Answer> {
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr);
    if arguments.plain_log {
        log.init();
    } else {
        log.json().flatten_event(true).init();
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(serve_until_told(arguments))?;
    Ok(Answer::Accepted("stopped".to_owned()))
}

async fn serve_until_told(arguments: &Arguments) -> Result<()> {
    let settings = Settings::read(&arguments.settings)?;
    let service = Service::open(&settings).await?;
    let listener = Listener::bind(&settings)?;
    let mut terminate = terminated()?;
    // The first line on standard output says where, for whoever gave port 0.
    println!("listening on {}", listener.address());
    let told = async {
        tokio::select! {
            _ = signal::ctrl_c() => {}
            () = &mut terminate => {}
        }
    };
    serve(listener, service.router(), told).await;
    Ok(())
}

/// Done when the process is asked to end.
fn terminated() -> Result<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>> {
    #[cfg(unix)]
    {
        let kind = signal::unix::SignalKind::terminate();
        let mut signal = signal::unix::signal(kind).context("SIGTERM")?;
        Ok(Box::pin(async move {
            signal.recv().await;
        }))
    }
    #[cfg(not(unix))]
    Ok(Box::pin(std::future::pending()))
}
