# 正體中文（臺灣）。每個視窗、選單與指令的文字都在這裡；en.ftl 有相同的項目。
# 「.more」是標題下方的說明，「.next」是下一步該怎麼做。
# 新增語言：複製本檔，改名為語言代碼（例如 ja.ftl），翻譯後重新建置即可；缺少的項目會以英文顯示。

language-name = 中文

## 視窗標題：正在做什麼、為了哪個網站

title-of = Chop － { $at } { $site }
title-looking = 尋找卡片
title-waiting = 等待卡片
title-sign-in = 登入
title-test = 試簽
title-certificates = 讀取憑證
title-sign = 簽署文件
title-decrypt = 解密
title-access = 使用卡片
title-wrong = PIN 碼錯誤
title-wrong-password = 密碼錯誤
title-length = PIN 碼長度不符
title-locked = PIN 碼已鎖定
title-on-reader = 請在讀卡機輸入 PIN 碼
title-signing = 簽章中
title-reading = 讀取中
title-decrypting = 解密中
title-ended = 已結束

## 誰在要求，要求什麼

who-sign-in = 網站要求登入
who-test = 自我檢測
who-certificates = 網站要求讀取憑證
who-sign = 網站要求簽署文件
who-decrypt = 網站要求解密
who-access-site = 網站要求使用卡片
who-access-program = 程式要求使用卡片

asks-sign-in = 要求以您的憑證登入
asks-test = 要用您的卡片試簽一次；簽章不會送到任何地方
asks-certificates = 想讀取您憑證上的姓名與號碼
asks-sign = 要求您簽署 { $count } 份文件
asks-decrypt = 要求用您的卡片解開一則訊息（{ $size }）
asks-access-read = 想讀取您的卡片
asks-access-sign = 想用您的卡片簽章
asks-access-decrypt = 想用您的卡片解密
asks-access-pin = 想變更卡片的 PIN 碼

accept-sign-in = 登入
accept-test = 試簽
accept-certificates = 同意
accept-sign = 簽署
accept-decrypt = 解密
accept-access = 允許
block = 封鎖
from-now-on = 以後都允許，不再詢問
cancel = 取消
close = 關閉
stop = 停止

## 允許網站或程式使用卡片

access-sees = 它會看到讀卡機、卡號，以及憑證上的姓名與號碼。
access-signs = 您把 PIN 碼交給它之後，它可以用您的卡片簽章。
access-decrypts = 您把 PIN 碼交給它之後，它可以用您的卡片解密。
access-changes-pin = 它會把卡片的 PIN 碼換成您交給它的新號碼。
plain-page = 這個網頁沒有加密
    .more = 經過的網路上，別人可能看見或更改內容。只有在您信任的內部網路才允許。

## 文件

document-name = 「{ $name }」
may-be-a-login = 簽署這段文字，在其他網站可能等同登入。請確認內容。

## 尋找與等待

looking = 正在尋找您的憑證卡
    .more = 請稍候。
service-down = 智慧卡服務沒有執行
    .more = 啟動後會自動繼續。啟動方法請看選單的「自我檢測」，或執行 chop doctor。
no-reader = 找不到讀卡機
    .more = 請接上讀卡機，接上後會自動繼續。
no-card = 請插入您的憑證卡
    .more = 晶片朝上、推到底，插入後會自動繼續。
no-certificate-sign-in = 這張卡片不能用來登入
    .more = 卡片上沒有適用的憑證，或缺少驅動模組。您可以換一張卡片。
no-certificate-certificates = 讀不到這張卡片的憑證
    .more = 卡片上沒有憑證，或缺少驅動模組。您可以換一張卡片。
no-certificate-sign = 這張卡片不能用來簽署
    .more = 卡片上沒有適用的憑證，或缺少驅動模組。您可以換一張卡片。
no-certificate-decrypt = 這張卡片解不開這則訊息
    .more = 訊息是給別張卡片的，或缺少驅動模組。您可以換一張卡片。

## 卡片工作中

on-reader = 請在讀卡機上輸入 PIN 碼
    .more = 輸入後按讀卡機上的確認鍵。
working = 已簽署 { $done } 份，共 { $total } 份
    .more = 請勿取出卡片。
signing = 卡片正在簽章
    .more = 請勿取出卡片。
reading = 正在讀取憑證
    .more = 請勿取出卡片。
decrypting = 卡片正在解密
    .more = 請勿取出卡片。

## 結束

done-sign = 簽章完成
    .more = 請回到網站繼續。
