#![doc = include_str!("../README.md")]

mod folder;
mod question;
mod responder;

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::SystemTime};

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use folder::{Folder, PASSWORD};

/// Authorities, cards, lists and OCSP answers of nobody, for developers of sites.
#[derive(Parser)]
#[command(name = "chop-testpki", version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a folder with authorities, cards and lists.
    New {
        /// The folder; it must not be there.
        folder: PathBuf,
        /// Where `serve` will answer: the certificates say so.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8471")]
        listen: SocketAddr,
        /// The kind of every key.
        #[arg(long, value_enum, default_value_t = Keys::Rsa2048)]
        keys: Keys,
    },
    /// Make the lists of a folder anew, with the cards that revoked.txt names.
    Lists {
        /// The folder.
        folder: PathBuf,
    },
    /// Answer with lists and OCSP until Ctrl-C.
    Serve {
        /// The folder.
        folder: PathBuf,
        /// Where to answer.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8471")]
        listen: SocketAddr,
    },
}

/// Kinds of keys.
#[derive(Clone, Copy, ValueEnum)]
enum Keys {
    /// As GPKI's cards have them.
    Rsa2048,
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
}

fn main() -> ExitCode {
    match run(CommandLine::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chop-testpki: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let now = SystemTime::now();
    match command {
        Command::New {
            folder,
            listen,
            keys,
        } => {
            Folder::make(&folder, keys.into(), listen, now)?;
            println!(
                "{} is ready; the cards' password is {PASSWORD}",
                folder.display()
            );
            Ok(())
        }
        Command::Lists { folder } => Folder::open(&folder, now)?.write_lists(now),
        Command::Serve { folder, listen } => responder::run(Folder::open(&folder, now)?, listen),
    }
}

impl From<Keys> for chop_testpki::KeyKind {
    fn from(keys: Keys) -> Self {
        match keys {
            Keys::Rsa2048 => Self::Rsa(2048),
            Keys::P256 => Self::P256,
            Keys::P384 => Self::P384,
        }
    }
}
