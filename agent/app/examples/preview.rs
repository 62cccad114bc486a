//! For developers: shows the window in one of its states, without an agent and without a card.
//!
//! `cargo run -p chop-agent --example preview -- STATE [dark] [en] [ORIGIN]`; what the person does is
//! printed, but for the PIN. `… -- tray` puts up the sign in the panel instead, takes its state
//! (`ready`, `card_in`, `busy`, `problem`) from standard input and prints what is chosen from its menu.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use chop_agent::{
    consent::WindowConsent,
    settings::Theme,
    text::Language,
    tray::{Entry, Event as Chosen, State, Tray},
};
use chop_protocol::{Origin, Plain};
use chop_service::{
    Asks, Caller, Choice, ChoiceId, Consent as _, ConsentRequest, DocumentView, Ending, Event,
    Notice, Purpose, Scope, View, Window as _,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    sync::watch,
};

const STATES: &str = "looking service_down no_reader no_card no_certificate ready several locked \
                      last_try wrong wrong_last length file long expired checking done removed fault \
                      certificates sign sign_text decrypt keypad on_reader working unsupported \
                      not_decrypted";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if arguments == ["prompt"] {
        return chop_agent::prompt::run();
    }
    let shown = if arguments == ["tray"] {
        tray()
    } else {
        show(&arguments)
    };
    match shown {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}\nstates: {STATES}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn show(arguments: &[String]) -> Result<()> {
    let state = arguments.first().context("which state?")?;
    let dark = arguments.iter().any(|argument| argument == "dark");
    let origin = arguments.iter().find(|argument| argument.contains("://"));
    let origin = origin.map_or("https://login.bank.example.tw", String::as_str);
    let request = ConsentRequest {
        caller: caller(origin)?,
        purpose: purpose(state),
        time: Duration::from_secs(60),
    };
    let theme = match dark {
        true => Theme::Dark,
        false => Theme::Light,
    };
    let language = language(arguments);
    let consent = WindowConsent::new(std::env::current_exe()?, watch::Sender::new(language));
    let consent = consent.theme(theme);
    let started = std::time::Instant::now();
    let mut window = consent.open(&request).await?;
    println!("opened after {:?}", started.elapsed());
    match step(state).context("no such state")? {
        Step::Show(view) => window.show(&view).await,
        Step::End(ending) => {
            window.end(ending);
            tokio::time::sleep(Duration::from_secs(5)).await;
            return Ok(());
        }
    }
    loop {
        match window.next().await {
            Event::Entered { choice, .. } | Event::Agreed { choice } => {
                println!("entered for {choice:?}");
                window.show(&View::Checking).await;
            }
            Event::Decided(decision) => break println!("{decision:?}"),
            Event::Closed => break println!("closed"),
            Event::TimedOut => break println!("timed out"),
        }
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn tray() -> Result<()> {
    let (chosen, mut events) = tokio::sync::mpsc::unbounded_channel();
    let Some(mut tray) = Tray::start(chosen, Language::of_system()) else {
        println!("none");
        return Ok(());
    };
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                let state = match line.as_str() {
                    "busy" => State::Busy,
                    "problem" => State::Problem,
                    "card_in" => State::CardIn,
                    _ => State::Ready,
                };
                let menu = vec![
                    Entry::Fact(line.clone()),
                    Entry::Rule,
                    Entry::More("more & more".to_owned(), vec![
                        Entry::Check("check".to_owned(), true, Chosen::Speak(Language::ENGLISH)),
                        Entry::Choice("back".to_owned(), Chosen::TakeBack("a b".to_owned())),
                    ]),
                    Entry::Choice("quit".to_owned(), Chosen::Quit),
                ];
                tray.show(state, menu, &line);
                println!("{line}");
            }
            event = events.recv() => println!("{:?}", event.context("the tray is gone")?),
        }
    }
}

fn language(arguments: &[String]) -> Language {
    let mut named = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok());
    named.next().unwrap_or(Language::CHINESE)
}

enum Step {
    Show(View),
    End(Ending),
}

fn caller(text: &str) -> Result<Caller> {
    Ok(match text.contains("://") {
        true => Caller::Site(Origin::parse(text, Plain::Everywhere)?),
        false => Caller::Program(text.into()),
    })
}

