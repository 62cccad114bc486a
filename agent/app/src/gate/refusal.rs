//! What a page is told when no agent runs for the person whose browser asks.

use std::io;

use chop_protocol::{ErrorCode, Problem};
use chop_service::Door;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

use super::PROMPTLY;
use crate::text::doctor::hipki::INSTALLED;

/// So much of a request is read, in bytes, so that the answer is not lost to a reset.
const MOST: u64 = 64 * 1024;

/// What is between headers and body.
///
/// Spec: RFC 9112 §2.1.
const END_OF_HEADERS: &[u8] = b"\r\n\r\n";

/// Answers whatever comes, and ends. Nothing of it is looked at but where its headers end; what
/// comes after them is thrown away.
pub(super) async fn answer<S>(door: Door, mut stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let said = async {
        let mut read = 0;
        headers(&mut stream, &mut read).await?;
        stream.write_all(text(door).as_bytes()).await?;
        stream.shutdown().await?;
        // A body that is on its way: closed upon, it would take the answer with it.
        let mut rest = (&mut stream).take(MOST.saturating_sub(read));
        timeout(PROMPTLY, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await?
    };
    // How it ends is the client's concern.
    let _ = timeout(PROMPTLY * 5, said).await;
}

/// Reads until the headers have ended, or there is nothing more; counts what it reads.
async fn headers(stream: &mut (impl AsyncRead + Unpin), read: &mut u64) -> io::Result<()> {
    let mut limited = stream.take(MOST);
    let mut all = Vec::new();
    loop {
        let from = all.len().saturating_sub(END_OF_HEADERS.len() - 1);
        let new = limited.read_buf(&mut all).await?;
        *read = all.len() as u64;
        let tail = all.get(from..).unwrap_or_default();
        let ended = |four: &[u8]| four == END_OF_HEADERS;
        if new == 0 || tail.windows(END_OF_HEADERS.len()).any(ended) {
            return Ok(());
        }
    }
}

/// The whole answer. Every site may read it, because the gate does not know which one asks: it is
/// the same for everybody and says that Chop is installed for everybody on this machine, which no
/// closed port would say, and nothing of people, cards or readers.
///
/// Spec: docs/protocol.md, "Who asks".
fn text(door: Door) -> String {
    let (kind, extra, body) = match door {
        Door::Native => {
            let problem = Problem::from(ErrorCode::NoAgent);
            let json = serde_json::to_string(&problem).unwrap_or_default();
            (
                "application/json",
                "Access-Control-Allow-Origin: *\r\n",
                json,
            )
        }
        Door::Hipki => (
            "text/plain; charset=utf-8",
            "",
            format!(
                "{INSTALLED}請啟動 Chop，或重新登入電腦。\n\
                 Chop is installed, but no agent runs for this user. Start it, or sign in to the \
                 computer anew.\n"
            ),
        ),
    };
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{extra}\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\nReferrer-Policy: no-referrer\r\n\
         Vary: origin\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What a client is told that sends these parts, one after the other, and never closes.
    async fn told(door: Door, parts: &[&[u8]]) -> String {
        let (mut client, gate) = tokio::io::duplex(256 * 1024);
        let gate = tokio::spawn(answer(door, gate));
        for part in parts {
            client.write_all(part).await.unwrap();
            tokio::task::yield_now().await;
        }
        let mut said = String::new();
        let at_once = Duration::from_secs(1);
        let read = timeout(at_once, client.read_to_string(&mut said)).await;
        read.expect("the answer waits").unwrap();
        drop(client);
        gate.await.unwrap();
        said
    }

    const REQUEST: &[u8] =
        b"POST /v1/sign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n";

    #[tokio::test]
    async fn a_request_with_a_body_is_answered_at_once() {
        let (start, end) = REQUEST.split_at(REQUEST.len() - 2);
        let with_body = [REQUEST, b"body"].concat();
        for parts in [
            &[REQUEST][..],
            &[&with_body[..]],
            &[REQUEST, b"body"],
            &[start, end, b"body"],
        ] {
            let said = told(Door::Native, parts).await;
            assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
        }
    }

    #[tokio::test]
    async fn the_answer_is_these_bytes_and_no_others() {
        assert_eq!(
            told(Door::Native, &[REQUEST]).await,
            "HTTP/1.1 503 Service Unavailable\r\n\
             Content-Type: application/json\r\n\
             Content-Length: 19\r\n\
             Access-Control-Allow-Origin: *\r\n\
             Cache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\n\
             Referrer-Policy: no-referrer\r\n\
             Vary: origin\r\n\
             Connection: close\r\n\r\n\
             {\"code\":\"no_agent\"}"
        );
        let room = told(Door::Hipki, &[REQUEST]).await;
        assert!(!room.contains("Allow-Origin"), "{room}");
    }

    #[tokio::test]
    async fn headers_without_end_are_answered_too() {
        let endless = vec![b'x'; 100 * 1024];
        let said = told(Door::Native, &[&endless]).await;
        assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    }
}
