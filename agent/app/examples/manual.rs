//! Writes the manual pages and the completions of shells into a folder: part of the packages.

use std::{
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use chop_agent::command::Arguments;
use clap::{Command, CommandFactory as _};
use clap_complete::{Shell, generate_to};

fn main() -> Result<()> {
    let folder: OsString = std::env::args_os()
        .nth(1)
        .context("manual FOLDER: where to write")?;
    let folder = PathBuf::from(folder);
    let mut chop = Arguments::command();
    chop.build();
    let pages = folder.join("man1");
    fs::create_dir_all(&pages)?;
    page(&pages, &chop, "chop")?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        let into = folder.join(shell.to_string());
        fs::create_dir_all(&into)?;
        generate_to(shell, &mut Arguments::command(), "chop", into)?;
    }
    Ok(())
}

/// The page of a command, and those of the commands below it.
fn page(folder: &Path, command: &Command, name: &str) -> Result<()> {
    let mut file = File::create(folder.join(format!("{name}.1")))?;
    // clap wants names that live for ever; this program is over in a moment.
    let whole: &'static str = name.to_owned().leak();
    let titled = command.clone().name(whole);
    clap_mangen::Man::new(titled)
        .title(name.to_uppercase())
        .render(&mut file)?;
    for below in command.get_subcommands() {
        // Children of the agent are nobody's to call.
        if !below.is_hide_set() && below.get_name() != "help" {
            page(folder, below, &format!("{name}-{}", below.get_name()))?;
        }
    }
    Ok(())
}
