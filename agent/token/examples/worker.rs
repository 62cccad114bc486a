//! A worker process as `chop worker` is one: see `WorkerProgram`. The tests of this crate start it.

use std::{env, path::PathBuf, process::ExitCode};

use chop_token::{Module, WorkerSource, worker};

fn main() -> ExitCode {
    let mut source = None;
    let mut arguments = env::args_os().skip(1);
    while let (Some(option), Some(value)) = (arguments.next(), arguments.next()) {
        match (option.to_str(), &mut source) {
            (Some("--pkcs12"), None) => source = Some(WorkerSource::Pkcs12(value.into())),
            (Some("--module"), None) => {
                source = Some(WorkerSource::Module(PathBuf::from(value).into()));
            }
            (Some("--parameters"), Some(WorkerSource::Module(module))) => {
                module.parameters = value.into_string().ok();
            }
            (Some("--writable"), Some(WorkerSource::Module(Module { writable, .. }))) => {
                writable.push(value.into());
            }
            _ => return ExitCode::from(2),
        }
    }
    source.map_or(ExitCode::from(2), worker::run)
}
