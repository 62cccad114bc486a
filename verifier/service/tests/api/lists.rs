//! Lists that are fetched count without a restart.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    time::Duration,
};

use chop_testpki::Holder;

use crate::scene::{Files, Running, card, serial, sign_in};

/// Serves the files of a folder, one connection after the other.
fn serve(folder: &std::path::Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut head) = (stream.unwrap(), [0; 4096]);
            let length = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            let path = head
                .split(' ')
                .nth(1)
                .unwrap_or("/")
                .trim_start_matches('/')
                .to_owned();
            let body = std::fs::read(folder.join(path)).unwrap_or_default();
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n"
            );
            let _ = stream.write_all(&body);
        }
    });
    format!("http://{address}")
}

#[tokio::test]
async fn fetched_lists_make_it_ready_and_refuse_revoked_cards() {
    let (lost, good) = (card(&Holder::company()), card(&Holder::other_company()));
    let files = Files::revoking(&[&serial(&lost)]);
    let lists = serve(files.folder.path());
    let toml = format!(
        "{}[revocation]\nlists = ['{lists}/root.crl', '{lists}/companies.crl']\nfolder = {:?}\n",
        files.settings("127.0.0.1:0"),
        files.path("cache"),
    );
    let service = Running::start(&toml).await;
    let mut caller = service.connect().await;
    for _ in 0..500 {
        if caller.get("/health/ready").await.status == 200 {
            assert_eq!(sign_in(&mut caller, &lost).await.code(), "revoked");
            assert_eq!(sign_in(&mut caller, &good).await.status, 200);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the lists never came");
}

#[tokio::test]
async fn while_the_lists_are_not_there_it_is_not_ready() {
    let files = Files::new();
    let toml = format!(
        "{}[revocation]\nlists = ['http://127.0.0.1:1/none']\nfolder = {:?}\n",
        files.settings("127.0.0.1:0"),
        files.path("cache"),
    );
    let service = Running::start(&toml).await;
    let answer = service.connect().await.get("/health/ready").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "not_ready"));
}

#[tokio::test]
async fn each_cards_own_list_is_asked_where_the_settings_say_so() {
    let files = Files::new();
    let lists = serve(files.folder.path());
    let company = Holder::company();
    let request = chop_testpki::Request::of(&company).lists_at(&format!("{lists}/companies.crl"));
    let card = crate::scene::pki()
        .credential(&request, chop_testpki::KeyKind::P256)
        .unwrap();
    let toml = format!(
        "{}[revocation]\nask_for_each_card = true\nallow_private_addresses = true\nfolder = {:?}\n\
         [rules]\nallow_unknown_revocation_of_authorities = true\n",
        files.settings("127.0.0.1:0"),
        files.path("cache"),
    );
    let service = Running::start(&toml).await;
    let answer = sign_in(&mut service.connect().await, &card).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn one_list_that_is_missing_makes_it_not_ready() {
    let files = Files::new();
    let lists = serve(files.folder.path());
    let toml = format!(
        "{}[revocation]\nlists = ['{lists}/root.crl', 'http://127.0.0.1:1/none']\nfolder = {:?}\n",
        files.settings("127.0.0.1:0"),
        files.path("cache"),
    );
    let service = Running::start(&toml).await;
    let mut caller = service.connect().await;
    // The good one is there and in use.
    for _ in 0..500 {
        if caller
            .get("/metrics")
            .await
            .text
            .contains("chop_verify_lists 1")
        {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        caller
            .get("/metrics")
            .await
            .text
            .contains("chop_verify_lists 1")
    );
    let answer = caller.get("/health/ready").await;
    assert_eq!((answer.status, answer.code().as_str()), (503, "not_ready"));
}

#[tokio::test]
async fn a_list_that_is_out_of_date_makes_it_not_ready_again() {
    let files = Files::new();
    let made = std::time::SystemTime::now();
    let short = chop_testpki::List::new(made)
        .between(
            made - Duration::from_secs(60),
            Some((made + Duration::from_secs(4)).into()),
        )
        .sign(crate::scene::pki().authority(chop_testpki::Issuer::Companies))
        .unwrap();
    files.write("short.crl", &short);
    let lists = serve(files.folder.path());
    let toml = format!(
        "{}[revocation]\nlists = ['{lists}/short.crl']\nfolder = {:?}\n",
        files.settings("127.0.0.1:0"),
        files.path("cache"),
    );
    let service = Running::start(&toml).await;
    let mut caller = service.connect().await;
    for expected in [200, 503] {
        let mut status = 0;
        for _ in 0..500 {
            status = caller.get("/health/ready").await.status;
            if status == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(status, expected);
    }
}
