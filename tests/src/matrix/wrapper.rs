//! A module around another one, which does to its signatures what a file says: tokens in software
//! are neither slow nor broken by themselves.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};

use super::Signatures;

/// The function list starts with a version, padded to a pointer; `C_Initialize` is its first
/// function, `C_Sign` the 44th (PKCS #11 2.40 §2.2, `CK_FUNCTION_LIST`).
const SOURCE: &str = r#"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
typedef unsigned long number;
struct list { unsigned char version[8]; void *functions[68]; };
static struct list ours, theirs;
static number sign(number session, void *data, number length, void *out, number *width) {
    int seconds = 0, fails = 0;
    FILE *file = fopen(FAULTS, "r");
    if (file) { fscanf(file, "%d %d", &seconds, &fails); fclose(file); }
    if (out) {
        FILE *begun = fopen(BEGUN, "w");
        if (begun) fclose(begun);
        sleep(seconds);
        if (fails) return 5;
    }
    return ((number (*)(number, void *, number, void *, number *))theirs.functions[43])(session, data, length, out, width);
}
number C_GetFunctionList(struct list **out) {
    void *module = dlopen(MODULE, RTLD_NOW);
    if (!module) { fprintf(stderr, "%s\n", dlerror()); return 5; }
    number (*get)(struct list **) = dlsym(module, "C_GetFunctionList");
    struct list *found = NULL;
    number code = get(&found);
    if (code) return code;
    ours = theirs = *found;
    ours.functions[43] = (void *)sign;
    *out = &ours;
    return 0;
}
"#;

/// The built wrapper.
pub(super) struct Wrapper {
    folder: PathBuf,
}

impl Wrapper {
    /// Builds it around a module.
    pub(super) fn around(folder: &Path, module: &Path) -> Result<Self> {
        let folder = folder.join("wrapper");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("wrapper.c"), SOURCE)?;
        let define = |name: &str, path: &Path| format!("-D{name}=\"{}\"", path.display());
        let status = Command::new("cc")
            .current_dir(&folder)
            .args(["-shared", "-fPIC", "-w", "-o", "wrapper.so", "wrapper.c"])
            .arg(define("MODULE", module))
            .arg(define("FAULTS", &folder.join("faults")))
            .arg(define("BEGUN", &folder.join("begun")))
            .arg("-ldl")
            .status()
            .context("cannot start cc")?;
        ensure!(status.success(), "the wrapper does not compile");
        Ok(Self { folder })
    }

    /// Where it keeps what it is told and tells.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The library.
    pub(super) fn library(&self) -> PathBuf {
        self.folder.join("wrapper.so")
    }

    /// What signatures do from now on.
    pub(super) fn signatures(&self, how: Signatures) -> Result<()> {
        let text = match how {
            Signatures::Take(seconds) => format!("{seconds} 0"),
            Signatures::Fail => "0 1".to_owned(),
        };
        Ok(fs::write(self.folder.join("faults"), text)?)
    }

    /// Waits until a signature has begun.
    pub(super) fn wait_for_signature(&self) -> Result<()> {
        let start = Instant::now();
        while !self.folder.join("begun").exists() {
            ensure!(
                start.elapsed() < Duration::from_secs(20),
                "no signature began"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}
