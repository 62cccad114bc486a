//! What a page is told when no agent runs for the person whose browser asks.

use chop_protocol::{ErrorCode, Problem};
use chop_service::Door;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    time::timeout,
};

use super::PROMPTLY;

/// So much of a request is read, so that the answer is not lost to a reset.
const MOST: u64 = 64 * 1024;

/// Answers whatever comes, and ends. Nothing of it is looked at but where its headers end.
pub(super) async fn answer<S>(door: Door, mut stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let said = async {
        let mut limited = (&mut stream).take(MOST);
        let mut end = Vec::new();
        while !end.ends_with(b"\r\n\r\n") {
            if limited.read_buf(&mut end).await? == 0 {
                break;
            }
        }
        stream.write_all(text(door).as_bytes()).await?;
        stream.shutdown().await
    };
    // How it ends is the client's concern.
    let _ = timeout(PROMPTLY * 5, said).await;
}

/// The whole answer. Any site may read it: it is the same for everybody, and says no more than a
/// closed port would.
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
            "Chop 已安裝，但此使用者目前沒有執行 Chop。請啟動 Chop，或重新登入電腦。\n\
             Chop is installed, but no agent runs for this user. Start it, or sign in to the \
             computer anew.\n"
                .to_owned(),
        ),
    };
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{extra}\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
