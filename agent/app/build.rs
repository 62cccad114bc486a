//! Lists the files in `words/`, so that a language is added by adding its file.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
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
    let folder = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&folder).join("languages.rs"), source)
}
