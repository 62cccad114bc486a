//! What a person has chosen of how Chop looks: it holds for windows, menu and pages at once, and may
//! change while the agent runs.

use tokio::sync::watch;

use crate::{
    paths::Paths,
    settings::{self, Settings, Source, Theme},
    text::Language,
};

/// The language and the theme that hold now. Clones are the same.
#[derive(Clone, Debug)]
pub struct Preferences {
    paths: Paths,
    language: watch::Sender<Language>,
    theme: watch::Sender<Theme>,
}

impl Preferences {
    /// What the settings say.
    #[must_use]
    pub fn new(paths: &Paths, settings: &Settings) -> Self {
        Self {
            paths: paths.clone(),
            language: watch::Sender::new(settings.language.value.language()),
            theme: watch::Sender::new(settings.theme.value),
        }
    }

    /// What is spoken. Whoever sends into it changes it until the agent ends.
    #[must_use]
    pub fn language(&self) -> &watch::Sender<Language> {
        &self.language
    }

    /// Whether windows and pages are light or dark.
    #[must_use]
    pub fn theme(&self) -> &watch::Sender<Theme> {
        &self.theme
    }

    /// Speaks another language from now on: also the next time, unless a policy has locked it.
    ///
    /// # Errors
    /// As [`settings::set`]; it is spoken until the agent ends even so.
    pub fn speak(&self, language: Language) -> Result<(), settings::SetError> {
        self.language.send_replace(language);
        settings::set(&self.paths, "language", &format!("{:?}", language.tag()))
    }

    /// Takes over what the files say now, because somebody has changed them; gives all that they say.
    ///
    /// # Errors
    /// As [`Settings::load`]; nothing changes then.
    pub fn reload(&self) -> Result<Settings, settings::Error> {
        let settings = Settings::load(&self.paths)?;
        let language = settings.language.value.language();
        // A language that was chosen in a window holds until the files say another.
        if settings.language.source != Source::BuiltIn {
            self.language
                .send_if_modified(|now| std::mem::replace(now, language) != language);
        }
        let theme = settings.theme.value;
        self.theme
            .send_if_modified(|now| std::mem::replace(now, theme) != theme);
        Ok(settings)
    }
}
