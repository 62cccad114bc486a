//! The window on the screen: input in, pixels out.

use std::{num::NonZeroU32, rc::Rc, time::Duration};

use egui::{Context, ViewportId};
use egui_winit::{State, accesskit_winit};
use softbuffer::Surface;
use winit::{
    dpi::{LogicalSize, PhysicalPosition},
    event::WindowEvent,
    event_loop::{ActiveEventLoop, EventLoopProxy, OwnedDisplayHandle},
    window::{Icon, UserAttentionType, Window, WindowAttributes, WindowLevel},
};

use super::{
    contents::{Contents, Outcome},
    raster::{Canvas, Raster},
    runner::Occurrence,
    theme::{HEIGHT, WIDTH},
};
use crate::seal;

/// The name under which window managers and desktop files know the program.
#[cfg(target_os = "linux")]
const APPLICATION: &str = "chop";
/// What panels and title bars may take of a screen's height, in points.
const PANELS: f32 = 88.0;
/// A screen that says it is smaller than this is not believed, in points.
const TINY: f32 = 100.0;
/// Before it is known what stands in the window.
const SIZE: LogicalSize<f32> = LogicalSize::new(WIDTH, HEIGHT);
const ICON: u16 = 64;

/// Why there is no window.
pub(super) struct NoScreen;

/// One window.
pub(super) struct Screen {
    window: Rc<Window>,
    surface: Surface<OwnedDisplayHandle, Rc<Window>>,
    input: State,
    raster: Raster,
    title: String,
    /// What was asked for last.
    size: LogicalSize<f32>,
}

/// What came of a frame.
pub(super) struct Drawn {
    pub(super) outcome: Option<Outcome>,
    pub(super) repaint_after: Duration,
}

impl Screen {
    /// Makes a window that is not yet seen.
    pub(super) fn open(
        event_loop: &ActiveEventLoop,
        context: &Context,
        title: String,
        proxy: EventLoopProxy<Occurrence>,
    ) -> Result<Self, NoScreen> {
        let window = Rc::new(
            event_loop
                .create_window(attributes(&title))
                .map_err(|_| NoScreen)?,
        );
        let display = softbuffer::Context::new(event_loop.owned_display_handle());
        let surface = Surface::new(&display.map_err(|_| NoScreen)?, window.clone());
        let scale = Some(to_f32(window.scale_factor()));
        let theme = window.theme();
        let mut input = State::new(
            context.clone(),
            ViewportId::ROOT,
            &window,
            scale,
            theme,
            None,
        );
        // Before the window is shown, or a screen reader does not find it.
        input.init_accesskit(event_loop, &window, proxy);
        Ok(Self {
            window,
            surface: surface.map_err(|_| NoScreen)?,
            input,
            raster: Raster::default(),
            title,
            size: SIZE,
        })
    }

    /// Puts the window in the middle, in front of others.
    pub(super) fn show(&self) {
        if let Some(monitor) = self
            .window
            .primary_monitor()
            .or(self.window.current_monitor())
        {
            let (screen, corner) = (monitor.size(), monitor.position());
            let size = self.size.to_physical::<u32>(self.window.scale_factor());
            let middle = |start: i32, room: u32, size: u32| {
                start.saturating_add_unsigned(room.saturating_sub(size) / 2)
            };
            self.window.set_outer_position(PhysicalPosition::new(
                middle(corner.x, screen.width, size.width),
                middle(corner.y, screen.height, size.height),
            ));
        }
        self.window.set_visible(true);
        self.window.focus_window();
        self.window
            .request_user_attention(Some(UserAttentionType::Critical));
        self.window.request_redraw();
    }

    /// Runs the contents and draws them.
    pub(super) fn draw(
        &mut self,
        context: &Context,
        contents: &mut dyn Contents,
    ) -> Result<Drawn, NoScreen> {
        let input = self.input.take_egui_input(&self.window);
        let mut outcome = None;
        let mut output = context.run_ui(input, |ui| outcome = contents.ui(ui).or(outcome.take()));
        self.input
            .handle_platform_output(&self.window, output.platform_output);
        let scale = output.pixels_per_point;
        let primitives = context.tessellate(output.shapes, scale);
        self.raster.update(&output.textures_delta);
        let size = self.window.inner_size();
        if let (Some(width), Some(height)) =
            (NonZeroU32::new(size.width), NonZeroU32::new(size.height))
        {
            self.surface.resize(width, height).map_err(|_| NoScreen)?;
            let mut pixels = self.surface.buffer_mut().map_err(|_| NoScreen)?;
            let width = usize::try_from(size.width).unwrap_or(0);
            self.raster
                .paint(&mut Canvas::new(width, &mut pixels), &primitives, scale);
            self.window.pre_present_notify();
            pixels.present().map_err(|_| NoScreen)?;
        }
        if self.title != contents.title() {
            self.title = contents.title();
            self.window.set_title(&self.title);
        }
        self.raster.forget(&output.textures_delta);
        output.textures_delta.clear();
        self.fit(contents.height());
        let repaint_after = output
            .viewport_output
            .get(&ViewportId::ROOT)
            .map_or(Duration::MAX, |viewport| viewport.repaint_delay);
        Ok(Drawn {
            outcome,
            repaint_after,
        })
    }

