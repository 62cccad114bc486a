//! The question whether a caller may, and its answer.
//!
//! A question stays when its page goes. Pages close their popup by a clock of their own, of seconds,
//! and come again by themselves: the person reads on, and the page finds the answer.
//!
//! Spec: docs/hicos.md, "Who may".

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use tokio::{sync::watch, time::timeout};

use super::{
    access::{BUSY, COOLING_DOWN, Refusal, may_last},
    code::Major,
};
use crate::{
    Caller, Consent, ConsentRequest, Decision, Ending, Event, Keys, Purpose, Scope, Service, View,
    Window, operation::Attempt,
};

/// How long a window may take to appear.
const OPENING: Duration = Duration::from_secs(15);
/// A window that does not end by itself is given up this long after its time.
const GRACE: Duration = Duration::from_secs(15);
/// Who was let in once can look again for so long: pages look, and then sign.
const LOOKING_AGAIN: Duration = Duration::from_secs(120);
/// How many are remembered to have been let in once.
const MOST: usize = 64;

/// Why the person has not decided.
enum Undecided {
    /// No window could be shown.
    NoWindow,
    /// It was closed.
    Closed,
    /// Its time ran out.
    Late,
}

/// What came of a question; `None` as long as it is open.
type Answer = Option<Result<(), Refusal>>;

/// Asks the person, one question at a time.
pub(super) struct Questions<C, K> {
    service: Arc<Service<C, K>>,
    once: Mutex<Once>,
    open: Mutex<Option<Open>>,
}

/// The question that was asked last.
struct Open {
    caller: Caller,
    scope: Scope,
    /// Gone once it is answered.
    told: Weak<watch::Sender<Answer>>,
}

/// Callers that were let in once.
#[derive(Debug, Default)]
struct Once(Vec<LetIn>);

#[derive(Debug)]
struct LetIn {
    caller: String,
    until: Instant,
    /// [`crate::memory::Grants::forgotten`] at that time: whoever forgets grants means this too.
    forgotten: u64,
    /// What the person said yes to, until whoever waits for it, or comes again, has it.
    unspent: Option<Scope>,
}

impl LetIn {
    fn holds(&self, now: Instant, forgotten: u64) -> bool {
        now < self.until && self.forgotten == forgotten
    }
}

impl Once {
    fn add(&mut self, caller: &str, now: Instant, forgotten: u64, unspent: Option<Scope>) {
        self.0
            .retain(|it| it.caller != caller && it.holds(now, forgotten));
        if self.0.len() < MOST {
            self.0.push(LetIn {
                caller: caller.to_owned(),
                until: now + LOOKING_AGAIN,
                forgotten,
                unspent,
            });
        }
    }

    fn has(&self, caller: &str, now: Instant, forgotten: u64) -> bool {
        let is = |it: &LetIn| it.caller == caller && it.holds(now, forgotten);
        self.0.iter().any(is)
    }

    fn spend(&mut self, caller: &str, scope: Scope, now: Instant, forgotten: u64) -> bool {
        let is = |it: &&mut LetIn| it.caller == caller && it.holds(now, forgotten);
        let found = self.0.iter_mut().find(is);
        found.is_some_and(|it| it.unspent.take_if(|unspent| *unspent == scope).is_some())
    }
}

impl<C: Consent, K: Keys> Questions<C, K> {
    pub(super) fn new(service: Arc<Service<C, K>>) -> Self {
        Self {
            service,
            once: Mutex::default(),
            open: Mutex::default(),
        }
    }

    /// Whether the caller was let in once, and may look again.
    pub(super) fn was_let_in(&self, name: &str) -> bool {
        let forgotten = self.service.memory.grants.forgotten();
        self.once().has(name, Instant::now(), forgotten)
    }

    /// Whether the person has said yes to exactly this, once, and nobody has had it. Now somebody has.
    pub(super) fn was_answered(&self, name: &str, scope: Scope) -> bool {
        let forgotten = self.service.memory.grants.forgotten();
        self.once().spend(name, scope, Instant::now(), forgotten)
    }

    /// Asks, or waits for the answer to what was asked before by a page that has gone.
    pub(super) async fn ask(
        self: &Arc<Self>,
        caller: &Caller,
        scope: Scope,
    ) -> Result<(), Refusal> {
        let mut answer = self.question(caller, scope)?;
        let answered = answer.wait_for(Option::is_some).await;
        let answered = answered.map_or(None, |answer| *answer);
        if answered == Some(Ok(())) {
            self.was_answered(&caller.name(), scope);
        }
        // Its task has ended without a word: the agent ends.
        answered.unwrap_or_else(|| Err(Major::Cancelled.into()))
    }

