//! `chop-verify`

use std::process::ExitCode;

fn main() -> ExitCode {
    chop_verify::cli::run()
}
