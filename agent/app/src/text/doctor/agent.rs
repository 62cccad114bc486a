//! Settings, listener, localhost certificate, display.

use std::{net::IpAddr, path::Path, time::SystemTime};

use time::OffsetDateTime;

use super::super::{Words, command, filled, fixed};
use crate::{
    settings::{self, Source},
    text::Language,
};

/// A setting, its value and where it came from.
#[must_use]
pub fn setting(key: &str, value: &str, source: Source) -> Words {
    let (zh, en) = match source {
        Source::BuiltIn => ("內建", "built in"),
        Source::Policy => ("機關政策", "policy"),
        Source::Locked => ("機關政策，已鎖定", "policy, locked"),
        Source::Person => ("個人設定", "your settings"),
    };
    filled(
        format!("{key} = {value}（{zh}）"),
        format!("{key} = {value} ({en})"),
    )
}

/// The settings are not understood: what the agent says of them when it is started.
#[must_use]
pub fn settings_wrong(error: &settings::Error) -> (Words, Words) {
    let what = command::settings(error);
    let (zh, en) = (
        Language::CHINESE.say(&what.next()),
        Language::ENGLISH.say(&what.next()),
    );
    (
        filled(Language::CHINESE.say(&what), Language::ENGLISH.say(&what)),
        filled(
            format!("{zh}（在那之前代理程式不會啟動。）"),
            format!("{en} (Until then the agent does not start.)"),
        ),
    )
}

/// The development setting is on.
pub const DEVELOPMENT: Words = fixed(
    "不開發網頁時請關閉：開啟時，本機上的任何網頁程式都能要求登入。",
    "Switch it off unless you develop pages: while it is on, every web program on this computer may ask.",
);

/// The agent answers.
#[must_use]
pub fn answers(port: u16, addresses: &[IpAddr]) -> Words {
    let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    let (port, zh, en) = (port, addresses.join("、"), addresses.join(" and "));
    filled(
        format!("代理程式在 https://localhost:{port} 回應（{zh}）"),
        format!("The agent answers at https://localhost:{port} ({en})"),
    )
}

/// The agent does not run.
pub const NOT_RUNNING: (Words, Words) = (
    fixed("代理程式沒有執行", "The agent does not run"),
    fixed("請執行：chop run", "Start it: chop run"),
);

/// Somebody else has the port.
#[must_use]
pub fn port_taken(port: u16) -> (Words, Words) {
    let tool = match cfg!(windows) {
        true => format!("netstat -ano | findstr :{port}"),
        false => format!("ss -ltnp 'sport = :{port}'"),
    };
    (
        filled(
            format!("連接埠 {port} 被其他程式占用"),
            format!("Port {port} is taken by another program"),
        ),
        filled(
            format!("請關閉該程式；用 {tool} 可以看到是哪一個。"),
            format!("Close that program; {tool} says which it is."),
        ),
    )
}

/// Something answers with our certificate, but not as our agent.
#[must_use]
pub fn answers_oddly(port: u16) -> (Words, Words) {
    (
        filled(
            format!("連接埠 {port} 的回應不是代理程式該有的"),
            format!("Port {port} does not answer as the agent would"),
        ),
        fixed(
            "請結束代理程式後重新啟動。",
            "End the agent and start it again.",
        ),
    )
}

/// The certificate is valid.
#[must_use]
pub fn certificate_good(until: SystemTime) -> Words {
    let day = day(until);
    filled(format!("有效至 {day}"), format!("Valid until {day}"))
}

/// It ends soon.
#[must_use]
pub fn certificate_renewal(until: SystemTime, file: &Path) -> (Words, Words) {
    let day = day(until);
    let what = filled(
        format!("即將在 {day} 到期"),
        format!("It ends soon, on {day}"),
    );
    (what, make_anew(file))
}

/// There is none.
pub const CERTIFICATE_MISSING: (Words, Words) = (
    fixed("還沒有本機憑證", "There is no localhost certificate yet"),
    fixed(
        "代理程式第一次啟動時會建立：chop run",
        "The agent makes it at its first start: chop run",
    ),
);

/// It cannot be used.
#[must_use]
pub fn certificate_unusable(reason: &str, file: &Path) -> (Words, Words) {
    let what = filled(
        format!("不能使用：{reason}"),
        format!("It cannot be used: {reason}"),
    );
    (what, make_anew(file))
}

/// The clock is behind.
#[must_use]
pub fn certificate_early(from: SystemTime) -> (Words, Words) {
    let day = day(from);
    (
        filled(
            format!("{day} 才開始有效"),
            format!("It is valid only from {day} on"),
        ),
        fixed(
            "請檢查電腦的日期與時間。",
            "Check the date and time of this computer.",
        ),
    )
}

/// Windows can be shown.
#[must_use]
pub fn display(name: &str) -> Words {
    filled(
        format!("可以顯示視窗（{name}）"),
        format!("Windows can be shown ({name})"),
    )
}

/// A display is named, and nobody answers there.
#[must_use]
pub fn dead_display(name: &str) -> (Words, Words) {
    (
        filled(
            format!("螢幕沒有回應（{name}）"),
            format!("The display does not answer ({name})"),
        ),
        fixed(
            "請在桌面環境中啟動代理程式；重新登入會設定正確的值。",
            "Start the agent from within the desktop session; signing in anew sets the right value.",
        ),
    )
}

/// They cannot.
pub const NO_DISPLAY: (Words, Words) = (
    fixed(
        "這個環境沒有螢幕（DISPLAY 與 WAYLAND_DISPLAY 都沒有設定）",
        "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)",
    ),
    fixed(
        "請在桌面環境中啟動代理程式。",
        "Start the agent from within the desktop session.",
    ),
);

fn make_anew(file: &Path) -> Words {
    let file = file.display();
    filled(
        format!("請結束代理程式，刪除 {file}，再啟動代理程式並讓瀏覽器信任新的憑證。"),
        format!(
            "End the agent, delete {file}, start the agent again and let the browsers trust the new one."
        ),
    )
}

fn day(moment: SystemTime) -> String {
    OffsetDateTime::from(moment).date().to_string()
}
