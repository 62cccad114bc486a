//! What the words of the database are called on the operator's pages.

use crate::language::Language;

/// Word, in Chinese, in English.
const LABELS: [(&str, &str, &str); 40] = [
    ("company", "工商憑證", "company"),
    ("citizen", "自然人憑證", "citizen"),
    ("cardless", "非憑證", "without a card"),
    ("pending", "尚未啟用", "not active yet"),
    ("active", "使用中", "active"),
    ("disabled", "已停用", "closed"),
    ("waiting", "等候", "waits"),
    ("sent", "已寄出", "sent"),
    ("failed", "寄不出去", "given up"),
    ("dropped", "不再需要", "not needed any more"),
    ("activation", "啟用信", "activation"),
    ("password", "密碼", "password"),
    ("new_password", "重設密碼", "new password"),
    ("mail", "確認電子郵件", "new address"),
    (
        "mail_asked",
        "要求變更電子郵件",
        "another address asked for",
    ),
    ("mail_changed", "電子郵件已變更", "address changed"),
    ("password_changed", "密碼已變更", "password changed"),
    ("code", "驗證碼", "code"),
    ("card_bound", "綁定卡片", "card bound"),
    ("applied", "申請", "applied"),
    ("activated", "啟用", "activated"),
    ("signed_in", "登入", "signed in"),
    ("password_refused", "密碼錯誤", "wrong password"),
    ("card_refused", "卡片被拒絕", "card refused"),
    (
        "signed_out_everywhere",
        "登出所有裝置",
        "signed out everywhere",
    ),
    ("profile_changed", "修改基本資料", "data changed"),
    ("card_asked", "申請綁定卡片", "asked to bind a card"),
    ("card_unbound", "解除綁定卡片", "card taken away"),
    ("card_not_bound", "拒絕綁定卡片", "card not bound"),
    ("exemption_signed", "簽署免稅函申請", "application signed"),
    ("account_disabled", "停用", "closed"),
    ("account_enabled", "重新開放", "opened again"),
    ("mail_sent_again", "重寄信件", "mail sent again"),
    ("exported", "匯出紀錄", "log exported"),
    ("primary", "正卡", "primary card"),
    ("secondary", "附卡", "secondary card"),
    ("holder", "帳號持有人", "holder"),
    ("anybody", "未登入的人", "not signed in"),
    ("command line", "命令列", "command line"),
    ("system", "系統", "system"),
];

/// The word in a language; a word that is not known stays as it is.
pub(super) fn label(word: &str, language: Language) -> &str {
    let found = LABELS.iter().find(|(name, _, _)| *name == word);
    found.map_or(word, |(_, chinese, english)| language.say(chinese, english))
}
