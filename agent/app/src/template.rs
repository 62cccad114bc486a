//! Templates for group policies (ADMX, ADML), made of the table of settings: what an administrator
//! can set is what the agent reads, no more and no less.
//!
//! `cargo run -p chop-agent --example template` writes them to packaging/windows/policies; a test
//! compares.
//!
//! Spec: Microsoft, "ADMX Schema" and "ADML Schema" (Group Policy Registry Extension).

mod words;

use std::fmt::Write as _;

use crate::settings::{Kind, TABLE, registry::KEY};
use words::{Named, WORDS, named};

/// The languages of ADML files, by the names of their folders.
pub const LANGUAGES: [&str; 2] = ["zh-TW", "en-US"];

const NAMESPACE: &str = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions";

/// The ADMX file: what can be set, and where in the registry.
#[must_use]
pub fn admx() -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <!-- Made of the table of settings by chop-agent's example 'template'. -->\n\
         <policyDefinitions xmlns=\"{NAMESPACE}\" revision=\"1.0\" schemaVersion=\"1.0\">\n\
         \x20 <policyNamespaces>\n\
         \x20   <target prefix=\"chop\" namespace=\"Chop.Policies\" />\n\
         \x20 </policyNamespaces>\n\
         \x20 <resources minRequiredRevision=\"1.0\" />\n\
         \x20 <supportedOn>\n\
         \x20   <definitions>\n\
         \x20     <definition name=\"SUPPORTED_Chop\" displayName=\"$(string.SUPPORTED_Chop)\" />\n\
         \x20   </definitions>\n\
         \x20 </supportedOn>\n\
         \x20 <categories>\n\
         \x20   <category name=\"Chop\" displayName=\"$(string.Chop)\" />\n\
         \x20   <category name=\"Hicos\" displayName=\"$(string.Hicos)\">\n\
         \x20     <parentCategory ref=\"Chop\" />\n\
         \x20   </category>\n\
         \x20 </categories>\n\
         \x20 <policies>\n"
    );
    for setting in TABLE {
        policy(&mut text, setting.key, setting.kind);
    }
    text.push_str("  </policies>\n</policyDefinitions>\n");
    text
}

fn policy(text: &mut String, key: &str, kind: Kind) {
    let name = name(key);
    let category = if key.starts_with("hipki.") {
        "Hicos"
    } else {
        "Chop"
    };
    // Nothing can fail on a String.
    let _ = write!(
        text,
        "    <policy name=\"{name}\" class=\"Machine\" displayName=\"$(string.{name})\" \
         explainText=\"$(string.{name}_Help)\" key=\"{KEY}\""
    );
    let presentation = format!(" presentation=\"$(presentation.{name})\"");
    let _ = match kind {
        Kind::Switch => write!(text, " valueName=\"{key}\""),
        _ => write!(text, "{presentation}"),
    };
    let _ = write!(
        text,
        ">\n      <parentCategory ref=\"{category}\" />\n      <supportedOn ref=\"SUPPORTED_Chop\" />\n"
    );
    let value = format!("id=\"{name}\" valueName=\"{key}\"");
    match kind {
        Kind::Switch => text.push_str(
            "      <enabledValue><decimal value=\"1\" /></enabledValue>\n\
             \x20     <disabledValue><decimal value=\"0\" /></disabledValue>\n",
        ),
        Kind::Number => elements(
            text,
            &format!("<decimal {value} required=\"true\" minValue=\"10\" maxValue=\"600\" />"),
        ),
        Kind::Text => elements(text, &format!("<text {value} required=\"true\" />")),
        Kind::Texts | Kind::Numbers => elements(
            text,
            &format!("<list id=\"{name}\" key=\"{KEY}\\{key}\" valuePrefix=\"\" />"),
        ),
        Kind::Word(words) => {
            let items: String = words
                .iter()
                .map(|word| {
                    format!(
                        "\n          <item displayName=\"$(string.{name}_{word})\"><value><string>{word}</string></value></item>"
                    )
                })
                .collect();
            elements(
                text,
                &format!("<enum {value} required=\"true\">{items}\n        </enum>"),
            );
        }
    }
    text.push_str("    </policy>\n");
}

fn elements(text: &mut String, element: &str) {
    let _ = write!(
        text,
        "      <elements>\n        {element}\n      </elements>\n"
    );
}

/// The ADML file of a language, one of [`LANGUAGES`]: what an administrator reads.
#[must_use]
pub fn adml(language: &str) -> String {
    let in_chinese = language == "zh-TW";
    let pick = |(zh, en): (&'static str, &'static str)| if in_chinese { zh } else { en };
    let mut strings = String::new();
    let mut presentations = String::new();
    let mut string = |id: &str, words: &str| {
        let _ = writeln!(
            strings,
            "      <string id=\"{id}\">{}</string>",
            escaped(words)
        );
    };
    for (id, words) in [
        ("Chop", ("Chop 憑證簽章", "Chop")),
        ("Hicos", ("為 HiCOS 撰寫的網頁", "Pages written for HiCOS")),
        ("SUPPORTED_Chop", ("Chop 0.1 以上", "Chop 0.1 or later")),
    ] {
        string(id, pick(words));
    }
    for setting in TABLE {
        let name = name(setting.key);
        let words = named(setting.key);
        let title = words.map_or(setting.key, |it: &Named| pick(it.title));
        string(&name, title);
        let help = words.map_or("", |it| pick(it.help));
        string(
            &format!("{name}_Help"),
            &format!("{help}\n\n{}: {}", pick(("設定名稱", "Key")), setting.key),
        );
        if let Kind::Word(words) = setting.kind {
            for word in words {
                let said = WORDS.iter().find(|(it, ..)| it == word);
                let said = said.map_or(*word, |(_, zh, en)| pick((zh, en)));
                string(&format!("{name}_{word}"), said);
            }
        }
        presentation(&mut presentations, &name, setting.kind, title);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <!-- Made of the table of settings by chop-agent's example 'template'. -->\n\
         <policyDefinitionResources xmlns=\"{NAMESPACE}\" revision=\"1.0\" schemaVersion=\"1.0\">\n\
         \x20 <displayName>Chop</displayName>\n\
         \x20 <description>Chop</description>\n\
         \x20 <resources>\n\
         \x20   <stringTable>\n{strings}    </stringTable>\n\
         \x20   <presentationTable>\n{presentations}    </presentationTable>\n\
         \x20 </resources>\n\
         </policyDefinitionResources>\n"
    )
}

fn presentation(text: &mut String, name: &str, kind: Kind, title: &str) {
    let label = escaped(title);
    let control = match kind {
        Kind::Switch => return,
        Kind::Number => format!(
            "<decimalTextBox refId=\"{name}\" defaultValue=\"120\">{label}</decimalTextBox>"
        ),
        Kind::Text => format!("<textBox refId=\"{name}\"><label>{label}</label></textBox>"),
        Kind::Texts | Kind::Numbers => format!("<listBox refId=\"{name}\">{label}</listBox>"),
        Kind::Word(_) => format!(
            "<dropdownList refId=\"{name}\" noSort=\"true\" defaultItem=\"0\">{label}</dropdownList>"
        ),
    };
    let _ = write!(
        text,
        "      <presentation id=\"{name}\">\n        {control}\n      </presentation>\n"
    );
}

/// A key as names in these files may be: letters, digits and underscores.
fn name(key: &str) -> String {
    let words = key.split(['.', '_']).map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    });
    words.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
