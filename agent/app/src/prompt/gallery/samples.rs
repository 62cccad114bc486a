//! Windows, cards and documents that the scenes are made of. `citizen.der` is a certificate of nobody,
//! made with `openssl ca`: RSA 2048, digitalSignature, clientAuth, subject and issuer as on a citizen's
//! card.

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

pub(super) const BANK: &str = "https://login.bank.example.tw";
/// 15 January 2027.
pub(super) const TODAY: i64 = 1_800_000_000;

pub(super) fn form(language: Language, origin: &str, purpose: Purpose) -> Form {
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

pub(super) fn pin(
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

pub(super) fn access(
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

/// The agent's own test signature.
pub(super) fn test(language: Language, card: Choice) -> Box<dyn Contents> {
    let request = SiteRequest {
        origin: "Chop".to_owned(),
        owner: 0..4,
        caller: CallerKind::SelfTest,
        purpose: Purpose::Test,
        seconds: 120,
    };
    let mut form = Form::new(request, language, TODAY);
    form.hear(ToWindow::Show(View::Ready {
        choices: vec![card],
        notice: None,
    }));
    Box::new(form)
}

pub(super) fn shows(language: Language, purpose: Purpose, view: View) -> Box<dyn Contents> {
    let mut form = form(language, BANK, purpose);
    form.hear(ToWindow::Show(view));
    Box::new(form)
}

pub(super) fn ends(language: Language, purpose: Purpose, ending: Ending) -> Box<dyn Contents> {
    let mut form = form(language, BANK, purpose);
    form.hear(ToWindow::End(ending));
    Box::new(form)
}

pub(super) fn sign_in(
    language: Language,
    choice: Choice,
    notice: Option<Notice>,
) -> Box<dyn Contents> {
    ready(language, BANK, Purpose::SignIn, vec![choice], notice)
}

pub(super) fn ready(
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

pub(super) fn detailed(language: Language, choice: Choice) -> Box<dyn Contents> {
    let mut form = form(language, BANK, Purpose::SignIn);
    form.hear(ToWindow::Show(View::Ready {
        choices: vec![choice],
        notice: None,
    }));
    form.show_details();
    Box::new(form)
}

pub(super) fn documents() -> Purpose {
    Purpose::Sign {
        documents: vec![
            document("免稅函申請書_115年度.xml", Some(18_230), None),
            document("進口設備清單.pdf", Some(1_482_113), None),
            document("附件三.pdf", None, None),
        ],
    }
}

pub(super) fn document(name: &str, size: Option<usize>, text: Option<&str>) -> DocumentView {
    let digest = "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08";
    DocumentView {
        name: name.to_owned(),
        size,
        digest: ("SHA-256".to_owned(), digest.to_owned()),
        text: text.map(str::to_owned),
    }
}

pub(super) fn citizen() -> Choice {
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

pub(super) fn with_tries(tries: u8) -> Choice {
    Choice {
        tries_left: Some(tries),
        ..citizen()
    }
}

pub(super) fn company() -> Choice {
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

pub(super) fn other() -> Choice {
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

pub(super) fn file() -> Choice {
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

pub(super) fn locked() -> Choice {
    Choice {
        id: ChoiceId(5),
        holder: Some("陳美麗".to_owned()),
        locked: true,
        ..with_tries(0)
    }
}
