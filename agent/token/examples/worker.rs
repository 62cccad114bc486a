//! A worker process as `chop worker` is one: `worker --module PATH` or `worker --pkcs12 PATH`.
//! The tests of this crate start it.

use std::{env, process::ExitCode};

use chop_token::{WorkerSource, worker};

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let (option, path) = (arguments.next(), arguments.next().map(Into::into));
    match (option.as_ref().and_then(|option| option.to_str()), path) {
        (Some("--module"), Some(path)) => worker::run(WorkerSource::Module(path)),
        (Some("--pkcs12"), Some(path)) => worker::run(WorkerSource::Pkcs12(path)),
        _ => ExitCode::from(2),
    }
}
