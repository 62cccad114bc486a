//! The sign in the panel, as a panel sees it. It is put up by the `preview` example, because a
//! sign belongs to a process.

use std::{
    collections::HashMap,
    io::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
};

use zbus::{
    Connection, Proxy,
    zvariant::{OwnedValue, Value},
};

use crate::{bus::Bus, display::next_line};

/// A process with a sign.
struct Sign(Child);

impl Sign {
    fn put_up(bus_address: &str) -> Self {
        let folder = Path::new(env!("CARGO_BIN_EXE_chop")).parent().unwrap();
        let sign = Command::new(folder.join("examples/preview"))
            .arg("tray")
            .env("DBUS_SESSION_BUS_ADDRESS", bus_address)
            .env("LC_ALL", "zh_TW.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("`cargo test -p chop-agent` builds the preview example");
        Self(sign)
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.0.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn hear(&mut self) -> String {
        next_line(&mut self.0)
    }
}

impl Drop for Sign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What D-Bus menus are made of: number, properties, children.
type Item = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The menu's entries: number, label, whether it can be chosen.
async fn menu(connection: &Connection, name: &str) -> Vec<(i32, String, bool)> {
    let menu = menu_of(connection, name).await;
    let asked = (0, -1, Vec::<String>::new());
    let (_, root): (u32, Item) = menu.call("GetLayout", &asked).await.unwrap();
    let items = root
        .2
        .into_iter()
        .map(|child| Item::try_from(child).unwrap());
    let labelled = items.filter_map(|(number, mut properties, _)| {
        let label = String::try_from(properties.remove("label")?).unwrap();
        let enabled = properties
            .remove("enabled")
            .is_none_or(|value| bool::try_from(value).unwrap());
        Some((number, label, enabled))
    });
    labelled.collect()
}

/// All entries, those of menus within the menu as well: number and label.
async fn all(connection: &Connection, name: &str) -> Vec<(i32, String)> {
    let menu = menu_of(connection, name).await;
    let asked = (0, -1, Vec::<String>::new());
    let (_, root): (u32, Item) = menu.call("GetLayout", &asked).await.unwrap();
    let (mut found, mut left) = (Vec::new(), vec![root]);
    while let Some((number, mut properties, children)) = left.pop() {
        if let Some(label) = properties.remove("label") {
            found.push((number, String::try_from(label).unwrap()));
        }
        left.extend(
            children
                .into_iter()
                .map(|child| Item::try_from(child).unwrap()),
        );
    }
    found
}

async fn menu_of<'a>(connection: &Connection, name: &'a str) -> Proxy<'a> {
    Proxy::new(connection, name, "/MenuBar", "com.canonical.dbusmenu")
        .await
        .unwrap()
}

async fn item<'a>(connection: &Connection, name: &'a str) -> Proxy<'a> {
    Proxy::new(
        connection,
        name,
        "/StatusNotifierItem",
        "org.kde.StatusNotifierItem",
    )
    .await
    .unwrap()
}

/// Pictures: width, height, bytes.
type Pictures = Vec<(i32, i32, Vec<u8>)>;

#[tokio::test]
async fn the_menu_says_how_the_agent_is_and_what_can_be_done() {
    let bus = Bus::new();
    let (connection, names) = bus.panel().await;
    let mut sign = Sign::put_up(bus.address());
    let name = names.recv().unwrap();
    sign.tell("ready");
    assert_eq!(sign.hear(), "ready");

    let entries = loop {
        let entries = menu(&connection, &name).await;
        if !entries.is_empty() {
            break entries;
        }
        // The menu's own thread passes the change on.
        tokio::task::yield_now().await;
    };

    let entries: Vec<_> = entries
        .iter()
        .map(|(_, label, enabled)| (label.as_str(), *enabled))
        .collect();
    // An ampersand is one, and no shortcut.
    assert_eq!(
        entries,
        [("ready", false), ("more & more", true), ("quit", true)]
    );
}

#[tokio::test]
async fn what_is_chosen_from_the_menu_arrives() {
    let bus = Bus::new();
    let (connection, names) = bus.panel().await;
    let mut sign = Sign::put_up(bus.address());
    let name = names.recv().unwrap();
    sign.tell("ready");
    assert_eq!(sign.hear(), "ready");

    for (entry, event) in [
        ("back", r#"TakeBack("a b")"#),
        ("check", "Speak(Language(1))"),
        ("quit", "Quit"),
    ] {
        let number = loop {
            let entries = all(&connection, &name).await;
            let found = entries.iter().find(|(_, label)| label == entry);
            if let Some((number, _)) = found {
                break *number;
            }
            tokio::task::yield_now().await;
        };
        let clicked = (number, "clicked", Value::from(0), 0_u32);
        let () = menu_of(&connection, &name)
            .await
            .call("Event", &clicked)
            .await
            .unwrap();

        assert_eq!(sign.hear(), event);
    }
}

#[tokio::test]
async fn each_state_has_its_picture_and_its_words() {
    let bus = Bus::new();
    let (connection, names) = bus.panel().await;
    let mut sign = Sign::put_up(bus.address());
    let name = names.recv().unwrap();
    let mut pictures: Vec<Pictures> = Vec::new();

    for state in ["ready", "card_in", "busy", "problem"] {
        sign.tell(state);
        assert_eq!(sign.hear(), state);

        // The menu's own thread passes the change on.
        while !menu(&connection, &name)
            .await
            .iter()
            .any(|(_, label, _)| label == state)
        {
            tokio::task::yield_now().await;
        }
        let item = item(&connection, &name).await;
        let now: Pictures = item.get_property("IconPixmap").await.unwrap();
        assert!(!pictures.contains(&now), "{state} looks like another");
        pictures.push(now);
    }
}

#[tokio::test]
async fn the_sign_appears_when_the_panel_starts_later() {
    let bus = Bus::new();
    let mut sign = Sign::put_up(bus.address());
    sign.tell("ready");
    assert_eq!(sign.hear(), "ready");

    let (_connection, names) = bus.panel().await;

    assert!(!names.recv().unwrap().is_empty());
}

#[test]
fn without_a_session_bus_there_is_no_sign() {
    let mut sign = Sign::put_up("unix:path=/nowhere");
    assert_eq!(sign.hear(), "none");
}
