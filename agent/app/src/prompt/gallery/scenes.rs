//! The windows and their states.

use chop_service::{Asks, Choice, Ending, Notice, Purpose, Scope, View};

use super::samples::*;
use crate::{
    prompt::{
        contents::Contents,
        pin_form::PinForm,
        wire::{CallerKind, PinFault, PinTask, ToWindow},
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
    scene(
        "self-test",
        "自我檢測的試簽 · a test signature",
        |it| test(it, company()),
    ),
    scene("pin-changed", "PIN 碼已更改 · it is changed", |it| {
        let mut form = PinForm::new(PinTask::Change, it, TODAY);
        form.hear(ToWindow::End(Ending::Done));
        Box::new(form)
    }),
    scene(
        "access",
        "第一次使用卡片的網站 · a site that uses cards for the first time",
        |it| access(it, (CallerKind::Site, BANK, 19..29), Scope::Sign),
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
