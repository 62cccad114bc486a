//! What an IT department writes about browsers, in the namespace of a test.

use anyhow::Result;
use serde_json::{Value, json};

use crate::namespace::Namespace;

/// Writes the policies of Chromium and Chrome; they hold for browsers started from then on.
///
/// # Errors
/// When the file cannot be written.
pub fn chromium(namespace: &Namespace, policies: &Value) -> Result<()> {
    for product in ["chromium", "opt/chrome"] {
        let path = format!("{product}/policies/managed/chop-test.json");
        namespace.write_etc(&path, &policies.to_string())?;
    }
    Ok(())
}

/// Writes Firefox's policies; they hold for browsers started from then on.
///
/// # Errors
/// When the file cannot be written.
pub fn firefox(namespace: &Namespace, policies: &Value) -> Result<()> {
    let file = json!({ "policies": policies });
    namespace.write_etc("firefox/policies/policies.json", &file.to_string())
}

/// Lets the page at `host` reach loopback without a question, in either browser.
///
/// # Errors
/// When a file cannot be written.
pub fn allow_loopback(namespace: &Namespace, host: &str) -> Result<()> {
    let origin = format!("https://{host}");
    chromium(
        namespace,
        &json!({ "LoopbackNetworkAllowedForUrls": [origin] }),
    )?;
    let access = json!({ "Enabled": true, "EnablePrompting": true, "SkipDomains": [host] });
    firefox(namespace, &json!({ "LocalNetworkAccess": access }))
}

/// Lets the page at `host` reach loopback, and open windows without a click, in either browser.
///
/// # Errors
/// When a file cannot be written.
pub fn allow_loopback_and_popups(namespace: &Namespace, host: &str) -> Result<()> {
    let origin = format!("https://{host}");
    chromium(
        namespace,
        &json!({
            "LoopbackNetworkAllowedForUrls": [origin],
            "PopupsAllowedForUrls": [origin],
        }),
    )?;
    let access = json!({ "Enabled": true, "EnablePrompting": true, "SkipDomains": [host] });
    firefox(
        namespace,
        &json!({ "LocalNetworkAccess": access, "PopupBlocking": { "Allow": [origin] } }),
    )
}

/// Keeps the page at `host` from loopback, without a question. Chromium has such a policy only.
///
/// # Errors
/// When the file cannot be written.
pub fn deny_loopback(namespace: &Namespace, host: &str) -> Result<()> {
    let origin = format!("https://{host}");
    chromium(
        namespace,
        &json!({ "LoopbackNetworkBlockedForUrls": [origin] }),
    )
}
