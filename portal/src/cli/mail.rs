//! `portal mail`.

use anyhow::ensure;
use clap::Subcommand;
use portal::{Portal, Settings};

/// What is done with letters.
#[derive(Subcommand)]
pub(crate) enum Mail {
    /// List letters, those that wait or were given up first.
    List,
    /// Have one sent again that was given up. A running portal sends it.
    Retry {
        /// Its id, as the list has it.
        id: String,
    },
}

/// Does it.
pub(crate) async fn run(settings: Settings, command: Mail) -> anyhow::Result<()> {
    let portal = Portal::open(settings).await?;
    match command {
        Mail::List => {
            for letter in portal.letters().await? {
                println!(
                    "{}  {:8}  {:16}  {}  {}  {}",
                    letter.id,
                    letter.state,
                    letter.letter,
                    letter.account,
                    letter.mail,
                    letter.fault
                );
            }
        }
        Mail::Retry { id } => {
            let found = portal.send_again(&id).await?;
            ensure!(found, "no letter with this id was given up");
        }
    }
    Ok(())
}
