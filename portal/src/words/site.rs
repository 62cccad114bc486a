//! For what this site answers (`problem::Code`), and what its own script is at.

use super::{
    Tone::{Calm, Progress, Stop, Warning},
    Words,
};

pub(super) const WORDS: &[Words] = &[
    Words::new(
        "preparing",
        Progress,
        ("準備登入…", "正在向本站取得一次性的驗證碼。"),
        (
            "Preparing to sign in…",
            "Getting a one-time code from this site.",
        ),
    ),
    Words::new(
        "verifying",
        Progress,
        (
            "正在驗證憑證…",
            "卡片已完成簽章，本站正在核對。現在可以抽出卡片。",
        ),
        (
            "Verifying the certificate…",
            "The card has signed and this site is checking it. You may take the card out now.",
        ),
    ),
    Words::new(
        "component",
        Progress,
        ("元件正在簽章…", "小視窗會自行關閉。請不要抽出卡片。"),
        (
            "The component is signing…",
            "The small window closes by itself. Please leave the card in.",
        ),
    ),
    Words::new(
        "native_login_needed",
        Stop,
        (
            "這個帳號要用 Chop 登入",
            "HiCOS 的登入方式不含本站網址。還沒有帳號，或已用 Chop 登入過的帳號，請回首頁按卡片圖片登入。",
        ),
        (
            "This account is opened with Chop",
            "A login by way of HiCOS does not name this site. If you have no account yet, or have signed \
             in with Chop before, go to the home page and press the card.",
        ),
    ),
    Words::new(
        "preparing_document",
        Progress,
        ("準備申請書…", "正在向本站取得要簽署的申請書。"),
        (
            "Preparing the document…",
            "Getting the document that is to be signed from this site.",
        ),
    ),
    Words::new(
        "verifying_signature",
        Progress,
        (
            "正在驗證簽章…",
            "卡片已完成簽章，本站正在核對。現在可以抽出卡片。",
        ),
        (
            "Verifying the signature…",
            "The card has signed and this site is checking it. You may take the card out now.",
        ),
    ),
    Words::new(
        "site_unreachable",
        Warning,
        ("連不上本站", "請檢查網路連線，再試一次。"),
        (
            "This site cannot be reached",
            "Please check your network connection and try again.",
        ),
    ),
    Words::new(
        "unknown",
        Warning,
        (
            "這一次沒有完成",
            "發生了這一頁不認得的狀況。請重新整理頁面，再試一次。",
        ),
        (
            "It did not work",
            "Something happened that this page does not know. Reload it and try again.",
        ),
    ),
    Words::new(
        "bad_request",
        Warning,
        ("本站看不懂送來的資料", "請重新整理頁面，再試一次。"),
        (
            "This site did not understand what was sent",
            "Please reload the page and try again.",
        ),
    ),
    Words::new(
        "request_refused",
        Warning,
        (
            "這個要求不是從本站的頁面送出",
            "請重新整理頁面，再試一次。若使用代理或隱私擴充功能，請讓它不要移除 Origin 標頭。",
        ),
        (
            "This request did not come from a page of this site",
            "Please reload the page and try again. A proxy or privacy extension must not remove the \
             Origin header.",
        ),
    ),
    Words::new(
        "challenge_gone",
        Calm,
        (
            "這次的驗證碼已失效",
            "驗證碼只能用一次，而且五分鐘內有效。請再試一次。",
        ),
        (
            "The one-time code is no longer valid",
            "It works once, and for five minutes. Please try again.",
        ),
    ),
    Words::new(
        "assertion_unreadable",
        Warning,
        (
            "看不懂卡片的簽章",
            "請更新 Chop，再試一次；若一再發生，請通知本站的管理者。",
        ),
        (
            "The card’s signature cannot be read",
            "Please update Chop and try again; if it keeps happening, tell the site’s operator.",
        ),
    ),
    Words::new(
        "signature_mismatch",
        Warning,
        (
            "簽章與這次登入不符",
            "您沒有登入。請確認網址列上是本站的網址，重新整理後再試一次。",
        ),
        (
            "The signature is not for this sign-in",
            "You are not signed in. Check that the address bar shows this site, reload and try again.",
        ),
    ),
    Words::new(
        "certificate_expired",
        Stop,
        (
            "憑證已過期",
            "請向發卡單位申請展期或換發新卡，完成後再登入。",
        ),
        (
            "The certificate has expired",
            "Renew it or get a new card at its issuer, then sign in.",
        ),
    ),
    Words::new(
        "certificate_not_yet_valid",
        Stop,
        ("憑證還沒有生效", "新卡的憑證有開始日期。請在生效後再登入。"),
        (
            "The certificate is not valid yet",
            "A new card’s certificate has a first day. Please sign in after it.",
        ),
    ),
    Words::new(
        "certificate_untrusted",
        Stop,
        (
            "本站不認得這張卡的發卡單位",
            "請使用工商憑證管理中心或內政部憑證管理中心核發的卡片。若您用的正是這種卡，請通知本站的管理者。",
        ),
        (
            "This site does not know who issued this card",
            "Please use a card of MOEACA or MOICA. If it is one, tell the site’s operator.",
        ),
    ),
    Words::new(
        "certificate_revoked",
        Stop,
        (
            "憑證已停用或廢止",
            "這張卡片已掛失、停用或廢止，不能登入。卡片若還要使用，請洽發卡單位復用或換發新卡。",
        ),
        (
            "The certificate was revoked",
            "This card was reported lost, suspended or revoked and cannot sign in. If you still use it, \
             ask its issuer to reinstate it or for a new card.",
        ),
    ),
    Words::new(
        "revocation_unknown",
        Warning,
        (
            "暫時無法確認憑證是否有效",
            "您的卡片沒有問題。本站目前拿不到最新的憑證廢止清單，請過幾分鐘再試一次。",
        ),
        (
            "Whether the certificate is still good cannot be checked now",
            "Nothing is wrong with your card. This site does not have the newest list of revoked \
             certificates. Please try again in a few minutes.",
        ),
    ),
    Words::new(
        "certificate_unsuitable",
        Stop,
        (
            "這張憑證不能簽章",
            "登入與簽章都需要卡片上的簽章用憑證。請換一張卡片再試。",
        ),
        (
            "This certificate cannot sign",
            "Signing takes the card’s certificate for signatures. Please use another card.",
        ),
    ),
    Words::new(
        "identity_unclear",
        Stop,
        (
            "無法從憑證確認身分",
            "憑證裡的統一編號或號碼有問題。請洽發卡單位。",
        ),
        (
            "The certificate does not say clearly whose it is",
            "Something is wrong with the number in it. Please ask the card’s issuer.",
        ),
    ),
    Words::new(
        "card_kind_wrong",
        Warning,
        (
            "卡片的種類不對",
            "插入的卡片和您按的圖片不是同一種。請按另一張圖片，或換一張卡片再試一次。",
        ),
        (
            "This is a card of another kind",
            "It is not what the picture that you pressed is for. Press the other picture, or insert \
             another card, and try again.",
        ),
    ),
    Words::new(
        "secondary_card_refused",
        Warning,
        (
            "本站只接受正卡",
            "您插入的是附卡。請換成公司的工商憑證正卡，再試一次。",
        ),
        (
            "This site takes primary cards only",
            "The card is a secondary one. Please insert the company’s primary card and try again.",
        ),
    ),
    Words::new(
        "account_disabled",
        Stop,
        ("帳號已停用", "請洽本站的管理者。"),
        (
            "The account is closed",
            "Please ask the operator of this site.",
        ),
    ),
    Words::new(
        "card_taken",
        Stop,
        (
            "這張卡片已經屬於另一個帳號",
            "一張卡片只能綁定一個帳號。請用這張卡片直接登入。",
        ),
        (
            "This card is another account’s",
            "A card can be one account’s only. Sign in with it directly.",
        ),
    ),
    Words::new(
        "document_mismatch",
        Warning,
        (
            "簽章與這份申請書不符",
            "申請書沒有送出。請重新整理頁面，核對內容後再簽一次。",
        ),
        (
            "The signature is not of this document",
            "It was not sent. Please reload the page, check the document and sign again.",
        ),
    ),
    Words::new(
        "signer_differs",
        Warning,
        (
            "這不是這個帳號的卡片",
            "申請書要用這個帳號的憑證卡簽章。請換成登入時的那張卡，再試一次。",
        ),
        (
            "This is not a card of this account",
            "The document takes a card of this account. Please insert the one that you signed in with and \
             try again.",
        ),
    ),
    Words::new(
        "already_signed",
        Calm,
        (
            "這份申請書已經簽過了",
            "不用再簽一次。請重新整理頁面，就會看到已保存的簽章。",
        ),
        (
            "The document was signed already",
            "Once is enough. Reload the page to see the signature that is kept.",
        ),
    ),
    Words::new(
        "not_an_operator",
        Stop,
        (
            "這張卡片不在管理者名單上",
            "管理者名單在站台的設定檔裡。請洽負責這個站台的人。",
        ),
        (
            "This card is not on the list of operators",
            "The list is in the site’s settings. Please ask whoever runs this site.",
        ),
    ),
    Words::new(
        "signed_out",
        Warning,
        ("登入已經結束", "請回首頁重新登入，再試一次。"),
        (
            "You are not signed in any more",
            "Please sign in again on the home page, then try again.",
        ),
    ),
    Words::new(
        "too_often",
        Warning,
        (
            "短時間內試了太多次",
            "為了保護所有的人，本站限制同一個網路位址的次數。請等一分鐘再試。",
        ),
        (
            "Too many tries in a short time",
            "To protect everybody, this site limits how often one address may try. Please wait a minute.",
        ),
    ),
    Words::new(
        "site_unavailable",
        Warning,
        (
            "系統暫時無法服務",
            "這一次沒有完成。系統正在恢復，請過一分鐘再試一次。",
        ),
        (
            "The site is not available right now",
            "It was not done. The site is recovering; please try again in a minute.",
        ),
    ),
    Words::new(
        "site_fault",
        Warning,
        (
            "本站發生問題",
            "問題已經記錄下來，不是您的操作造成的。請稍後再試。",
        ),
        (
            "Something went wrong on our side",
            "It has been recorded, and it is not your doing. Please try again later.",
        ),
    ),
];
