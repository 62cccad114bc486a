//! `cargo xtask fuzz`: every fuzz target in the tree, each for a while.
//!
//! A room with targets has a folder `fuzz` with a `Cargo.toml` that says `cargo-fuzz = true`, as
//! `cargo fuzz init` writes it, and small seeds below `fuzz/corpus/TARGET`. It is found by that: there
//! is no list here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    thread,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};

use crate::{packages, step};

/// Which targets, and how long.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only targets whose room or name contains this.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// How long each may search.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
    /// How many search at a time; as many as there are processors, if not said.
    #[arg(long)]
    jobs: Option<usize>,
}

/// One fuzz target.
struct Target {
    /// The folder with `fuzz` in it, from the workspace's.
    room: String,
    name: String,
}

/// How a target ended.
struct Outcome {
    target: Target,
    seconds: u64,
    executions: String,
    finding: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    packages::for_fuzz()?;
    let fuzzer = Fuzzer {
        program: packages::cargo_fuzz()?,
    };
    let wanted = |target: &Target| {
        let name = target.full_name();
        options.only.as_ref().is_none_or(|only| name.contains(only))
    };
    let mut targets = Vec::new();
    for room in rooms()? {
        targets.extend(fuzzer.targets(&room)?.into_iter().filter(wanted));
    }
    if targets.is_empty() {
        bail!("no fuzz target of that name");
    }
    for room in rooms()? {
        if targets.iter().any(|target| target.room == room) {
            fuzzer.build(&room)?;
        }
    }
    let jobs = options
        .jobs
        .or_else(|| Some(thread::available_parallelism().ok()?.get()));
    let outcomes = fuzzer.run_all(targets, options.seconds, jobs.unwrap_or(1))?;
    print(&outcomes);
    match outcomes.iter().filter(|it| it.finding).count() {
        0 => Ok(()),
        count => bail!("{count} of the targets found something: see target/fuzz/artifacts"),
    }
}

/// The rooms with targets, in the order of their names.
fn rooms() -> Result<Vec<String>> {
    let pattern = [
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "*fuzz/Cargo.toml",
    ];
    let files = step::output("git", &pattern).context("git does not list the tree")?;
    let is_room = |file: &&str| {
        fs::read_to_string(step::root().join(file))
            .is_ok_and(|text| text.lines().any(|line| line.trim() == "cargo-fuzz = true"))
    };
    let mut rooms: Vec<_> = files
        .lines()
        .filter(is_room)
        .filter_map(|file| file.strip_suffix("/fuzz/Cargo.toml"))
        .map(str::to_owned)
        .collect();
    rooms.sort();
    Ok(rooms)
}

struct Fuzzer {
    program: PathBuf,
}

impl Fuzzer {
    fn command(&self, room: &str) -> Command {
        let mut command = step::command(&self.program.to_string_lossy(), &[]);
        // The one toolchain is a stable one; sanitizers are not stable yet.
        command.env("RUSTC_BOOTSTRAP", "1");
        command.current_dir(step::root().join(room));
        command
    }

    fn targets(&self, room: &str) -> Result<Vec<Target>> {
        let output = self.command(room).arg("list").output()?;
        if !output.status.success() {
            bail!("{room}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        let target = |name: &str| Target {
            room: room.to_owned(),
            name: name.to_owned(),
        };
        Ok(names.lines().map(target).collect())
    }

    /// With its own output: it takes minutes.
    fn build(&self, room: &str) -> Result<()> {
        let mut build = self.command(room);
        build.args(["build", "--target-dir"]);
        build.arg(step::root().join("target/fuzz/build"));
        step::run(&format!("build the fuzz targets of {room}"), &mut build)
    }

    fn run_all(&self, targets: Vec<Target>, seconds: u32, jobs: usize) -> Result<Vec<Outcome>> {
        let next = Mutex::new(targets.into_iter());
        let outcomes: Mutex<Vec<Outcome>> = Mutex::default();
        let work = || -> Result<()> {
            loop {
                let target = next.lock().expect("nobody panics with it").next();
                let Some(target) = target else { return Ok(()) };
                let outcome = self.run(target, seconds)?;
                outcomes
                    .lock()
                    .expect("nobody panics with it")
                    .push(outcome);
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
            let mut ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
            ended.try_for_each(|it| it.unwrap_or_else(|_| bail!("a thread panicked")))
        })?;
        let mut outcomes = outcomes.into_inner().expect("nobody panics with it");
        outcomes.sort_by_key(|it| it.target.full_name());
        Ok(outcomes)
    }

    fn run(&self, target: Target, seconds: u32) -> Result<Outcome> {
        let place = step::root().join("target/fuzz");
        let (found, artifacts) = (
            place.join("corpus").join(target.full_name()),
            place.join("artifacts").join(target.full_name()),
        );
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&artifacts)?;
        let seeds = step::root()
            .join(&target.room)
            .join("fuzz/corpus")
            .join(&target.name);
        let mut command = self.command(&target.room);
        command
            .args(["run", &target.name, "--target-dir"])
            .arg(place.join("build"));
        // New inputs go to the first folder alone.
        command.arg(&found);
        command.args(seeds.is_dir().then_some(&seeds)).arg("--");
        command.arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command.args(["-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1"]);
        eprintln!("\n==> fuzz {} for {seconds} s", target.full_name());
        let log = place.join(format!("{}.log", target.full_name().replace('/', "-")));
        command.stderr(fs::File::create(&log)?);
        let start = Instant::now();
        let status = command
            .status()
            .context("cargo fuzz could not be started")?;
        let seconds = start.elapsed().as_secs();
        let text = fs::read_to_string(&log)?;
        let finding = !status.success();
        if finding {
            let end = text.lines().rev().take(40).collect::<Vec<_>>();
            end.iter().rev().for_each(|line| eprintln!("    {line}"));
        }
        if finding && is_empty(&artifacts) {
            bail!("{} did not run: see {}", target.full_name(), log.display());
        }
        let executions = text
            .lines()
            .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        Ok(Outcome {
            executions: executions.unwrap_or("?").trim().to_owned(),
            target,
            seconds,
            finding,
        })
    }
}

impl Target {
    fn full_name(&self) -> String {
        format!("{}/{}", self.room, self.name)
    }
}

fn is_empty(folder: &Path) -> bool {
    folder.read_dir().is_ok_and(|mut it| it.next().is_none())
}

fn print(outcomes: &[Outcome]) {
    println!("{:<32}{:>8}{:>14}  result", "target", "s", "executions");
    for Outcome {
        target,
        seconds,
        executions,
        finding,
    } in outcomes
    {
        let result = if *finding { "FINDING" } else { "nothing found" };
        println!(
            "{:<32}{seconds:>8}{executions:>14}  {result}",
            target.full_name()
        );
    }
}
