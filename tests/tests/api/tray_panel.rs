//! The tray in a real panel: seen, chosen from over D-Bus and with the mouse, each entry doing its
//! thing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use e2e::desktop::{Desktop, Item, Node, Role, Sign};
use e2e::display::Display;
use e2e::namespace::Namespace;
use e2e::program::Program;
use e2e::softhsm::PIN;

use crate::browser_scene::{LONG, in_namespace};
use crate::desk_scene::{BLOCKED, LET_IN, Scene};
use crate::sign_in_desk::window_titled;

/// The class of the panel's windows: its menus, and the place of the signs.
const PANEL: &str = "wrapper-2.0";
/// The panel's height, in pixels.
const HEIGHT: i32 = 33;
/// Above the first entry of its menus and below the last, in pixels.
const EDGE: i32 = 4;

/// A browser that keeps what it is asked to open, for the test to open it.
struct Opened(PathBuf);

impl Opened {
    /// Becomes the browser of the person whose agent has its home below `folder`.
    fn new(folder: &Path) -> Self {
        let opened = Self(folder.join("opened"));
        let program = folder.join("browser.sh");
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$1\" >> '{}'\n",
            opened.0.display()
        );
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\n",
            program.display()
        );
        let home = folder.join("agent");
        for (file, text) in [
            (program.clone(), script.as_str()),
            (home.join("data/applications/browser.desktop"), &entry),
            (
                home.join("config/mimeapps.list"),
                "[Default Applications]\nx-scheme-handler/http=browser.desktop\n",
            ),
        ] {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        opened
    }

    /// The page that the next link leads to.
    async fn page(&self) -> String {
        let start = Instant::now();
        let link = loop {
            let links = fs::read_to_string(&self.0).unwrap_or_default();
            if let Some(link) = links.lines().next() {
                break link.to_owned();
            }
            assert!(start.elapsed() < LONG, "nothing was opened");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        fs::remove_file(&self.0).unwrap();
        let headers = ["site: none", "mode: navigate", "dest: document"];
        let headers = headers.map(|header| format!("sec-fetch-{header}"));
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--include"]);
        curl.args(headers.iter().flat_map(|header| ["-H", header]));
        let output = curl.arg(&link).output().unwrap();
        let answer = String::from_utf8(output.stdout).unwrap();
        let place = answer
            .lines()
            .find_map(|line| line.strip_prefix("location: "));
        let place = place.unwrap_or_else(|| panic!("{link}: {answer}"));
        place.trim().rsplit('/').next().unwrap().to_owned()
    }
}

/// A desk with a panel. Fields are dropped in this order.
struct Stage {
    scene: Scene,
    desktop: Desktop,
    opened: Opened,
    sign: Sign,
}

impl Stage {
    async fn new(namespace: &Namespace) -> Self {
        let display = Display::start().await.unwrap();
        let desktop = Desktop::start(&display, namespace.folder()).await.unwrap();
        let opened = Opened::new(namespace.folder());
        let environment = vec![("DBUS_SESSION_BUS_ADDRESS", desktop.address())];
        let scene = Scene::on(namespace, display, environment).await;
        let sign = desktop.sign("tw.chop", LONG).await.unwrap();
        Self {
            scene,
            desktop,
            opened,
            sign,
        }
    }

    async fn choose(&self, label: &str) {
        self.desktop.choose(&self.sign, label, LONG).await.unwrap();
    }

    async fn entry(&self, label: &str) -> Item {
        self.desktop.entry(&self.sign, label, LONG).await.unwrap()
    }

