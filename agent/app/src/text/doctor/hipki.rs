//! The room for pages written for HiCOS.

use std::net::IpAddr;

use super::super::{Words, filled, fixed};
use crate::ports::Owner;

/// The settings close it.
pub const CLOSED: Words = fixed(
    "舊式網頁（HiCOS）的連接埠依設定關閉",
    "The ports for pages written for HiCOS are closed by the settings",
);

/// The agent has the port.
#[must_use]
pub fn answers(port: u16, addresses: &[IpAddr]) -> Words {
    let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    let (zh, en) = (addresses.join("、"), addresses.join(" and "));
    filled(
        format!("為 HiCOS 寫的網頁可以使用 http://localhost:{port}（{zh}）"),
        format!("Pages written for HiCOS reach the agent at http://localhost:{port} ({en})"),
    )
}

/// How the gate's answer begins for a page of somebody who has no agent.
pub const INSTALLED: &str = "Chop 已安裝，但此使用者目前沒有執行 Chop。";

/// The gate has the port, and no agent of this person's has come to it.
#[must_use]
pub fn no_agent(port: u16) -> (Words, Words) {
    (
        filled(
            format!("連接埠 {port} 由系統服務轉接，但代理程式沒有執行"),
            format!("The system service has port {port}, but the agent does not run"),
        ),
        fixed("請啟動代理程式：chop run", "Start the agent: chop run"),
    )
}

/// Another program has it.
#[must_use]
pub fn taken(port: u16, owner: Option<&Owner>) -> (Words, Words) {
    let what = match owner {
        Some(owner) => filled(
            format!("連接埠 {port} 被其他程式占用：{owner}；為 HiCOS 寫的網頁用不到 Chop"),
            format!("Port {port} is taken by {owner}; pages written for HiCOS do not reach Chop"),
        ),
        None => filled(
            format!("連接埠 {port} 被其他程式占用；為 HiCOS 寫的網頁用不到 Chop"),
            format!("Port {port} is taken; pages written for HiCOS do not reach Chop"),
        ),
    };
    (
        what,
        fixed(
            "要讓這些網頁使用 Chop，請結束該程式（HiCOS 的是 HiPKILocalSignServer）；代理程式每 30 秒會再試一次。",
            "To have Chop serve them, end that program (HiCOS's is HiPKILocalSignServer); the agent tries again \
             every 30 seconds.",
        ),
    )
}

/// The system keeps it from programs.
#[must_use]
pub fn reserved(port: u16, (first, last): (u16, u16)) -> (Words, Words) {
    (
        filled(
            format!("連接埠 {port} 由系統保留（{first} 到 {last}）"),
            format!("Port {port} is reserved by the system ({first} to {last})"),
        ),
        fixed(
            "請看保留的範圍：netsh int ipv4 show excludedportrange protocol=tcp；以系統管理員身分執行 net stop winnat \
             再 net start winnat，常可釋放。",
            "The ranges: netsh int ipv4 show excludedportrange protocol=tcp; as an administrator, net stop winnat \
             and net start winnat often free them.",
        ),
    )
}

/// Nobody listens.
#[must_use]
pub fn nobody(port: u16) -> (Words, Words) {
    (
        filled(
            format!("沒有程式在連接埠 {port} 回應；為 HiCOS 寫的網頁用不到 Chop"),
            format!("Nobody listens on port {port}; pages written for HiCOS do not reach Chop"),
        ),
        fixed(
            "請啟動代理程式：chop run；剛釋放的連接埠最多 30 秒後就會使用。",
            "Start the agent: chop run. A port that has just become free is taken within 30 seconds.",
        ),
    )
}