done-certificates = 讀取完成
    .more = 請回到網站繼續。
done-decrypt = 解密完成
    .more = 請回到網站繼續。
done-access = 完成
    .more = 請回到網站繼續。
ended-unsupported = 這張卡片做不到網站的要求
    .more = 卡片或驅動模組不支援網站要求的方式。請告訴網站，或換一張卡片。
ended-not-decrypted = 訊息解不開
    .more = 訊息可能不完整，或不是給這張卡片的。請告訴網站。
ended-card-removed = 卡片被取出了
    .more = 沒有完成。請插好卡片，再從網站重新開始。
ended-card-fault = 卡片沒有完成
    .more = 請取出卡片再插入，並從網站重新開始。

## 憑證

choose = 選擇憑證
hidden-holder = 憑證檔案
hidden-certificate = 輸入密碼後才能讀取憑證內容
locked-tag = 已鎖住
last-try-tag = 剩最後一次
valid-until = 有效至 { $day }
expired-on = 已於 { $day } 到期
details-show = 憑證詳細資料
details-hide = 收起詳細資料

kind-citizen = 自然人憑證
kind-company = 工商憑證
kind-government = 政府憑證
kind-organization = 組織及團體憑證
kind-medical = 醫事憑證

detail-subject = 持有人
detail-issuer = 發證單位
detail-serial = 憑證序號
detail-from = 開始日期
detail-until = 到期日期
detail-key = 金鑰
detail-uses = 用途
detail-fingerprint = SHA-256 指紋
detail-place = 所在位置
use-sign-in = 登入
use-sign = 簽署
use-decrypt = 解密
use-none = 無
key-other = 其他
unreadable-certificate = 這張憑證的內容無法顯示。

## 輸入 PIN 碼

pin = PIN 碼
password = 憑證檔密碼
keypad = 按下按鈕後，請在讀卡機的鍵盤上輸入 PIN 碼。
pin-wrong = PIN 碼錯誤，請重新輸入
password-wrong = 密碼錯誤，請重新輸入
pin-wrong-left = PIN 碼錯誤，還可以再試 { $left } 次
pin-length = 卡片不接受這個長度的 PIN 碼，沒有扣次數
tries-left = 還可試 { $left } 次
length-exactly = { $longest } 碼
length-between = { $shortest } 至 { $longest } 碼
last-try = 只剩最後一次機會
    .more = 再輸入錯誤一次，卡片就會鎖住。
i-understand = 我知道這是最後一次
seconds-left = 剩 { $seconds } 秒
minutes-left = 剩約 { $minutes } 分鐘

locked = 這張卡片已鎖住
locked-citizen =
    PIN 碼錯誤次數過多。請到 moica.nat.gov.tw 用「鎖卡解碼」線上解鎖（需要用戶代碼），或帶身分證與卡片到戶政事務所。
locked-company =
    PIN 碼錯誤次數過多。請到 moeaca.nat.gov.tw 用「鎖卡解碼」解鎖，需要申請時設定的用戶代碼。
locked-government =
    PIN 碼錯誤次數過多。請到 gca.nat.gov.tw 用「鎖卡解碼」解鎖，或洽機關的憑證承辦人。
locked-organization =
    PIN 碼錯誤次數過多。請到 xca.nat.gov.tw 用「鎖卡解碼」解鎖，需要申請時設定的用戶代碼。
locked-medical =
    PIN 碼錯誤次數過多。請到 hca.nat.gov.tw 解鎖，或洽醫事憑證管理中心。
locked-other =
    PIN 碼錯誤次數過多。若發卡單位給過您 PUK，請執行 chop pin 解鎖；否則請洽發卡單位。

## 網站收到的結果，以及下一步

code-invalid-request = 網站的要求格式不對
    .next = 這是網站的問題，請告訴網站。
code-wrong-host = 要求不是送給這台電腦的 Chop
    .next = 請關閉那個網頁；若是您信任的網站，請告訴網站。
code-origin-refused = 這個網頁不可以提出要求
    .next = 只有 https 網站可以；請確認網址，或告訴網站。
code-not-found = 網站要求了 Chop 沒有的功能
    .next = 請更新 Chop；若已是最新版，請告訴網站。
code-method-not-allowed = 網站用錯了要求的方式
    .next = 這是網站的問題，請告訴網站。
code-unsupported-media-type = 網站送來的資料類型不對
    .next = 這是網站的問題，請告訴網站。
code-too-large = 網站送來的資料太大
    .next = 請分次進行，或告訴網站。
