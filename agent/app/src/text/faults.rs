//! Why a module or a file cannot be used, and what to do about it.

use std::path::Path;

use chop_token::{Fault, FileFault, Processor};

use super::{Words, filled, fixed};

/// What is wrong, and the remedy.
#[must_use]
pub fn fault(source: &Path, fault: &Fault) -> (Words, Words) {
    let file = source.display();
    let (zh, en) = what(fault);
    let what = filled(format!("{file} {zh}"), format!("{file} {en}"));
    (what, remedy(fault))
}

/// The sentence that goes on from the file's name.
fn what(fault: &Fault) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match fault {
        Fault::Missing => both("不存在", "does not exist"),
        Fault::NotAllowed => both(
            "不在准許的模組清單內，因此沒有載入",
            "is not on the list of modules that are allowed, so it was not loaded",
        ),
        Fault::NotALibrary => both("不是程式庫", "is not a library"),
        Fault::OtherSystem => both("是給其他作業系統的", "is for another operating system"),
        Fault::OtherProcessor { made_for, ours } => (
            format!(
                "是給 {} 處理器的，而本程式是 {} 的",
                processor(*made_for),
                processor(*ours)
            ),
            format!("is made for {made_for} processors, and this program for {ours}"),
        ),
        Fault::Dependency { library } => (
            format!("需要的程式庫 {library} 不存在"),
            format!("needs {library}, which is not there"),
        ),
        Fault::Loader { message } => (
            format!("無法載入：{message}"),
            format!("cannot be loaded: {message}"),
        ),
        Fault::NotAModule => both("不是 PKCS #11 模組", "is not a PKCS #11 module"),
        Fault::Interface { code } => (
            format!("的 C_GetInterface 失敗（{code:#010x}）"),
            format!("fails in C_GetInterface ({code:#010x})"),
        ),
        Fault::Incomplete => both("缺少必要的函式", "lacks functions that are needed"),
        Fault::Parameters => both(
            "需要參數才能啟動，而設定中沒有",
            "has to be given parameters, and there are none in the settings",
        ),
        Fault::Initialize { code } => (
            format!("無法啟動（C_Initialize {code:#010x}）"),
            format!("cannot be started (C_Initialize {code:#010x})"),
        ),
        Fault::Call { call, code } => (
            format!("的 {call} 失敗（{code:#010x}）"),
            format!("fails in {call} ({code:#010x})"),
        ),
        Fault::Crashed { signal } => (
            format!("在它的子程序中當掉了（訊號 {signal}）；其他卡片不受影響"),
            format!("crashed in its own process (signal {signal}); other cards are not affected"),
        ),
        Fault::Exited { code } => (
            format!("結束了它的子程序（代碼 {code}）；其他卡片不受影響"),
            format!("ended its own process (exit code {code}); other cards are not affected"),
        ),
        Fault::Silent { seconds } => (
            format!("超過 {seconds} 秒沒有回應"),
            format!("did not answer within {seconds} s"),
        ),
        Fault::SilentAfterRemoval => both(
            "在卡片拔出後沒有回應",
            "did not answer after a card was removed",
        ),
        Fault::Spawn { message } => (
            format!("的子程序無法啟動：{message}"),
            format!("could not be given a process: {message}"),
        ),
        Fault::File(fault) => file(*fault),
        _ => both("沒有正確回應", "does not answer as it should"),
    }
}

fn file(fault: FileFault) -> (String, String) {
    let (zh, en) = match fault {
        FileFault::NotFound => ("不存在", "does not exist"),
        FileFault::Unreadable => ("無法讀取", "cannot be read"),
        FileFault::TooLong => ("超過 1 MiB", "is longer than 1 MiB"),
        FileFault::NotPkcs12 => ("不是完整的 PKCS #12 檔", "is not a whole PKCS #12 file"),
        FileFault::Unsupported => (
            "的加密方式不支援，或解開它太耗時",
            "has an encryption that is not supported, or costs too much to undo",
        ),
        FileFault::NoKey => (
            "沒有可用的金鑰與憑證",
            "has no key whose certificate is for this",
        ),
        _ => ("已經改變", "has changed"),
    };
    (zh.to_owned(), en.to_owned())
}