    fn question(
        self: &Arc<Self>,
        caller: &Caller,
        scope: Scope,
    ) -> Result<watch::Receiver<Answer>, Refusal> {
        let busy = || Refusal {
            fault: Major::Timeout.into(),
            words: Some(BUSY),
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = &*open
            && let Some(told) = it.told.upgrade()
        {
            // One yes is for one: nobody joins who still waits.
            let is_left = told.receiver_count() == 0 && it.caller == *caller && it.scope == scope;
            return is_left.then(|| told.subscribe()).ok_or_else(busy);
        }
        let clock = &self.service.settings.clock;
        let cooling = self.service.memory.cool_down.check(caller, clock.now());
        cooling.map_err(|_| Refusal {
            fault: Major::Untrusted.into(),
            words: Some(COOLING_DOWN),
        })?;
        if self.service.turn.available_permits() == 0 {
            return Err(busy());
        }
        let (told, answer) = watch::channel(None);
        let told = Arc::new(told);
        *open = Some(Open {
            caller: caller.clone(),
            scope,
            told: Arc::downgrade(&told),
        });
        let (questions, caller) = (Arc::clone(self), caller.clone());
        tokio::spawn(async move {
            let answer = tokio::select! {
                biased;
                answer = questions.answer(&caller, scope) => answer,
                () = questions.service.ending() => Err(Major::Cancelled.into()),
            };
            told.send_replace(Some(answer));
        });
        Ok(answer)
    }

    /// The person's answer, which is remembered.
    async fn answer(&self, caller: &Caller, scope: Scope) -> Result<(), Refusal> {
        let service = &self.service;
        let clock = &service.settings.clock;
        let _turn = service.turn.try_acquire().map_err(|_| Refusal {
            fault: Major::Timeout.into(),
            words: Some(BUSY),
        })?;
        let mut attempt = Attempt::new(&service.memory.cool_down, caller, clock);
        let may_last = may_last(caller, scope);
        let decision = match self.decision(caller, scope, may_last).await {
            Ok(decision) => decision,
            Err(Undecided::NoWindow) => {
                attempt.could_not_open();
                return Err(Major::Timeout.into());
            }
            // Counted, when the attempt is dropped: closing is how people bear a window that comes
            // again and again. Pages then say how to be let in, which is the page of /addDomain.
            Err(Undecided::Closed) => return Err(Major::Untrusted.into()),
            Err(Undecided::Late) => return Err(Major::Cancelled.into()),
        };
        attempt.cost_nothing();
        let name = caller.name();
        let grants = &service.memory.grants;
        match decision {
            Decision::Always if may_last => {
                grants.remember(&name, Some(scope), clock.now());
                Ok(())
            }
            Decision::Once | Decision::Always => {
                // A PIN is changed for whoever waits, or not at all.
                let unspent = (scope != Scope::ChangePin).then_some(scope);
                let forgotten = grants.forgotten();
                self.once().add(&name, Instant::now(), forgotten, unspent);
                Ok(())
            }
            Decision::Block => {
                grants.remember(&name, None, clock.now());
                Err(Major::Untrusted.into())
            }
        }
    }

    /// What the person decides.
    async fn decision(
        &self,
        caller: &Caller,
        scope: Scope,
        may_last: bool,
    ) -> Result<Decision, Undecided> {
        let time = self.service.settings.window_time;
        let request = ConsentRequest {
            caller: caller.clone(),
            purpose: Purpose::Access { scope, may_last },
            time,
        };
        let opening = timeout(OPENING, self.service.consent.open(&request));
        let mut window = match opening.await {
            Ok(Ok(window)) => window,
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "no window");
                return Err(Undecided::NoWindow);
            }
            Err(_) => return Err(Undecided::NoWindow),
        };
        window.show(&View::Deciding).await;
        let answer = async {
            loop {
                match window.next().await {
                    Event::Decided(decision) => return Ok(decision),
                    Event::Closed => return Err(Undecided::Closed),
                    Event::TimedOut => return Err(Undecided::Late),
                    Event::Entered { .. } | Event::Agreed { .. } => {}
                }
            }
        };
        let answer = timeout(time + GRACE, answer).await;
        let answer = answer.unwrap_or(Err(Undecided::Late));
        window.end(Ending::PageGone);
        answer
    }

    fn once(&self) -> MutexGuard<'_, Once> {
        self.once.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
