//! The place of one module's (or file's) worker: it is started when it is needed, asked one thing at
//! a time, and replaced after anything that went wrong.

use std::{future::Future, process::ExitStatus, time::Duration};

use tokio::sync::Mutex;

use super::{
    WorkerProgram,
    child::{Child, Ended, encoded},
};
use crate::{
    Pin, WorkerSource,
    wire::{Reply, Request},
};

/// See the module.
#[derive(Debug)]
pub(super) struct Host {
    program: WorkerProgram,
    source: WorkerSource,
    place: Mutex<Option<Child>>,
}

/// Why there is no reply.
#[derive(Debug)]
pub(super) enum Silence {
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
    pub(super) fn new(program: WorkerProgram, source: WorkerSource) -> Self {
        Self {
            program,
            source,
            place: Mutex::new(None),
        }
    }

    pub(super) fn source(&self) -> &WorkerSource {
        &self.source
    }

    /// Asks the worker, for at most `limit` and only until `stop` is there. Dropping the call, or
    /// any end but a reply that says that all is well, ends the worker too: nothing else stops a
    /// card operation, and what a module is worth after an error nobody knows.
    pub(super) async fn ask(
        &self,
        request: &Request,
        pin: Option<&Pin>,
        limit: Duration,
        stop: impl Future<Output = ()>,
    ) -> Result<Reply, Silence> {
        tokio::select! {
            // An answer that is there counts, also when it comes with the end of the time.
            biased;
            answer = self.ask_in_turn(request, pin) => answer,
            () = stop => Err(Silence::Stopped),
            () = tokio::time::sleep(limit) => Err(Silence::Deadline),
        }
    }

    async fn ask_in_turn(&self, request: &Request, pin: Option<&Pin>) -> Result<Reply, Silence> {
        let mut place = self.place.lock().await;
        // Out of its place while it works: whoever drops this future drops the worker.
        let mut child = match place.take().and_then(Child::if_alive) {
            Some(child) => child,
            None => Child::spawn(&self.program, &self.source).map_err(Silence::Spawn)?,
        };
        match child.ask(&encoded(request), pin).await {
            Ok(reply) => {
                if self.stays_after(&reply) {
                    *place = Some(child);
                }
                Ok(reply)
            }
            Err(Ended) => Err(Silence::Ended(child.status().await)),
        }
    }

    fn stays_after(&self, reply: &Reply) -> bool {
        // A file's worker has had the key in its memory.
        matches!(self.source, WorkerSource::Module(_))
            && match reply {
                Reply::Listing(_) | Reply::Signature(_) => true,
                Reply::Failed(failure) => failure.is_about_the_pin(),
                Reply::Signed { .. } | Reply::Unusable(_) => false,
            }
    }

    /// Does something with the card that no worker's login must see.
    pub(super) async fn quietly<T>(&self, something: impl Future<Output = T>) -> T {
        let _place = self.place.lock().await;
        something.await
    }

    /// Ends the worker unless it is at work; the next request starts another.
    pub(super) fn restart(&self) {
        if let Ok(mut place) = self.place.try_lock() {
            *place = None;
        }
    }
}
