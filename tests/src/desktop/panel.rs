//! The signs in the panel, over D-Bus: their pictures, and their menus.
//!
//! Spec: StatusNotifierItem; com.canonical.dbusmenu.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use zbus::zvariant::{OwnedValue, Value};

use super::{Desktop, GLANCE};

/// A sign that is shown.
#[derive(Clone, Debug)]
pub struct Sign(String);

/// An entry of a menu. Its number changes with the menu.
#[derive(Clone, Debug)]
pub struct Item {
    /// For D-Bus.
    pub number: i32,
    /// What it says, without marks of shortcuts.
    pub label: String,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// Whether it is checked, where it can be.
    pub checked: bool,
    /// What is in it.
    pub items: Vec<Item>,
}

/// What D-Bus menus are made of: number, properties, children.
type Raw = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Desktop {
    /// Waits for the sign of this name.
    ///
    /// # Errors
    /// When it is not there after `within`.
    pub async fn sign(&self, id: &str, within: Duration) -> Result<Sign> {
        let start = Instant::now();
        loop {
            for sign in self.signs().await? {
                if self
                    .property::<String>(&sign, "Id")
                    .await
                    .is_ok_and(|it| it == id)
                {
                    return Ok(sign);
                }
            }
            ensure!(start.elapsed() < within, "no sign {id}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// All signs.
    ///
    /// # Errors
    /// When the panel is gone.
    pub async fn signs(&self) -> Result<Vec<Sign>> {
        let name = "org.kde.StatusNotifierWatcher";
        let watcher = self.proxy(name, "/StatusNotifierWatcher", name).await?;
        let items: Vec<String> = watcher
            .get_property("RegisteredStatusNotifierItems")
            .await?;
        let sign = |item: &String| {
            let name = item.split_once('/').map_or(item.as_str(), |(name, _)| name);
            Sign(name.to_owned())
        };
        Ok(items.iter().map(sign).collect())
    }

    /// The picture that it shows: width, height, bytes.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn picture(&self, sign: &Sign) -> Result<Vec<(i32, i32, Vec<u8>)>> {
        self.property(sign, "IconPixmap").await
    }

    /// Its whole menu.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn menu(&self, sign: &Sign) -> Result<Vec<Item>> {
        let menu = self.proxy(&sign.0, "/MenuBar", "com.canonical.dbusmenu");
        let menu = menu.await?;
        let asked = (0, -1, Vec::<String>::new());
        let (_, root): (u32, Raw) = menu.call("GetLayout", &asked).await?;
        Ok(item(root)?.items)
    }

    /// Waits until the menu has an entry whose label has this in it, anywhere, and gives it.
    ///
    /// # Errors
    /// When there is none after `within`; the message has what there is.
    pub async fn entry(&self, sign: &Sign, label: &str, within: Duration) -> Result<Item> {
        let start = Instant::now();
        loop {
            let menu = self.menu(sign).await?;
            if let Some(found) = Item::find(&menu, label) {
                return Ok(found.clone());
            }
            ensure!(start.elapsed() < within, "no {label:?} in {menu:#?}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Chooses the entry whose label has this in it, as the panel does when a person clicks it.
    ///
    /// # Errors
    /// As [`Desktop::entry`].
    pub async fn choose(&self, sign: &Sign, label: &str, within: Duration) -> Result<()> {
        let entry = self.entry(sign, label, within).await?;
        ensure!(entry.enabled, "{label:?} cannot be chosen");
        let menu = self.proxy(&sign.0, "/MenuBar", "com.canonical.dbusmenu");
        let clicked = (entry.number, "clicked", Value::from(0), 0_u32);
        let () = menu.await?.call("Event", &clicked).await?;
        Ok(())
    }

    async fn property<T>(&self, sign: &Sign, name: &str) -> Result<T>
    where
        T: TryFrom<OwnedValue>,
        T::Error: Into<zbus::Error>,
    {
        let item = self.proxy(&sign.0, "/StatusNotifierItem", "org.kde.StatusNotifierItem");
        Ok(item.await?.get_property(name).await?)
    }
}

impl Item {
    fn find<'a>(items: &'a [Self], label: &str) -> Option<&'a Self> {
        items.iter().find_map(|item| {
            let this = item.label.contains(label).then_some(item);
            this.or_else(|| Self::find(&item.items, label))
        })
    }
}

fn item((number, mut properties, children): Raw) -> Result<Item> {
    let text = properties
        .remove("label")
        .map(String::try_from)
        .transpose()?;
    let enabled = properties
        .remove("enabled")
        .map(bool::try_from)
        .transpose()?;
    let checked = properties
        .remove("toggle-state")
        .map(i32::try_from)
        .transpose()?;
    let children = children.into_iter().map(|child| {
        let child = Raw::try_from(child).context("a menu within a menu")?;
        item(child)
    });
    Ok(Item {
        number,
        // One underscore marks the next letter, two are one.
        label: text.unwrap_or_default().replace("__", "_"),
        enabled: enabled.unwrap_or(true),
        checked: checked == Some(1),
        items: children.collect::<Result<_>>()?,
    })
}
