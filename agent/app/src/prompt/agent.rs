//! The window's side of the pipes to the agent.

use std::{fs::File, io::Result};

use chop_token::{
    Pin,
    pipe::{Frame, blocking},
    stdio,
};
use winit::event_loop::EventLoopProxy;

use super::{
    runner::Occurrence,
    wire::{FromWindow, Request},
};

/// The pipes to the agent.
pub(super) struct Agent {
    /// Until [`Agent::listen`].
    incoming: Option<File>,
    outgoing: File,
}

impl Agent {
    /// Takes standard input and output.
    pub(super) fn take() -> Result<Self> {
        let (incoming, outgoing) = stdio::take()?;
        Ok(Self {
            incoming: Some(incoming),
            outgoing,
        })
    }

    /// Waits for the request; `None` when what comes is none.
    pub(super) fn request(&mut self) -> Option<Request> {
        match blocking::read(self.incoming.as_mut()?) {
            Ok(Some(Frame::Message(message))) => serde_json::from_slice(&message).ok(),
            _ => None,
        }
    }

    /// Hands on what the agent says from now on, and its end.
    pub(super) fn listen(&mut self, proxy: EventLoopProxy<Occurrence>) {
        let Some(mut incoming) = self.incoming.take() else {
            return;
        };
        std::thread::spawn(move || {
            while let Ok(Some(Frame::Message(message))) = blocking::read(&mut incoming) {
                let Ok(message) = serde_json::from_slice(&message) else {
                    break;
                };
                if proxy.send_event(Occurrence::Said(message)).is_err() {
                    return;
                }
            }
            // No event loop, no window that could be closed.
            let _ = proxy.send_event(Occurrence::AgentGone);
        });
    }

    /// Tells the agent something. If it is gone, [`Occurrence::AgentGone`] ends the window.
    pub(super) fn say(&mut self, message: FromWindow) {
        if let Ok(json) = serde_json::to_vec(&message) {
            let _ = blocking::write_message(&mut self.outgoing, &json);
        }
    }

    /// Tells the agent something that secrets follow.
    pub(super) fn hand_over(&mut self, message: FromWindow, secrets: &[&Pin]) {
        self.say(message);
        for secret in secrets {
            let _ = blocking::write_secret(&mut self.outgoing, secret);
        }
    }
}
