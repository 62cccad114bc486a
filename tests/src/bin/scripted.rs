//! An agent whose person is in a script, in a process of its own: what the bench asks for
//! signatures. It frees memory as `chop` does, which has no way to a script.
//!
//! `scripted FOLDER MODULE [HICOS-PORT SITE]` prints its port, and writes its authority (DER) to
//! `FOLDER/authority.der`.

use std::{
    alloc::System,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use chop_agent::{
    paths::Paths,
    run::Agent,
    settings::{Setting, Settings, Source},
};
use chop_protocol::Origin;
use e2e::{agent::chop, scripted::Scripted, softhsm::PIN};
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let folder: PathBuf = words.next().context("no folder")?.into();
    let module: PathBuf = words.next().context("no module")?.into();
    let hicos = words.next().zip(words.next());
    let settings = settings(&module, hicos)?;
    let person = Scripted::enters(PIN.as_bytes());
    let agent = Agent::start(&settings, &Paths::below(&folder), chop(), person).await?;
    fs::write(folder.join("authority.der"), agent.authority())?;
    println!("{}", agent.port());
    std::future::pending().await
}

/// One module, any free port, no tray.
fn settings(module: &Path, hicos: Option<(String, String)>) -> Result<Settings> {
    let own = Settings {
        ports: set(vec![0]),
        modules: set(vec![module.to_path_buf().into()]),
        hipki_ports: set(Vec::new()),
        ..Settings::default()
    };
    let Some((port, site)) = hicos else {
        return Ok(own);
    };
    let site: Origin = site.parse()?;
    Ok(Settings {
        hipki_ports: set(vec![port.parse()?]),
        hipki_allow_sign: set(vec![site.clone()]),
        hipki_direct: set(vec![site]),
        ..own
    })
}

fn set<T>(value: T) -> Setting<T> {
    Setting {
        value,
        source: Source::Person,
    }
}
