//! Every window in every state, as a picture: in both languages, light and dark, at 100 % and 200 %.
//!
//! The pictures are in `docs/gallery`, some alone in `docs/images/guide`; the test fails when a window no longer looks like its own,
//! and `cargo xtask gallery` makes them anew. They are drawn by the very code that draws on a screen,
//! with the fonts of Debian's fonts-noto-cjk.

mod check;
mod picture;
mod render;
mod samples;
mod scenes;
mod walk;

use std::{env, fmt::Write as _, fs, path::PathBuf, sync::Mutex, thread};

use crate::text::Language;
use picture::Picture;
use render::Renderer;
use scenes::{SCENES, Scene};

/// Set by `cargo xtask gallery`: write pictures instead of comparing them.
const WRITE: &str = "CHOP_GALLERY_WRITE";
const INTRODUCTION: &str = "\
# 視窗一覽 Gallery

Chop 的每個視窗與狀態：中文與英文、淺色與深色。由 `cargo xtask gallery` 產生，測試會比對。
Every window in every state, in Chinese and English, light and dark. Made by `cargo xtask gallery`; a test compares them.
";
/// In the page for card holders: one picture each, in Chinese and light.
const GUIDE: [&str; 11] = [
    "sign-in",
    "choose",
    "no-card",
    "wrong-pin",
    "last-try",
    "locked-citizen",
    "locked-company",
    "sign",
    "access",
    "access-plain",
    "pin",
];
/// Between the windows of a sheet, in pixels at 100 %.
const BETWEEN: usize = 12;

#[test]
fn every_window_looks_like_its_picture_and_nothing_in_it_is_cut_off() {
    let write = env::var_os(WRITE).is_some();
    let faults = Mutex::new(String::new());
    let next = Mutex::new(SCENES.iter());
    thread::scope(|threads| {
        for _ in 0..2 {
            threads.spawn(|| {
                loop {
                    let Some(scene) = next.lock().unwrap().next() else {
                        return;
                    };
                    let found = look_at(scene, write);
                    faults.lock().unwrap().push_str(&found);
                }
            });
        }
    });
    let faults = faults.into_inner().unwrap() + &index(write);
    assert!(
        faults.is_empty(),
        "{faults}Look below target; if it should look so, `cargo xtask gallery` keeps it."
    );
}

/// Lays a scene out in every way; what is wrong with it.
fn look_at(scene: &Scene, write: bool) -> String {
    let mut faults = String::new();
    for (percent, scale, mark) in [(100, 1.0, ""), (200, 2.0, "@2x")] {
        let renderer = Renderer::new(scale);
        let mut rows = Vec::new();
        for dark in [false, true] {
            let mut row = Vec::new();
            for language in [Language::CHINESE, Language::ENGLISH] {
                // At 200 % one of each theme and language is kept: the other two are alike.
                let kept = percent == 100 || dark == (language == Language::ENGLISH);
                let mut contents = (scene.make)(language);
                let drawn = renderer.draw(contents.as_mut(), dark, scene.types, kept);
                for fault in drawn.faults {
                    let (name, theme) = (scene.name, if dark { "dark" } else { "light" });
                    let _ = writeln!(faults, "{name} {language} {theme} {percent} %: {fault}");
                }
                let guide = percent == 200 && !dark && language == Language::CHINESE;
                if let Some(picture) = drawn.picture {
                    if guide && GUIDE.contains(&scene.name) {
                        let name = format!("images/guide/{}.png", scene.name);
                        faults.push_str(&compare(&name, &picture, write));
                    }
                    row.push(picture);
                }
            }
            rows.push(row);
        }
        if percent == 200 {
            rows = vec![rows.into_iter().flatten().collect()];
        }
        let sheet = Picture::sheet(&rows, BETWEEN * percent / 100);
        let name = format!("gallery/{}{mark}.png", scene.name);
        faults.push_str(&compare(&name, &sheet, write));
    }
    faults
}

fn compare(name: &str, sheet: &Picture, write: bool) -> String {
    let kept = workspace().join("docs").join(name);
    if write {
        fs::create_dir_all(kept.parent().unwrap()).unwrap();
        fs::write(&kept, sheet.encode()).unwrap();
        return String::new();
    }
    let known = fs::read(&kept).ok().and_then(|png| Picture::decode(&png));
    let difference = match &known {
        None => "it has no picture".to_owned(),
        Some(known) => match known.difference(sheet) {
            None => return String::new(),
            Some(difference) => difference,
        },
    };
    let found = workspace().join("target").join(name);
    fs::create_dir_all(found.parent().unwrap()).unwrap();
    fs::write(found, sheet.encode()).unwrap();
    format!("{name}: {difference}\n")
}

/// The page that shows them all.
fn index(write: bool) -> String {
    let page = workspace().join("docs/gallery.md");
    let mut text = INTRODUCTION.to_owned();
    for Scene { name, caption, .. } in SCENES {
        let _ = writeln!(text, "\n## {caption}\n\n![{caption}](gallery/{name}.png)");
        let _ = writeln!(text, "\n[200 %](gallery/{name}@2x.png)");
    }
    if write {
        fs::write(page, text).unwrap();
        return String::new();
    }
    match fs::read_to_string(page).is_ok_and(|kept| kept == text) {
        true => String::new(),
        false => "docs/gallery.md is not of these windows\n".to_owned(),
    }
}

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}
