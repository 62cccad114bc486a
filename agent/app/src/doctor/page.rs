//! The report as a page in the person's browser where no agent runs that could show it: one file without scripts, readable by its owner
//! alone, written anew each time.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{Area, Line, Report, State, print::harmless};
use crate::{
    browse,
    paths::Paths,
    text::{Words, doctor as text},
};

const STYLE: &str = "
body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}
ul{list-style:none;margin:0;padding:0}li{border-left:4px solid #8a8a8a;padding:.2rem .8rem;margin:.4rem 0}
li.ok{border-color:#1a7f37}li.problem{border-color:#cf222e}
p{margin:0;overflow-wrap:anywhere}p.remedy{font-weight:600}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0}[lang=en]{opacity:.75;font-size:.9rem}
@media(prefers-color-scheme:dark){body{background:#1c1c1c;color:#eee}}
";

/// Writes the page and opens it.
pub(super) fn show(report: &Report, paths: &Paths) -> ExitCode {
    let folder = paths.lock.parent().unwrap_or(Path::new("."));
    let page = match write(folder, &html(report)) {
        Ok(page) => page,
        Err(error) => {
            eprintln!("chop: {}: {error}", folder.display());
            return ExitCode::FAILURE;
        }
    };
    match browse::open(&page) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => {
            eprintln!(
                "chop: {}",
                text::no_browser(&page.display().to_string()).line()
            );
            ExitCode::FAILURE
        }
    }
}

/// Beside its place, then moved there: a browser never reads half of it.
fn write(folder: &Path, html: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let (page, draft) = (
        folder.join("self-test.html"),
        folder.join("self-test.html.new"),
    );
    private(&draft)?.write_all(html.as_bytes())?;
    fs::rename(&draft, &page)?;
    Ok(page)
}

/// A new file that only its owner reads. One left by a run that was cut short goes first.
fn private(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok() {
        fs::remove_file(path)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn html(report: &Report) -> String {
    let parts = [self_test(report), about()];
    let title = escaped(&text::TITLE.line());
    format!(
        "<!doctype html><html lang=\"zh-Hant-TW\"><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style>{}</html>\n",
        parts.concat()
    )
}

fn self_test(report: &Report) -> String {
    let mut out = format!("<h1>{}</h1>", inline(&text::TITLE));
    let _ = write!(out, "<p>{}</p>", both(&text::summary(report.problems())));
    let mut area: Option<Area> = None;
    for line in &report.lines {
        if area != Some(line.area) {
            let end = if area.is_some() { "</ul>" } else { "" };
            let _ = write!(out, "{end}<h2>{}</h2><ul>", inline(&text::area(line.area)));
            area = Some(line.area);
        }
        out.push_str(&item(line));
    }
    if area.is_some() {
        out.push_str("</ul>");
    }
    out
}

fn item(line: &Line) -> String {
    let (class, mark) = match line.state {
        State::Ok => ("ok", "✓"),
        State::Note => ("note", "·"),
        State::Problem => ("problem", "✗"),
    };
    let state = escaped(&text::state(line.state).line());
    let what = both(&line.what);
    let remedy = line.remedy.as_ref();
    let remedy = remedy.map(|words| format!("<p class=\"remedy\">→ {}</p>", both(words)));
    let command = line.command.as_ref();
    let command = command.map(|command| format!("<pre>{}</pre>", escaped(command)));
    format!(
        "<li class=\"{class}\"><p><b role=\"img\" aria-label=\"{state}\" title=\"{state}\">{mark}</b> \
         {what}</p>{}{}</li>",
        remedy.unwrap_or_default(),
        command.unwrap_or_default(),
    )
}

fn about() -> String {
    let paragraphs = text::about()
        .into_iter()
        .map(|words| format!("<p>{}</p>", both(&words)));
    format!("<h1>Chop</h1>{}", paragraphs.collect::<String>())
}

fn inline(words: &Words) -> String {
    format!(
        "{} <span lang=\"en\">{}</span>",
        escaped(&words.zh),
        escaped(&words.en)
    )
}

fn both(words: &Words) -> String {
    format!(
        "{}<br><span lang=\"en\">{}</span>",
        escaped(&words.zh),
        escaped(&words.en)
    )
}

/// Readers, modules and files name themselves: nothing of it may become a part of the page.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in harmless(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(en: &str) -> Report {
        let what = Words {
            zh: "中文".into(),
            en: en.to_owned().into(),
        };
        Report {
            lines: vec![Line::ok(Area::Readers, what)],
        }
    }

    #[test]
    fn a_readers_name_cannot_become_a_part_of_the_page() {
        let page = html(&report("<script>alert('1')</script>&\u{7}"));
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{FFFD}"));
    }

    #[test]
    fn the_page_is_its_owners_and_replaces_the_one_before() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().join("run");
        fs::create_dir(&runtime).unwrap();
        fs::write(runtime.join("self-test.html.new"), "left over").unwrap();
        write(&runtime, "one").unwrap();
        let page = write(&runtime, "two").unwrap();
        assert_eq!(fs::read_to_string(&page).unwrap(), "two");
        assert_eq!(fs::read_dir(&runtime).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(&page).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
