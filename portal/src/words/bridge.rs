//! For what the bridge finds out in the page: its states, and its own codes.

use super::{
    Tone::{Calm, Progress, Stop, Warning},
    Words,
};

pub(super) const WORDS: &[Words] = &[
    Words::new(
        "connecting",
        Progress,
        ("正在連接 Chop…", "正在尋找這台電腦上的簽章程式。"),
        (
            "Connecting to Chop…",
            "Looking for the signing program on this computer.",
        ),
    ),
    Words::new(
        "waiting_for_permission",
        Progress,
        (
            "請在瀏覽器的詢問中按「允許」",
            "瀏覽器正在問：是否讓本站使用這台裝置上的應用程式。詢問通常在網址列下方；只需要允許一次。",
        ),
        (
            "Please press “Allow” in your browser’s question",
            "The browser asks whether this site may use apps on this device, usually below the \
             address bar. Once is enough.",
        ),
    ),
    Words::new(
        "waiting_for_person",
        Progress,
        (
            "請到 Chop 的視窗繼續",
            "核對視窗上的網址與持卡人，再輸入憑證 PIN 碼。沒看到視窗？它可能在其他視窗後面。",
        ),
        (
            "Please go on in Chop’s window",
            "Check the address and the card holder there, then enter the PIN. If you cannot see the \
             window, it may be behind others.",
        ),
    ),
    Words::new(
        "needs_click",
        Progress,
        (
            "改由小視窗連接",
            "Chop 已經在執行的話，請按下面的按鈕：瀏覽器會開一個小視窗連接 Chop，不需要另外允許。",
        ),
        (
            "Connect through a small window",
            "If Chop is running, press the button below: a small window connects to it and needs no \
             permission.",
        ),
    ),
    Words::new(
        "popup",
        Progress,
        (
            "小視窗已開啟，正在連接 Chop…",
            "請不要關閉小視窗，完成後它會自己關閉。",
        ),
        (
            "The small window is open; connecting to Chop…",
            "Please leave it open. It closes by itself.",
        ),
    ),
    Words::new(
        "agent_unreachable",
        Warning,
        (
            "這台電腦上的 Chop 沒有回應",
            "請先啟動 Chop，工作列上會出現印章圖示，再試一次。還沒有安裝的話，請向貴公司資訊人員或本站索取安裝程式。",
        ),
        (
            "Chop does not answer on this computer",
            "Please start Chop (a seal appears in the tray) and try again. If it is not installed, \
             ask your IT department or this site for the installer.",
        ),
    ),
    Words::new(
        "agent_untrusted",
        Stop,
        (
            "這個瀏覽器還不信任 Chop",
            "Chop 正在執行，但瀏覽器不接受它的本機憑證。請執行 Chop 選單裡的「自我檢測」，照「瀏覽器信任」那一行做，再重新啟動瀏覽器；或洽貴公司資訊人員。",
        ),
        (
            "This browser does not trust Chop yet",
            "Chop runs, but the browser does not accept its localhost certificate. Run “Self-test” in \
             Chop’s menu, do what its line about trust says and start the browser anew; or ask your \
             IT department.",
        ),
    ),
    Words::new(
        "protocol_unsupported",
        Stop,
        ("Chop 的版本和本站不合", "請更新 Chop，再重新整理這一頁。"),
        (
            "This version of Chop does not fit this site",
            "Please update Chop, then reload this page.",
        ),
    ),
    Words::new(
        "invalid_answer",
        Stop,
        (
            "看不懂 Chop 的回答",
            "請更新 Chop，再重新整理這一頁；若一再發生，請通知本站的管理者。",
        ),
        (
            "Chop’s answer is not understood",
            "Please update Chop and reload this page; if it keeps happening, tell the site’s operator.",
        ),
    ),
    Words::new(
        "unanswered",
        Calm,
        (
            "等候太久，這一次已結束",
            "沒有送出任何資料。準備好時請再試一次。",
        ),
        (
            "This attempt has ended: nobody answered",
            "Nothing was sent. Try again when you are ready.",
        ),
    ),
    Words::new(
        "insecure_page",
        Stop,
        ("這一頁不是安全連線", "請改用 https:// 開頭的網址開啟本站。"),
        (
            "This page is not secure",
            "Please open this site at its https:// address.",
        ),
    ),
    Words::new(
        "permission_denied",
        Warning,
        (
            "瀏覽器不允許本站連接 Chop",
            "先前可能按了「封鎖」。請按網址列左邊的圖示，把「這台裝置上的應用程式」改為允許，再試一次。",
        ),
        (
            "The browser does not let this site reach Chop",
            "It may have been blocked before. Open the site settings left of the address, allow \
             “apps on this device”, and try again.",
        ),
    ),
    Words::new(
        "permission_dismissed",
        Calm,
        (
            "瀏覽器的詢問沒有得到回答",
            "請再試一次，並在瀏覽器的詢問中按「允許」。",
        ),
        (
            "The browser’s question was closed",
            "Please try again, and press “Allow” in the browser’s question.",
        ),
    ),
    Words::new(
        "permission_policy",
        Stop,
        (
            "這一頁被設定為不能連接 Chop",
            "請直接開啟本站首頁，不要從其他網站的框架裡使用；或通知本站的管理者。",
        ),
        (
            "This page is set up so that it cannot reach Chop",
            "Open this site’s home page directly, not inside another site; or tell its operator.",
        ),
    ),
    Words::new(
        "csp_blocked",
        Stop,
        (
            "本站的安全設定擋住了 Chop",
            "這是本站的問題，請通知本站的管理者。",
        ),
        (
            "This site’s own security settings block Chop",
            "This is the site’s fault; please tell its operator.",
        ),
    ),
    Words::new(
        "popup_blocked",
        Warning,
        (
            "瀏覽器擋住了小視窗",
            "請允許本站開啟彈出視窗（網址列右邊的圖示），再試一次。",
        ),
        (
            "The browser blocked the small window",
            "Please allow popups for this site (the icon right of the address), then try again.",
        ),
    ),
    Words::new(
        "popup_closed",
        Calm,
        (
            "小視窗被關閉了",
            "沒有送出任何資料。請再試一次，完成前不要關閉小視窗。",
        ),
        (
            "The small window was closed",
            "Nothing was sent. Please try again, and leave it open until this is done.",
        ),
    ),
    Words::new(
        "opener_isolated",
        Stop,
        (
            "小視窗和本站之間的連繫被切斷",
            "請停用會改寫網頁的安全軟體或擴充功能，或通知本站的管理者。",
        ),
        (
            "The small window cannot talk to this page",
            "Turn off security software or extensions that change pages, or tell the site’s operator.",
        ),
    ),
];
