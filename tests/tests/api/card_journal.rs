//! OpenSC's module with something around it: its logins are written down, and what it is told to
//! fail fails.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use chop_token::Module;

/// The function list starts with a version, padded to a pointer; `C_Login` is the 19th function,
/// `C_Decrypt` the 35th, `C_SignInit` the 43rd (PKCS #11 2.40 §2.2, `CK_FUNCTION_LIST`).
const SOURCE: &str = r#"
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>
typedef unsigned long number;
struct list { unsigned char version[8]; void *functions[68]; };
static struct list ours, theirs;
static number login(number session, number user, void *pin, number length) {
    FILE *journal = fopen(FOLDER "/logins", "a");
    if (journal) { fprintf(journal, "%lu\n", user); fclose(journal); }
    return ((number (*)(number, number, void *, number))theirs.functions[18])(session, user, pin, length);
}
static number sign_init(number session, void *mechanism, number key) {
    if (access(FOLDER "/no-mechanism", F_OK) == 0) return 0x70; /* CKR_MECHANISM_INVALID */
    return ((number (*)(number, void *, number))theirs.functions[42])(session, mechanism, key);
}
static number decrypt(number session, void *data, number length, void *out, number *width) {
    if (access(FOLDER "/no-decryption", F_OK) == 0) {
        FILE *begun = fopen(FOLDER "/begun", "w");
        if (begun) fclose(begun);
        usleep(100000);
        return 5; /* CKR_GENERAL_ERROR */
    }
    return ((number (*)(number, void *, number, void *, number *))theirs.functions[34])(session, data, length, out, width);
}
number C_GetFunctionList(struct list **out) {
    void *module = dlopen(MODULE, RTLD_NOW);
    number (*get)(struct list **) = module ? dlsym(module, "C_GetFunctionList") : 0;
    struct list *found = NULL;
    if (!get || get(&found)) return 5;
    ours = theirs = *found;
    ours.functions[18] = (void *)login;
    ours.functions[34] = (void *)decrypt;
    ours.functions[42] = (void *)sign_init;
    *out = &ours;
    return 0;
}
"#;

/// The built module.
pub(crate) struct Journal(PathBuf);

impl Journal {
    /// Builds it around a module, in a folder of its own.
    pub(crate) fn around(folder: &Path, module: &Path) -> Self {
        let folder = folder.join("journal");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("module.c"), SOURCE).unwrap();
        let define = |name: &str, path: &Path| format!("-D{name}=\"{}\"", path.display());
        let built = Command::new("cc")
            .current_dir(&folder)
            .args(["-shared", "-fPIC", "-w", "-o", "module.so", "module.c"])
            .args([define("MODULE", module), define("FOLDER", &folder)])
            .arg("-ldl")
            .status();
        assert!(built.unwrap().success());
        Self(folder)
    }

    /// The module, which may write its journal.
    pub(crate) fn module(&self) -> Module {
        Module {
            writable: vec![self.0.clone()],
            ..Module::from(self.0.join("module.so"))
        }
    }

    /// Who has logged in, a line each: 0 is the security officer, 1 the person.
    pub(crate) fn logins(&self) -> String {
        fs::read_to_string(self.0.join("logins")).unwrap_or_default()
    }

    /// From now on it knows no mechanism, when it is asked after the login.
    pub(crate) fn knows_no_mechanism(&self) {
        fs::write(self.0.join("no-mechanism"), "").unwrap();
    }

    /// From now on decryption fails, as many modules say for any reason.
    pub(crate) fn decrypts_nothing(&self) {
        fs::write(self.0.join("no-decryption"), "").unwrap();
    }

    /// Whether a decryption has begun since.
    pub(crate) fn decrypts(&self) -> bool {
        self.0.join("begun").exists()
    }
}
