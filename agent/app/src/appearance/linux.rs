//! X11 and Wayland do not say; the desktop's settings portal does, over D-Bus.
//!
//! Spec: XDG Desktop Portal, `org.freedesktop.portal.Settings`, "org.freedesktop.appearance".

use std::time::Duration;

use tokio::time::timeout;
use zbus::{
    Connection, Proxy,
    proxy::MethodFlags,
    zvariant::{OwnedValue, Value},
};

/// The window waits for the answer, so a desktop that is slow to give one does without.
const PATIENCE: Duration = Duration::from_millis(60);

pub(super) async fn is_dark() -> Option<bool> {
    let answer: OwnedValue = timeout(PATIENCE, ask()).await.ok()?.ok()??;
    match number(&answer)? {
        1 => Some(true),
        // 2 is light; 0 leaves it to the program.
        _ => Some(false),
    }
}

async fn ask() -> zbus::Result<Option<OwnedValue>> {
    let connection = Connection::session().await?;
    let portal = Proxy::new(
        &connection,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Settings",
    );
    let wanted = ("org.freedesktop.appearance", "color-scheme");
    // A portal that does not run is not started for this.
    let flags = MethodFlags::NoAutoStart.into();
    portal.await?.call_with_flags("Read", flags, &wanted).await
}

/// The number in a value, which some portals wrap twice.
fn number(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::U32(number) => Some(*number),
        Value::Value(inner) => number(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_is_found_however_it_is_wrapped() {
        let once = Value::new(Value::U32(1));
        assert_eq!(number(&once), Some(1));
        assert_eq!(number(&Value::Value(Box::new(once))), Some(1));
        assert_eq!(number(&Value::new("dark")), None);
    }
}