fn remedy(fault: &Fault) -> Words {
    match fault {
        Fault::Missing => fixed(
            "請安裝它，或從設定中移除。",
            "Install it, or take it out of the settings.",
        ),
        Fault::NotAllowed => fixed(
            "若應該准許，請資訊人員把它加入 allowed_modules。",
            "If it should be, ask your IT department to add it to allowed_modules.",
        ),
        Fault::NotALibrary | Fault::NotAModule => {
            fixed("請更正設定中的路徑。", "Correct the path in the settings.")
        }
        Fault::OtherProcessor {
            made_for: Processor::X86 | Processor::Arm,
            ..
        } => fixed(
            "這是 32 位元的模組，請向廠商索取 64 位元版本。",
            "It is one of 32 bits: ask its maker for that of 64 bits.",
        ),
        Fault::OtherSystem | Fault::OtherProcessor { .. } => fixed(
            "請向廠商索取適合這台電腦的版本。",
            "Ask its maker for the one that fits this computer.",
        ),
        Fault::Dependency { library } => filled(
            format!("請安裝含有 {library} 的套件，或重新安裝該模組。"),
            format!("Install the package with {library}, or the module again."),
        ),
        Fault::Parameters => fixed(
            "請在設定的 modules 中為它寫明 parameters（NSS 為 configDir）。",
            "Give it parameters in the settings, under modules (for NSS its configDir).",
        ),
        Fault::Silent { .. } | Fault::SilentAfterRemoval => fixed(
            "請拔出卡片再插入，然後重試；若仍如此，請更新該模組。",
            "Take the card out, put it back and try again; if that does not help, update the module.",
        ),
        Fault::Spawn { .. } => fixed("請重新安裝 Chop。", "Install Chop again."),
        Fault::File(FileFault::NotFound) => fixed(
            "請檢查設定中 pkcs12 的路徑。",
            "Check its path in the settings, under pkcs12.",
        ),
        Fault::File(FileFault::Unreadable) => fixed(
            "請確認您可以讀取該檔案，或從設定中移除。",
            "See to it that you may read the file, or take it out of the settings.",
        ),
        Fault::File(_) => fixed(
            "請重新匯出該檔案，或從設定中移除。",
            "Export the file again, or take it out of the settings.",
        ),
        _ => fixed(
            "請更新或重新安裝該模組，或從設定中移除。",
            "Update the module or install it again, or take it out of the settings.",
        ),
    }
}

fn processor(processor: Processor) -> String {
    match processor {
        Processor::X86 => "32 位元 x86".to_owned(),
        Processor::X86_64 => "64 位元 x86".to_owned(),
        Processor::Arm => "32 位元 Arm".to_owned(),
        Processor::Arm64 => "64 位元 Arm".to_owned(),
        Processor::Riscv64 => "64 位元 RISC-V".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_of_32_bits_is_said_to_be_one_with_the_remedy() {
        let of_32_bits = Fault::OtherProcessor {
            made_for: Processor::X86,
            ours: Processor::X86_64,
        };
        let (what, remedy) = fault(Path::new("/a.so"), &of_32_bits);
        assert_eq!(
            what.zh,
            "/a.so 是給 32 位元 x86 處理器的，而本程式是 64 位元 x86 的"
        );
        assert!(
            what.en.starts_with("/a.so is made for 32-bit x86"),
            "{what:?}"
        );
        assert!(remedy.zh.contains("64 位元版本"), "{remedy:?}");
    }

    #[test]
    fn a_file_that_is_not_there_is_a_path_to_check() {
        let (what, remedy) = fault(Path::new("/a.p12"), &Fault::File(FileFault::NotFound));
        assert_eq!(what.en, "/a.p12 does not exist");
        assert!(remedy.zh.contains("路徑"), "{remedy:?}");
        assert!(remedy.en.contains("path"), "{remedy:?}");
    }

    #[test]
    fn the_missing_library_is_named_in_fault_and_remedy() {
        let missing = Fault::Dependency {
            library: "libx.so.1".to_owned(),
        };
        let (what, remedy) = fault(Path::new("/a.so"), &missing);
        for words in [&what, &remedy] {
            assert!(words.zh.contains("libx.so.1") && words.en.contains("libx.so.1"));
        }
    }
}
