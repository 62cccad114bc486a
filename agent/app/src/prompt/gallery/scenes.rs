//! The windows and their states. `citizen.der` is a certificate of nobody, made with `openssl ca`: RSA
//! 2048, digitalSignature, clientAuth, subject and issuer as on a citizen's card.

use std::ops::Range;

use chop_service::{Asks, Choice, ChoiceId, DocumentView, Ending, Notice, Purpose, Scope, View};

use crate::{
    prompt::{
        contents::Contents,
        form::Form,
        pin_form::PinForm,
        wire::{CallerKind, PinFault, PinTask, SiteRequest, ToWindow},
    },
    text::Language,
};

/// One window in one state.
pub(super) struct Scene {
    /// The picture's name.
    pub(super) name: &'static str,
    /// What it shows.
    pub(super) caption: &'static str,
    /// Makes the window.
    pub(super) make: fn(Language) -> Box<dyn Contents>,
    /// What is typed into it.
    pub(super) types: &'static str,
}

const fn scene(
    name: &'static str,
    caption: &'static str,
    make: fn(Language) -> Box<dyn Contents>,
) -> Scene {
    Scene {
        name,
        caption,
        make,
        types: "",
    }
}

/// All of them.
pub(super) const SCENES: &[Scene] = &[
    scene(
        "looking",
        "正在尋找卡片 · looking for the card",
        |it| shows(it, Purpose::SignIn, View::Looking),
    ),
    scene(
        "service-down",
        "智慧卡服務沒有執行 · the smart card service is down",
        |it| shows(it, Purpose::SignIn, View::ServiceDown),
    ),
    scene(
        "no-reader",
        "沒有讀卡機，接上後自動繼續 · no reader; goes on by itself",
        |it| shows(it, Purpose::SignIn, View::NoReader),
    ),
    scene(
        "no-card",
        "沒有卡片，插入後自動繼續 · no card; goes on by itself",
        |it| shows(it, Purpose::SignIn, View::NoCard),
    ),
    scene(
        "no-certificate",
        "卡片上沒有適用的憑證 · no certificate for this on the card",
        |it| {
            let fault = "/usr/lib/opensc-pkcs11.so: C_Initialize failed (0x00000030)";
            let fault = Some(fault.to_owned());
            shows(it, Purpose::SignIn, View::NoCertificate { fault })
        },
    ),
    Scene {
        types: "123456",
        ..scene(
            "sign-in",
            "輸入 PIN 碼登入 · entering the PIN to sign in",
            |it| sign_in(it, citizen(), None),
        )
    },
    scene(
        "sign-in-details",
        "憑證詳細資料 · the certificate's details, on demand",
        |it| detailed(it, citizen()),
    ),
    scene("choose", "選擇憑證 · choosing a certificate", |it| {
        let choices = vec![citizen(), company(), other(), file(), locked()];
        ready(
            it,
            "https://login.bank.example.tw",
            Purpose::SignIn,
            choices,
            None,
        )
    }),
    scene("wrong-pin", "PIN 碼錯誤 · a wrong PIN", |it| {
        let notice = Notice::PinWrong {
            tries_left: Some(2),
        };
        sign_in(it, with_tries(2), Some(notice))
    }),
    scene(
        "last-try",
        "最後一次機會，須先確認 · the last try has to be confirmed",
        |it| {
            let notice = Notice::PinWrong {
                tries_left: Some(1),
            };
            sign_in(it, with_tries(1), Some(notice))
        },
    ),
    scene(
        "locked-citizen",
        "自然人憑證鎖住了 · a locked citizen's card",
        |it| sign_in(it, locked(), None),
    ),
    scene(
        "locked-company",
        "工商憑證鎖住了 · a locked company's card",
        |it| {
            sign_in(
                it,
                Choice {
                    locked: true,
                    ..company()
                },
                None,
            )
        },
    ),
    scene(
        "locked-other",
        "其他卡片鎖住了 · a locked card of another kind",
        |it| {
            sign_in(
                it,
                Choice {
                    locked: true,
                    ..other()
                },
                None,
            )
        },
    ),
    scene(
        "pin-length",
        "PIN 碼長度不符 · a PIN of a length that the card does not take",
        |it| sign_in(it, citizen(), Some(Notice::PinLength)),
    ),
    scene("file", "憑證檔案 · a certificate in a file", |it| {
        sign_in(it, file(), None)
    }),
    scene(
        "expired",
        "憑證已到期 · an expired certificate",
        |it| {
            let expired = Choice {
                not_after: Some(1_700_000_000),
                ..citizen()
            };
            sign_in(it, expired, None)
        },
    ),
    scene(
        "long-names",
        "很長的網址與名稱 · a long origin and a long name",
        |it| {
            let name = "非常長的公司名稱股份有限公司臺灣分公司𠮷".repeat(11);
            let choice = Choice {
                holder: Some(name.chars().take(200).collect()),
                label: "Contactless and contact dual-interface smart card".to_owned(),
                ..company()
            };
            let origin = "https://a-very-long-name-of-a-host.that-goes-on.and-on.example-of-a-bank.com.tw:8443";
            ready(it, origin, Purpose::SignIn, vec![choice], None)
        },
    ),
    scene(
        "keypad",
        "讀卡機有自己的鍵盤 · a reader with a keypad of its own",
        |it| {
            sign_in(
                it,
                Choice {
                    asks: Asks::Keypad,
                    ..citizen()
                },
                None,
            )
        },
    ),
    scene(
        "on-reader",
        "在讀卡機上輸入 · entering the PIN on the reader",
        |it| shows(it, Purpose::SignIn, View::OnReader),
    ),
    scene(
        "certificates",
        "網站想讀取憑證 · a site wants to read certificates",
        |it| {
            let choice = Choice {
                asks: Asks::Agreement,
                ..company()
            };
            ready(it, BANK, Purpose::ReadCertificates, vec![choice], None)
        },
    ),
    Scene {
        types: "123456",
        ..scene("sign", "簽署文件 · signing documents", |it| {
            ready(it, BANK, documents(), vec![company()], None)
        })
    },
    scene(
        "sign-text",
        "簽署短文，全文顯示 · a short text is shown in full",
        |it| {
            let text = "本公司同意以電子方式收受通知。\n測試科技股份有限公司";
            let documents = vec![document("同意書.txt", Some(76), Some(text))];
            ready(it, BANK, Purpose::Sign { documents }, vec![company()], None)
        },
    ),
    scene(
        "signing",
        "卡片正在簽章 · the card is signing",
        |it| shows(it, Purpose::SignIn, View::Checking),
    ),
    scene(
        "progress",
        "簽署多份文件的進度 · several signatures, with progress",
        |it| shows(it, documents(), View::Working { done: 1, total: 3 }),
    ),
    scene("decrypt", "解密 · decrypting", |it| {
        ready(
            it,
            BANK,
            Purpose::Decrypt { size: 12_300 },
            vec![company()],
            None,
        )
    }),
    scene("done", "完成 · done", |it| {
        ends(it, Purpose::SignIn, Ending::Done)
    }),
    scene(
        "removed",
        "卡片被取出 · the card was taken out",
        |it| ends(it, Purpose::SignIn, Ending::CardRemoved),
    ),
    scene(
        "fault",
        "卡片沒有完成 · the card did not finish",
        |it| ends(it, Purpose::SignIn, Ending::CardFault),
    ),
    scene(
        "unsupported",
        "卡片做不到 · the card cannot do it",
        |it| ends(it, documents(), Ending::Unsupported),
    ),
    scene(
        "not-decrypted",
        "訊息解不開 · the message did not decrypt",
        |it| ends(it, Purpose::Decrypt { size: 12_300 }, Ending::NotDecrypted),
    ),
    scene("pin", "更改 PIN 碼 · another PIN", |it| {
        pin(it, PinTask::Change, citizen(), None)
    }),
    scene(
        "pin-wrong",
        "目前的 PIN 碼錯誤 · the PIN was wrong",
        |it| {
            let card = Choice {
                tries_left: Some(1),
                ..citizen()
            };
            let fault = PinFault::PinWrong {
                tries_left: Some(1),
            };
            pin(it, PinTask::Change, card, Some(fault))
        },
    ),
    scene(
        "pin-unblock",
        "用 PUK 解鎖 · unblocking with the PUK",
        |it| {
            let card = Choice {
                holder: Some("PIV_II".to_owned()),
                issuer: "Example Staff CA".to_owned(),
                certificate: None,
                locked: true,
                ..citizen()
            };
            pin(it, PinTask::Unblock, card, None)
        },
    ),
    scene(
        "pin-issuer",
        "由發卡單位解鎖 · only its issuer can unlock it",
        |it| {
            let card = Choice {
                locked: true,
                ..company()
            };
            pin(it, PinTask::Change, card, None)
        },
    ),
    scene("pin-changed", "PIN 碼已更改 · it is changed", |it| {
        let mut form = PinForm::new(PinTask::Change, it, TODAY);
        form.hear(ToWindow::End(Ending::Done));
        Box::new(form)
    }),
    scene(
        "access",
        "第一次使用卡片的網站 · a site that uses cards for the first time",
        |it| access(it, (CallerKind::Site, BANK, 14..29), Scope::Sign),
    ),
    scene(
        "access-plain",
        "沒有加密的網站 · a site that is not secure",
        |it| {
            let site = "http://eip.corp.example:8080";
            access(it, (CallerKind::PlainSite, site, 11..23), Scope::Sign)
        },
    ),
    scene(
        "access-program",
        "電腦上的程式 · a program of this computer",
        |it| {
            let file = "/opt/taxes/bin/declare";
            access(it, (CallerKind::Program, file, 15..22), Scope::Read)
        },
    ),
];

