//! The agents that have dialled: whose they are, and their lines that wait.

use std::{
    collections::{HashMap, VecDeque},
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};

use chop_service::User;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::Notify,
    time::{Instant, sleep, sleep_until, timeout, timeout_at},
};

use super::{
    Noted, Order, PROMPTLY,
    line::{self, AGENT, Message, TAKEN},
    platform::{self, Line, Listener},
};

/// So many lines of one user wait at most; a new one takes the place of the oldest. A user can so
/// fill nobody's lines but their own.
const MOST_LINES: usize = 8;
/// So many of one user's programs may be about to say who they are.
const MOST_STRANGERS: usize = 16;
/// So many lines wait at most, of all users: a person may have thousands of users (subordinate ones,
/// for containers). A new line takes the place of the oldest. With what the door has, all find room
/// among the 8192 descriptors that the unit gives.
const MOST_OF_ALL: usize = 2048;
/// So many programs of all users may be about to say who they are; twice as many where a user's agent
/// has dialled before.
const MOST_STRANGERS_OF_ALL: usize = 512;
/// Agents that lost the gate before this one have dialled anew by then: an order before would miss
/// them.
const SETTLED: Duration = Duration::from_secs(3);
/// How long an agent that was there a moment ago may take to dial again: it dials a new line when
/// it is handed one, and starts anew after an upgrade.
const PATIENCE: Duration = Duration::from_secs(2);

/// All agents, by their users.
pub(super) struct Agents {
    users: Mutex<HashMap<User, Agent>>,
    /// The port that pages use; 0 until there is one.
    port: AtomicU16,
    /// The number of the next line.
    next: AtomicU64,
    dialled: Notify,
    restart: Notify,
    noted: Noted,
    started: Instant,
}

#[derive(Default)]
struct Agent {
    /// With the number of each, which counts them all: the oldest has the lowest.
    waiting: VecDeque<(u64, Line)>,
    /// It was there when it was last wanted, or has dialled since: worth waiting for.
    known: bool,
    strangers: usize,
}

impl Agent {
    /// Whether there is anything to be remembered.
    fn is_of_use(&self) -> bool {
        self.strangers > 0 || !self.waiting.is_empty() || self.known
    }

    /// Lines whose agent has ended go. An agent has nothing to say before it is handed something.
    fn prune(&mut self) {
        let silent = |line: &Line| {
            let said = line.try_read(&mut [0]);
            said.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        };
        self.waiting.retain(|(_, line)| silent(line));
    }
}

impl Agents {
    /// Nobody yet. `noted` is told whose agent has dialled, each time.
    pub(super) fn new(noted: Noted) -> Self {
        Self {
            users: Mutex::default(),
            port: AtomicU16::default(),
            next: AtomicU64::default(),
            dialled: Notify::default(),
            restart: Notify::default(),
            noted,
            started: Instant::now(),
        }
    }

    /// From now on agents are told that pages use this port.
    pub(super) fn tell_port(&self, port: u16) {
        self.port.store(port, Ordering::Release);
    }