code-ticket-refused = 瀏覽器小視窗的通行碼過期了
    .next = 請關閉小視窗，回到網站再按一次。
code-busy = 已有另一個視窗開著
    .next = 請先處理那個視窗，再從網站重新開始。
code-cooling-down = 這個網站太常開啟視窗，必須等一會兒
    .next = 請等候網站顯示的時間，再重新開始。
code-no-display = 沒有螢幕可以顯示視窗
    .next = 請在桌面環境中啟動 Chop。
code-no-agent = 此使用者目前沒有執行 Chop
    .next = 請從應用程式選單啟動 Chop，或登出電腦再登入。
code-agent-fault = Chop 發生錯誤
    .next = 請再試一次；若仍如此，請執行 chop doctor。
code-user-refused = 您取消了
    .next = 若要繼續，請從網站重新開始。
code-user-timeout = 時間內沒有回應
    .next = 請從網站重新開始。
code-no-reader = 找不到讀卡機
    .next = 請接上讀卡機，再從網站重新開始。
code-no-card = 沒有插入憑證卡
    .next = 請插入卡片，再從網站重新開始。
code-no-certificate = 卡片上沒有適用的憑證
    .next = 請換一張卡片，或執行 chop doctor 檢查驅動模組。
code-pin-wrong = PIN 碼錯誤
    .next = 請確認 PIN 碼，再從網站重新開始；錯太多次會鎖卡。
code-pin-locked = 卡片已鎖住
    .next = 請向發卡單位辦理解鎖；有 PUK 時可執行 chop pin。
code-card-removed = 卡片被取出了
    .next = 請插好卡片，再從網站重新開始。
code-card-fault = 卡片沒有完成
    .next = 請取出卡片再插入，並從網站重新開始。
code-unsupported = 這張卡片做不到網站的要求
    .next = 請告訴網站，或換一張卡片。
code-not-decrypted = 訊息解不開
    .next = 請告訴網站，或換成收件人的卡片。

## 指令與錯誤

error-running = Chop 已經在執行
    .next = 不必再啟動一次。
error-lock = 無法鎖定 { $path }
    .next = 請檢查這個檔案與資料夾的權限：{ $reason }
error-certificate = 本機憑證無法使用
    .next = 請執行 chop doctor 查看原因：{ $reason }
error-server = 本機伺服器無法啟動
    .next = 請執行 chop doctor 查看原因：{ $reason }
error-ports = 連接埠 { $ports } 都被其他程式占用
    .next = 請關閉那個程式，或在設定中換連接埠。chop doctor 會指出是哪一個。
error-system = 系統不讓 Chop 啟動
    .next = 請重新登入後再試：{ $reason }
error-settings-read = 讀不到設定檔 { $path }
    .next = 請檢查這個檔案的權限：{ $reason }
error-settings-content = 看不懂設定檔 { $path }
    .next = 請更正或刪除它：{ $reason }
error-settings-key = 設定檔 { $path } 裡的 { $setting } 不是設定名稱
    .next = 請更正或刪除它；所有設定名稱請看 chop doctor。
error-settings-value = 設定檔 { $path } 的 { $setting } 不對
    .next = 這個值必須是：{ $wanted }
error-settings-policy-only = { $setting } 不能寫在您自己的設定檔 { $path }
    .next = 請從這個檔案移除它；它由電腦的政策設定，瀏覽器政策由此產生。
wanted-some-ports = 一個以上、1024 以後的連接埠
wanted-ports = 一串 1024 以後的連接埠
wanted-modules = 一串絕對路徑，或含 path、parameters、writable 的表格
wanted-paths = 一串絕對路徑
wanted-names = 一串名稱
wanted-yes-or-no = true 或 false
wanted-seconds = 10 到 600 的數字
wanted-language = "system"、"zh-TW" 或 "en"
wanted-theme = "system"、"light" 或 "dark"
wanted-log = "off"、"error"、"warn"、"info"、"debug" 或 "trace"
wanted-version = 數字與小數點
wanted-pin-from = "page" 或 "ask"
wanted-unknown = "constant" 或 "true"
wanted-origins = 一串網站來源，例如 "https://login.example"
wanted-https-origins = 一串 https 網站來源；http 的只能由電腦的政策設定
wanted-keys = 一串設定名稱
wanted-left-to-policy = 由電腦的政策設定；瀏覽器政策由此產生
error-home = 找不到您的家目錄
    .next = Chop 需要一個家目錄來存放設定與憑證；請設定 HOME。