const BANK: &str = "https://login.bank.example.tw";
/// 15 January 2027.
const TODAY: i64 = 1_800_000_000;

fn form(language: Language, origin: &str, purpose: Purpose) -> Form {
    let parsed = origin.parse().unwrap();
    let request = SiteRequest {
        origin: origin.to_owned(),
        owner: chop_service::owner(&parsed),
        caller: CallerKind::Site,
        purpose,
        seconds: 120,
    };
    Form::new(request, language, TODAY)
}

fn pin(
    language: Language,
    task: PinTask,
    card: Choice,
    fault: Option<PinFault>,
) -> Box<dyn Contents> {
    let mut form = PinForm::new(task, language, TODAY);
    form.hear(ToWindow::Show(View::Ready {
        choices: vec![card],
        notice: None,
    }));
    if let Some(fault) = fault {
        form.hear(ToWindow::Failed(fault));
    }
    Box::new(form)
}

fn access(
    language: Language,
    caller: (CallerKind, &str, Range<usize>),
    scope: Scope,
) -> Box<dyn Contents> {
    let (caller, origin, owner) = caller;
    let may_last = caller == CallerKind::Site;
    let request = SiteRequest {
        origin: origin.to_owned(),
        owner,
        caller,
        purpose: Purpose::Access { scope, may_last },
        seconds: 60,
    };
    let mut form = Form::new(request, language, TODAY);
    form.hear(ToWindow::Show(View::Deciding));
    Box::new(form)
}