fn purpose(state: &str) -> Purpose {
    let document = |name: &str, size, text: Option<&str>| DocumentView {
        name: name.to_owned(),
        size,
        digest: (
            "SHA-256".to_owned(),
            "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08".to_owned(),
        ),
        text: text.map(str::to_owned),
    };
    match state {
        "certificates" => Purpose::ReadCertificates,
        "access" | "access_read" | "access_decrypt" | "access_change_pin" => Purpose::Access {
            scope: match state {
                "access_read" => Scope::Read,
                "access_decrypt" => Scope::Decrypt,
                "access_change_pin" => Scope::ChangePin,
                _ => Scope::Sign,
            },
            may_last: state != "access_change_pin",
        },
        "sign" | "working" => Purpose::Sign {
            documents: vec![
                document("免稅函申請書_112年度.xml", Some(18_230), None),
                document("進口設備清單.pdf", Some(1_482_113), None),
                document("附件三.pdf", None, None),
            ],
        },
        "sign_text" => Purpose::Sign {
            documents: vec![document(
                "同意書",
                Some(60),
                Some("本公司同意以電子方式收受通知。\n測試股份有限公司"),
            )],
        },
        "decrypt" | "not_decrypted" => Purpose::Decrypt { size: 12_300 },
        _ => Purpose::SignIn,
    }
}

fn step(state: &str) -> Option<Step> {
    let ready = |choices, notice| View::Ready { choices, notice };
    let one = citizen();
    let wrong = |tries_left| {
        Some(Notice::PinWrong {
            tries_left: Some(tries_left),
        })
    };
    let view = match state {
        "access" | "access_read" | "access_decrypt" | "access_change_pin" => View::Deciding,
        "looking" => View::Looking,
        "service_down" => View::ServiceDown,
        "no_reader" => View::NoReader,
        "no_card" => View::NoCard,
        "no_certificate" => View::NoCertificate {
            fault: Some("/usr/lib/opensc-pkcs11.so: C_Initialize failed (0x00000030)".to_owned()),
        },
        "checking" => View::Checking,
        "sign" | "sign_text" | "decrypt" => ready(vec![one], None),
        "certificates" => ready(
            vec![Choice {
                asks: Asks::Agreement,
                ..one
            }],
            None,
        ),
        "keypad" => ready(
            vec![Choice {
                asks: Asks::Keypad,
                ..one
            }],
            None,
        ),
        "on_reader" => View::OnReader,
        "working" => View::Working { done: 1, total: 3 },
        "ready" => ready(vec![one], None),
        "several" => ready(vec![one, company(), file(), locked()], None),
        "locked" => ready(vec![locked()], None),
        "last_try" => ready(
            vec![Choice {
                tries_left: Some(1),
                ..one
            }],
            None,
        ),
        "wrong" => ready(
            vec![Choice {
                tries_left: Some(2),
                ..one
            }],
            wrong(2),
        ),
        "wrong_last" => ready(
            vec![Choice {
                tries_left: Some(1),
                ..one
            }],
            wrong(1),
        ),
        "length" => ready(vec![one], Some(Notice::PinLength)),
        "file" => ready(vec![file()], None),
        "long" => {
            let name = "非常長的公司名稱股份有限公司臺灣分公司".repeat(11);
            ready(
                vec![Choice {
                    holder: Some(name.chars().take(200).collect()),
                    ..company()
                }],
                None,
            )
        }
        "expired" => ready(
            vec![Choice {
                not_after: Some(1_700_000_000),
                ..one
            }],
            None,
        ),
        "done" => return Some(Step::End(Ending::Done)),
        "removed" => return Some(Step::End(Ending::CardRemoved)),
        "fault" => return Some(Step::End(Ending::CardFault)),
        "unsupported" => return Some(Step::End(Ending::Unsupported)),
        "not_decrypted" => return Some(Step::End(Ending::NotDecrypted)),
        _ => return None,
    };
    Some(Step::Show(view))
}

fn citizen() -> Choice {
    Choice {
        id: ChoiceId(1),
        holder: Some("王小明".to_owned()),
        issuer: "內政部憑證管理中心".to_owned(),
        not_after: Some(1_861_891_199),
        certificate: None,
        label: "自然人憑證".to_owned(),
        reader: Some("CASTLES EZ100PU 00 00".to_owned()),
        tries_left: Some(3),
        locked: false,
        asks: Asks::Pin,
        shortest: 6,
        longest: 8,
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

fn file() -> Choice {
    Choice {
        id: ChoiceId(3),
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
    let tries_left = Some(0);
    Choice {
        id: ChoiceId(4),
        holder: Some("陳美麗".to_owned()),
        tries_left,
        locked: true,
        ..citizen()
    }
}
