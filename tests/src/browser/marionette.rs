//! Firefox's Marionette protocol over TCP: `LENGTH:[0, id, command, parameters]` and the answer
//! `LENGTH:[1, id, error, result]`, one call at a time.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// No call may take longer; scripts and page loads have shorter limits of their own.
const CALL: Duration = Duration::from_secs(60);

/// Answers longer than this are not ours (a screenshot is about 100 kB).
const LONGEST: usize = 64 << 20;

/// The one connection that Firefox serves.
#[derive(Debug)]
pub(super) struct Connection {
    stream: BufReader<TcpStream>,
    next: u64,
}

impl Connection {
    /// Connects and reads Firefox's greeting.
    pub(super) async fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let mut connection = Self {
            stream: BufReader::new(stream),
            next: 1,
        };
        tokio::time::timeout(CALL, connection.message()).await??;
        Ok(connection)
    }

    /// Calls a command and gives its result.
    pub(super) async fn call(&mut self, command: &str, parameters: Value) -> Result<Value> {
        let id = self.next;
        self.next += 1;
        let text = json!([0, id, command, parameters]).to_string();
        let message = format!("{}:{text}", text.len());
        self.stream.get_mut().write_all(message.as_bytes()).await?;

        let answer = tokio::time::timeout(CALL, self.message())
            .await
            .with_context(|| format!("no answer to {command}"))??;
        let part = |index: usize| answer.get(index).cloned().unwrap_or(Value::Null);
        ensure!(
            part(1) == json!(id),
            "{command}: an answer to something else"
        );
        let error = part(2);
        if !error.is_null() {
            let word = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
            bail!("{command}: {} ({})", word("message"), word("error"));
        }
        Ok(part(3))
    }

    async fn message(&mut self) -> Result<Value> {
        let mut length = 0_usize;
        loop {
            match self.stream.read_u8().await.context("Firefox has ended")? {
                b':' => break,
                digit @ b'0'..=b'9' => length = length * 10 + usize::from(digit - b'0'),
                other => bail!("byte {other:#x} in the length of a message"),
            }
            ensure!(length <= LONGEST, "a message of {length} bytes");
        }
        let mut text = vec![0; length];
        self.stream.read_exact(&mut text).await?;
        Ok(serde_json::from_slice(&text)?)
    }
}
