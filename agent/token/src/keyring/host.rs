//! The place of one module's (or file's) worker: it is started when it is needed, asked one thing at
//! a time, and replaced after anything that went wrong.

use std::{
    future::Future,
    pin::pin,
    process::ExitStatus,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use tokio::sync::Mutex;

use super::{
    WorkerProgram,
    child::{Answer, Child},
};
use crate::{
    Allowed, Pin, WorkerSource,
    wire::{self, Reply, Request},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Host {
    program: WorkerProgram,
    source: WorkerSource,
    allowed: Allowed,
    place: Mutex<Option<Child>>,
    /// Whether the worker that is there, or at work, must not be asked again.
    outdated: AtomicBool,
}

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Silence {
    /// The settings do not allow this module.
    NotAllowed,
    /// The worker could not be started.
    Spawn(std::io::Error),
    /// It ended by itself; how, if that is known.
    Ended(Option<ExitStatus>),
    /// It did not answer in time, and was killed.
    Deadline,
    /// What made the answer worthless happened, and it was killed.
    Stopped,
}

impl Host {
    pub(super) fn new(program: WorkerProgram, source: WorkerSource, allowed: Allowed) -> Self {
        Self {
            program,
            source,
            allowed,
            place: Mutex::new(None),
            outdated: AtomicBool::new(false),
        }
    }

    pub(super) fn source(&self) -> &WorkerSource {
        &self.source
    }

    /// Asks the worker, and gives each answer to `each` until that says that it was the last.
    ///
    /// Each answer may take `limit`, and `stop` ends the waiting. Dropping the call, or any end but
    /// an answer that says that all is well, ends the worker too: nothing else stops a card
    /// operation, and what a module is worth after an error nobody knows.
    pub(super) async fn ask<T>(
        &self,
        request: &Request,
        secrets: &[&Pin],
        limit: Duration,
        stop: impl Future<Output = ()>,
        mut each: impl FnMut(Answer) -> Option<T>,
    ) -> Result<T, Silence> {
        let mut wait = pin!(stop);
        let mut wait = Wait {
            limit,
            stop: wait.as_mut(),
        };
        let mut place = wait.for_it(self.place.lock()).await?;
        if self.outdated.swap(false, Ordering::AcqRel) {
            *place = None;
        }
        // Out of its place while it works: whoever drops this future drops the worker.
        let mut child = match place.take().and_then(Child::if_alive) {
            Some(child) => child,
            None => self.spawn()?,
        };
        if wait
            .for_it(child.ask(&wire::encoded(request), secrets))
            .await?
            .is_err()
        {
            return Err(Silence::Ended(child.status().await));
        }
        loop {
            let Ok(answer) = wait.for_it(child.answer()).await? else {
                return Err(Silence::Ended(child.status().await));
            };
            let stays = self.stays_after(&answer.reply);
            if let Some(last) = each(answer) {
                if stays {
                    *place = Some(child);
                }
                return Ok(last);
            }
        }
    }

    /// The only place where a module comes into a process: here the list of those that are allowed
    /// is held against it, each time.
    fn spawn(&self) -> Result<Child, Silence> {
        let source = match &self.source {
            WorkerSource::Module(module) => {
                let path = self.allowed.permits(&module.path);
                WorkerSource::Module(crate::Module {
                    path: path.ok_or(Silence::NotAllowed)?,
                    ..module.clone()
                })
            }
            file => file.clone(),
        };
        Child::spawn(&self.program, &source).map_err(Silence::Spawn)
    }

    fn stays_after(&self, reply: &Reply) -> bool {
        // A file's worker has had the key in its memory.
        matches!(self.source, WorkerSource::Module(_))
            && match reply {
                Reply::Listing(_) | Reply::Signature(_) | Reply::Plaintext | Reply::Done => true,
                Reply::Failed(failure) => failure.is_harmless(),
                Reply::Signed { .. }
                | Reply::NotDecrypted
                | Reply::Revealed(_)
                | Reply::Unusable(_) => false,
            }
    }

    /// Does something with the card that no worker's login must see.
    pub(super) async fn quietly<T>(&self, something: impl Future<Output = T>) -> T {
        let _place = self.place.lock().await;
        something.await
    }

    /// The next request starts another worker. This one ends now, or when that comes if it is at
    /// work.
    pub(super) fn restart(&self) {
        self.outdated.store(true, Ordering::Release);
        if let Ok(mut place) = self.place.try_lock() {
            *place = None;
        }
    }
}

/// Waiting that has an end.
struct Wait<'a, S> {
    limit: Duration,
    stop: std::pin::Pin<&'a mut S>,
}

impl<S: Future<Output = ()>> Wait<'_, S> {
    async fn for_it<T>(&mut self, it: impl Future<Output = T>) -> Result<T, Silence> {
        tokio::select! {
            // An answer that is there counts, also when it comes with the end of the time.
            biased;
            it = it => Ok(it),
            () = &mut self.stop => Err(Silence::Stopped),
            () = tokio::time::sleep(self.limit) => Err(Silence::Deadline),
        }
    }
}
