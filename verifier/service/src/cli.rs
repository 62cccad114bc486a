//! The command line: one check, or the service.
//!
//! Exit codes: 0 accepted, 1 refused, 2 the question cannot be asked (a file, an argument).

mod chain;
mod document;
mod files;
mod hipki;
mod serve;
mod sign_in;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory as _, Parser, Subcommand};

/// Verifies what cards signed: logins, documents, chains.
///
/// `chop-verify TOKEN …` is short for `chop-verify sign-in TOKEN …`.
#[derive(Parser)]
#[command(name = "chop-verify", version, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check a native login.
    SignIn(sign_in::Arguments),
    /// Check a login of the HiPKI form.
    Hipki(hipki::Arguments),
    /// Check a signed document.
    Document(document::Arguments),
    /// Check a chain of certificates.
    Chain(chain::Arguments),
    /// Serve other programs over HTTP.
    Serve(serve::Arguments),
    /// Print the service's description (OpenAPI 3.1).
    Openapi,
}

/// What came of a question.
enum Answer {
    Accepted(String),
    Refused(String),
}

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = CommandLine::parse_from(spelled_out(std::env::args_os().collect()));
    let answer = match &arguments.command {
        Command::SignIn(arguments) => sign_in::run(arguments),
        Command::Hipki(arguments) => hipki::run(arguments),
        Command::Document(arguments) => document::run(arguments),
        Command::Chain(arguments) => chain::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Openapi => Ok(Answer::Accepted(
            include_str!("../openapi.json").trim_end().to_owned(),
        )),
    };
    match answer {
        Ok(Answer::Accepted(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Answer::Refused(text)) => {
            println!("{text}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("chop-verify: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// With `sign-in` where the first word is a file.
fn spelled_out(mut words: Vec<OsString>) -> Vec<OsString> {
    let command = CommandLine::command();
    let is_file = words
        .get(1)
        .and_then(|word| word.to_str())
        .is_some_and(|word| {
            let known = word == "help" || command.find_subcommand(word).is_some();
            !known && (word == "-" || !word.starts_with('-'))
        });
    if is_file {
        words.insert(1, "sign-in".into());
    }
    words
}
