//! What an administrator reads of each setting, in Traditional Chinese and English.

/// A setting's title and explanation, each Chinese and English.
pub(super) struct Named {
    key: &'static str,
    pub(super) title: (&'static str, &'static str),
    pub(super) help: (&'static str, &'static str),
}

/// What is said of this key.
pub(super) fn named(key: &str) -> Option<&'static Named> {
    SETTINGS.iter().find(|it| it.key == key)
}

/// The words out of which some settings choose: as they are written, in Chinese, in English.
pub(super) const WORDS: [(&str, &str, &str); 15] = [
    ("system", "依系統", "As the system"),
    ("zh-TW", "中文（臺灣）", "Chinese (Taiwan)"),
    ("en", "英文", "English"),
    ("light", "淺色", "Light"),
    ("dark", "深色", "Dark"),
    ("off", "關閉", "Off"),
    ("error", "錯誤", "Errors"),
    ("warn", "警告", "Warnings"),
    ("info", "資訊", "Information"),
    ("debug", "除錯", "Debugging"),
    ("trace", "全部", "Everything"),
    ("page", "網頁", "The page"),
    ("ask", "Chop 的視窗", "Chop's own window"),
    ("constant", "固定的回應", "A constant"),
    (
        "true",
        "真實的讀卡機與卡號",
        "The readers and cards that there are",
    ),
];

const fn named_as(
    key: &'static str,
    title: (&'static str, &'static str),
    help: (&'static str, &'static str),
) -> Named {
    Named { key, title, help }
}

const SETTINGS: [Named; 25] = [
    named_as(
        "ports",
        ("本機連接埠", "Loopback ports"),
        (
            "Chop 依序嘗試這些連接埠（1024 以上），使用第一個可用的。網頁只會嘗試 21443 至 21445，除非網站另有設定。",
            "Chop tries these ports, from 1024 on, and uses the first that is free. Pages try 21443 to 21445 only, unless they are told others.",
        ),
    ),
    named_as(
        "modules",
        ("PKCS #11 模組", "PKCS #11 modules"),
        (
            "只載入這些模組，填寫完整路徑。未設定時使用已安裝的模組。",
            "Only these modules are loaded; absolute paths. Without this the installed ones are.",
        ),
    ),
    named_as(
        "allowed_modules",
        (
            "可載入的模組與資料夾",
            "Modules and folders that may be loaded",
        ),
        (
            "其他位置的模組一律不載入，不論由誰指定。",
            "No module from anywhere else is loaded, whoever names it.",
        ),
    ),
    named_as(
        "pkcs12",
        ("PKCS #12 檔案", "PKCS #12 files"),
        (
            "每個檔案視為一張卡，填寫完整路徑。",
            "Each file is a card of its own; absolute paths.",
        ),
    ),
    named_as(
        "issuers",
        (
            "可使用的憑證發行者",
            "Issuers whose certificates may be used",
        ),
        (
            "以視窗中顯示的名稱填寫；未設定時全部可用。",
            "By the names that windows show; all, if this is not set.",
        ),
    ),
    named_as(
        "development",
        (
            "允許 http://localhost 的網頁",
            "Let pages on http://localhost ask",
        ),
        (
            "供登入網頁的開發人員使用。一般電腦請停用。",
            "For developers of login pages. Disable it on other computers.",
        ),
    ),
    named_as(
        "window_seconds",
        ("視窗等候秒數", "Seconds that a window waits"),
        ("10 至 600 秒。", "From 10 to 600."),
    ),
    named_as(
        "tray",
        ("顯示工作列圖示", "Show the tray icon"),
        (
            "停用時，Chop 仍會執行，只是沒有圖示。",
            "Disabled, Chop runs all the same, without the icon.",
        ),
    ),
    named_as(
        "language",
        ("語言", "Language"),
        (
            "視窗、選單與命令使用的語言。",
            "What windows, menus and commands speak.",
        ),
    ),
    named_as(
        "theme",
        ("外觀", "Appearance"),
        ("視窗為淺色或深色。", "Whether windows are light or dark."),
    ),
    named_as(
        "log",
        ("記錄層級", "How much is logged"),
        (
            "絕不記錄 PIN 碼與登入挑戰。",
            "Never a PIN, never a challenge.",
        ),
    ),
    named_as(
        "log_file",
        ("記錄於檔案", "Log to a file"),
        (
            "寫入每位使用者自己的 agent.log，而非系統記錄；超過 1 MB 時保留前一份。",
            "To each person's own agent.log instead of the system's log; of more than 1 MB the part before is kept as well.",
        ),
    ),
    named_as(
        "sites",
        ("登入網站", "Sites of login pages"),
        (
            "瀏覽器直接允許這些網站與 Chop 連線，不再詢問使用者。填寫來源，例如 https://portal.example。",
            "Browsers let these sites through to Chop without asking the person. Origins, such as https://portal.example.",
        ),
    ),
    named_as(
        "hipki.ports",
        ("HiCOS 相容連接埠", "Ports for pages written for HiCOS"),
        (
            "未列出任何連接埠時，不提供相容功能。",
            "None closes the room for such pages.",
        ),
    ),
    named_as(
        "hipki.version",
        ("告知網頁的版本", "Version that such pages are told"),
        ("網頁以字串比較版本。", "They compare it as a string."),
    ),
    named_as(
        "hipki.pin",
        ("由誰輸入 PIN 碼", "Who takes the PIN"),
        (
            "為 HiCOS 撰寫的網頁會自行要求 PIN 碼；也可改由 Chop 的視窗輸入。",
            "Pages written for HiCOS take it themselves; Chop's own window can instead.",
        ),
    ),
    named_as(
        "hipki.unknown",
        (
            "未獲許可的網頁看到什麼",
            "What a page sees before it is let in",
        ),
        (
            "固定的回應不會洩漏讀卡機與卡號。",
            "A constant gives away neither readers nor card numbers.",
        ),
    ),
    named_as(
        "hipki.allow_read",
        (
            "可讀取卡片資料的網站",
            "Sites that may see readers, cards and certificates",
        ),
        ("不詢問使用者。", "Without asking the person."),
    ),
    named_as(
        "hipki.allow_sign",
        ("可要求簽章的網站", "Sites that may have things signed"),
        ("不詢問使用者。", "Without asking the person."),
    ),
    named_as(
        "hipki.allow_decrypt",
        ("可要求解密的網站", "Sites that may have things decrypted"),
        ("不詢問使用者。", "Without asking the person."),
    ),
    named_as(
        "hipki.block",
        ("拒絕的網站", "Sites that are refused"),
        ("不詢問使用者。", "Without asking the person."),
    ),
    named_as(
        "hipki.direct",
        ("不需彈出視窗的網站", "Sites that may ask without the popup"),
        ("網頁可直接連線。", "Such pages connect directly."),
    ),
    named_as(
        "hipki.raw",
        (
            "可要求簽署自算雜湊值的網站",
            "Sites that may have a hash signed that they made",
        ),
        (
            "危險：使用者看不到所簽的內容。",
            "Dangerous: the person does not see what is signed.",
        ),
    ),
    named_as(
        "hipki.programs",
        ("可直接使用的程式", "Programs that may do all this"),
        (
            "不詢問使用者，填寫完整路徑。",
            "Without asking the person; absolute paths.",
        ),
    ),
    named_as(
        "hipki.sha1",
        ("允許 SHA-1 簽章", "Sign over SHA-1"),
        (
            "部分舊網頁仍需要；停用後一律拒絕。",
            "Some old pages need it; disabled, it is refused.",
        ),
    ),
];
