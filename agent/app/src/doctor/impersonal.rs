//! The report for whoever helps: without what tells whose computer and card it is about.
//!
//! What is personal is known by its text, and is taken out of every line wherever it stands; so a
//! line that somebody adds later needs no thought of its own.

use chop_token::Inventory;
use directories::BaseDirs;

use super::{Line, Report};
use crate::{ports, settings::Settings, text::Words};

/// Stands for what is left out.
const LEFT_OUT: &str = "[…]";

/// What is left out of reports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Personal {
    home: Option<String>,
    /// People's own names for themselves on this machine: whole words alone.
    users: Vec<String>,
    /// Holders of certificates and names of files; the longest first.
    names: Vec<String>,
}

impl Personal {
    /// Everything that could be said of this person by a report about these cards and settings.
    pub(super) fn of(inventory: &Inventory, settings: &Settings) -> Self {
        let home = BaseDirs::new().map(|folders| folders.home_dir().display().to_string());
        let set = ["USER", "LOGNAME", "USERNAME"].map(|name| std::env::var(name).ok());
        let ports = settings
            .ports
            .value
            .iter()
            .chain(&settings.hipki_ports.value);
        let owners = ports.filter_map(|port| ports::owner(*port)?.user);
        let users = set.into_iter().flatten().chain(owners);

        let tokens = inventory.tokens.iter();
        let holders = tokens
            .clone()
            .flat_map(|token| &token.certificates)
            .map(|certificate| certificate.holder.clone());
        let serials = tokens.map(|token| token.id.serial.clone());
        let files = settings
            .pkcs12
            .value
            .iter()
            .filter_map(|path| path.file_stem());
        let files = files.map(|stem| stem.to_string_lossy().into_owned());
        Self::new(home, users, holders.chain(serials).chain(files))
    }

    fn new(
        home: Option<String>,
        users: impl IntoIterator<Item = String>,
        names: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut names: Vec<_> = names
            .into_iter()
            .filter(|it| it.chars().count() > 1)
            .collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self {
            // A home that is the root is nobody's.
            home: home.filter(|home| home.len() > 1),
            users: users.into_iter().filter(|it| !it.is_empty()).collect(),
            names,
        }
    }

    /// The report without it.
    pub(crate) fn taken_out_of(&self, report: &Report) -> Report {
        let words = |words: &Words| Words {
            zh: self.out_of(&words.zh).into(),
            en: self.out_of(&words.en).into(),
        };
        let line = |line: &Line| Line {
            area: line.area,
            state: line.state,
            what: words(&line.what),
            remedy: line.remedy.as_ref().map(words),
            command: line.command.as_deref().map(|it| self.out_of_command(it)),
        };
        Report {
            lines: report.lines.iter().map(line).collect(),
        }
    }

    fn out_of(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if let Some(home) = &self.home {
            text = text.replace(home.as_str(), "~");
        }
        for name in &self.names {
            text = text.replace(name.as_str(), LEFT_OUT);
        }
        for user in &self.users {
            text = without_word(&text, user);
        }
        text
    }

    /// A command goes on to work: its words are in single quotes, between which the shell is asked.
    fn out_of_command(&self, command: &str) -> String {
        match &self.home {
            Some(home) => command.replace(home.as_str(), r#"'"$HOME"'"#),
            None => command.to_owned(),
        }
    }
}

/// Leaves a word out where it stands alone.
fn without_word(text: &str, word: &str) -> String {
    let is_part = |char: Option<char>| char.is_some_and(|it| it.is_alphanumeric() || it == '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word) {
        out.push_str(before);
        let inside = is_part(out.chars().next_back()) || is_part(after.chars().next());
        out.push_str(if inside { word } else { LEFT_OUT });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Area;

    fn personal() -> Personal {
        let text = |text: &&str| (*text).to_owned();
        let names = ["測試", "測試股份有限公司", "王小明", "my-card", "A", ""];
        Personal::new(
            Some("/home/lin".to_owned()),
            ["lin".to_owned(), String::new()],
            names.iter().map(text),
        )
    }

    #[test]
    fn names_homes_and_users_are_left_out_wherever_they_stand() {
        let personal = personal();
        for (text, without) in [
            (
                "測試股份有限公司（MOEACA），有效至 2027",
                "[…]（MOEACA），有效至 2027",
            ),
            ("/home/lin/.pki/nssdb", "~/.pki/nssdb"),
            ("pkcs12 = [/home/lin/my-card.p12]", "pkcs12 = [~/[…].p12]"),
            ("node (4711, lin)", "node (4711, […])"),
            ("online linux lin_x clin", "online linux lin_x clin"),
            ("王小明 的憑證", "[…] 的憑證"),
        ] {
            assert_eq!(personal.out_of(text), without);
        }
    }

    #[test]
    fn every_part_of_a_line_is_looked_at_and_a_command_still_works() {
        let said = |text: &str| Words {
            zh: text.to_owned().into(),
            en: text.to_owned().into(),
        };
        let report = Report {
            lines: vec![Line {
                command: Some("certutil -d 'sql:/home/lin/.pki/nssdb'".to_owned()),
                ..Line::problem(Area::Trust, (said("/home/lin"), said("王小明")))
            }],
        };
        let line = &personal().taken_out_of(&report).lines[0];
        assert_eq!((&*line.what.zh, &*line.what.en), ("~", "~"));
        let remedy = line.remedy.as_ref().unwrap();
        assert_eq!((&*remedy.zh, &*remedy.en), (LEFT_OUT, LEFT_OUT));
        let command = line.command.as_deref().unwrap();
        assert_eq!(command, r#"certutil -d 'sql:'"$HOME"'/.pki/nssdb'"#);
    }
}
