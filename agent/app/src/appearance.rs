//! Whether the person's desktop is dark.

/// What the desktop says; `None` where it says nothing, or where windows find out by themselves.
pub(crate) async fn is_dark() -> Option<bool> {
    platform::is_dark().await
}

#[cfg_attr(target_os = "linux", path = "appearance/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "appearance/elsewhere.rs")]
mod platform;
