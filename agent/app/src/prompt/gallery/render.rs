//! Draws a window without a screen.

use egui::{
    Context, Event, FontDefinitions, FullOutput, Pos2, RawInput, Rect, Theme, ViewportId, vec2,
};

use super::{check, picture::Picture};
use crate::prompt::{
    contents::Contents,
    fonts,
    raster::{Canvas, Raster},
    theme::{self, HEIGHT, WIDTH},
};

/// Draws at one scale.
pub(super) struct Renderer {
    scale: f32,
    fonts: FontDefinitions,
}

/// A window, drawn.
pub(super) struct Drawn {
    pub(super) picture: Option<Picture>,
    pub(super) faults: Vec<String>,
}

impl Renderer {
    pub(super) fn new(scale: f32) -> Self {
        let fonts = fonts::look_up().join().unwrap();
        assert!(
            fonts.font_data.contains_key("system"),
            "the pictures need Debian's fonts-noto-cjk"
        );
        Self { scale, fonts }
    }

    /// Shows a window for a moment, with something typed into it, and says what is wrong with how it
    /// looks then; with `paint` it draws it too.
    pub(super) fn draw(
        &self,
        contents: &mut dyn Contents,
        dark: bool,
        typed: &str,
        paint: bool,
    ) -> Drawn {
        let context = Context::default();
        context.set_theme(if dark { Theme::Dark } else { Theme::Light });
        theme::dress(&context);
        context.tessellation_options_mut(|options| options.prerasterized_discs = false);
        fonts::install(&context, self.fonts.clone());
        let mut window = Window {
            context,
            raster: Raster::default(),
            scale: self.scale,
            height: HEIGHT,
        };
        // It takes its height, then keys count, then there is something in it.
        for time in [0.0, 0.02, 0.04, 0.6] {
            window.frame(contents, time, Vec::new());
        }
        let keys = typed.chars().map(|key| Event::Text(key.to_string()));
        window.frame(contents, 0.62, keys.collect());
        window.frame(contents, 0.64, Vec::new());
        let output = window.frame(contents, 0.66, Vec::new());
        let faults = check::faults(&output.shapes, window.rect());
        Drawn {
            picture: paint.then(|| window.paint(output)),
            faults,
        }
    }
}

struct Window {
    context: Context,
    raster: Raster,
    scale: f32,
    height: f32,
}

impl Window {
    fn rect(&self) -> Rect {
        Rect::from_min_size(Pos2::ZERO, vec2(WIDTH, self.height))
    }

    fn frame(&mut self, contents: &mut dyn Contents, time: f64, events: Vec<Event>) -> FullOutput {
        let mut input = RawInput {
            screen_rect: Some(self.rect()),
            time: Some(time),
            focused: true,
            events,
            ..RawInput::default()
        };
        let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
        viewport.native_pixels_per_point = Some(self.scale);
        let mut output = self.context.run_ui(input, |ui| {
            contents.ui(ui);
        });
        self.height = contents.height();
        self.raster.update(&output.textures_delta);
        output.textures_delta.clear();
        output
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sizes of windows
    fn paint(&self, output: FullOutput) -> Picture {
        let size = self.rect().size() * self.scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let mut picture = Picture::new(width, height);
        let primitives = self.context.tessellate(output.shapes, self.scale);
        let mut canvas = Canvas::new(width, &mut picture.pixels);
        self.raster.paint(&mut canvas, &primitives, self.scale);
        picture
    }
}
