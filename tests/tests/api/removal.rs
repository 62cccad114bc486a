//! What root's removal runs on people's behalf has nothing of root's.
//!
//! Spec: docs/threat-model.md, C-32.

use std::{
    fs::{self, File, Permissions},
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use e2e::{agent::chop, namespace::Namespace};

const LIN: u32 = 1001;

/// A library that a store names: it notes whether it has a terminal, and types into it.
const LIBRARY: &str = r#"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
__attribute__((constructor)) static void load(void) {
    FILE *journal = fopen(JOURNAL, "a");
    int terminal = open("/dev/tty", O_RDWR);
    fprintf(journal, "terminal %d\n", terminal < 0 ? errno : 0);
    fclose(journal);
    for (int fd = 0; fd < 10; fd++)
        for (const char *key = "typed\n"; *key; key++) ioctl(fd, TIOCSTI, key);
    fprintf(stderr, "\033]0;title\007");
}
"#;

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
}

/// A home whose stores want to run a library and steer a terminal.
fn hostile_home(home: &Path) {
    let (store, garbage) = (home.join("store"), home.join("garbage\u{1b}]0;title\u{7}"));
    for folder in [&store, &garbage, &home.join(".local/state/chop")] {
        fs::create_dir_all(folder).unwrap();
    }
    let sql = format!("sql:{}", store.display());
    run(Command::new("certutil").args(["-N", "--empty-password", "-d", &sql]));
    fs::write(home.join("library.c"), LIBRARY).unwrap();
    run(Command::new("cc")
        .args(["-shared", "-fPIC", "-o", "library.so", "library.c"])
        .arg(format!("-DJOURNAL=\"{}\"", home.join("journal").display()))
        .current_dir(home));
    let modules = File::options().append(true).open(store.join("pkcs11.txt"));
    let library = home.join("library.so");
    let line = format!("\nlibrary={}\nname=library\n", library.display());
    modules.unwrap().write_all(line.as_bytes()).unwrap();
    fs::write(garbage.join("cert9.db"), "no database").unwrap();
    let added = [&store, &garbage].map(|it| serde_json::json!({ "folder": it, "name": "x" }));
    let book = serde_json::json!({ "added": added, "made": [], "folders": [] });
    fs::write(home.join(".local/state/chop/trust.json"), book.to_string()).unwrap();
    let owner = format!("{LIN}:{LIN}");
    run(Command::new("chown").args(["-R", &owner]).arg(home));
}

#[test]
fn removal_runs_nobodys_code_on_roots_terminal() {
    let namespace = Namespace::enter().unwrap();
    let folder = namespace.folder();
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    let home = folder.join("lin");
    hostile_home(&home);
    let people = format!("lin:x:{LIN}:{LIN}::{}:/bin/sh\n", home.display());
    fs::write(
        "/etc/passwd",
        format!("root:x:0:0::/nowhere:/bin/sh\n{people}"),
    )
    .unwrap();
    let program = folder.join("chop");
    // By another process, which alone has it open for writing: see `gate`.
    run(Command::new("cp").arg(chop()).arg(&program));

    // As root in a terminal, who afterwards looks at what was typed.
    let then = format!(
        "{} machine forget-people; IFS= read -r -t 1 typed; echo \"[$typed]\"",
        program.display()
    );
    let mut terminal = Command::new("script")
        .args(["--quiet", "--command", &then, "/dev/null"])
        .env("SHELL", "/bin/bash")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // A keyboard that is there, and on which nobody types.
    let keyboard = terminal.stdin.take();
    let shown = terminal.wait_with_output().unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout);
    drop(keyboard);

    // It was loaded, and had no terminal: ENXIO.
    let journal = fs::read_to_string(home.join("journal")).unwrap();
    assert!(
        journal.lines().all(|line| line == "terminal 6"),
        "{journal}"
    );
    assert!(journal.contains("terminal"), "{journal}");
    assert!(shown.contains("[]"), "{shown}");
    assert!(shown.contains("garbage"), "{shown}");
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{7}'),
        "{shown:?}"
    );
}

/// Processes of the person whose home this is, by their numbers.
fn processes(home: &Path) -> Vec<String> {
    let home = format!("HOME={}", home.display());
    let is_theirs = |process: &Path| {
        // Of those that have ended meanwhile nothing can be read.
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        let mut variables = environment.split(|byte| *byte == 0);
        variables.any(|variable| variable == home.as_bytes())
    };
    let all = fs::read_dir("/proc").unwrap().flatten();
    let theirs = all.map(|it| it.path()).filter(|it| is_theirs(it));
    let name = |path: std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    theirs.map(name).collect()
}

/// An upgrade has just told the agent to become the new program.
#[test]
fn uninstall_ends_an_agent_that_is_on_its_way_from_one_program_to_the_next() {
    let namespace = Namespace::enter().unwrap();
    let folder = namespace.folder();
    fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    let program = folder.join("chop");
    run(Command::new("cp").arg(chop()).arg(&program));
    let home = folder.join("lin");
    let runtime = folder.join("run");
    for owned in [&home, &runtime] {
        fs::create_dir(owned).unwrap();
        nix::unistd::chown(owned, Some(LIN.into()), Some(LIN.into())).unwrap();
    }
    let as_lin = |program: &Path, word: &str| {
        let mut command = Command::new("setpriv");
        let lin = LIN.to_string();
        command.args(["--reuid", &lin, "--regid", &lin, "--clear-groups", "--"]);
        command.arg(program).arg(word).stdin(Stdio::null());
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", &home).env("XDG_RUNTIME_DIR", &runtime);
        run(&mut command);
    };
    let until = |what: &str, is: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !is() {
            assert!(start.elapsed() < Duration::from_secs(20), "never {what}");
            sleep(Duration::from_millis(5));
        }
    };
    let lock = runtime.join("chop/agent.lock");
    let holder = || {
        fs::read_to_string(&lock)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };

    for pause in [0, 3, 10, 30, 100] {
        as_lin(&program, "install");
        until("an agent", &|| processes(&home).contains(&holder()));
        let agent: i32 = holder().parse().unwrap();
        let agent = nix::unistd::Pid::from_raw(agent);
        nix::sys::signal::kill(agent, nix::sys::signal::Signal::SIGUSR1).unwrap();
        sleep(Duration::from_millis(pause));
        as_lin(&home.join(".local/bin/chop"), "uninstall");

        // Not now, and not a moment later.
        assert_eq!(processes(&home), [""; 0], "after {pause} ms");
        sleep(Duration::from_millis(300));
        assert_eq!(processes(&home), [""; 0], "after {pause} ms");
        assert!(!home.join(".local/share/chop").exists());
    }
}
