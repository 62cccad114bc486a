//! `chop prompt`: one window for one operation, in a process of its own.
//!
//! Request and views come in on standard input, what the person does goes out on standard output;
//! nothing is read from arguments. The process ends with the operation, and at once when the agent
//! closes the pipe; its end is what wipes the copies that toolkit and system made of what was typed.

mod agent;
mod attention;
mod contents;
mod fonts;
mod form;
#[cfg(test)]
mod gallery;
mod guard;
mod paint;
mod parts;
mod pin_buffer;
mod pin_form;
mod raster;
mod runner;
#[cfg(test)]
mod scene;
mod screen;
mod theme;
pub(crate) mod wire;

use std::process::ExitCode;

use winit::event_loop::EventLoop;

use agent::Agent;
use runner::Runner;
use wire::FromWindow;

/// There is no display, or it cannot be drawn on.
const NO_DISPLAY: u8 = 3;
/// Not started by an agent: what comes in is no request.
const NO_REQUEST: u8 = 2;

/// Runs the window. Call it before any library that might print is loaded.
#[must_use]
pub fn run() -> ExitCode {
    fence();
    let Ok(mut agent) = Agent::take() else {
        return ExitCode::from(NO_REQUEST);
    };
    let fonts = fonts::look_up();
    let event_loop = EventLoop::with_user_event().build();
    let Some(request) = agent.request() else {
        return ExitCode::from(NO_REQUEST);
    };
    let Ok(event_loop) = event_loop else {
        agent.say(FromWindow::NoDisplay);
        return ExitCode::from(NO_DISPLAY);
    };
    agent.listen(event_loop.create_proxy());
    let mut runner = Runner::new(request, agent, fonts, event_loop.create_proxy());
    match event_loop.run_app(&mut runner) {
        Ok(()) if runner.has_opened() => ExitCode::SUCCESS,
        _ => {
            runner.agent().say(FromWindow::NoDisplay);
            ExitCode::from(NO_DISPLAY)
        }
    }
}

/// Keeps other programs of the same person from reading this one's memory, and it out of core dumps.
pub(crate) fn fence() {
    #[cfg(target_os = "linux")]
    if let Err(error) = nix::sys::prctl::set_dumpable(false) {
        tracing::warn!(%error, "the window's memory is not protected");
    }
}
