//! For what the agent answers: `chop_protocol::ErrorCode`.

use super::{
    Tone::{Calm, Stop, Warning},
    Words,
};

pub(super) const WORDS: &[Words] = &[
    Words::new(
        "pin_wrong",
        Warning,
        (
            "PIN 碼錯誤，還可以試 {n} 次",
            "請確認是這張卡的憑證 PIN 碼，再試一次。次數用完卡片就會鎖住。",
        ),
        (
            "Wrong PIN: {n} tries left",
            "Please check that it is the PIN of this card, and try again. When no try is left, the \
             card locks.",
        ),
    ),
    Words::new(
        "pin_wrong_last",
        Warning,
        (
            "PIN 碼錯誤，只剩最後 {n} 次",
            "再錯一次卡片就會鎖住。不確定 PIN 碼的話請先停下來，到發卡單位的網站查詢或重設。",
        ),
        (
            "Wrong PIN: only {n} try left",
            "One more wrong PIN locks the card. If you are not sure, stop here and ask the card’s \
             issuer about your PIN.",
        ),
    ),
    Words::new(
        "pin_wrong_unknown",
        Warning,
        (
            "PIN 碼錯誤",
            "這張卡沒有告知還可以試幾次。不確定 PIN 碼的話請先停下來，連續錯誤會把卡片鎖住。",
        ),
        (
            "Wrong PIN",
            "This card does not say how many tries are left. If you are not sure of the PIN, stop \
             here: a few wrong ones lock the card.",
        ),
    ),
    Words::new(
        "pin_locked",
        Stop,
        (
            "卡片的 PIN 碼已鎖住",
            "請到發卡單位的網站解鎖，解鎖後再回來試一次。",
        ),
        (
            "The card’s PIN is locked",
            "Unlock it at the card’s issuer, then come back and try again.",
        ),
    ),
    Words::new(
        "no_reader",
        Warning,
        (
            "找不到讀卡機",
            "請接上讀卡機，等它的燈亮起，再試一次。如果已經接上，請換一個 USB 插孔。",
        ),
        (
            "No card reader",
            "Please plug in a card reader and wait for its light, then try again. If it is plugged \
             in, try another USB port.",
        ),
    ),
    Words::new(
        "no_card",
        Warning,
        (
            "讀卡機裡沒有卡片",
            "請插入憑證卡，晶片朝上、朝內插到底，再試一次。",
        ),
        (
            "No card in the reader",
            "Please insert the card, chip up and first, all the way in, then try again.",
        ),
    ),
    Words::new(
        "no_certificate",
        Warning,
        (
            "這張卡沒有可以使用的憑證",
            "請確認插入的是憑證卡，而且憑證還在有效期內，再試一次。",
        ),
        (
            "No certificate on this card can do this",
            "Please check that it is the right card and its certificate has not expired, then try \
             again.",
        ),
    ),
    Words::new(
        "card_removed",
        Warning,
        (
            "簽章時卡片被抽出",
            "請重新插入卡片，完成前不要抽出，再試一次。",
        ),
        (
            "The card was taken out while it signed",
            "Please insert it again, leave it in until this is done, and try again.",
        ),
    ),
    Words::new(
        "card_fault",
        Warning,
        (
            "卡片或驅動程式沒有回應",
            "請抽出卡片，擦一下晶片再插入，然後再試一次。一再發生時請換一台讀卡機。",
        ),
        (
            "The card or its driver failed",
            "Take the card out, wipe its chip, insert it and try again. If it keeps happening, try \
             another reader.",
        ),
    ),
    Words::new(
        "unsupported",
        Warning,
        (
            "這張卡片做不到",
            "這張卡片或它的驅動程式不支援本站所需的簽章。請更新卡片的驅動程式，或換一張卡片再試一次。",
        ),
        (
            "This card cannot do it",
            "The card or its driver does not know the signature that this site needs. Please update \
             the driver, or try another card.",
        ),
    ),
    Words::new(
        "not_decrypted",
        Warning,
        (
            "無法解密",
            "資料可能損壞，或不是加密給這張卡片的。請換一張卡片再試一次。",
        ),
        (
            "It did not decrypt",
            "The data may be damaged, or not meant for this card. Please try another card.",
        ),
    ),
    Words::new(
        "user_refused",
        Calm,
        (
            "您按了取消",
            "沒有送出任何資料。準備好時，再按一次就可以了。",
        ),
        (
            "You cancelled",
            "Nothing was sent. Press it again when you are ready.",
        ),
    ),
    Words::new(
        "user_timeout",
        Calm,
        (
            "等候輸入 PIN 碼逾時",
            "Chop 的視窗已經關閉，沒有送出任何資料。準備好時請再試一次。",
        ),
        (
            "Nobody entered the PIN in time",
            "Chop’s window has closed and nothing was sent. Try again when you are ready.",
        ),
    ),
    Words::new(
        "busy",
        Calm,
        (
            "Chop 的視窗已經開著",
            "請先到那個視窗輸入 PIN 碼或按取消，再回來試一次。視窗可能被其他視窗擋住了。",
        ),
        (
            "Chop already has a window open",
            "Please answer or close that window first, then try again. Other windows may cover it.",
        ),
    ),
    Words::new(
        "cooling_down",
        Stop,
        (
            "請等 {n} 分鐘再試",
            "PIN 碼錯了太多次，或視窗連續多次沒有人回答。為了保護您的卡片，Chop 暫時不接受本站的要求。請利用這段時間確認 PIN 碼。",
        ),
        (
            "Please wait {n} minutes before you try again",
            "There were too many wrong PINs, or too many windows that nobody answered. To protect \
             your card, Chop takes no requests from this site for a while. Use the time to make \
             sure of your PIN.",
        ),
    ),
    Words::new(
        "no_display",
        Warning,
        (
            "Chop 沒有螢幕可以顯示視窗",
            "請使用有桌面畫面的電腦；遠端連線時，請確認 Chop 是在同一個工作階段裡執行。",
        ),
        (
            "Chop has no screen for its window",
            "Please use a computer with a desktop; over a remote connection, Chop must run in \
             the same session.",
        ),
    ),
    Words::new(
        "no_agent",
        Warning,
        (
            "Chop 已安裝，但您的帳號目前沒有執行 Chop",
            "請從應用程式選單啟動 Chop，或登出電腦再登入，然後再試一次。",
        ),
        (
            "Chop is installed, but does not run for you",
            "Start Chop from the menu of programs, or sign out of the computer and in again; then \
             try again.",
        ),
    ),
    Words::new(
        "agent_fault",
        Warning,
        (
            "Chop 本身發生問題",
            "請從工作列的圖示結束 Chop 再重新啟動，然後再試一次。圖示選單裡的「自我檢測」會說明原因。",
        ),
        (
            "Chop itself failed",
            "Quit Chop from its tray icon, start it again, and try again. “Self-test” in its menu \
             tells the cause.",
        ),
    ),
    Words::new(
        "origin_refused",
        Stop,
        (
            "Chop 不接受來自這個網址的要求",
            "請確認網址是否正確。若正確，請通知本站的管理者。",
        ),
        (
            "Chop does not take requests from this address",
            "Please check the address of this page. If it is right, tell the operator of this site.",
        ),
    ),
    Words::new(
        "ticket_refused",
        Calm,
        (
            "這次的連線已過期",
            "請再試一次；在小視窗出現後請不要等太久。",
        ),
        (
            "This connection was too old",
            "Please try again, and do not wait long in the small window.",
        ),
    ),
    Words::new(
        "invalid_request",
        Stop,
        (
            "Chop 看不懂本站的要求",
            "這是本站的問題。請重新整理頁面；若一再發生，請通知本站的管理者。",
        ),
        (
            "Chop does not understand this site",
            "This is the site’s fault. Reload the page; if it keeps happening, tell its operator.",
        ),
    ),
    Words::new(
        "wrong_host",
        Stop,
        (
            "連到的不是 Chop 的位址",
            "可能有代理伺服器或安全軟體介入本機連線。請讓 localhost 不經過代理，或洽貴公司資訊人員。",
        ),
        (
            "The connection did not reach Chop’s own address",
            "A proxy or security software may stand between. Let localhost bypass the proxy, or ask \
             your IT department.",
        ),
    ),
    Words::new(
        "not_found",
        Stop,
        (
            "這個版本的 Chop 沒有這項功能",
            "請更新 Chop，再重新整理這一頁。",
        ),
        (
            "This version of Chop cannot do that",
            "Please update Chop, then reload this page.",
        ),
    ),
    Words::new(
        "method_not_allowed",
        Stop,
        (
            "本站與 Chop 的版本不合",
            "請更新 Chop，再重新整理這一頁；若一再發生，請通知本站的管理者。",
        ),
        (
            "This site and Chop do not fit together",
            "Please update Chop and reload this page; if it keeps happening, tell the site’s operator.",
        ),
    ),
    Words::new(
        "unsupported_media_type",
        Stop,
        (
            "本站送出的格式 Chop 不接受",
            "請重新整理頁面；若一再發生，請通知本站的管理者。",
        ),
        (
            "Chop does not take this site’s format",
            "Reload the page; if it keeps happening, tell the site’s operator.",
        ),
    ),
    Words::new(
        "too_large",
        Stop,
        (
            "送給 Chop 的資料太大",
            "請清除瀏覽器中 localhost 的 Cookie，再試一次；若一再發生，請通知本站的管理者。",
        ),
        (
            "What was sent to Chop is too large",
            "Delete your browser’s cookies of localhost and try again; if it keeps happening, tell \
             the site’s operator.",
        ),
    ),
];
