//! With a shell script in place of the window; `tests/api` has the window itself.

use std::{fs, path::Path, process::Command as Blocking};

use chop_service::{Caller, Purpose};
use pipe::blocking;

use super::*;

/// A program that reads the request, then says `frames` and then runs `after`.
fn window_that_says(folder: &Path, frames: &[u8], after: &str) -> WindowConsent {
    fs::write(folder.join("frames"), frames).unwrap();
    let program = folder.join("window");
    let script = format!(
        "#!/bin/sh\ncat '{}'\n{after}\n",
        folder.join("frames").display()
    );
    // By a process of its own: while we had it open for writing, a child that another test has just
    // forked would have it open too, and such a file cannot be run (ETXTBSY).
    let written = Blocking::new("sh")
        .args(["-c", r#"printf %s "$1" > "$0" && chmod 700 "$0""#])
        .args([program.as_os_str(), script.as_ref()])
        .status()
        .unwrap();
    assert!(written.success());
    window(program)
}

fn window(program: PathBuf) -> WindowConsent {
    WindowConsent::new(program, watch::Sender::new(Language::CHINESE)).theme(Theme::Light)
}

fn says(messages: &[FromWindow]) -> Vec<u8> {
    let mut frames = Vec::new();
    for message in messages {
        let json = serde_json::to_vec(message).unwrap();
        blocking::write_message(&mut frames, &json).unwrap();
        let secrets: &[&[u8]] = match message {
            FromWindow::Entered(_) => &[b"123456"],
            FromWindow::Changed(..) => &[b"123456", b"654321"],
            _ => &[],
        };
        for secret in secrets {
            blocking::write_secret(&mut frames, &Pin::from(secret.to_vec())).unwrap();
        }
    }
    frames
}

fn request() -> ConsentRequest {
    ConsentRequest {
        caller: Caller::Site("https://bank.example".parse().unwrap()),
        purpose: Purpose::SignIn,
        time: Duration::from_secs(60),
    }
}

#[tokio::test]
async fn a_pin_arrives_with_the_certificate_it_is_for() {
    let folder = tempfile::tempdir().unwrap();
    let frames = says(&[FromWindow::Opened, FromWindow::Entered(ChoiceId(7))]);
    let consent = window_that_says(folder.path(), &frames, "cat > /dev/null");

    let mut window = consent.open(&request()).await.unwrap();

    let Event::Entered { choice, pin } = window.next().await else {
        panic!("no PIN")
    };
    assert_eq!((choice, pin.expose()), (ChoiceId(7), &b"123456"[..]));
}

#[tokio::test]
async fn without_a_display_no_window_opens() {
    let folder = tempfile::tempdir().unwrap();
    let consent = window_that_says(folder.path(), &says(&[FromWindow::NoDisplay]), "exit 3");

    let error = consent.open(&request()).await.unwrap_err();

    assert!(matches!(error, ConsentError::NoDisplay), "{error:?}");
}

#[tokio::test]
async fn a_window_that_dies_before_it_opens_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let consent = window_that_says(folder.path(), b"", "exit 1");

    let error = consent.open(&request()).await.unwrap_err();

    assert!(matches!(error, ConsentError::Failed(_)), "{error:?}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_a_failure() {
    let consent = window("/nowhere/chop".into());
    assert!(matches!(
        consent.open(&request()).await,
        Err(ConsentError::Failed(_))
    ));
}

#[tokio::test]
async fn a_window_that_dies_counts_as_closed_however_often_one_asks() {
    let folder = tempfile::tempdir().unwrap();
    let consent = window_that_says(folder.path(), &says(&[FromWindow::Opened]), "exit 1");

    let mut window = consent.open(&request()).await.unwrap();

    for _ in 0..2 {
        assert!(matches!(window.next().await, Event::Closed));
    }
}

#[tokio::test]
async fn an_event_survives_a_call_that_was_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let go = folder.path().join("go");
    let made = std::process::Command::new("mkfifo")
        .arg(&go)
        .status()
        .unwrap();
    assert!(made.success());
    let later = folder.path().join("later");
    fs::write(&later, says(&[FromWindow::TimedOut])).unwrap();
    let after = format!(
        "read line < '{}'\ncat '{}'\ncat > /dev/null",
        go.display(),
        later.display()
    );
    let consent = window_that_says(folder.path(), &says(&[FromWindow::Opened]), &after);
    let mut window = consent.open(&request()).await.unwrap();

    tokio::select! {
        biased;
        _ = window.next() => panic!("nothing has happened yet"),
        () = std::future::ready(()) => {}
    }
    tokio::task::spawn_blocking(move || fs::write(go, "\n"))
        .await
        .unwrap()
        .unwrap();

    assert!(matches!(window.next().await, Event::TimedOut));
}

#[tokio::test]
async fn a_dropped_window_ends_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let consent = window_that_says(
        folder.path(),
        &says(&[FromWindow::Opened]),
        "exec sleep 1000",
    );
    let window = consent.open(&request()).await.unwrap();
    let process = window.child.id().unwrap();

    drop(window);

    // The process is a zombie until the runtime has reaped it, then it is not there.
    let status = Path::new("/proc").join(process.to_string()).join("stat");
    while fs::read_to_string(&status).is_ok_and(|stat| !stat.contains(") Z")) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_window_learns_request_view_and_ending_in_this_order() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let frames = says(&[FromWindow::Opened]);
    // Ends once it has heard the ending, which closes its output.
    let after = format!("cat > '{}'", heard.display());
    let consent = window_that_says(folder.path(), &frames, &after);
    let mut window = consent.open(&request()).await.unwrap();

    window.show(&View::NoCard).await;
    // Dropping the sender closes the child's input after everything has been written.
    let PromptWindow {
        mut child,
        to_window,
        ..
    } = window;
    to_window.send(ToWindow::End(Ending::Done)).unwrap();
    drop(to_window);
    assert!(child.wait().await.unwrap().success());

    let heard = fs::read(heard).unwrap();
    let mut rest = &heard[..];
    let mut next = || match blocking::read(&mut rest).unwrap() {
        Some(Frame::Message(json)) => String::from_utf8(json).unwrap(),
        _ => panic!("not a message"),
    };
    assert_eq!(
        next(),
        r#"{"language":"zh-TW","dark":false,"about":{"site":{"origin":"https://bank.example","owner":{"start":8,"end":20},"caller":"site","purpose":"sign_in","seconds":60}}}"#
    );
    assert_eq!(next(), r#"{"show":"no_card"}"#);
    assert_eq!(next(), r#"{"end":"done"}"#);
}

#[tokio::test]
async fn a_language_chosen_in_one_window_is_that_of_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let frames = says(&[
        FromWindow::Opened,
        FromWindow::Spoke(Language::ENGLISH),
        FromWindow::Closed,
    ]);
    let consent = window_that_says(folder.path(), &frames, "cat > /dev/null");

    let mut window = consent.open(&request()).await.unwrap();

    assert!(matches!(window.next().await, Event::Closed));
    assert_eq!(*consent.language.borrow(), Language::ENGLISH);
}

#[tokio::test]
async fn a_new_pin_arrives_with_the_one_that_holds() {
    let folder = tempfile::tempdir().unwrap();
    let changed = FromWindow::Changed(ChoiceId(3), PinTask::Change);
    let frames = says(&[FromWindow::Opened, changed]);
    let windows = window_that_says(folder.path(), &frames, "cat > /dev/null");

    let mut window = windows
        .open_about(About::Pin(PinTask::Change))
        .await
        .unwrap();

    let Some(Answer::Changed {
        choice, old, new, ..
    }) = window.heard().await
    else {
        panic!("no change")
    };
    assert_eq!(choice, ChoiceId(3));
    assert_eq!(
        (old.expose(), new.expose()),
        (&b"123456"[..], &b"654321"[..])
    );
}
