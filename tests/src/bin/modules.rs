//! `cargo xtask modules`: every module and every mishap, and what came of it.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use e2e::{
    matrix::{self, Cell, Kind, Outcome},
    namespace::Namespace,
};

/// Tries modules and mishaps.
#[derive(Parser)]
struct Arguments {
    /// Kryoptic's library; without it kryoptic is left out, and said to be.
    #[arg(long)]
    kryoptic: Option<PathBuf>,
    /// Only modules whose names contain this.
    #[arg(long)]
    only: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (mut wrong, mut columns) = (0, Vec::new());
    for kind in Kind::ALL {
        let name = kind.to_string();
        if arguments
            .only
            .as_ref()
            .is_some_and(|only| !name.contains(only.as_str()))
        {
            continue;
        }
        if kind == Kind::Kryoptic && arguments.kryoptic.is_none() {
            eprintln!("{name}: left out, it was not built");
            continue;
        }
        let cells = Cell::ALL.map(|cell| {
            let (text, right) = shown(&run(kind, cell, &arguments));
            eprintln!("{kind}: {cell}: {text}");
            wrong += usize::from(!right);
            text
        });
        columns.push((name, cells));
    }
    print_table(&columns);
    match wrong {
        0 => ExitCode::SUCCESS,
        _ => {
            eprintln!("modules: {wrong} results are not what they should be");
            ExitCode::FAILURE
        }
    }
}

/// In a namespace of its own, on a thread of its own.
fn run(kind: Kind, cell: Cell, arguments: &Arguments) -> Result<Outcome> {
    let kryoptic = arguments.kryoptic.clone();
    let thread = std::thread::spawn(move || {
        let namespace = Namespace::enter()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let outcome = matrix::run(kind, cell, &namespace, kryoptic.as_deref());
        runtime.block_on(outcome)
    });
    let outcome = thread.join();
    outcome.unwrap_or_else(|_| Err(anyhow::anyhow!("the scene panicked")))
}

fn shown(outcome: &Result<Outcome>) -> (String, bool) {
    match outcome {
        Ok(Outcome { words, time, right }) => {
            let mark = if *right { "" } else { "WRONG: " };
            (
                format!("{mark}{words} ({:.1} s)", time.as_secs_f64()),
                *right,
            )
        }
        Err(error) => (format!("NOT RUN: {error:#}"), false),
    }
}

/// A table in Markdown: a line for each mishap, a column for each module.
fn print_table(columns: &[(String, [String; Cell::ALL.len()])]) {
    let width = |(name, cells): &(String, [String; Cell::ALL.len()])| {
        let widths = cells.iter().map(|cell| cell.chars().count());
        widths.max().unwrap_or(0).max(name.chars().count())
    };
    let widths: Vec<usize> = columns.iter().map(width).collect();
    let print = |first: String, cells: &mut dyn Iterator<Item = &str>| {
        print!("| {first:<14} |");
        for (cell, width) in cells.zip(&widths) {
            print!(" {cell:<width$} |");
        }
        println!();
    };
    print(
        String::new(),
        &mut columns.iter().map(|(name, _)| name.as_str()),
    );
    print("---".to_owned(), &mut columns.iter().map(|_| "---"));
    for (at, cell) in Cell::ALL.iter().enumerate() {
        let mut cells = columns.iter().filter_map(|(_, cells)| cells.get(at));
        print(cell.to_string(), &mut cells.by_ref().map(String::as_str));
    }
}
