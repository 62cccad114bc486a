//! Browsers' policies that decide whether login pages reach the agent. Only looked at.
//!
//! Spec: docs/settings.md, "Policies of the browsers".

#[cfg_attr(target_os = "linux", path = "policies/linux.rs")]
#[cfg_attr(windows, path = "policies/windows.rs")]
#[cfg_attr(not(any(target_os = "linux", windows)), path = "policies/other.rs")]
mod platform;

use std::{fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
pub use platform::look;
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use crate::stores::Browser;

/// Folders of JSON files, each of which is read; below `/etc`. The second is that of Chromium's snap,
/// which sees no other.
pub(crate) const FOLDERS: [(Browser, &str); 5] = [
    (Browser::Chromium, "chromium/policies/managed"),
    (Browser::Chromium, "chromium-browser/policies/managed"),
    (Browser::Chrome, "opt/chrome/policies/managed"),
    (Browser::Edge, "opt/edge/policies/managed"),
    (Browser::Brave, "brave/policies/managed"),
];

/// Firefox's one file; below `/etc`.
pub(crate) const FIREFOX: &str = "firefox/policies/policies.json";

/// What concerns us in Chromium's policies.
///
/// Spec: the browsers' policy lists; what each does was tried with Chromium 156.
#[cfg(any(target_os = "linux", windows))]
const CHROMIUM_POLICIES: [(&str, Effect); 7] = [
    ("LoopbackNetworkAllowedForUrls", Effect::Allows),
    ("LocalNetworkAccessAllowedForUrls", Effect::Allows),
    ("LoopbackNetworkBlockedForUrls", Effect::Blocks),
    (
        "LocalNetworkAccessRestrictionsTemporaryOptOut",
        Effect::OpensAll,
    ),
    ("PopupsAllowedForUrls", Effect::AllowsPopups),
    ("CACertificates", Effect::Trusts),
    ("CACertificatesWithConstraints", Effect::Trusts),
];

/// What concerns us in Firefox's, with dots between the levels.
#[cfg(any(target_os = "linux", windows))]
const FIREFOX_POLICIES: [(&str, Effect); 3] = [
    ("LocalNetworkAccess.SkipDomains", Effect::Allows),
    ("PopupBlocking.Allow", Effect::AllowsPopups),
    ("Certificates.Install", Effect::Trusts),
];

/// A policy file that is there; on Windows, a key of the registry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyFile {
    /// Who reads it.
    pub browser: Browser,
    /// Where it is.
    pub path: PathBuf,
    /// Those policies in it that concern us, maybe none; or why it cannot be read, in English. A
    /// browser ignores a file that it cannot read, all of it.
    pub policies: Result<Vec<Policy>, String>,
}

/// One policy that concerns us.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Its name, such as `LoopbackNetworkAllowedForUrls`; Firefox's with dots between the levels.
    pub name: &'static str,
    /// What it does for a login page.
    pub effect: Effect,
    /// Its value: the entries of a list; `true` or `false`; JSON for anything else.
    pub values: Vec<String>,
}

/// What a policy does for a login page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// The listed sites reach the agent without a question.
    Allows,
    /// The listed sites cannot reach the agent, whatever the person says.
    Blocks,
    /// The listed sites may open windows.
    AllowsPopups,
    /// All sites reach everything on this computer: a hole to be closed.
    OpensAll,
    /// Authorities are trusted.
    Trusts,
}

impl PolicyFile {
    /// Whether a policy in it makes its browser trust exactly this authority (DER): Chromium's hold
    /// the certificate itself, Firefox's the path of a file with it.
    #[must_use]
    pub fn trusts(&self, authority: &[u8]) -> bool {
        let base64 = STANDARD.encode(authority);
        let in_file = |path: &String| {
            fs::read(path).is_ok_and(|file| {
                let pem = CertificateDer::from_pem_slice(&file);
                file == authority || pem.is_ok_and(|der| *der == *authority)
            })
        };
        let policies = self.policies.iter().flatten();
        policies
            .filter(|policy| policy.effect == Effect::Trusts)
            .any(|policy| match self.browser {
                Browser::Firefox => policy.values.iter().any(in_file),
                _ => policy.values.iter().any(|value| value.contains(&base64)),
            })
    }
}
