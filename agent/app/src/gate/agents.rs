//! The agents that have dialled: whose they are, and their lines that wait.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    sync::Notify,
    time::{Instant, sleep, timeout, timeout_at},
};

use super::{
    Order, PROMPTLY,
    line::{self, AGENT, Message, TAKEN},
};

/// So many lines of one user wait at most; a new one takes the place of the oldest. A user can so
/// fill nobody's lines but their own.
const MOST_LINES: usize = 8;
/// So many of one user's programs may be about to say who they are.
const MOST_STRANGERS: usize = 16;
/// How long an agent that was there a moment ago may take to dial again: it dials a new line when
/// it is handed one, and starts anew after an upgrade.
const PATIENCE: Duration = Duration::from_secs(2);

/// All agents, by the numbers of their users.
#[derive(Default)]
pub(super) struct Agents {
    users: Mutex<HashMap<u32, Agent>>,
    /// The port that pages use; 0 until there is one.
    port: AtomicU16,
    dialled: Notify,
    restart: Notify,
}

#[derive(Default)]
struct Agent {
    waiting: VecDeque<UnixStream>,
    /// It was there when it was last wanted, or has dialled since: worth waiting for.
    known: bool,
    strangers: usize,
}

impl Agent {
    /// Lines whose agent has ended go. An agent has nothing to say before it is handed something.
    fn prune(&mut self) {
        let silent = |line: &UnixStream| {
            let said = line.try_read(&mut [0]);
            said.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        };
        self.waiting.retain(silent);
    }
}

impl Agents {
    /// From now on agents are told that pages use this port.
    pub(super) fn tell_port(&self, port: u16) {
        self.port.store(port, Ordering::Release);
    }

    /// Takes the calls, for ever.
    pub(super) async fn receive(self: Arc<Self>, listener: UnixListener) {
        loop {
            let line = match listener.accept().await {
                Ok((line, _)) => line,
                Err(error) => {
                    tracing::warn!(%error, "an agent's call could not be taken");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            // The kernel noted it when the line was dialled; it cannot change afterwards.
            let Ok(user) = line.peer_cred().map(|peer| peer.uid()) else {
                continue;
            };
            if !self.may_speak(user) {
                continue;
            }
            let agents = Arc::clone(&self);
            tokio::spawn(async move {
                // One that says nothing, or nonsense, is closed.
                let _ = agents.introduce(line, user).await;
                agents.has_spoken(user);
            });
        }
    }

    async fn introduce(&self, mut line: UnixStream, user: u32) -> io::Result<()> {
        let mut first = [0; 4];
        timeout(PROMPTLY, line.read_exact(&mut first)).await??;
        if first == AGENT {
            let port = self.port.load(Ordering::Acquire);
            if port == 0 {
                // Nothing can be handed over yet; the agent dials again.
                return Ok(());
            }
            timeout(PROMPTLY, line.write_all(&port.to_be_bytes())).await??;
            self.add(user, line);
        } else if let Some(order) = line::read_order(first)
            && user == 0
        {
            self.tell_all(order).await;
            line::confirm(line).await;
        }
        Ok(())
    }

    /// Whether an agent of this user has dialled.
    pub(super) fn has(&self, user: u32) -> bool {
        let mut users = self.lock();
        users.get_mut(&user).is_some_and(|agent| {
            agent.prune();
            !agent.waiting.is_empty()
        })
    }

    /// Hands a connection to the agent of `user`: the line on which it has said that it takes it.
    /// `None` when there is no such agent, or none that answers.
    pub(super) async fn hand_over(&self, user: u32, message: Message) -> Option<UnixStream> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let dialled = self.dialled.notified();
            let line = self.take(user);
            let Some(mut line) = line else {
                if !self.is_known(user) || timeout_at(deadline, dialled).await.is_err() {
                    self.forget(user);
                    return None;
                }
                continue;
            };
            let asked = async {
                line.write_all(&message.bytes()).await?;
                line.read_u8().await
            };
            // A line whose agent has ended, or hangs, is no line.
            if let Ok(Ok(TAKEN)) = timeout(PROMPTLY, asked).await {
                return Some(line);
            }
        }
    }

    /// Waits until somebody has said that there is another version.
    pub(super) async fn restart_ordered(&self) {
        self.restart.notified().await;
    }

    /// Tells every agent. A user's lines may be of several agents, one that has ended and the one
    /// after it, so all of them are told; an agent that hears it twice has ended by then.
    async fn tell_all(&self, order: Order) {
        let users: Vec<_> = {
            let mut users = self.lock();
            let lines = |(user, agent): (&u32, &mut Agent)| {
                agent.prune();
                (*user, std::mem::take(&mut agent.waiting))
            };
            users.iter_mut().map(lines).collect()
        };
        let words = Message::Order(order).bytes();
        for (user, lines) in users {
            let (there, mut told) = (lines.len(), 0);
            for mut line in lines {
                let said = line.write_all(&words);
                told += usize::from(matches!(timeout(PROMPTLY, said).await, Ok(Ok(()))));
            }
            if there > 0 && told == 0 {
                tracing::warn!(user, "an agent could not be told");
            }
        }
        if order == Order::Restart {
            self.restart.notify_one();
        }
    }

    fn add(&self, user: u32, line: UnixStream) {
        let mut users = self.lock();
        let agent = users.entry(user).or_default();
        if agent.waiting.len() >= MOST_LINES {
            agent.waiting.pop_front();
        }
        agent.waiting.push_back(line);
        agent.known = true;
        drop(users);
        self.dialled.notify_waiters();
    }

    fn is_known(&self, user: u32) -> bool {
        self.lock().get(&user).is_some_and(|agent| agent.known)
    }

    /// Whoever asks next for its agent is not kept waiting.
    fn forget(&self, user: u32) {
        if let Some(agent) = self.lock().get_mut(&user) {
            agent.known = !agent.waiting.is_empty();
        }
    }

    fn take(&self, user: u32) -> Option<UnixStream> {
        let mut users = self.lock();
        let agent = users.get_mut(&user)?;
        agent.prune();
        // The youngest: the older ones may be of an agent that has ended.
        agent.waiting.pop_back()
    }

    fn may_speak(&self, user: u32) -> bool {
        let mut users = self.lock();
        let agent = users.entry(user).or_default();
        let may = agent.strangers < MOST_STRANGERS;
        agent.strangers += usize::from(may);
        may
    }

    fn has_spoken(&self, user: u32) {
        let mut users = self.lock();
        if let Some(agent) = users.get_mut(&user) {
            agent.strangers = agent.strangers.saturating_sub(1);
            if agent.strangers == 0 && agent.waiting.is_empty() && !agent.known {
                users.remove(&user);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Agent>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
