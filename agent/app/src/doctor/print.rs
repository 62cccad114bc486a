//! The report for a terminal and for programs.

use std::fmt::Write as _;

use serde_json::json;

use super::{Area, Line, Report, State};
use crate::text::{Words, doctor as text};

/// Chinese first, English beneath; one block for each area.
pub(super) fn table(report: &Report) -> String {
    let mut out = String::new();
    let mut area: Option<Area> = None;
    for line in &report.lines {
        if area != Some(line.area) {
            area = Some(line.area);
            let gap = if out.is_empty() { "" } else { "\n" };
            // Writing to a String cannot fail, here and below.
            let _ = writeln!(out, "{gap}{}", text::area(line.area).line());
        }
        write_line(&mut out, line);
    }
    let summary = text::summary(report.problems());
    let _ = writeln!(out, "\n{}", summary.line());
    out
}

fn write_line(out: &mut String, line: &Line) {
    let mark = match line.state {
        State::Ok => "✓",
        State::Note => "·",
        State::Problem => "✗",
    };
    let both = |out: &mut String, first: &str, rest: &str, words: &Words| {
        let _ = writeln!(out, "{first}{}", harmless(&words.zh));
        let _ = writeln!(out, "{rest}{}", harmless(&words.en));
    };
    both(out, &format!("  {mark} "), "    ", &line.what);
    if let Some(remedy) = &line.remedy {
        both(out, "    → ", "      ", remedy);
    }
    if let Some(command) = &line.command {
        let _ = writeln!(out, "        {}", harmless(command));
    }
}

/// `{"problems": 1, "lines": […]}` and a line end.
pub(super) fn json(report: &Report) -> String {
    let json = json!({ "problems": report.problems(), "lines": report.lines });
    format!("{json}\n")
}

/// Readers, modules and files name themselves: nothing of it may steer a terminal.
#[must_use]
pub fn harmless(text: &str) -> String {
    let visible = |char: char| {
        if char.is_control() {
            char::REPLACEMENT_CHARACTER
        } else {
            char
        }
    };
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(en: &str) -> Words {
        Words {
            zh: "中文".into(),
            en: en.to_owned().into(),
        }
    }

    fn report() -> Report {
        let problem = (words("bad\u{1b}[2J"), words("do this"));
        Report {
            lines: vec![
                Line::ok(Area::Agent, words("good")),
                Line::note(Area::Agent, words("so so"), None),
                Line {
                    command: Some("ls".to_owned()),
                    ..Line::problem(Area::Readers, problem)
                },
            ],
        }
    }

    #[test]
    fn a_table_has_a_block_for_each_area() {
        let expected = "\
代理程式 Agent
  ✓ 中文
    good
  · 中文
    so so

讀卡機 Card readers
  ✗ 中文
    bad\u{FFFD}[2J
    → 中文
      do this
        ls

發現 1 個問題。 1 problem found.
";
        assert_eq!(table(&report()), expected);
    }

    #[test]
    fn programs_read_state_and_remedy_by_name() {
        let json: serde_json::Value = serde_json::from_str(&json(&report())).unwrap();
        assert_eq!(json["problems"], 1);
        assert_eq!(json["lines"][2]["area"], "readers");
        assert_eq!(json["lines"][2]["state"], "problem");
        assert_eq!(json["lines"][2]["remedy_en"], "do this");
        assert_eq!(json["lines"][2]["command"], "ls");
        assert!(json["lines"][0]["remedy_en"].is_null());
    }
}
