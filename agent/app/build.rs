//! Lists the files in `words/`, so that a language is added by adding its file; and for Windows,
//! gives the program its icon, version and manifest.

#[path = "build/icon.rs"]
mod icon;
#[path = "build/resource.rs"]
mod resource;

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let folder = Path::new(&folder);
    words(folder)?;
    if env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("windows") {
        resource::compile(folder)?;
    }
    Ok(())
}

fn words(folder: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed=words");
    let mut tags = Vec::new();
    for file in fs::read_dir("words")? {
        let name = file?.file_name();
        let tag = name.to_str().and_then(|name| name.strip_suffix(".ftl"));
        tags.extend(tag.map(str::to_owned));
    }
    // Chinese first, then what stands in for messages that others lack.
    tags.sort_by_key(|tag| (tag != "zh-TW", tag != "en", tag.clone()));
    let entries: String = tags
        .iter()
        .map(|tag| {
            let file = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/words/{tag}.ftl\")");
            format!("    (\"{tag}\", include_str!({file})),\n")
        })
        .collect();
    let source = format!(
        "static FILES: [(&str, &str); {}] = [\n{entries}];\n",
        tags.len()
    );
    fs::write(folder.join("languages.rs"), source)
}
