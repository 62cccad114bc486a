//! The room for pages written for HiCOS: its ports, which another program may have, and what the
//! settings say of it.

use std::{path::PathBuf, time::Duration};

use chop_protocol::Origin;
use chop_service::{Consent, Door, HipkiSettings, Keys, Scope, Server};
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{JoinSet, spawn_blocking},
    time::sleep,
};

use super::listen_on;
use crate::{
    ports::{self, Owner},
    settings::{Setting, Settings},
};

/// How often a port is tried again that another program has.
const AGAIN: Duration = Duration::from_secs(30);

/// Ports of the room that somebody else has, and who.
pub(super) type Taken = Vec<(u16, Owner)>;

/// Opens the room on each of these ports: at once where it is free, else as soon as it is.
pub(super) async fn open<C: Consent, K: Keys>(
    server: &Server<C, K>,
    ports: &[u16],
) -> (JoinSet<()>, watch::Receiver<Taken>) {
    let mut tasks = JoinSet::new();
    let (taken, others) = watch::channel(Taken::new());
    for port in ports {
        let first = listen_on(*port).await;
        if let Err(error) = &first {
            let owner = look(&taken, *port).await;
            tracing::warn!(port, %owner, %error, "pages written for HiCOS cannot reach the agent here");
        }
        tasks.spawn(open_on(server.clone(), *port, first.ok(), taken.clone()));
    }
    (tasks, others)
}

async fn open_on<C: Consent, K: Keys>(
    server: Server<C, K>,
    port: u16,
    first: Option<Vec<TcpListener>>,
    taken: watch::Sender<Taken>,
) {
    let mut listeners = first;
    let listeners = loop {
        if let Some(listeners) = listeners {
            break listeners;
        }
        sleep(AGAIN).await;
        listeners = listen_on(port).await.ok();
        if listeners.is_none() {
            look(&taken, port).await;
        }
    };
    taken.send_if_modified(|taken| {
        let before = taken.len();
        taken.retain(|(known, _)| *known != port);
        taken.len() < before
    });
    let mut doors = JoinSet::new();
    for listener in listeners {
        let server = server.clone();
        doors.spawn(async move { server.open(Door::Hipki, listener).await });
    }
    doors.join_all().await;
}

/// Looks who has a port that was to be ours, and says so if it is news.
async fn look(taken: &watch::Sender<Taken>, port: u16) -> Owner {
    let owner = spawn_blocking(move || ports::owner(port)).await;
    let owner = owner.ok().flatten().unwrap_or_default();
    taken.send_if_modified(|taken| {
        let news = (port, owner.clone());
        let old = taken.iter().position(|(known, _)| *known == port);
        match old.and_then(|at| taken.get_mut(at)) {
            Some(known) => std::mem::replace(known, news.clone()) != news,
            None => {
                taken.push(news);
                true
            }
        }
    });
    owner
}

/// What the service is told.
pub(super) fn settings(settings: &Settings) -> HipkiSettings {
    let defaults = HipkiSettings::default();
    let version = &settings.hipki_version.value;
    let allowed = |setting: &Setting<Vec<Origin>>, scope| {
        let sites = setting.value.clone().into_iter();
        sites.map(move |site| (site, scope)).collect::<Vec<_>>()
    };
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    HipkiSettings {
        version: match version.is_empty() {
            true => defaults.version,
            false => version.clone(),
        },
        pin: settings.hipki_pin.value,
        unknown: settings.hipki_unknown.value,
        allow: [
            allowed(&settings.hipki_allow_read, Scope::Read),
            allowed(&settings.hipki_allow_sign, Scope::Sign),
            allowed(&settings.hipki_allow_decrypt, Scope::Decrypt),
        ]
        .concat(),
        block: settings.hipki_block.value.clone(),
        direct: settings.hipki_direct.value.clone(),
        hashed: settings.hipki_raw.value.clone(),
        programs: settings.hipki_programs.value.iter().map(text).collect(),
        sha1: settings.hipki_sha1.value,
    }
}
