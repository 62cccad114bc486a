//! Work that takes a processor for a while, on threads of its own.

use std::{panic, sync::Arc, thread};

use tokio::{sync::Semaphore, task::spawn_blocking};

/// So many works at a time, each on a thread of its own, so that tasks that answer others do not
/// wait for them. A clone counts with the original.
#[derive(Clone, Debug)]
pub(crate) struct Threads(Arc<Semaphore>);

impl Threads {
    /// This many.
    pub(crate) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }

    /// As many as there are processors.
    pub(crate) fn of_processors() -> Self {
        Self::new(thread::available_parallelism().map_or(1, usize::from))
    }

    /// Waits for a thread and works there. A panic of the work is one of the caller's.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        let permit = Arc::clone(&self.0).acquire_owned().await;
        let worked = spawn_blocking(move || {
            // Held by the work, not by whoever waits for it: a client who hangs up does not end the
            // work, and must not make room for more.
            let _permit = permit;
            work()
        });
        let worked = worked.await;
        worked.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test]
    async fn whoever_hangs_up_makes_no_room() {
        let threads = Threads::new(1);
        let (begun, has_begun) = mpsc::channel();
        let (end, may_end) = mpsc::channel::<()>();
        let other = threads.clone();
        let client = tokio::spawn(async move {
            let work = move || {
                begun.send(()).expect("the test waits");
                may_end.recv().expect("the test tells");
            };
            other.work(work).await;
        });
        let begun = spawn_blocking(move || has_begun.recv()).await;
        begun.expect("no panic").expect("it has begun");
        client.abort();
        assert!(client.await.is_err_and(|error| error.is_cancelled()));

        let mut next = Box::pin(threads.work(|| 7));
        let early = tokio::time::timeout(Duration::from_millis(100), &mut next).await;
        assert!(early.is_err(), "two at a time");
        end.send(()).expect("the work waits");
        assert_eq!(next.await, 7);
    }

    #[tokio::test]
    #[should_panic(expected = "of the work")]
    async fn a_panic_is_the_callers() {
        let () = Threads::new(1).work(|| panic!("of the work")).await;
    }
}
