//! What screen readers see of programs on the desktop.
//!
//! Spec: AT-SPI 2, `org.a11y.atspi.Accessible` and `Text`.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, Proxy};

use super::{Desktop, GLANCE};

/// What a thing is, by the numbers of `AtspiRole`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// 7.
    CheckBox,
    /// 23 and 69: a window.
    Window,
    /// 29.
    Label,
    /// 40.
    PasswordText,
    /// 43.
    Button,
    /// Any other.
    Other(u32),
}

impl From<u32> for Role {
    fn from(number: u32) -> Self {
        match number {
            7 => Self::CheckBox,
            23 | 69 => Self::Window,
            29 => Self::Label,
            40 => Self::PasswordText,
            43 => Self::Button,
            other => Self::Other(other),
        }
    }
}

/// States by their numbers (`AtspiStateType`).
const FOCUSED: usize = 12;

/// Deeper than any window of ours, and than a menu.
const DEEPEST: u8 = 24;

/// A thing in a window, and what is in it.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub role: Role,
    /// Whether the keyboard goes there.
    pub focused: bool,
    /// What is written in it, where something can be.
    pub text: String,
    /// What is in it, in the order in which it is read.
    pub children: Vec<Node>,
}

impl Desktop {
    /// Everything that the program of this name shows.
    ///
    /// # Errors
    /// When there is none after `within`; the message has the names that are.
    pub async fn tree(&self, program: &str, within: Duration) -> Result<Node> {
        let start = Instant::now();
        loop {
            let mut seen = Vec::new();
            let root = "/org/a11y/atspi/accessible/root";
            for (name, path) in self.children("org.a11y.atspi.Registry", root).await? {
                // A program that has just ended is still listed.
                let Ok(found) = name_of(&self.accessibility, &name, path.as_str()).await else {
                    continue;
                };
                if found == program {
                    return self.node(&name, path.as_str(), DEEPEST).await;
                }
                seen.push(found);
            }
            ensure!(start.elapsed() < within, "no {program:?} among {seen:?}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    async fn node(&self, name: &str, path: &str, deep: u8) -> Result<Node> {
        let accessible =
            proxy(&self.accessibility, name, path, "org.a11y.atspi.Accessible").await?;
        let states: Vec<u32> = accessible.call("GetState", &()).await?;
        let is = |state: usize| {
            let word = states.get(state / 32).copied().unwrap_or_default();
            (word >> (state % 32)) & 1 == 1
        };
        let text = proxy(&self.accessibility, name, path, "org.a11y.atspi.Text").await?;
        let text = text.call("GetText", &(0, -1)).await.unwrap_or_default();
        let mut children = Vec::new();
        if deep > 0 {
            for (name, path) in self.children(name, path).await? {
                children.push(Box::pin(self.node(&name, path.as_str(), deep - 1)).await?);
            }
        }
        Ok(Node {
            name: name_of(&self.accessibility, name, path).await?,
            role: accessible.call::<_, _, u32>("GetRole", &()).await?.into(),
            focused: is(FOCUSED),
            text,
            children,
        })
    }

    async fn children(&self, name: &str, path: &str) -> Result<Vec<(String, OwnedObjectPath)>> {
        let accessible = proxy(&self.accessibility, name, path, "org.a11y.atspi.Accessible");
        Ok(accessible.await?.call("GetChildren", &()).await?)
    }
}

impl Node {
    /// All of it in the order in which it is read.
    #[must_use]
    pub fn all(&self) -> Vec<&Self> {
        let inside = self.children.iter().flat_map(Self::all);
        std::iter::once(self).chain(inside).collect()
    }
}

async fn name_of(connection: &Connection, name: &str, path: &str) -> Result<String> {
    let accessible = proxy(connection, name, path, "org.a11y.atspi.Accessible").await?;
    Ok(accessible.get_property("Name").await?)
}

async fn proxy<'a>(
    connection: &Connection,
    name: &'a str,
    path: &'a str,
    interface: &'a str,
) -> Result<Proxy<'a>> {
    let builder: zbus::proxy::Builder<'a, Proxy<'a>> = zbus::proxy::Builder::new(connection);
    Ok(builder
        .destination(name)?
        .path(path)?
        .interface(interface)?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?)
}
