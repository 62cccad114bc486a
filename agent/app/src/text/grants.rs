//! Sentences of `chop grants`.

use chop_service::Scope;
use time::OffsetDateTime;

use super::{Message, Words, filled, fixed, message};

/// Nobody has been let in or kept out.
pub const NONE: Words = fixed("沒有任何許可。", "No site has been let in or blocked.");

/// What a caller may do; `None` for one that is blocked.
#[must_use]
pub fn may(scope: Option<Scope>) -> Words {
    match scope {
        None => fixed("封鎖", "blocked"),
        Some(Scope::Read) => fixed("讀取", "read"),
        Some(Scope::Sign) => fixed("讀取、簽章", "read, sign"),
        Some(Scope::Decrypt) => fixed("讀取、解密", "read, decrypt"),
        Some(Scope::ChangePin) => fixed("變更 PIN 碼", "change the PIN"),
    }
}

/// When it was last used.
#[must_use]
pub fn used(day: &str) -> Words {
    filled(format!("上次使用 {day}"), format!("last used {day}"))
}

/// A day, of seconds since 1970.
#[must_use]
pub fn day(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    OffsetDateTime::from_unix_timestamp(seconds)
        .map_or_else(|_| String::new(), |time| time.date().to_string())
}

/// There is none of that name.
#[must_use]
pub fn unknown(caller: &str) -> Message {
    message("error-no-grant").with("caller", caller.to_owned())
}
