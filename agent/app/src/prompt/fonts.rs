//! The system's own font for Traditional Chinese, regular and bold.
//!
//! One Latin font is bundled, so that a system without any still shows who asks. Looking the system's fonts up takes some tens of milliseconds, so it is done
//! on a thread while the window is being made.

use std::{
    sync::{Arc, OnceLock},
    thread::JoinHandle,
};

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId};
use egui_system_font_provider::SystemFontProvider;
use epaint_default_fonts::UBUNTU_LIGHT;
use fontique::{
    Attributes, Collection, CollectionOptions, FallbackKey, FontWeight, Language, QueryFont,
    QueryStatus, Script, SourceCache,
};

/// A language tag: the forms of characters differ between Taiwan, Japan and China.
const LOCALE: &str = "zh-TW";
/// In the Han font we want, and in every font of Taiwan.
const SAMPLE: char = '憑';
const STRONG: &str = "strong";
const BUNDLED: &str = "bundled";

/// The font of plain text.
pub(super) fn plain(size: f32) -> FontId {
    FontId::proportional(size)
}

/// The font of what matters most.
pub(super) fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG.into()))
}

/// Starts to look for the fonts.
pub(super) fn look_up() -> JoinHandle<FontDefinitions> {
    std::thread::spawn(|| {
        let mut fonts = Fonts::default();
        definitions(|weight| fonts.find(weight))
    })
}

/// Gives the fonts to egui, which asks for others as it meets characters that these lack.
pub(super) fn install(context: &Context, fonts: FontDefinitions) {
    context.set_fonts(fonts);
    // Made on the first such character only: it looks all fonts up once more.
    let others = OnceLock::new();
    context.add_font_provider(Arc::new(move |request: &egui::FallbackRequest<'_>| {
        let others = others.get_or_init(|| SystemFontProvider::new().with_locale(Some(LOCALE)));
        egui::FontProvider::font_for(others, request)
    }));
}

/// All families, the system's font first and the bundled one after it.
pub(super) fn definitions(mut find: impl FnMut(FontWeight) -> Option<FontData>) -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let bundled = FontData::from_static(UBUNTU_LIGHT);
    fonts
        .font_data
        .insert(BUNDLED.to_owned(), Arc::new(bundled));
    let fallback = vec![BUNDLED.to_owned()];
    // egui wants a font for each family, used or not.
    fonts
        .families
        .insert(FontFamily::Monospace, fallback.clone());
    for (family, name, weight) in [
        (FontFamily::Proportional, "system", FontWeight::NORMAL),
        (
            FontFamily::Name(STRONG.into()),
            "system bold",
            FontWeight::BOLD,
        ),
    ] {
        let mut chain = fallback.clone();
        if let Some(data) = find(weight) {
            fonts.font_data.insert(name.to_owned(), Arc::new(data));
            chain.insert(0, name.to_owned());
        }
        fonts.families.insert(family, chain);
    }
    fonts
}

/// The system's fonts.
struct Fonts {
    collection: Collection,
    cache: SourceCache,
}

impl Default for Fonts {
    fn default() -> Self {
        let options = CollectionOptions {
            shared: false,
            system_fonts: true,
        };
        Self {
            collection: Collection::new(options),
            cache: SourceCache::default(),
        }
    }
}

impl Fonts {
    fn find(&mut self, weight: FontWeight) -> Option<FontData> {
        let locale = Language::parse(LOCALE).ok();
        let mut query = self.collection.query(&mut self.cache);
        // Not the sans-serif chain: its first font for Han may be a Japanese one.
        query.set_fallbacks(FallbackKey::new(
            Script::from_bytes(*b"Hani"),
            locale.as_ref(),
        ));
        query.set_attributes(Attributes {
            weight,
            ..Attributes::default()
        });
        let mut found = None;
        query.matches_with(|font| {
            let glyph = font.charmap().and_then(|map| map.map(SAMPLE));
            if glyph.is_none_or(|glyph| glyph == 0) {
                return QueryStatus::Continue;
            }
            found = Some(font.clone());
            QueryStatus::Stop
        });
        let QueryFont { blob, index, .. } = found?;
        Some(FontData::from_blob(blob.into_raw_parts().0, index))
    }
}
