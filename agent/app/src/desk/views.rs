//! What of the agent's state stands on pages, in the person's language.

use chop_service::{Asked, Grant, Outcome, Scope};
use time::{
    OffsetDateTime, UtcOffset, format_description::BorrowedFormatItem, macros::format_description,
};

use crate::{
    doctor::{Area, Line, Report, State, harmless},
    settings::{Settings, Source, Speech, Theme},
    text::{Language, Words, desk as text, doctor as words, grants},
};

/// The findings of a self-test by what they are about.
pub(super) type Areas = Vec<AreaView>;

pub(super) struct AreaView {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) lines: Vec<LineView>,
}

pub(super) struct LineView {
    pub(super) class: &'static str,
    pub(super) mark: &'static str,
    pub(super) state: String,
    pub(super) what: String,
    pub(super) remedy: Option<String>,
    pub(super) command: Option<String>,
}

pub(super) struct Request {
    pub(super) moment: String,
    pub(super) when: String,
    pub(super) who: String,
    pub(super) act: String,
    pub(super) times: u32,
    pub(super) outcome: String,
    pub(super) good: bool,
}

pub(super) struct Site {
    pub(super) caller: String,
    pub(super) may: String,
    pub(super) used: String,
    pub(super) by_policy: bool,
    pub(super) take_back: String,
    pub(super) take_back_of: String,
}

pub(super) struct Choice {
    pub(super) key: &'static str,
    pub(super) name: String,
    pub(super) locked: bool,
    pub(super) options: Vec<Chosen>,
}

pub(super) struct Chosen {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

pub(super) struct SettingRow {
    pub(super) key: &'static str,
    pub(super) value: String,
    pub(super) source: String,
    pub(super) locked: bool,
}

/// What people look for first.
const ORDER: [Area; 9] = [
    Area::Readers,
    Area::Cards,
    Area::Agent,
    Area::Trust,
    Area::Policies,
    Area::Certificate,
    Area::Modules,
    Area::Display,
    Area::Isolation,
];

/// The settings have a page of their own; here they are only when something is wrong with them.
pub(super) fn areas(report: &Report, language: Language) -> Areas {
    let shown = |line: &&Line| line.area != Area::Settings || line.state != State::Ok;
    let areas = [Area::Settings].into_iter().chain(ORDER);
    let areas = areas.map(|area| AreaView {
        id: format!("{area:?}").to_lowercase(),
        name: words::area(area).in_language(language).to_owned(),
        lines: report
            .lines
            .iter()
            .filter(|line| line.area == area)
            .filter(shown)
            .map(|it| line(it, language))
            .collect(),
    });
    areas.filter(|area| !area.lines.is_empty()).collect()
}

fn line(line: &Line, language: Language) -> LineView {
    let say = |words: &Words| harmless(words.in_language(language));
    let (class, mark) = match line.state {
        State::Ok => ("ok", "✓"),
        State::Note => ("note", "i"),
        State::Problem => ("problem", "!"),
    };
    LineView {
        class,
        mark,
        state: say(&words::state(line.state)),
        what: say(&line.what),
        remedy: line.remedy.as_ref().map(say),
        command: line.command.as_deref().map(harmless),
    }
}

/// The time of day; with the day only where that is not today.
const DAY: &[BorrowedFormatItem<'_>] =
    format_description!("[month padding:none]/[day padding:none] [hour]:[minute]");

pub(super) fn request(asked: &Asked, offset: UtcOffset, language: Language) -> Request {
    let local = OffsetDateTime::from(asked.at).to_offset(offset);
    Request {
        moment: local
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap_or_default(),
        when: local.format(DAY).unwrap_or_default(),
        who: harmless(&text::caller(&asked.caller, language)),
        act: language.say(&text::act(asked.act)),
        times: asked.times,
        outcome: language.say(&text::outcome(asked.outcome)),
        good: asked.outcome == Outcome::Done,
    }
}

/// What the person has decided, and beneath it what the machine's policy has.
pub(super) fn sites(list: &[Grant], settings: &Settings, language: Language) -> Vec<Site> {
    let say = |words: Words| words.in_language(language).to_owned();
    let own = list.iter().map(|grant| {
        let blocked = grant.scope.is_none();
        Site {
            caller: grant.caller.clone(),
            may: say(grants::may(grant.scope)),
            used: say(grants::used(&grants::day(grant.used))),
            by_policy: false,
            take_back: language.say(&text::take_back(blocked)),
            take_back_of: language.say(&text::take_back_of(blocked, &grant.caller)),
        }
    });
    let by_policy = [
        (&settings.hipki_allow_read, Some(Scope::Read)),
        (&settings.hipki_allow_sign, Some(Scope::Sign)),
        (&settings.hipki_allow_decrypt, Some(Scope::Decrypt)),
        (&settings.hipki_block, None),
    ];
    let by_policy = by_policy.into_iter().flat_map(|(setting, scope)| {
        let source = language.say(&text::source(setting.source));
        setting.value.iter().map(move |site| Site {
            caller: site.to_string(),
            may: grants::may(scope).in_language(language).to_owned(),
            used: source.clone(),
            by_policy: true,
            take_back: String::new(),
            take_back_of: String::new(),
        })
    });
    own.chain(by_policy).collect()
}

pub(super) fn choices(settings: &Settings, language: Language) -> Vec<Choice> {
    let speech = &settings.language;
    let spoken = Language::all().map(|it| (Speech::Always(it), it.tag(), it.name()));
    let system = (Speech::System, "system", language.say(&text::SYSTEM));
    let languages = std::iter::once(system).chain(spoken);
    let languages = languages.map(|(it, value, name)| Chosen {
        value: value.to_owned(),
        name,
        chosen: it == speech.value,
    });
    let theme = &settings.theme;
    let themes = [
        (Theme::System, "system"),
        (Theme::Light, "light"),
        (Theme::Dark, "dark"),
    ];
    let themes = themes.map(|(it, value)| Chosen {
        value: value.to_owned(),
        name: language.say(&text::theme(it)),
        chosen: it == theme.value,
    });
    vec![
        Choice {
            key: "language",
            name: language.say(&text::LANGUAGE),
            locked: speech.source == Source::Locked,
            options: languages.collect(),
        },
        Choice {
            key: "theme",
            name: language.say(&text::THEME),
            locked: theme.source == Source::Locked,
            options: themes.into(),
        },
    ]
}

pub(super) fn settings(settings: &Settings, language: Language) -> Vec<SettingRow> {
    let row = |shown: crate::settings::Shown| SettingRow {
        key: shown.key,
        value: harmless(&shown.value),
        source: language.say(&text::source(shown.source)),
        locked: shown.source == Source::Locked,
    };
    settings.shown().into_iter().map(row).collect()
}