fn shows(language: Language, purpose: Purpose, view: View) -> Box<dyn Contents> {
    let mut form = form(language, BANK, purpose);
    form.hear(ToWindow::Show(view));
    Box::new(form)
}

fn ends(language: Language, purpose: Purpose, ending: Ending) -> Box<dyn Contents> {
    let mut form = form(language, BANK, purpose);
    form.hear(ToWindow::End(ending));
    Box::new(form)
}

fn sign_in(language: Language, choice: Choice, notice: Option<Notice>) -> Box<dyn Contents> {
    ready(language, BANK, Purpose::SignIn, vec![choice], notice)
}

fn ready(
    language: Language,
    origin: &str,
    purpose: Purpose,
    choices: Vec<Choice>,
    notice: Option<Notice>,
) -> Box<dyn Contents> {
    let mut form = form(language, origin, purpose);
    form.hear(ToWindow::Show(View::Ready { choices, notice }));
    Box::new(form)
}

fn detailed(language: Language, choice: Choice) -> Box<dyn Contents> {
    let mut form = form(language, BANK, Purpose::SignIn);
    form.hear(ToWindow::Show(View::Ready {
        choices: vec![choice],
        notice: None,
    }));
    form.show_details();
    Box::new(form)
}

fn documents() -> Purpose {
    Purpose::Sign {
        documents: vec![
            document("免稅函申請書_115年度.xml", Some(18_230), None),
            document("進口設備清單.pdf", Some(1_482_113), None),
            document("附件三.pdf", None, None),
        ],
    }
}

fn document(name: &str, size: Option<usize>, text: Option<&str>) -> DocumentView {
    let digest = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08";
    DocumentView {
        name: name.to_owned(),
        size,
        digest: ("SHA-256".to_owned(), digest.to_owned()),
        text: text.map(str::to_owned),
    }
}

fn citizen() -> Choice {
    Choice {
        id: ChoiceId(1),
        holder: Some("王小明".to_owned()),
        issuer: "內政部憑證管理中心".to_owned(),
        not_after: Some(1_861_891_199),
        certificate: Some(include_bytes!("citizen.der").to_vec()),
        label: "HICOS PKI Smart Card".to_owned(),
        reader: Some("CASTLES EZ100PU 00 00".to_owned()),
        tries_left: Some(3),
        locked: false,
        asks: Asks::Pin,
        shortest: 6,
        longest: 8,
    }
}

fn with_tries(tries: u8) -> Choice {
    Choice {
        tries_left: Some(tries),
        ..citizen()
    }
}

fn company() -> Choice {
    Choice {
        id: ChoiceId(2),
        holder: Some("測試科技股份有限公司".to_owned()),
        issuer: "經濟部工商憑證管理中心".to_owned(),
        label: "工商憑證".to_owned(),
        reader: Some("Alcor Micro AU9560 01 00".to_owned()),
        tries_left: None,
        ..citizen()
    }
}

fn other() -> Choice {
    Choice {
        id: ChoiceId(3),
        holder: Some("Alice Example".to_owned()),
        issuer: "Example Staff CA".to_owned(),
        label: "PIV_II".to_owned(),
        reader: Some("Yubico YubiKey CCID 02 00".to_owned()),
        tries_left: Some(1),
        ..citizen()
    }
}

fn file() -> Choice {
    Choice {
        id: ChoiceId(4),
        holder: None,
        issuer: String::new(),
        not_after: None,
        certificate: None,
        label: "company-2026.p12".to_owned(),
        reader: None,
        tries_left: None,
        locked: false,
        asks: Asks::Pin,
        shortest: 1,
        longest: 255,
    }
}

fn locked() -> Choice {
    Choice {
        id: ChoiceId(5),
        holder: Some("陳美麗".to_owned()),
        locked: true,
        ..with_tries(0)
    }
}
