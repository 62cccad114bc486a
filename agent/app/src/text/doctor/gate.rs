//! The machine's gate.

use std::time::SystemTime;

use time::OffsetDateTime;

use super::super::{Words, filled, fixed};

/// It is there.
pub const IN_FRONT: Words = fixed(
    "Chop 已為所有使用者安裝，由系統服務轉接連線",
    "Chop is installed for everybody; a system service hands connections on",
);

/// It is not.
pub const NOT_RUNNING: (Words, Words) = (
    fixed(
        "轉接連線的系統服務沒有執行",
        "The system service that hands connections on does not run",
    ),
    if cfg!(windows) {
        fixed(
            "請管理員執行：sc start ChopGate；事件檢視器的「應用程式」會說明原因。",
            "Its administrator runs: sc start ChopGate; the event log (Application) has the cause.",
        )
    } else {
        fixed(
            "請管理員執行：sudo systemctl start chop-gate；journalctl -u chop-gate 會說明原因。",
            "Its administrator runs: sudo systemctl start chop-gate; journalctl -u chop-gate has the cause.",
        )
    },
);

/// Neither is the certificate.
pub const NO_CERTIFICATE: (Words, Words) = (
    fixed(
        "這台電腦的本機憑證不存在或已過期",
        "The machine's localhost certificate is not there, or has expired",
    ),
    if cfg!(windows) {
        fixed(
            "請管理員在系統管理員的命令提示字元執行：chop machine set-up",
            "Its administrator runs, in a console as administrator: chop machine set-up",
        )
    } else {
        fixed(
            "請管理員執行：sudo chop machine set-up",
            "Its administrator runs: sudo chop machine set-up",
        )
    },
);

/// The certificate is good.
#[must_use]
pub fn certificate(until: SystemTime) -> Words {
    let day = OffsetDateTime::from(until).date();
    filled(
        format!("這台電腦的憑證有效至 {day}，會自動更新"),
        format!("The machine's certificate is good until {day}, and renewed by itself"),
    )
}
