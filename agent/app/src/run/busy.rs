//! Whether a window is open, for the tray.

use chop_service::{Consent, ConsentError, ConsentRequest, Ending, Event, View, Window};
use tokio::sync::watch;

/// Opens windows of `C`, and says when one is open.
pub(super) struct Announced<C> {
    inner: C,
    open: watch::Sender<usize>,
}

impl<C> Announced<C> {
    /// The consent, and the number of windows that are open.
    pub(super) fn new(inner: C) -> (Self, watch::Receiver<usize>) {
        let (open, windows) = watch::channel(0);
        (Self { inner, open }, windows)
    }
}

impl<C: Consent> Consent for Announced<C> {
    type Window = AnnouncedWindow<C::Window>;

    async fn open(&self, request: &ConsentRequest) -> Result<Self::Window, ConsentError> {
        let open = Open::new(self.open.clone());
        Ok(AnnouncedWindow {
            inner: self.inner.open(request).await?,
            _open: open,
        })
    }
}

/// A window that is counted as long as it lives.
pub(super) struct AnnouncedWindow<W> {
    inner: W,
    _open: Open,
}

impl<W: Window> Window for AnnouncedWindow<W> {
    async fn show(&mut self, view: &View) {
        self.inner.show(view).await;
    }

    async fn next(&mut self) -> Event {
        self.inner.next().await
    }

    fn end(self, ending: Ending) {
        self.inner.end(ending);
    }
}

struct Open(watch::Sender<usize>);

impl Open {
    fn new(count: watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
