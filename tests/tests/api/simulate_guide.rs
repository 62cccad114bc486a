//! What docs/site-integration.md says of end-to-end tests, done: Playwright's own runner, Chromium,
//! `chop simulate`, the verifier and a site.

use std::fs;
use std::path::Path;
use std::process::Command;

use e2e::agent::built;

use crate::browser_scene::in_namespace;

const GUIDE: &str = include_str!("../../../docs/site-integration.md");
const EXAMPLES: &str = "../verifier/service/examples";

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

#[test]
fn simulate_guide_tests_a_site_with_playwright() {
    in_namespace(async |namespace| {
        let folder = namespace.folder();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["page", "python", "playwright"] {
            copy(&here.join(EXAMPLES).join(name), &folder.join(name));
        }
        let bridge = here.join("../bridge-js/dist/index.js");
        fs::copy(bridge, folder.join("page/bridge.js")).unwrap();
        let tests = folder.join("playwright");
        std::os::unix::fs::symlink(here.join("node_modules"), tests.join("node_modules")).unwrap();
        // The guide shows two of the files.
        for name in ["login.spec.mjs", "chop-verify.toml"] {
            let file = fs::read_to_string(tests.join(name)).unwrap();
            let shown = GUIDE.split("```").any(|block| {
                let text = block
                    .split_once('\n')
                    .map_or("", |(_, text)| text.trim_end());
                !text.is_empty() && file.contains(text)
            });
            assert!(shown, "{name} is not what the guide shows");
        }

        let mut playwright = Command::new("node");
        playwright
            .arg("node_modules/@playwright/test/cli.js")
            .args(["test", "--reporter=line"])
            .current_dir(&tests)
            .env("CHOP", built("chop"))
            .env("CHOP_VERIFY_PROGRAM", built("chop-verify"))
            .env("CHROMIUM", "/usr/bin/chromium")
            .env("HOME", folder);
        for name in [
            "XDG_CONFIG_HOME",
            "XDG_DATA_HOME",
            "XDG_STATE_HOME",
            "XDG_RUNTIME_DIR",
        ] {
            playwright.env_remove(name);
        }
        let output = playwright.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}\n{complained}");
        assert!(said.contains("7 passed"), "{said}");
        assert!(!tests.join("trust").exists(), "Chop has cleaned up");
    });
}
