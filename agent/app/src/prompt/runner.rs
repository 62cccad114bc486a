//! Brings window, form and agent together.

use std::{
    thread::JoinHandle,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use chop_service::Ending;
use egui::{Context, FontDefinitions, Theme};
use egui_winit::accesskit_winit;
use winit::{
    application::ApplicationHandler,
    event::WindowEvent,
    event_loop::{ActiveEventLoop, ControlFlow, EventLoopProxy},
    window::WindowId,
};

use super::{
    agent::Agent,
    contents::{Contents, Outcome},
    fonts,
    form::Form,
    pin_form::PinForm,
    screen::Screen,
    theme,
    wire::{About, FromWindow, Request, ToWindow},
};

/// What reaches the event loop from elsewhere.
#[derive(Debug)]
pub(super) enum Occurrence {
    /// The agent said something.
    Said(ToWindow),
    /// The agent has closed the pipe.
    AgentGone,
    /// A screen reader wants something.
    Access(accesskit_winit::Event),
}

impl From<accesskit_winit::Event> for Occurrence {
    fn from(event: accesskit_winit::Event) -> Self {
        Self::Access(event)
    }
}

/// The window's main thread.
pub(super) struct Runner {
    contents: Box<dyn Contents>,
    agent: Agent,
    context: Context,
    fonts: Option<JoinHandle<FontDefinitions>>,
    proxy: EventLoopProxy<Occurrence>,
    screen: Option<Screen>,
    opened: bool,
    /// The agent said how it ended, so it is no longer needed.
    ended: bool,
    next: Option<Instant>,
}

impl Runner {
    pub(super) fn new(
        request: Request,
        agent: Agent,
        fonts: JoinHandle<FontDefinitions>,
        proxy: EventLoopProxy<Occurrence>,
    ) -> Self {
        let context = Context::default();
        context.options_mut(|options| options.fallback_theme = Theme::Light);
        if let Some(dark) = request.dark {
            context.set_theme(if dark { Theme::Dark } else { Theme::Light });
        }
        theme::dress(&context);
        // Ready-made discs would have to be shrunk to fit, smoothly, which our rasterizer does not.
        context.tessellation_options_mut(|options| options.prerasterized_discs = false);
        let today = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let today = i64::try_from(today.as_secs()).unwrap_or(i64::MAX);
        let contents: Box<dyn Contents> = match request.about {
            About::Site(site) => Box::new(Form::new(site, request.language, today)),
            About::Pin(task) => Box::new(PinForm::new(task, request.language, today)),
        };
        Self {
            contents,
            agent,
            context,
            fonts: Some(fonts),
            proxy,
            screen: None,
            opened: false,
            ended: false,
            next: None,
        }
    }

    /// Whether the window has been on the screen.
    pub(super) fn has_opened(&self) -> bool {
        self.opened
    }

    pub(super) fn agent(&mut self) -> &mut Agent {
        &mut self.agent
    }

    fn draw(&mut self, event_loop: &ActiveEventLoop) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        let Ok(drawn) = screen.draw(&self.context, self.contents.as_mut()) else {
            event_loop.exit();
            return;
        };
        self.next = Instant::now().checked_add(drawn.repaint_after);
        if let Some(outcome) = drawn.outcome {
            self.report(event_loop, outcome);
        }
    }

    fn report(&mut self, event_loop: &ActiveEventLoop, outcome: Outcome) {
        let said = match outcome {
            Outcome::Entered(choice, pin) => {
                let entered = FromWindow::Entered(choice);
                self.agent.hand_over(entered, &[&pin]);
                self.redraw();
                return;
            }
            Outcome::Agreed(choice) => {
                self.agent.say(FromWindow::Agreed(choice));
                self.redraw();
                return;
            }
            Outcome::Decided(decision) => Some(FromWindow::Decided(decision)),
            Outcome::Changed(choice, task, old, new) => {
                let changed = FromWindow::Changed(choice, task);
                self.agent.hand_over(changed, &[&old, &new]);
                self.redraw();
                return;
            }
            Outcome::Spoke(language) => {
                self.agent.say(FromWindow::Spoke(language));
                self.redraw();
                return;
            }
            Outcome::Closed => Some(FromWindow::Closed),
            Outcome::TimedOut => Some(FromWindow::TimedOut),
            Outcome::Over => None,
        };
        if let Some(message) = said {
            self.agent.say(message);
        }
        event_loop.exit();
    }

    fn said(&mut self, event_loop: &ActiveEventLoop, message: ToWindow) {
        match message {
            ToWindow::End(Ending::PageGone) => event_loop.exit(),
            message => {
                self.ended |= matches!(message, ToWindow::End(_));
                self.contents.hear(message);
            }
        }
        self.redraw();
    }

    fn redraw(&self) {
        if let Some(screen) = &self.screen {
            screen.request_redraw();
        }
    }
}

impl ApplicationHandler<Occurrence> for Runner {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.screen.is_some() {
            return;
        }
        let title = self.contents.title();
        let screen = Screen::open(event_loop, &self.context, title, self.proxy.clone());
        if let Some(fonts) = self.fonts.take().and_then(|thread| thread.join().ok()) {
            fonts::install(&self.context, fonts);
        }
        let Ok(screen) = screen else {
            event_loop.exit();
            return;
        };
        // The first frame tells the height and fills the font atlas, so that the second, which is
        // the first that can be seen, takes no time.
        let screen = self.screen.insert(screen);
        if screen.draw(&self.context, self.contents.as_mut()).is_err() {
            event_loop.exit();
            return;
        }
        screen.show();
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(screen) = &mut self.screen else {
            return;
        };
        match event {
            WindowEvent::CloseRequested => {
                let outcome = if self.ended {
                    Outcome::Over
                } else {
                    Outcome::Closed
                };
                self.report(event_loop, outcome);
            }
            WindowEvent::RedrawRequested => {
                self.draw(event_loop);
                if !self.opened {
                    self.opened = true;
                    self.agent.say(FromWindow::Opened);
                }
            }
            event => screen.handle(&event),
        }
    }

    fn user_event(&mut self, event_loop: &ActiveEventLoop, event: Occurrence) {
        match event {
            Occurrence::Said(message) => self.said(event_loop, message),
            Occurrence::AgentGone if self.ended => {}
            Occurrence::AgentGone => event_loop.exit(),
            Occurrence::Access(event) => {
                if let Some(screen) = &mut self.screen {
                    screen.assist(&self.context, event);
                }
            }
        }
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        if self.next.is_some_and(|next| next <= Instant::now()) {
            self.next = None;
            self.redraw();
        }
        // Without a plan, still look once in a while: the countdown must end.
        let next = self
            .next
            .unwrap_or_else(|| Instant::now() + Duration::from_secs(1));
        event_loop.set_control_flow(ControlFlow::WaitUntil(next));
    }
}
