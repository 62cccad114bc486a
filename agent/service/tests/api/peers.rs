//! Connections of other users are closed unread.
//!
//! Spec: docs/protocol.md, "Who asks", step 1; docs/threat-model.md, C-16. Needs root and the
//! programs `setpriv` and `openssl`.

use chop_service::{Arrival, Door, Peer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
};

use crate::scene::Scene;

/// What `openssl s_client` says, run by this user.
async fn client_of(user: u32, port: u16) -> String {
    let script = format!("openssl s_client -connect 127.0.0.1:{port} </dev/null 2>&1");
    let user = user.to_string();
    let arguments = [
        "--reuid",
        &user,
        "--regid",
        &user,
        "--clear-groups",
        "sh",
        "-c",
        &script,
    ]
    .map(str::to_owned);
    let output = Command::new("setpriv")
        .args(arguments)
        .output()
        .await
        .expect("setpriv starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn another_user_is_closed_unread_and_we_are_served() {
    let stage = Scene::new().start().await;

    let (other, ours) = (
        client_of(65534, stage.port).await,
        client_of(0, stage.port).await,
    );

    assert!(ours.contains("BEGIN CERTIFICATE"), "{ours}");
    // Not even a TLS alert: the connection was there, and nothing was said on it.
    assert!(
        other.contains("CONNECTED") && other.contains("read 0 bytes"),
        "{other}"
    );
    assert!(!other.contains("BEGIN CERTIFICATE"), "{other}");
}

#[tokio::test]
async fn a_stream_whose_peer_is_not_ours_is_not_read() {
    // Whose it is matters only for the log.
    let user = Peer::me().unwrap();
    for (peer, silent) in [
        (Peer::Foreign { user }, true),
        (Peer::Unknown, true),
        (Peer::Ours, false),
    ] {
        let server = Scene::new().build().server;
        let (mut ours, theirs) = tokio::io::duplex(64);
        // Nonsense, to which TLS would answer with an alert.
        ours.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        server
            .connection(
                theirs,
                Arrival {
                    peer,
                    port: 21443,
                    door: Door::Native,
                    ends: None,
                },
            )
            .await;
        let mut said = Vec::new();
        ours.read_to_end(&mut said).await.unwrap();
        assert_eq!(said.is_empty(), silent, "{peer:?} {said:?}");
    }
}
