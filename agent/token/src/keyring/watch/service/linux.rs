//! pcscd makes its socket when it starts, and removes it when it ends: the folder tells.

use std::{
    io::Result,
    os::fd::AsFd as _,
    path::{Path, PathBuf},
    time::Duration,
};

use nix::{
    poll::{PollFd, PollFlags, PollTimeout, poll},
    sys::{
        eventfd::{EfdFlags, EventFd},
        inotify::{AddWatchFlags, InitFlags, Inotify},
    },
};

/// The service, seen from outside.
pub(crate) struct Service {
    folder: PathBuf,
    events: Inotify,
    /// Woken by hand.
    hand: EventFd,
}

impl Service {
    /// From now on, starts are noticed.
    pub(crate) fn new() -> Result<Self> {
        let events = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
        let hand = EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC)?;
        let service = Self {
            folder: folder(std::env::var_os("PCSCLITE_CSOCK_NAME").map(PathBuf::from)),
            events,
            hand,
        };
        service.look_at_folder();
        Ok(service)
    }

    /// Waits for a start, or to be woken. Afterwards further starts are noticed already.
    pub(crate) fn wait(&self) {
        self.poll(PollTimeout::NONE);
    }

    /// Waits for so long, for a start, or to be woken.
    pub(crate) fn wait_at_most(&self, time: Duration) {
        self.poll(PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX));
    }

    /// Ends the waiting.
    pub(crate) fn wake(&self) {
        // Only a counter near 2⁶⁴ could be full.
        let _ = self.hand.write(1);
    }

    fn poll(&self, limit: PollTimeout) {
        let mut sources = [
            PollFd::new(self.events.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.hand.as_fd(), PollFlags::POLLIN),
        ];
        // Interrupted is as good as woken.
        let _ = poll(&mut sources, limit);
        let _ = self.events.read_events();
        let _ = self.hand.read();
        self.look_at_folder();
    }

    /// A folder that is made anew is another one. The same one twice is one watch.
    fn look_at_folder(&self) {
        // pcscd listens before it opens its socket to everybody (`chmod`), which is the last event.
        let starts =
            AddWatchFlags::IN_CREATE | AddWatchFlags::IN_MOVED_TO | AddWatchFlags::IN_ATTRIB;
        if self.events.add_watch(&self.folder, starts).is_err()
            && let Some(parent) = self.folder.parent()
        {
            // Nobody has started it since the machine was. Its folder will come first.
            let once = AddWatchFlags::IN_CREATE | AddWatchFlags::IN_ONESHOT;
            let _ = self.events.add_watch(parent, once);
        }
    }
}

/// Where libpcsclite looks for the socket.
fn folder(socket: Option<PathBuf>) -> PathBuf {
    let folder = socket.as_deref().and_then(Path::parent).map(Path::to_owned);
    folder.unwrap_or_else(|| "/run/pcscd".into())
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc, thread, time::Instant};

    use super::*;

    fn watching(folder: &Path) -> Arc<Service> {
        let service = Service {
            folder: folder.to_owned(),
            events: Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC).unwrap(),
            hand: EventFd::from_flags(EfdFlags::EFD_NONBLOCK).unwrap(),
        };
        service.look_at_folder();
        Arc::new(service)
    }

    /// Waits in a thread of its own, and does something meanwhile.
    fn wait_while(service: &Arc<Service>, something: impl FnOnce()) {
        let waiting = Arc::clone(service);
        let thread = thread::spawn(move || waiting.wait());
        something();
        thread.join().unwrap();
    }

    #[test]
    fn a_socket_that_is_made_ends_the_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let service = watching(folder.path());
        wait_while(&service, || {
            fs::write(folder.path().join("pcscd.comm"), "").unwrap();
        });
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_waited_for_and_then_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("pcscd");
        let service = watching(&made);
        wait_while(&service, || fs::create_dir(&made).unwrap());
        wait_while(&service, || {
            fs::write(made.join("pcscd.comm"), "").unwrap();
        });
    }

    #[test]
    fn a_hand_ends_the_waiting_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let service = watching(folder.path());
        wait_while(&service, || service.wake());

        let (start, moment) = (Instant::now(), Duration::from_millis(30));
        service.wait_at_most(moment);
        assert!(start.elapsed() >= moment);
    }

    #[test]
    fn the_socket_is_where_libpcsclite_looks_for_it() {
        assert_eq!(folder(None), Path::new("/run/pcscd"));
        let other = Some("/tmp/a/pcscd.comm".into());
        assert_eq!(folder(other), Path::new("/tmp/a"));
    }
}
