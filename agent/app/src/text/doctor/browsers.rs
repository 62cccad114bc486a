//! What browsers trust and what their policies say.

use std::path::Path;

use super::super::{Words, filled, fixed};

/// A store or a policy trusts the authority.
#[must_use]
pub fn trusted(browser: &str, place: &Path) -> Words {
    let place = place.display();
    filled(
        format!("{browser} 信任本機憑證（{place}）"),
        format!("{browser} trusts the localhost certificate ({place})"),
    )
}

/// The store is there and does not.
#[must_use]
pub fn untrusted(browser: &str, folder: &Path) -> Words {
    let folder = folder.display();
    filled(
        format!("{browser} 不信任本機憑證（{folder}）"),
        format!("{browser} does not trust the localhost certificate ({folder})"),
    )
}

/// There is no store.
#[must_use]
pub fn no_store(browser: &str) -> Words {
    filled(
        format!("{browser} 還沒有信任任何憑證的地方"),
        format!("{browser} has no place yet for what it trusts"),
    )
}

/// How the authority is added to a store; the command follows.
pub const ADD_TRUST: Words = if cfg!(windows) {
    fixed(
        "請在命令提示字元執行，並在 Windows 詢問時按「是」：",
        "Run in a command prompt, and say yes when Windows asks:",
    )
} else {
    fixed(
        "請關閉瀏覽器，再執行（certutil 在 libnss3-tools 套件裡）：",
        "Close the browser, then run (certutil is in the package libnss3-tools):",
    )
};

/// The store could not be looked at.
#[must_use]
pub fn store_unreadable(browser: &str, folder: &Path, reason: &str) -> (Words, Words) {
    let folder = folder.display();
    (
        filled(
            format!("無法得知 {browser} 信任什麼（{folder}）：{reason}"),
            format!("What {browser} trusts cannot be read ({folder}): {reason}"),
        ),
        fixed(
            "請安裝 certutil（套件 libnss3-tools），或關閉瀏覽器後再試一次。",
            "Install certutil (package libnss3-tools), or close the browser and try again.",
        ),
    )
}

/// This system's store is not looked at yet.
#[must_use]
pub fn not_looked_at(browser: &str) -> Words {
    filled(
        format!("尚不支援在此系統檢查 {browser}"),
        format!("{browser} is not looked at on this system yet"),
    )
}

/// A browser in a Flatpak, which no policy of ours reaches.
#[must_use]
pub fn flatpak(browser: &str) -> (Words, Words) {
    (
        filled(
            format!("Flatpak 的 {browser} 讀不到這台電腦的政策，每個網站會詢問一次"),
            format!(
                "{browser} as a Flatpak reads no policy of this computer: it asks once for each site"
            ),
        ),
        fixed(
            "家用電腦：Chop 會把憑證加入它自己的存放區。組織的電腦：請改用系統套件的瀏覽器，或以它自己的擴充點設定政策（docs/deployment.md 的「Flatpak」）。",
            "At home Chop adds the certificate to this browser's own store. In an organization use the browser of the \
             system's packages, or give it policies through its own extension point (docs/deployment.md, Flatpak).",
        ),
    )
}

/// Without a certificate there is nothing to trust.
pub const NOTHING_TO_TRUST: Words = fixed(
    "沒有可用的本機憑證，所以無從檢查",
    "Without a localhost certificate there is nothing to look for",
);

/// No policies.
pub const NO_POLICY: Words = fixed(
    "沒有政策：每個網站第一次使用時，瀏覽器會詢問一次是否允許連到本機，請按「允許」",
    "None: at a site's first sign-in the browser asks once whether it may reach this computer; allow it",
);

/// A file without any of ours.
#[must_use]
pub fn no_concern(browser: &str, file: &Path) -> Words {
    let file = file.display();
    filled(
        format!("{browser}：{file} 與登入無關"),
        format!("{browser}: {file} has nothing to do with signing in"),
    )
}

/// Sites that reach the agent without a question.
#[must_use]
pub fn allows(browser: &str, sites: &[String]) -> Words {
    let (zh, en) = both(sites);
    filled(
        format!("{browser}：{zh} 可直接連到代理程式"),
        format!("{browser}: {en} may reach the agent without a question"),
    )
}

/// Sites that may open windows.
#[must_use]
pub fn allows_popups(browser: &str, sites: &[String]) -> Words {
    let (zh, en) = both(sites);
    filled(
        format!("{browser}：{zh} 可開啟視窗"),
        format!("{browser}: {en} may open windows"),
    )
}

/// Authorities that are trusted by policy.
#[must_use]
pub fn trusts(browser: &str, count: usize) -> Words {
    filled(
        format!("{browser}：政策另外信任 {count} 個憑證"),
        format!("{browser}: authorities trusted by policy: {count}"),
    )
}

/// Sites that are kept away.
#[must_use]
pub fn blocks(browser: &str, sites: &[String]) -> (Words, Words) {
    let (zh, en) = both(sites);
    (
        filled(
            format!("{browser}：政策禁止 {zh} 連到代理程式"),
            format!("{browser}: a policy keeps {en} from the agent"),
        ),
        fixed(
            "若需要用憑證登入這些網站，請洽貴機關的資訊人員。",
            "If these sites are signed in to with a card, talk to your IT department.",
        ),
    )
}

/// A policy that switches the browser's protection off.
#[must_use]
pub fn opens_all(browser: &str, policy: &str) -> (Words, Words) {
    (
        filled(
            format!("{browser}：{policy} 讓所有網站都能連到這台電腦上的任何程式"),
            format!("{browser}: {policy} lets every site reach every program on this computer"),
        ),
        fixed(
            "請改用只列出登入網站的政策。",
            "Use a policy that lists the sites that are signed in to instead.",
        ),
    )
}

/// A file that the browser cannot read either.
#[must_use]
pub fn policy_unreadable(browser: &str, file: &Path, reason: &str) -> (Words, Words) {
    let file = file.display();
    (
        filled(
            format!("{browser}：無法讀取 {file}：{reason}"),
            format!("{browser}: {file} cannot be read: {reason}"),
        ),
        fixed(
            "瀏覽器會忽略整個檔案；請更正它。",
            "The browser ignores the whole file; correct it.",
        ),
    )
}

fn both(sites: &[String]) -> (String, String) {
    (sites.join("、"), sites.join(", "))
}