    /// Gives the window the height that shows everything, as far as the screen has room for it; the
    /// contents scroll what is left. It is asked for once: a window manager that gives another size
    /// is not asked again.
    fn fit(&mut self, height: f32) {
        let wanted = size_within(height, self.room());
        if self.size != wanted {
            self.size = wanted;
            if self.window.request_inner_size(wanted).is_some() {
                self.window.request_redraw();
            }
        }
    }

    /// What the screen has room for, in points.
    fn room(&self) -> LogicalSize<f32> {
        let monitor = self
            .window
            .current_monitor()
            .or(self.window.primary_monitor());
        let scale = self.window.scale_factor();
        monitor.map_or(LogicalSize::new(f32::INFINITY, f32::INFINITY), |monitor| {
            monitor.size().to_logical(scale)
        })
    }

    /// Takes what the system says of the window.
    pub(super) fn handle(&mut self, event: &WindowEvent) {
        // X11: a level asked for before the window is mapped is lost.
        if matches!(
            event,
            WindowEvent::Focused(true) | WindowEvent::Occluded(false)
        ) {
            self.window.set_window_level(WindowLevel::AlwaysOnTop);
        }
        if self.input.on_window_event(&self.window, event).repaint {
            self.window.request_redraw();
        }
    }

    /// Takes what a screen reader wants.
    pub(super) fn assist(&mut self, context: &Context, event: accesskit_winit::Event) {
        match event.window_event {
            accesskit_winit::WindowEvent::InitialTreeRequested => context.enable_accesskit(),
            accesskit_winit::WindowEvent::ActionRequested(request) => {
                self.input.on_accesskit_action_request(request);
            }
            accesskit_winit::WindowEvent::AccessibilityDeactivated => context.disable_accesskit(),
        }
        self.request_redraw();
    }

    pub(super) fn request_redraw(&self) {
        self.window.request_redraw();
    }
}

/// The size of a window that wants `height`, on a screen of this size, in points.
fn size_within(height: f32, screen: LogicalSize<f32>) -> LogicalSize<f32> {
    let within = |wanted: f32, room: f32| match room > TINY {
        true => wanted.min(room),
        false => wanted,
    };
    LogicalSize::new(
        within(WIDTH, screen.width),
        within(height, screen.height - PANELS),
    )
}

fn attributes(title: &str) -> WindowAttributes {
    let side = u32::from(ICON);
    let attributes = Window::default_attributes()
        .with_title(title)
        .with_visible(false)
        .with_inner_size(SIZE)
        .with_resizable(false)
        .with_window_level(WindowLevel::AlwaysOnTop)
        .with_window_icon(Icon::from_rgba(seal::picture(ICON, seal::Badge::None), side, side).ok());
    named(attributes)
}

#[cfg(target_os = "linux")]
fn named(attributes: WindowAttributes) -> WindowAttributes {
    use winit::platform::{
        wayland::WindowAttributesExtWayland as Wayland,
        x11::{WindowAttributesExtX11 as X11, WindowType},
    };
    let attributes = Wayland::with_name(attributes, APPLICATION, "prompt");
    X11::with_name(attributes, APPLICATION, "prompt").with_x11_window_type(vec![WindowType::Dialog])
}

#[cfg(not(target_os = "linux"))]
fn named(attributes: WindowAttributes) -> WindowAttributes {
    attributes
}

#[allow(clippy::cast_possible_truncation)] // scales and sizes of screens
fn to_f32(number: f64) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_as_high_as_its_contents_where_the_screen_has_room() {
        let screen = LogicalSize::new(1280.0, 800.0);
        assert_eq!(size_within(500.0, screen), LogicalSize::new(WIDTH, 500.0));
    }

    #[test]
    fn on_a_low_or_narrow_screen_it_keeps_off_the_edges() {
        let netbook = LogicalSize::new(1024.0, 600.0);
        assert_eq!(size_within(700.0, netbook), LogicalSize::new(WIDTH, 512.0));
        let narrow = LogicalSize::new(400.0, 300.0);
        assert_eq!(size_within(700.0, narrow), LogicalSize::new(400.0, 212.0));
    }

    #[test]
    fn a_screen_without_a_size_is_not_believed() {
        let odd = LogicalSize::new(0.0, 0.0);
        assert_eq!(size_within(500.0, odd), LogicalSize::new(WIDTH, 500.0));
    }
}
