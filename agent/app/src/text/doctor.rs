//! Sentences of the self-test. Names and reasons from elsewhere stand in them as they are; whoever
//! prints makes them harmless.

pub mod agent;
pub mod browsers;
pub mod cards;
pub mod fence;
pub mod gate;
pub mod hipki;

use super::{Words, filled, fixed};
use crate::doctor::{Area, State};

/// Above the report.
pub const TITLE: Words = fixed("Chop 自我檢測", "Chop self-test");

/// What a state is called.
#[must_use]
pub fn state(state: State) -> Words {
    match state {
        State::Ok => fixed("正常", "OK"),
        State::Note => fixed("提醒", "Note"),
        State::Problem => fixed("問題", "Problem"),
    }
}

/// What an area is called.
#[must_use]
pub fn area(area: Area) -> Words {
    match area {
        Area::Settings => fixed("設定", "Settings"),
        Area::Agent => fixed("代理程式", "Agent"),
        Area::Certificate => fixed("本機憑證", "Localhost certificate"),
        Area::Trust => fixed("瀏覽器信任", "Trust in browsers"),
        Area::Policies => fixed("瀏覽器政策", "Policies of browsers"),
        Area::Modules => fixed("PKCS #11 模組與憑證檔", "PKCS #11 modules and files"),
        Area::Readers => fixed("讀卡機", "Card readers"),
        Area::Cards => fixed("憑證卡", "Cards"),
        Area::Isolation => fixed("子程序隔離", "Isolation of child processes"),
        Area::Display => fixed("螢幕", "Display"),
    }
}

/// Beneath the report.
#[must_use]
pub fn summary(problems: usize) -> Words {
    match problems {
        0 => fixed("沒有發現問題。", "No problem found."),
        1 => fixed("發現 1 個問題。", "1 problem found."),
        _ => filled(
            format!("發現 {problems} 個問題。"),
            format!("{problems} problems found."),
        ),
    }
}

/// What this program is, for the page.
#[must_use]
pub fn about() -> Vec<Words> {
    let version = env!("CARGO_PKG_VERSION");
    vec![
        filled(
            format!("Chop 憑證簽章 {version}"),
            format!("Chop card signing {version}"),
        ),
        fixed(
            "讓網站用您的憑證卡登入的代理程式：視窗會寫明是哪個網站要求，PIN 碼只交給您的卡片。",
            "Lets web sites sign you in with your card. Its window names the site that asks; your PIN goes to \
             your card and nowhere else.",
        ),
        fixed(
            "開放原始碼，授權：MIT 或 Apache-2.0。",
            "Open source, licensed under MIT or Apache-2.0.",
        ),
    ]
}

/// The page could not be shown.
#[must_use]
pub fn no_browser(page: &str) -> Words {
    filled(
        format!("無法開啟瀏覽器；請自行開啟 {page}"),
        format!("The browser could not be opened; open {page} yourself."),
    )
}
