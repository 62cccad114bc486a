//! The steps of the help pages, in their order.

use crate::{language::Language, user_agent::Maker};

/// A step in both languages.
type Step = (&'static str, &'static str);

/// What to do after a sign-in that ended with this code; nothing where its words say it all.
pub(super) fn of(key: &str, language: Language) -> Vec<&'static str> {
    in_language(steps(key), language)
}

/// How to let a site reach the agent, in one browser.
pub(super) fn of_permission(maker: Maker, language: Language) -> Vec<&'static str> {
    in_language(permission(maker), language)
}

fn in_language(steps: &[Step], language: Language) -> Vec<&'static str> {
    let said = |(chinese, english): &Step| language.say(chinese, english);
    steps.iter().map(said).collect()
}

fn steps(key: &str) -> &'static [Step] {
    match key {
        "agent_unreachable" => &[
            (
                "如果這台電腦已經安裝 Chop：從開始功能表（Windows）、應用程式（macOS、Linux）啟動「Chop」，工作列會出現紅色印章圖示。",
                "If Chop is installed on this computer, start it from the start menu (Windows) or the applications (macOS, Linux). A red seal appears in the tray.",
            ),
            (
                "如果還沒有安裝：公司的電腦請洽貴公司資訊人員；自己的電腦請下載安裝程式，依畫面指示安裝。",
                "If it is not: on a company's computer ask your IT department; on your own, download the installer and follow it.",
            ),
            (
                "安裝後請關閉瀏覽器的所有視窗再重新開啟，瀏覽器才會信任 Chop 的本機憑證。",
                "After installing, close all windows of the browser and open it again: only then does it trust Chop's local certificate.",
            ),
            (
                "還是不行時，從印章圖示的選單執行「自我檢測」，每一行都會說明原因與下一步。",
                "If it still does not work, run “Self-test” from the seal's menu. Each line says why, and what to do.",
            ),
        ],
        "pin_wrong" | "pin_wrong_last" | "pin_wrong_unknown" => &[
            (
                "確認插入的是哪一張卡：工商憑證與自然人憑證的 PIN 碼不同。",
                "Make sure which card is in: a company card and a citizen card have different PINs.",
            ),
            (
                "PIN 碼是 6 到 8 位數字；確認數字鍵（Num Lock）已經開啟。",
                "A PIN has 6 to 8 digits; check that Num Lock is on.",
            ),
            (
                "不確定時不要再試。到發卡單位的網站，用卡號與用戶代碼（或出生日期）重設 PIN 碼。",
                "If you are not sure, stop. Reset the PIN on the issuer's web site with the card's number and your user code (or date of birth).",
            ),
        ],
        "pin_locked" => &[
            (
                "工商憑證：到工商憑證管理中心網站 › 憑證作業 › 鎖卡解碼，準備用戶代碼。",
                "Company card: on the web site of MOEACA, unlock the card with your user code.",
            ),
            (
                "自然人憑證：到內政部憑證管理中心網站線上解鎖，或帶身分證到戶政事務所。",
                "Citizen card: unlock it on the web site of MOICA, or take your ID card to a household registration office.",
            ),
            (
                "解鎖後回到本站，再登入一次。",
                "Then come back here and sign in again.",
            ),
        ],
        "no_reader" => &[
            (
                "把讀卡機插到電腦本身的 USB 插孔，不要經過集線器，等它的燈亮起。",
                "Plug the reader into the computer itself, not into a hub, and wait for its light.",
            ),
            (
                "內建讀卡機：確認它是晶片卡讀卡機，不是相機記憶卡的插槽。",
                "A built-in reader must be one for chip cards, not the slot for a camera's memory card.",
            ),
            (
                "遠端桌面：讀卡機要接在您面前的電腦，並在遠端連線的設定中勾選「智慧卡」。",
                "Remote desktop: the reader is on the computer before you, and “smart cards” is ticked in the connection's settings.",
            ),
        ],
        "no_card" | "no_certificate" | "card_removed" | "card_fault" => &[
            (
                "晶片朝上、朝前，把卡片插到底；有些讀卡機要聽到卡一聲。",
                "Chip up and first, all the way in; some readers click.",
            ),
            (
                "用乾布擦一擦卡片的晶片，再插一次。",
                "Wipe the chip with a dry cloth and insert the card again.",
            ),
            (
                "登入完成前不要抽出卡片。",
                "Leave the card in until you are signed in.",
            ),
        ],
        "popup_blocked" => &[
            (
                "網址列的右邊會出現「已封鎖彈出式視窗」的圖示，按它一下。",
                "A “popup blocked” icon appears at the right end of the address bar; press it.",
            ),
            (
                "選「一律允許」本站的彈出式視窗，再按「完成」。",
                "Choose to always allow popups of this site, then “Done”.",
            ),
            (
                "回到登入頁再試一次。",
                "Go back to the sign-in page and try again.",
            ),
        ],
        "certificate_expired" => &[
            (
                "憑證到期前後各有一段展期的時間：工商憑證可以在工商憑證管理中心網站線上展期，自然人憑證在內政部憑證管理中心。",
                "Around its end a certificate can be renewed online: a company's at MOEACA, a citizen's at MOICA.",
            ),
            (
                "過了展期的時間，要申請一張新卡。",
                "After that a new card has to be applied for.",
            ),
            (
                "公司的新卡用同一個統一編號，直接登入即可；自然人的新卡，請登入後到「更換卡片」，或在登入後的頁面選「綁定這張卡」。",
                "A company's new card has the same business number: just sign in. A citizen's new card is bound on the page that follows its first sign-in.",
            ),
        ],
        "certificate_revoked" => &[
            (
                "到發卡單位的網站，用「憑證狀態查詢」看這張卡是「暫停」還是「廢止」。",
                "On the issuer's web site, look up whether the card is suspended or revoked.",
            ),
            (
                "暫停的卡片（例如掛失後找到了）可以在那裡復用；本站最慢一小時後就會知道。",
                "A suspended card, such as one that was lost and found, can be reinstated there; this site knows within an hour or so.",
            ),
            (
                "廢止的卡片不能恢復，要申請一張新卡。",
                "A revoked card stays revoked; apply for a new one.",
            ),
        ],
        "account_disabled" => &[(
            "請以公司或本人的電子郵件與本站的管理者聯絡，並附上帳號。",
            "Please write to the operator of this site from your own address, and name the account.",
        )],
        "card_kind_wrong" => &[
            (
                "工商憑證請按「工商憑證」的圖片，自然人憑證請按「自然人憑證」的圖片。",
                "Press the picture of the company card for a company card, that of the citizen card for a citizen card.",
            ),
            (
                "讀卡機裡有兩張卡時，在 Chop 的視窗選對的那一張。",
                "With two cards in readers, choose the right one in Chop's window.",
            ),
        ],
        "certificate_untrusted" => &[
            (
                "本站只接受工商憑證管理中心與內政部憑證管理中心核發的憑證。",
                "This site takes certificates of MOEACA and MOICA only.",
            ),
            (
                "測試用的卡片不能在正式的站台使用。",
                "Cards for tests cannot be used on a real site.",
            ),
        ],
        _ => &[],
    }
}