error-no-grant = 沒有給 { $caller } 的許可
    .next = chop grants 會列出全部。
error-other = Chop 無法完成
    .next = { $reason }

## 系統匣

tray-name = Chop 憑證簽章
tray-ready = 已就緒
tray-card-in = 卡片已插入
tray-readers = 讀卡機與卡片
tray-language = 語言 / Language
tray-all = 全部…
tray-port-taken = 連接埠 { $port } 被 { $owner } 占用
tray-busy = 使用中
tray-problem = 有問題，請按「自我檢測」
tray-with-cards = { $state }（{ $cards }）
tray-and = 、
tray-pin = 更改 PIN 碼…
tray-quit = 結束

## 更改 PIN 碼與解鎖

program = Chop 憑證簽章
pin-window-change = Chop － 更改 PIN 碼
pin-window-unblock = Chop － 用 PUK 解鎖
pin-change = 更改 PIN 碼
pin-unblock = 用 PUK 設定新的 PIN 碼
pin-by-yourself = 這個視窗是您自己開啟的，沒有網站要求。
pin-choose = 選擇卡片
pin-old = 目前的 PIN 碼
pin-puk = PUK 碼
pin-new = 新的 PIN 碼
pin-again = 再輸入一次新的 PIN 碼
pin-differ = 兩次輸入的新 PIN 碼不同
pin-same = 新的 PIN 碼和目前的相同
pin-forgotten = 忘記 PIN 碼？改用 PUK
pin-known = 改用目前的 PIN 碼
pin-keypad = 這台讀卡機有自己的鍵盤
    .more = PIN 碼只能在讀卡機上輸入，請用讀卡機廠商的程式更改。
pin-locked = 這張卡片已鎖住
    .more = 請輸入發卡單位給您的 PUK 碼，設定新的 PIN 碼。
pin-no-puk = 這種卡片不用 PUK 解鎖
pin-accept-change = 更改
pin-accept-unblock = 設定
puk-wrong = PUK 碼錯誤，請重新輸入
puk-wrong-left = PUK 碼錯誤，還可以再試 { $left } 次
puk-last-try = PUK 碼只剩最後一次機會
    .more = PUK 碼再錯一次也會鎖住，之後只能洽發卡單位。
puk-locked = PUK 碼也鎖住了，請洽發卡單位
pin-refused = 卡片不接受新的 PIN 碼，請換一組
pin-not-free = 其他程式正在使用卡片，請稍後再試
pin-unsupported = 卡片或驅動模組不支援，請用發卡單位的程式
pin-no-module = 無法管理這張卡片
    .more = 沒有驅動模組認得這張卡片。您可以換一張卡片，或執行 chop doctor。
pin-working = 卡片正在更改 PIN 碼
    .more = 請勿取出卡片。
pin-changed = PIN 碼已更改
    .more = 從現在起請使用新的 PIN 碼。
pin-unblocked = 已設定新的 PIN 碼
    .more = 卡片已解鎖，請使用新的 PIN 碼。
pin-removed = 卡片被取出了
    .more = 不確定是否完成。請插好卡片，先試舊的 PIN 碼一次。
pin-fault = 卡片沒有完成
    .more = PIN 碼可能沒有更改。請取出卡片再插入，然後重試。
pin-open = 更改 PIN 碼的視窗已經開著
    .next = 請在那個視窗中完成。

## 給您一個人看的頁面（自我檢測、要求、許可、設定）

desk-skip = 跳到主要內容
desk-what = 憑證簽章
desk-pages = 頁面
desk-only-you = 這一頁只給您看：它在您自己的電腦上，網站看不到，也打不開。
desk-self-test = 自我檢測
desk-requests = 最近的要求
    .more = 網站與程式最近要求了什麼、結果如何。只留在記憶體裡，Chop 結束就忘了；最多 50 筆。
desk-sites = 網站許可
    .more = 為 HiCOS 寫的網頁和程式中，哪些可以不再問您就使用卡片，哪些被封鎖。登入一定會問您，不在這裡。
desk-settings = 設定
desk-about = 關於 Chop
desk-again = 再檢測一次
desk-test = 試簽一次
    .more = 走一遍登入的每一步：開視窗、輸入 PIN 碼、卡片簽章、驗證簽章。簽的是一段沒有用途的資料，不會送到任何地方。
desk-test-button = 開始試簽
desk-signed = 卡片可以簽章：{ $holder }（{ $issuer }），{ $algorithm }
desk-report = 給協助者的報告
    .more = 和上面一樣，但沒有姓名、卡號、檔名、使用者名稱和您的網站，可以放心交給協助您的人。
