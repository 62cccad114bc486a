//! The command line: what `chop` can be told, and what its manual says.

use std::path::PathBuf;

use chop_simulate::{Answer, Kind};
#[cfg(any(target_os = "linux", windows))]
use clap::ValueEnum;
use clap::{Args, Parser, Subcommand};

use crate::line::Page;
#[cfg(any(target_os = "linux", windows))]
use crate::update;

/// 憑證簽章代理程式 · an open signing agent for card logins.
#[derive(Parser)]
#[command(name = "chop", version, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What it can do.
#[derive(Subcommand)]
pub enum Command {
    /// 啟動代理程式 · Run the agent until it is told to end.
    Run,
    /// 檢查每一個環節 · Check everything, and say what to do about what is wrong.
    ///
    /// 報告裡沒有姓名，可以交給協助您的人。 The report has no names in it: it can be handed on.
    Doctor {
        /// For programs: JSON instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// 列出版本、安裝方式、設定與模組，供管理工具使用 · Version, installation, settings and modules as JSON, for a fleet's tools.
    ///
    /// 沒有個人資料。 Nothing of the person is in it.
    Inventory,
    /// 在瀏覽器開啟自我檢測 · Open the self-test in the browser, with a test signature.
    SelfTest {
        /// Print the link instead of opening it; it is good once, for a minute.
        #[arg(long)]
        link: bool,
    },
    /// 在瀏覽器開啟設定，或更改一個設定 · Open the settings in the browser, or change one.
    Settings {
        /// What to change, if anything.
        #[command(subcommand)]
        action: Option<SettingsAction>,
        /// Which page to open.
        #[arg(long, value_name = "PAGE", default_value = "settings")]
        page: Page,
        /// Print the link instead of opening it; it is good once, for a minute.
        #[arg(long)]
        link: bool,
    },
    /// 列出讀卡機、卡片、憑證與模組 · List readers, cards, certificates and modules.
    Cards {
        /// For programs: JSON instead of text.
        #[arg(long)]
        json: bool,
        /// Again after each change.
        #[arg(long)]
        watch: bool,
    },
    /// 列出並收回給網站的許可 · List what sites written for HiCOS may do, and take it back.
    Grants {
        #[command(subcommand)]
        /// What, if not the list.
        action: Option<GrantsAction>,
        /// For programs: JSON instead of text.
        #[arg(long)]
        json: bool,
    },
    /// 更改卡片的 PIN 碼，或用 PUK 解鎖 · Change a card's PIN, or unblock it with the PUK.
    ///
    /// 在視窗中輸入，不在指令列。 It is entered in a window, never on the command line.
    Pin {
        /// 先顯示 PUK · Show the PUK first.
        #[arg(long)]
        unblock: bool,
    },
    /// 印出本機憑證的授權單位 · Print the authority that browsers have to trust (PEM).
    Certificate {
        /// DER instead of PEM.
        #[arg(long)]
        der: bool,
    },
    /// 以模擬卡測試自己的網站 · Run with simulated cards of nobody, for tests of your own site.
    ///
    /// 卡片由本指令產生，不讀取任何卡片、模組或檔案。 The cards are made here: no card, module or file is read.
    /// From a pipe on its standard input it takes `card KIND…` and `answer ANSWER…`, a line each.
    Simulate {
        /// 插入的卡片 · What is in: company, citizen, expired, locking or locking:TRIES, slow or slow:SECONDS, pulled.
        #[arg(long = "card", value_name = "KIND", default_value = "company")]
        cards: Vec<Kind>,
        /// 讀卡機裡沒有卡片 · The reader is empty.
        #[arg(long, conflicts_with = "cards")]
        no_card: bool,
        /// 代替視窗 · Instead of windows, in this order: allow, refuse, wrong-pin, time-out, wait.
        #[arg(long = "answer", value_name = "ANSWER")]
        answers: Vec<Answer>,
        /// 寫出憑證授權單位 · Where the cards' authorities are written, for your site's verifier.
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// 為自己安裝，不需管理員 · Install for this person alone, without any rights.
    #[cfg(any(target_os = "linux", windows))]
    Install,
    /// 移除自己的安裝 · Take back what `install` did, exactly.
    #[cfg(any(target_os = "linux", windows))]
    Uninstall {
        /// Only what was added to this person's trust stores.
        #[arg(long, hide = true)]
        stores: bool,
        /// And what the agent keeps.
        #[arg(long, hide = true, requires = "stores")]
        purge: bool,
    },
    /// 整台電腦的設定，由套件呼叫 · What root does for everybody; packages call it.
    #[cfg(any(target_os = "linux", windows))]
    Machine {
        /// What to do.
        #[command(subcommand)]
        action: MachineAction,
    },
    /// 多人共用電腦的入口，為系統服務 · The system service in front of everybody's agents.
    #[cfg(any(target_os = "linux", windows))]
    Gate {
        /// Where agents dial.
        #[arg(long, value_name = "FILE")]
        socket: Option<PathBuf>,
        /// The machine's certificate and key.
        #[arg(long, value_name = "FILE")]
        pair: Option<PathBuf>,
        /// The machine's policy.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// A child of the agent: one window.
    #[command(hide = true)]
    Prompt,
    /// A child of the agent: one PKCS #11 module or PKCS #12 file.
    #[command(hide = true)]
    Worker(Source),
}

/// What can be done with grants.
#[derive(Subcommand)]
pub enum GrantsAction {
    /// 收回 · Take back what one has, or lift a block.
    Forget {
        /// The origin or the file, as it is listed.
        caller: String,
    },
    /// 全部收回 · Take back everything.
    ForgetAll,
}

/// What can be done with settings.
#[derive(Subcommand)]
pub enum SettingsAction {
    /// 設定 · Set one in your own file; a policy may have locked it.
    Set {
        /// Its key, such as `theme`.
        key: String,
        /// Its value, as the file has it: `dark`, `60`, `[61161]`.
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// 還原 · Take one out of your own file: the policy's or the built-in value holds again.
    Unset {
        /// Its key.
        key: String,
    },
}

/// What a worker holds: exactly one of them.
#[derive(Args)]
pub struct Source {
    /// A PKCS #11 module.
    #[arg(long, required_unless_present = "pkcs12")]
    pub module: Option<PathBuf>,
    /// What the module wants to be told.
    #[arg(long, requires = "module")]
    pub parameters: Option<String>,
    /// Where the module may write.
    #[arg(long, requires = "module")]
    pub writable: Vec<PathBuf>,
    /// A PKCS #12 file.
    #[arg(long, conflicts_with = "module")]
    pub pkcs12: Option<PathBuf>,
}

/// What can be done for everybody.
#[cfg(any(target_os = "linux", windows))]
#[derive(Subcommand)]
pub enum MachineAction {
    /// 建立或更新憑證與瀏覽器政策 · Make or renew certificate and browser policies, as the policy says.
    SetUp {
        /// The machine's policy.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
    },
    /// 全部還原 · Take all of it back.
    Clear,
    /// 清理每個人的憑證存放區 · Take out what agents have added to people's own stores.
    #[cfg(target_os = "linux")]
    ForgetPeople {
        /// And what agents have remembered of sites.
        #[arg(long)]
        purge: bool,
    },
    /// 移除這個版本時 · When this version is removed: start the other one, or take all of it back.
    #[cfg(windows)]
    Leave,
    /// 印出可以安裝的新版套件 · Print the path of the newer package that may be installed, if there is one.
    ///
    /// 不下載，也不安裝：由管理員的程式使用。 It fetches and installs nothing: a script of the administrator's calls it.
    Update {
        /// The folder with chop-update.json, its signatures and the packages.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
        /// A public key of minisign's; of several, every one must have signed.
        #[arg(long = "key", value_name = "KEY", required = true)]
        keys: Vec<String>,
        /// Which package, if not this system's.
        #[arg(long, value_name = "KIND")]
        package: Option<update::Kind>,
    },
    /// 通知所有代理程式 · Tell every agent something.
    Tell {
        /// What.
        what: Told,
    },
}

/// What agents can be told.
#[cfg(any(target_os = "linux", windows))]
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Told {
    /// Start anew after the window that is open: there is another version.
    Restart,
    /// End after the window that is open: Chop is being removed.
    Quit,
}