    /// Where the panel shows the seal: the middle of its red.
    async fn place(&self) -> (i32, i32) {
        let start = Instant::now();
        loop {
            let red = self.scene.display.colored([196, 53, 43], 24).await.unwrap();
            // Windows have the seal too, and so has the list of windows, further left.
            let red: Vec<_> = red.into_iter().filter(|it| it.1 < HEIGHT).collect();
            let right = red.iter().map(|it| it.0).max().unwrap_or_default();
            let red: Vec<_> = red.into_iter().filter(|it| it.0 > right - HEIGHT).collect();
            if red.len() > 30 {
                let middle = |of: fn(&(i32, i32)) -> i32| {
                    let all: Vec<_> = red.iter().map(of).collect();
                    (all.iter().min().unwrap() + all.iter().max().unwrap()) / 2
                };
                return (middle(|it| it.0), middle(|it| it.1));
            }
            assert!(start.elapsed() < LONG, "the panel does not show the seal");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Opens the menu with the mouse and clicks its entries, one within the other.
    async fn click(&self, labels: &[&str]) {
        let display = &self.scene.display;
        let (x, y) = self.place().await;
        let mut known = display.areas(PANEL).await.unwrap();
        display.right_click(x, y).await.unwrap();
        let mut level = self.desktop.menu(&self.sign).await.unwrap();
        for label in labels {
            let start = Instant::now();
            let menu = loop {
                let now = display.areas(PANEL).await.unwrap();
                if let Some(menu) = now.iter().find(|area| !known.contains(area)) {
                    break *menu;
                }
                assert!(start.elapsed() < LONG, "no menu with {label}");
            };
            known.push(menu);
            let at = level.iter().position(|item| item.label.contains(label));
            let at = at.unwrap_or_else(|| panic!("no {label} in {level:#?}"));
            let rules = |items: &[Item]| items.iter().filter(|it| it.label.is_empty()).count();
            let (all, before) = (rules(&level), rules(&level[..at]));
            let size = |count: usize| i32::try_from(count).unwrap();
            // All entries are of one height, and rules between them are a line.
            let row = (menu.height - 2 * EDGE - size(all)) / size(level.len() - all);
            let y = menu.y + EDGE + row * size(at - before) + size(before) + row / 2;
            display.click(menu.x + menu.width / 2, y).await.unwrap();
            level = level.swap_remove(at).items;
        }
    }

    async fn picture(&self) -> Vec<u8> {
        let pictures = self.desktop.picture(&self.sign).await.unwrap();
        pictures.into_iter().next().unwrap().2
    }
}

#[test]
fn tray_is_seen_in_the_panel_and_does_over_d_bus_what_its_menu_says() {
    in_namespace(async |namespace| {
        let stage = Stage::new(namespace).await;
        let shown = stage.place().await;
        assert!(shown.1 < 40, "not in the panel: {shown:?}");
        stage.entry("已就緒").await;
        photograph(&stage, "tray-ready").await;
        for (entry, page) in [
            ("自我檢測", "self-test"),
            ("設定", "settings"),
            ("關於", "about"),
        ] {
            stage.choose(entry).await;
            assert_eq!(stage.opened.page().await, page);
        }
        // The two that are called the same, by the menus that they are in.
        for (menu, page) in [("最近的要求", "requests"), ("網站許可", "sites")] {
            let inside = stage.entry(menu).await;
            let all = inside.items.iter().find(|it| it.label.contains("全部"));
            if page == "requests" {
                // Nothing was asked yet.
                assert!(all.is_none() && !inside.items[0].enabled, "{inside:?}");
                continue;
            }
            stage.choose("全部").await;
            assert_eq!(stage.opened.page().await, page);
        }

        // What a site may is taken back.
        let site = stage.entry(LET_IN).await;
        assert_eq!(site.items[1].label, "收回");
        stage.choose("收回").await;
        let gone = || !stage.scene.chop(&["grants"]).contains(LET_IN);
        wait_until(gone).await;
        let left = stage.entry("網站許可").await;
        assert!(left.items.iter().any(|it| it.label == BLOCKED), "{left:?}");

        // So is what another process takes back, without anything else happening.
        stage.scene.chop(&["grants", "forget", BLOCKED]);
        let end = Instant::now() + LONG;
        let listed = |menu: &Item| menu.items.iter().any(|it| it.label == BLOCKED);
        while listed(&stage.entry("網站許可").await) {
            assert!(Instant::now() < end, "the tray does not follow");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }

        // The window for another PIN: the agent is at work while a window of its own is open only,
        // so here it stays as it was.
        stage.choose("更改 PIN 碼").await;
        window_titled(&stage.scene.display, "Chop － 更改 PIN 碼").await;
        stage.scene.display.key("Escape").await.unwrap();

        // Another language, at once and for good.
        let spoken = stage.entry("語言").await;
        assert!(
            spoken
                .items
                .iter()
                .any(|it| it.label == "中文" && it.checked)
        );
        stage.choose("English").await;
        stage.entry("Self-test").await;
        let settings = stage.scene.file("config/chop/settings.toml");
        assert!(settings.contains("language = \"en\""), "{settings}");

        // It ends before it answers.
        let _ = stage.desktop.choose(&stage.sign, "Quit", LONG).await;
        let ended = || stage.scene.agent.program.has_ended();
        wait_until(ended).await;
        assert!(stage.desktop.signs().await.unwrap().is_empty());
    });
}

#[test]
fn tray_follows_the_agent_and_lists_what_was_asked() {
    in_namespace(async |namespace| {
        let stage = Stage::new(namespace).await;
        stage.entry("已就緒").await;
        let ready = stage.picture().await;
        // A card comes and goes.
        stage.scene.stack.insert().unwrap();
        stage.entry("卡片已插入").await;
        let card_in = stage.picture().await;
        assert_ne!(card_in, ready);
        photograph(&stage, "tray-card-in").await;
        stage.scene.stack.remove().unwrap();
        stage.entry("已就緒").await;
        assert_eq!(stage.picture().await, ready);
        // A window is open: the test signature's.
        let link = stage.scene.link("self-test");
        let asked = tokio::task::spawn_blocking(move || post_test(&link));
        window_titled(&stage.scene.display, "Chop － 試簽").await;
        stage.entry("使用中").await;
        let busy = stage.picture().await;
        assert!(busy != ready && busy != card_in);
        photograph(&stage, "tray-busy").await;
        stage.scene.display.type_text(PIN).await.unwrap();
        stage.scene.display.key("Return").await.unwrap();
        assert!(asked.await.unwrap().contains("303"));
        stage.entry("✓ 自我檢測 · 試簽").await;
        stage.choose("全部").await;
        assert_eq!(stage.opened.page().await, "requests");
        stage.entry("已就緒").await;
        assert_eq!(stage.picture().await, ready);
    });
}

#[test]
fn tray_is_clicked_with_the_mouse() {
    in_namespace(async |namespace| {
        let stage = Stage::new(namespace).await;
        stage.click(&["自我檢測"]).await;
        assert_eq!(stage.opened.page().await, "self-test");
        photograph_menu(&stage).await;
        stage.click(&["設定"]).await;
        assert_eq!(stage.opened.page().await, "settings");
        stage.click(&["關於"]).await;
        assert_eq!(stage.opened.page().await, "about");
        stage.click(&["網站許可", "全部"]).await;
        assert_eq!(stage.opened.page().await, "sites");
        stage.click(&["網站許可", LET_IN, "收回"]).await;
        wait_until(|| !stage.scene.chop(&["grants"]).contains(LET_IN)).await;
        stage.click(&["更改 PIN 碼"]).await;
        window_titled(&stage.scene.display, "Chop － 更改 PIN 碼").await;
        stage.scene.display.key("Escape").await.unwrap();
        stage
            .scene
            .display
            .wait_until_gone("更改 PIN 碼", LONG)
            .await
            .unwrap();
        stage.click(&["語言", "English"]).await;
        stage.entry("Self-test").await;
        stage.click(&["Quit"]).await;
        wait_until(|| stage.scene.agent.program.has_ended()).await;
    });
}

#[test]
fn tray_names_who_has_a_port_of_hicos_pages() {
    in_namespace(async |namespace| {
        let mut python = Program::command("python3");
        python.args(["-m", "http.server", "--bind", "127.0.0.1", "61161"]);
        let other = Program::start(python, &namespace.folder().join("other.log")).unwrap();
        let listens = || std::net::TcpStream::connect(("127.0.0.1", 61161)).is_ok();
        wait_until(listens).await;
        let stage = Stage::new(namespace).await;
        let said = stage.entry("61161").await;
        assert!(said.label.contains("python3"), "{said:?}");
        stage.entry("有問題").await;
        photograph(&stage, "tray-problem").await;
        stage.choose("61161").await;
        assert_eq!(stage.opened.page().await, "self-test");
        drop(other);
    });
}

#[test]
fn tray_is_not_needed_and_a_window_is_read_by_a_screen_reader() {
    in_namespace(async |namespace| {
        let stage = Stage::new(namespace).await;
        let display = &stage.scene.display;
        let link = stage.scene.link("self-test");
        let asked = tokio::task::spawn_blocking(move || post_test(&link));
        let window = window_titled(display, "Chop － 試簽").await;
        display.focus(window).await.unwrap();

        let tree = stage.desktop.tree("chop", LONG).await.unwrap();
        let all = tree.all();
        let frame = all.iter().find(|node| node.role == Role::Window);
        assert!(
            frame.is_some_and(|it| it.name.contains("試簽")),
            "{tree:#?}"
        );
        // In the order in which it is read: who asks comes before what is to be done.
        let place = |role: Role, name: &str| {
            let is = |node: &&Node| node.role == role && node.name.contains(name);
            let found = all.iter().copied().position(|node| is(&node));
            found.unwrap_or_else(|| panic!("no {role:?} {name:?} in {tree:#?}"))
        };
        let field = place(Role::PasswordText, "PIN");
        assert!(place(Role::Label, "Chop") < field, "{tree:#?}");
        assert!(field < place(Role::Button, "試簽"), "{tree:#?}");
        assert!(place(Role::Button, "取消") > 0);

        // What is typed is told by its length at most.
        display.type_text("1234").await.unwrap();
        let focus = async || {
            let tree = stage.desktop.tree("chop", LONG).await.unwrap();
            let focused = tree.all().into_iter().find(|node| node.focused).cloned();
            focused.unwrap_or_else(|| panic!("nothing has the focus: {tree:#?}"))
        };
        let typed = focus().await;
        assert_eq!(typed.role, Role::PasswordText);
        assert!(typed.text.chars().all(|char| char == '•'), "{typed:?}");
        assert!(!typed.name.contains("1234"), "{typed:?}");
        // By keyboard alone: to each button, and out.
        for button in ["試簽", "取消", "English"] {
            display.key("Tab").await.unwrap();
            let start = Instant::now();
            while focus().await.name != button {
                assert!(
                    start.elapsed() < LONG,
                    "not on {button}: {:?}",
                    focus().await
                );
            }
        }
        display.key("Escape").await.unwrap();
        assert!(asked.await.unwrap().contains("303"));
        stage.entry("✗ 自我檢測").await;
    });
}

#[test]
fn tray_window_that_takes_the_keyboard_takes_no_part_of_another_windows_pin() {
    in_namespace(async |namespace| {
        let stage = Stage::new(namespace).await;
        let display = &stage.scene.display;
        let link = stage.scene.link("self-test");
        let asked = tokio::task::spawn_blocking(move || post_test(&link));
        window_titled(display, "Chop － 試簽").await;
        let (half, rest) = PIN.split_at(2);
        display.type_text(half).await.unwrap();

        // Another window comes up in the middle, and goes with what was typed meanwhile.
        stage.choose("更改 PIN 碼").await;
        window_titled(display, "Chop － 更改 PIN 碼").await;
        display.type_text("0000").await.unwrap();
        display.key("Escape").await.unwrap();
        let gone = display.wait_until_gone("Chop － 更改 PIN 碼", LONG);
        gone.await.unwrap();

        // The one of before has half a PIN, and the other half makes it whole.
        window_titled(display, "Chop － 試簽").await;
        display.type_text(rest).await.unwrap();
        display.key("Return").await.unwrap();
        assert!(asked.await.unwrap().contains("303"));
        stage.entry("✓ 自我檢測 · 試簽").await;
    });
}

/// Asks for the test signature as the page's form does; the answer's head.
fn post_test(link: &str) -> String {
    let curl = |arguments: &[&str], fetch: &str| {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--include",
            "-H",
            &format!("sec-fetch-site: {fetch}"),
        ]);
        curl.args([
            "-H",
            "sec-fetch-mode: navigate",
            "-H",
            "sec-fetch-dest: document",
        ]);
        let output = curl.args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let opened = curl(&[link], "none");
    let header = |name: &str| {
        let found = opened.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap().trim().to_owned()
    };
    let cookie = header("set-cookie: ");
    let cookie = cookie.split(';').next().unwrap();
    let origin = link.split("/open/").next().unwrap();
    let form = format!(
        "{origin}{}",
        header("location: ").replace("self-test", "test")
    );
    let origin = format!("origin: {origin}");
    curl(
        &["-H", &origin, "--cookie", cookie, "--data", "", &form],
        "same-origin",
    )
}

/// A picture of the sign for the documentation, where somebody wants one.
async fn photograph(stage: &Stage, name: &str) {
    if let Some(folder) = std::env::var_os("CHOP_PICTURES") {
        let (x, y) = stage.place().await;
        let file = Path::new(&folder).join(format!("{name}.png"));
        let area = format!("40x32+{}+{}", x - 20, y - 16);
        stage.scene.display.cut_out(&area, &file).await.unwrap();
    }
}

/// The same of the open menu.
async fn photograph_menu(stage: &Stage) {
    if let Some(folder) = std::env::var_os("CHOP_PICTURES") {
        let (x, y) = stage.place().await;
        stage.scene.display.right_click(x, y).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let file = Path::new(&folder).join("tray-menu.png");
        stage
            .scene
            .display
            .cut_out("420x420+860+0", &file)
            .await
            .unwrap();
        stage.scene.display.key("Escape").await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

async fn wait_until(mut done: impl FnMut() -> bool) {
    let end = Instant::now() + LONG;
    while !done() {
        assert!(Instant::now() < end, "it does not happen");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
