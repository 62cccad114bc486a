//! What a system lacks for the isolation of child processes.

use chop_token::fence::Gap;

use super::super::{Words, fixed};

/// Nothing.
pub const CLOSED: Words = fixed(
    "卡片模組與視窗都關在自己的子程序裡",
    "Card modules and windows are confined to processes of their own",
);

/// What is lacking, and what would help.
#[must_use]
pub fn gap(gap: Gap) -> (Words, Option<Words>) {
    let kernel = fixed(
        "較新的 Linux 核心（6.12 以上，啟用 Landlock）可以做到。",
        "A newer Linux kernel has it (6.12 or later, with Landlock).",
    );
    let kernel = cfg!(target_os = "linux").then_some(kernel);
    match gap {
        Gap::Dumps => (
            fixed(
                "其他程式可能讀得到子程序的記憶體",
                "Other programs may be able to read the memory of child processes",
            ),
            None,
        ),
        Gap::Memory => (
            fixed(
                "子程序的記憶體用量沒有上限",
                "Child processes may take any amount of memory",
            ),
            None,
        ),
        Gap::Calls => (
            fixed("卡片模組可以連上網路", "Card modules can reach the network"),
            kernel,
        ),
        Gap::Writing => (
            fixed(
                "卡片模組可以寫入您的檔案",
                "Card modules can write wherever you can",
            ),
            kernel,
        ),
        Gap::Neighbours => (
            fixed(
                "卡片模組可以連到其他程式的內部通道",
                "Card modules can reach other programs by abstract names",
            ),
            kernel,
        ),
        Gap::Libraries => (
            fixed(
                "卡片模組的程式庫可能來自不該去的資料夾",
                "Libraries of card modules may come from where they should not",
            ),
            None,
        ),
        _ => (
            fixed(
                "其他程式可能把自己的程式碼放進子程序",
                "Other programs may put code of their own into child processes",
            ),
            None,
        ),
    }
}
