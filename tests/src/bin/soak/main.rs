//! `cargo xtask soak`: a thousand sign-ins while cards, modules and pcscd come and go.
//!
//! Each must end with the right answer, verified as a server does, or with the right error; and what
//! the agent holds must be the same at the end as after the first ten.

mod holds;
mod mishap;
mod scene;

use std::{collections::BTreeMap, process::ExitCode, time::Instant};

use anyhow::Result;
use chop_agent::settings::LogLevel;
use clap::Parser;
use e2e::namespace::Namespace;

use holds::Holds;
use mishap::{Mishap, Random};
use scene::Scene;

/// Signs in, again and again.
#[derive(Parser)]
struct Arguments {
    /// How many times.
    #[arg(long, default_value_t = 1000)]
    rounds: u32,
    /// Which mishaps happen when.
    #[arg(long)]
    seed: Option<u64>,
}

/// What is held after so many sign-ins is what should be held at the end.
const WARM: u32 = 10;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // What is behind an outcome, for whoever looks into one.
    chop_agent::logging::start(LogLevel::Warn);
    let seed = arguments
        .seed
        .unwrap_or_else(|| u64::from(std::process::id()));
    match soak(arguments.rounds, seed) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("soak (seed {seed}): {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn soak(rounds: u32, seed: u64) -> Result<bool> {
    let namespace = Namespace::enter()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut scene = Scene::start(&namespace).await?;
        let mut random = Random::new(seed);
        let (mut counts, mut wrong) = (BTreeMap::new(), 0);
        let (start, mut before) = (Instant::now(), None);
        for round in 0..rounds {
            if round == WARM {
                before = Some(Holds::now(&scene).await?);
            }
            // The first ones are to see every kind of mishap: what a mishap leaves behind once, it
            // may keep.
            let mishap = Mishap::of_round(round, &mut random);
            let outcome = mishap.happens(&mut scene, round).await?;
            let right = mishap.allows(&outcome);
            if !right {
                wrong += 1;
                println!("round {round}: {mishap:?} ended with {outcome}");
            }
            *counts.entry((mishap, outcome)).or_insert(0) += 1;
        }
        let after = Holds::now(&scene).await?;
        println!("{:<24}{:<20}{:>8}", "mishap", "ended with", "times");
        for ((mishap, outcome), count) in &counts {
            println!("{:<24}{outcome:<20}{count:>8}", format!("{mishap:?}"));
        }
        println!(
            "{rounds} sign-ins in {:.0} s, seed {seed}",
            start.elapsed().as_secs_f64()
        );
        println!("{wrong} ended as they should not");
        let same = match &before {
            Some(before) => {
                println!("after the first {WARM}: {before}\nat the end:         {after}");
                before.is_no_less_than(&after)
            }
            None => true,
        };
        println!(
            "held at the end: {}",
            if same { "the same" } else { "MORE" }
        );
        Ok(wrong == 0 && same)
    })
}