fn permission(maker: Maker) -> &'static [Step] {
    match maker {
        Maker::Chrome | Maker::Edge => &[
            (
                "按網址列左邊的圖示（網站資訊）。",
                "Press the icon left of the address (site information).",
            ),
            (
                "找到「這台裝置上的應用程式」（也可能叫「區域網路」），打開它的開關。",
                "Find “Apps on device” (or “Local network”) and switch it on.",
            ),
            (
                "重新整理這一頁，再登入一次。",
                "Reload the page and sign in again.",
            ),
        ],
        Maker::Firefox => &[
            (
                "按網址列左邊、鎖頭旁的權限圖示。",
                "Press the permissions icon left of the address, beside the lock.",
            ),
            (
                "在「存取此裝置上的應用程式與服務」旁按 ✕，取消「已封鎖」。",
                "Press ✕ beside “Access apps and services on this device” to take the block away.",
            ),
            (
                "重新整理這一頁，再登入一次；這次請按「允許」。",
                "Reload the page and sign in again; this time press “Allow”.",
            ),
        ],
        Maker::Safari | Maker::Other => &[
            (
                "Safari 不會詢問，而是直接擋下本機連線：登入時請按頁面上的「開啟 Chop 的小視窗」。",
                "Safari does not ask and blocks local connections: press “Open Chop's small window” on the page when you sign in.",
            ),
            (
                "如果小視窗沒有出現，到 Safari › 設定 › 網站 › 彈出式視窗，允許本站。",
                "If no small window appears, allow popups of this site in Safari › Settings › Websites.",
            ),
        ],
    }
}