desk-copy = 複製
desk-copied = 已複製。
desk-no-requests = Chop 啟動後還沒有任何要求。
desk-when = 時間
desk-who = 誰
desk-act = 要求
desk-outcome = 結果
desk-no-sites = 沒有任何許可，也沒有封鎖。
desk-by-policy = 由機關政策決定
desk-take-back = 收回
desk-take-back-of = 收回給 { $caller } 的許可
desk-lift-block = 解除封鎖
desk-lift-block-of = 解除對 { $caller } 的封鎖
desk-take-back-all = 全部收回
desk-taken-back = 已收回：{ $caller }。下次會再問您。
desk-all-taken-back = 已全部收回。下次會再問您。
desk-looks = 語言與外觀
desk-language = 語言
desk-theme = 外觀
desk-system = 跟隨系統
desk-save = 儲存
desk-saved = 已儲存，視窗、選單和這些頁面都會照辦。
desk-files = 憑證檔
    .more = 存成檔案的憑證（PKCS #12，檔名以 .p12 或 .pfx 結尾）也可以當作卡片。檔案留在原處，密碼在每次使用時由視窗詢問。
desk-no-files = 目前沒有當作卡片的憑證檔。
desk-file-well = 使用中
desk-found-files = 您的資料夾裡還有：
desk-use = 使用
desk-use-file = 使用 { $file }
desk-stop-using = 不再使用
desk-stop-file = 不再使用 { $file }
desk-path = 或輸入檔案的完整路徑
desk-file-used = 現在可以用 { $file } 當作卡片。
desk-file-stopped = 不再使用 { $file }，檔案沒有刪除。
desk-no-such-file = 找不到憑證檔「{ $file }」，什麼都沒有改變。請確認檔案還在，並輸入完整的路徑。
desk-all-settings = 所有設定
    .more = 每個設定現在的值，以及是誰決定的。其他設定用指令更改，例如 chop settings set window_seconds 60，或編輯下面的檔案；重新啟動後生效。
desk-key = 設定
desk-value = 值
desk-source = 由誰決定
desk-no-agent = Chop 沒有在執行
    .next = 請先啟動它：chop run

desk-no-browser = 無法開啟瀏覽器
    .next = 請在一分鐘內自行開啟 { $address }

act-sign-in = 登入
act-read = 讀取憑證
act-sign = 簽署文件
act-decrypt = 解密
act-change-pin = 更改 PIN 碼
act-test = 試簽
outcome-done = 完成
outcome-left = 未等結果就離開

source-built-in = 內建
source-policy = 機關政策
source-locked = 機關政策，已鎖定
source-person = 您
theme-light = 淺色
theme-dark = 深色

error-setting-locked = { $setting } 已被機關政策鎖定
    .next = 請洽您的資訊人員。
error-setting-unknown = 沒有 { $setting } 這個設定
    .next = chop doctor 會列出所有設定。
error-settings-write = 無法寫入設定檔 { $path }
    .next = 請檢查這個檔案與資料夾的權限：{ $reason }
## 模擬卡

simulate-cards = 模擬卡：{ $cards }。PIN 碼：{ $pin }
simulate-empty = 模擬讀卡機，裡面沒有卡片
simulate-nobody = 這些卡片不屬於任何人，每個回應都會註明（chop-simulated: true）。http://localhost 的網頁也可以要求。
simulate-windows = 視窗照常開啟。
simulate-script = 不會開啟視窗，依序自動回答，最後一個一直沿用：{ $answers }
simulate-folder = 給您網站的驗證程式，到結束為止：{ $path }（anchors.pem、intermediates.pem、lists）
    .next = 驗證程式只有在設定 allow_simulated_cards 時才接受這些卡片；正式網站絕不可設定。測試用的瀏覽器必須信任其中的 localhost.pem。
simulate-no-folder = 您網站的驗證程式不認得這些卡片。
    .next = 請加上 --out 資料夾 重新啟動，憑證授權單位會寫在那裡。
simulate-end = 按 Ctrl-C 結束。
error-managed = 這台電腦的 Chop 由管理員管理，不能使用模擬卡
    .next = 請在沒有政策、也沒有安裝 Chop 套件的電腦或容器裡測試網站：chop simulate 兩者都不需要。
error-folder-in-use = { $path } 不是空的
    .next = 請指定一個還不存在的資料夾；結束時會移除。
