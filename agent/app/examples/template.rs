//! Writes the templates for group policies to packaging/windows/policies.

use std::{fs, io, path::Path};

use chop_agent::template::{LANGUAGES, adml, admx};

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/windows/policies");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("chop.admx"), admx())?;
    for language in LANGUAGES {
        let folder = folder.join(language);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("chop.adml"), adml(language))?;
    }
    Ok(())
}
