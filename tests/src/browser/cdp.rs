//! Chromium's DevTools protocol over its debugging pipe: JSON messages, each ended by a zero byte.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{Mutex as AsyncMutex, oneshot};

/// No call may take longer: scripts that wait for a person are asked again by the test instead.
const CALL: Duration = Duration::from_secs(60);

/// The connection to one browser, shared by its pages.
#[derive(Debug)]
pub(super) struct Connection {
    input: AsyncMutex<ChildStdin>,
    next: AtomicU64,
    state: Arc<Mutex<State>>,
}

/// What the reading task and the callers share.
#[derive(Debug, Default)]
struct State {
    waiting: HashMap<u64, oneshot::Sender<Value>>,
    /// What pages said on their consoles, with the session that said it.
    console: Vec<(String, String)>,
}

impl Connection {
    /// Takes over the two ends of the pipe; reading goes on in a task until the browser ends.
    pub(super) fn new(input: ChildStdin, output: ChildStdout) -> Arc<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        tokio::spawn(read(BufReader::new(output), Arc::clone(&state)));
        Arc::new(Self {
            input: AsyncMutex::new(input),
            next: AtomicU64::new(1),
            state,
        })
    }

    /// Calls a method of the browser itself, or of the page behind `session`.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let (Some(session), Some(message)) = (session, message.as_object_mut()) {
            message.insert("sessionId".into(), session.into());
        }
        let (sender, receiver) = oneshot::channel();
        lock(&self.state).waiting.insert(id, sender);

        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.input
            .lock()
            .await
            .write_all(&bytes)
            .await
            .context("the browser has gone")?;

        let answer = tokio::time::timeout(CALL, receiver)
            .await
            .map_err(|_| anyhow!("no answer to {method}"))?
            .map_err(|_| anyhow!("the browser ended during {method}"))?;
        if let Some(error) = answer.get("error") {
            bail!("{method}: {error}");
        }
        Ok(answer.get("result").cloned().unwrap_or(Value::Null))
    }

    /// What the page behind `session` has said on its console, a line each.
    pub(super) fn console(&self, session: &str) -> String {
        let state = lock(&self.state);
        let lines = state.console.iter().filter(|(of, _)| of == session);
        lines.map(|(_, line)| format!("{line}\n")).collect()
    }
}

async fn read(mut output: BufReader<ChildStdout>, state: Arc<Mutex<State>>) {
    let mut bytes = Vec::new();
    while output
        .read_until(0, &mut bytes)
        .await
        .is_ok_and(|length| length > 0)
    {
        let message = serde_json::from_slice(bytes.strip_suffix(&[0]).unwrap_or(&bytes));
        bytes.clear();
        let Ok(message): Result<Value, _> = message else {
            continue;
        };
        let mut state = lock(&state);
        if let Some(id) = message.get("id").and_then(Value::as_u64) {
            if let Some(sender) = state.waiting.remove(&id) {
                // A caller that gave up has dropped its end; that is fine.
                let _ = sender.send(message);
            }
        } else if let Some(line) = console_line(&message) {
            let session = message.get("sessionId").and_then(Value::as_str);
            state
                .console
                .push((session.unwrap_or_default().to_owned(), line));
        }
    }
    // Callers that still wait learn that the browser has ended.
    lock(&state).waiting.clear();
}

/// A console message, uncaught exception or browser complaint as one line; `None` for other events.
fn console_line(event: &Value) -> Option<String> {
    let params = event.get("params")?;
    match event.get("method")?.as_str()? {
        "Runtime.consoleAPICalled" => {
            let arguments = params.get("args")?.as_array()?.iter();
            let text = |argument: &Value| {
                let value = argument.get("value").or(argument.get("description"));
                value.map_or_else(String::new, ToString::to_string)
            };
            let words: Vec<_> = arguments.map(text).collect();
            Some(format!("console: {}", words.join(" ")))
        }
        "Runtime.exceptionThrown" => {
            let thrown = params.pointer("/exceptionDetails/exception/description")?;
            Some(format!("uncaught: {thrown}"))
        }
        "Log.entryAdded" => {
            let entry = params.get("entry")?;
            Some(format!(
                "browser: {} {}",
                entry.get("text")?,
                entry.get("url").unwrap_or(&Value::Null)
            ))
        }
        _ => None,
    }
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