    /// Takes the calls, for ever.
    pub(super) async fn receive(self: Arc<Self>, mut listener: Listener) {
        loop {
            let line = match listener.accept().await {
                Ok(line) => line,
                Err(error) => {
                    tracing::warn!(%error, "an agent's call could not be taken");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            let Some(user) = platform::presumed(&line).filter(|user| self.may_speak(*user)) else {
                continue;
            };
            let agents = Arc::clone(&self);
            tokio::spawn(async move {
                // One that says nothing, or nonsense, is closed.
                let _ = agents.introduce(line).await;
                agents.has_spoken(user);
            });
        }
    }

    async fn introduce(&self, mut line: Line) -> io::Result<()> {
        let mut first = [0; 4];
        timeout(PROMPTLY, line.read_exact(&mut first)).await??;
        let user = platform::caller(&line).ok_or(io::ErrorKind::NotFound)?;
        if first == AGENT {
            let port = self.port.load(Ordering::Acquire);
            if port == 0 {
                // Nothing can be handed over yet; the agent dials again.
                return Ok(());
            }
            timeout(PROMPTLY, line.write_all(&port.to_be_bytes())).await??;
            self.add(user, line);
        } else if let Some(order) = line::read_order(first)
            && platform::may_order(user)
        {
            sleep_until(self.started + SETTLED).await;
            self.tell_all(order).await;
            line::confirm(line).await;
        }
        Ok(())
    }

    /// Whether an agent of this user has dialled.
    pub(super) fn has(&self, user: User) -> bool {
        let mut users = self.lock();
        users.get_mut(&user).is_some_and(|agent| {
            agent.prune();
            !agent.waiting.is_empty()
        })
    }

    /// Hands a connection to the agent of `user`: the line on which it has said that it takes it.
    /// `None` when there is no such agent, or none that answers.
    pub(super) async fn hand_over(&self, user: User, message: Message) -> Option<Line> {
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
            let lines = |(user, agent): (&User, &mut Agent)| {
                agent.prune();
                (*user, std::mem::take(&mut agent.waiting))
            };
            users.iter_mut().map(lines).collect()
        };
        let words = Message::Order(order).bytes();
        for (user, lines) in users {
            let (there, mut told) = (lines.len(), 0);
            for (_, mut line) in lines {
                let said = line.write_all(&words);
                told += usize::from(matches!(timeout(PROMPTLY, said).await, Ok(Ok(()))));
            }
            if there > 0 && told == 0 {
                tracing::warn!(%user, "an agent could not be told");
            }
        }
        if order == Order::Restart {
            self.restart.notify_one();
        }
    }

    fn add(&self, user: User, line: Line) {
        (self.noted)(user);
        let mut users = self.lock();
        make_room(&mut users, MOST_OF_ALL);
        let agent = users.entry(user).or_default();
        if agent.waiting.len() >= MOST_LINES {
            agent.waiting.pop_front();
        }
        let age = self.next.fetch_add(1, Ordering::Relaxed);
        agent.waiting.push_back((age, line));
        agent.known = true;
        drop(users);
        self.dialled.notify_waiters();
    }

    fn is_known(&self, user: User) -> bool {
        self.lock().get(&user).is_some_and(|agent| agent.known)
    }

    /// Whoever asks next for its agent is not kept waiting.
    fn forget(&self, user: User) {
        if let Some(agent) = self.lock().get_mut(&user) {
            agent.known = !agent.waiting.is_empty();
        }
    }

    fn take(&self, user: User) -> Option<Line> {
        let mut users = self.lock();
        let agent = users.get_mut(&user)?;
        agent.prune();
        // The youngest: the older ones may be of an agent that has ended.
        agent.waiting.pop_back().map(|(_, line)| line)
    }

    fn may_speak(&self, user: User) -> bool {
        let mut users = self.lock();
        let all: usize = users.values().map(|agent| agent.strangers).sum();
        let known = users.get(&user).is_some_and(|agent| agent.known);
        let most = match known {
            true => MOST_STRANGERS_OF_ALL * 2,
            false => MOST_STRANGERS_OF_ALL,
        };
        // Orders are heard whatever others do.
        if all >= most && !platform::may_order(user) {
            return false;
        }
        let agent = users.entry(user).or_default();
        let may = agent.strangers < MOST_STRANGERS;
        agent.strangers += usize::from(may);
        may
    }

    fn has_spoken(&self, user: User) {
        let mut users = self.lock();
        if let Some(agent) = users.get_mut(&user) {
            agent.strangers = agent.strangers.saturating_sub(1);
            if !agent.is_of_use() {
                users.remove(&user);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<User, Agent>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes the oldest line if as many wait as may. Its agent dials again.
fn make_room(users: &mut HashMap<User, Agent>, most: usize) {
    let all: usize = users.values().map(|agent| agent.waiting.len()).sum();
    if all < most {
        return;
    }
    let age = |agent: &&mut Agent| agent.waiting.front().map(|(age, _)| *age);
    let waits = users.values_mut().filter(|agent| !agent.waiting.is_empty());
    if let Some(agent) = waits.min_by_key(age) {
        agent.waiting.pop_front();
        agent.known = !agent.waiting.is_empty();
    }
    users.retain(|_, agent| agent.is_of_use());
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::net::UnixStream;

    use super::*;

    fn nobody() -> Agents {
        Agents::new(Box::new(|_| ()))
    }

    #[tokio::test]
    async fn of_too_many_lines_the_oldest_goes_whosever_it_is() {
        let agents = nobody();
        let mut ends = Vec::new();
        for user in [1, 2, 2, 3] {
            let (line, end) = UnixStream::pair().unwrap();
            agents.add(user, line);
            ends.push(end);
        }
        let mut users = agents.lock();
        let waiting = |users: &HashMap<User, Agent>| {
            let of = |user| users.get(&user).map_or(0, |agent| agent.waiting.len());
            [of(1), of(2), of(3)]
        };

        make_room(&mut users, 5);
        assert_eq!(waiting(&users), [1, 2, 1]);
        make_room(&mut users, 4);
        assert_eq!(waiting(&users), [0, 2, 1]);
        make_room(&mut users, 3);
        assert_eq!(waiting(&users), [0, 1, 1]);
        assert!(!users.contains_key(&1));
    }

    #[tokio::test]
    async fn one_persons_many_users_leave_room_for_others() {
        // So that it ends before the descriptors do.
        let agents = nobody();
        let (line, _end) = UnixStream::pair().unwrap();
        agents.add(1000, line);
        let spoken = (1001..70_000).filter(|user| agents.may_speak(*user));
        assert_eq!(spoken.count(), MOST_STRANGERS_OF_ALL);
        // Whose agent was there before, and who gives orders, are heard all the same.
        assert!(agents.may_speak(1000) && agents.may_speak(0));
        for user in [0, 1000, 1001] {
            agents.has_spoken(user);
        }
        assert!(agents.may_speak(70_000) && !agents.may_speak(70_001));
    }
}
