//! A PKCS #11 module that works until it is to sign, and then hangs for ever: OpenSC with one
//! function replaced.

use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::namespace::Namespace;

/// The function list starts with a version, padded to a pointer; `C_Sign` is the 44th function
/// (PKCS #11 2.40 §2.2, `CK_FUNCTION_LIST`), `C_SignFinal` the 46th.
const SOURCE: &str = r#"
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
struct list { unsigned char version[8]; void *functions[68]; };
static struct list ours;
static unsigned long hang(void) { for (;;) pause(); }
unsigned long C_GetFunctionList(struct list **out) {
    void *module = dlopen(MODULE, RTLD_NOW);
    if (!module) return 5;
    unsigned long (*get)(struct list **) = dlsym(module, "C_GetFunctionList");
    struct list *theirs = NULL;
    unsigned long code = get(&theirs);
    if (code) return code;
    memcpy(&ours, theirs, sizeof ours);
    ours.functions[43] = ours.functions[45] = (void *)hang;
    *out = &ours;
    return 0;
}
"#;

/// Compiles it around `module`.
pub(crate) fn build(namespace: &Namespace, module: &Path) -> PathBuf {
    let module = format!("-DMODULE=\"{}\"", module.display());
    compile(namespace, "hanging", SOURCE, &[&module])
}

/// One that hangs as soon as it is asked anything.
pub(crate) fn build_dead(namespace: &Namespace) -> PathBuf {
    let source = "#include <unistd.h>\n\
                  unsigned long C_GetFunctionList(void *out) { for (;;) pause(); }\n";
    compile(namespace, "dead", source, &[])
}

fn compile(namespace: &Namespace, name: &str, text: &str, arguments: &[&str]) -> PathBuf {
    let source = namespace.folder().join(format!("{name}.c"));
    let library = namespace.folder().join(format!("{name}.so"));
    std::fs::write(&source, text).unwrap();
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library);
    compiler.args(arguments).arg(&source).arg("-ldl");
    assert!(compiler.status().unwrap().success());
    library
}
