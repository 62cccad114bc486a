//! `chopw`: starts `chop` beside it with the same arguments and no console window, for shortcuts and
//! for the start at login. A program for consoles, as `chop` has to be for administrators, would show
//! one each time.
//!
//! Built for Windows alone, with the feature `launcher`.
#![cfg_attr(windows, windows_subsystem = "windows")]

use std::process::{Command, ExitCode, Stdio};

/// `CREATE_NO_WINDOW`: a console that is not shown, which its children share.
#[cfg(windows)]
const NO_WINDOW: u32 = 0x0800_0000;

fn main() -> ExitCode {
    let Ok(this) = std::env::current_exe() else {
        return ExitCode::FAILURE;
    };
    let mut chop = Command::new(
        this.with_file_name("chop")
            .with_extension(std::env::consts::EXE_EXTENSION),
    );
    chop.args(std::env::args_os().skip(1));
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut chop, NO_WINDOW);
    let started = chop
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    match started {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
