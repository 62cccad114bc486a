//! Whether a caller may: by policy, by what the person has said before, by asking the person.
//!
//! Spec: docs/hicos.md, "Who may".

use std::time::{Duration, Instant};

use chop_protocol::Origin;
use tokio::time::timeout;

use super::{
    Room,
    code::{Fault, Major},
    programs,
};
use crate::{
    Caller, Consent, ConsentRequest, Decision, Ending, Event, Keys, Purpose, Scope, View, Window,
    memory::Standing, operation::Attempt,
};

/// How long a window may take to appear.
const OPENING: Duration = Duration::from_secs(15);
/// A window that does not end by itself is given up this long after its time.
const GRACE: Duration = Duration::from_secs(15);
/// Who was let in once can look again for so long: pages look, and then sign.
const LOOKING_AGAIN: Duration = Duration::from_secs(120);
/// How many are remembered to have been let in once.
const MOST: usize = 64;

/// Why a caller may not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    pub(super) fault: Fault,
    /// What the person reads instead of the fault's words.
    pub(super) words: Option<&'static str>,
}

impl From<Major> for Refusal {
    fn from(major: Major) -> Self {
        Self {
            fault: major.into(),
            words: None,
        }
    }
}

/// Why the person has not decided.
enum Undecided {
    /// No window could be shown.
    NoWindow,
    /// It was closed.
    Closed,
    /// Its time ran out.
    Late,
}

/// Said while another window is open.
pub(super) const BUSY: &str = "Chop 的另一個視窗正在等您處理，請完成後再試一次";
/// Said to who has annoyed the person.
pub(super) const COOLING_DOWN: &str = "此網站的視窗太常沒有人回應，或 PIN 碼錯誤太多次，請稍後再試";

/// Callers that were let in once.
#[derive(Debug, Default)]
pub(super) struct Once(Vec<LetIn>);

#[derive(Debug)]
struct LetIn {
    caller: String,
    until: Instant,
    /// [`crate::memory::Grants::forgotten`] at that time: whoever forgets grants means this too.
    forgotten: u64,
}

impl LetIn {
    fn holds(&self, now: Instant, forgotten: u64) -> bool {
        now < self.until && self.forgotten == forgotten
    }
}

impl Once {
    fn add(&mut self, caller: &str, now: Instant, forgotten: u64) {
        self.0
            .retain(|it| it.caller != caller && it.holds(now, forgotten));
        if self.0.len() < MOST {
            self.0.push(LetIn {
                caller: caller.to_owned(),
                until: now + LOOKING_AGAIN,
                forgotten,
            });
        }
    }

    fn has(&self, caller: &str, now: Instant, forgotten: u64) -> bool {
        let is = |it: &LetIn| it.caller == caller && it.holds(now, forgotten);
        self.0.iter().any(is)
    }
}

impl<C: Consent, K: Keys> Room<C, K> {
    /// Lets the caller do this, or says why not. The person is asked where nobody has decided yet.
    pub(super) async fn let_in(&self, caller: &Caller, scope: Scope) -> Result<(), Refusal> {
        match self.standing(caller, scope) {
            Standing::Allowed => Ok(()),
            Standing::Blocked => Err(Major::Untrusted.into()),
            Standing::Unknown => self.ask(caller, scope).await,
        }
    }

    /// What is known already.
    pub(super) fn standing(&self, caller: &Caller, scope: Scope) -> Standing {
        let settings = &self.settings;
        let now = self.service.settings.clock.now();
        let by_policy = match caller {
            Caller::Site(site) if settings.block.contains(site) => Standing::Blocked,
            Caller::Site(site) => allowed(&settings.allow, site, scope),
            Caller::Program(file) => {
                let named = settings.programs.iter().any(|it| file.as_os_str() == &**it);
                match named && scope != Scope::ChangePin {
                    true => Standing::Allowed,
                    false => Standing::Unknown,
                }
            }
            // It has no business in this room.
            Caller::SelfTest => Standing::Blocked,
        };
        if by_policy != Standing::Unknown {
            return by_policy;
        }
        let name = caller.name();
        // A PIN is changed only after a window of its own.
        let standing = self.service.memory.grants.standing(&name, scope, now);
        match standing {
            Standing::Allowed if scope == Scope::ChangePin => Standing::Unknown,
            Standing::Unknown if scope == Scope::Read && self.was_let_in(&name) => {
                Standing::Allowed
            }
            standing => standing,
        }
    }

    /// Asks the person.
    pub(super) async fn ask(&self, caller: &Caller, scope: Scope) -> Result<(), Refusal> {
        let service = &self.service;
        let clock = &service.settings.clock;
        let cooling = service.memory.cool_down.check(caller, clock.now());
        let refusal = |words| Refusal {
            fault: Major::Untrusted.into(),
            words: Some(words),
        };
        cooling.map_err(|_| refusal(COOLING_DOWN))?;
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
                self.once().add(&name, Instant::now(), grants.forgotten());
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

    fn was_let_in(&self, name: &str) -> bool {
        let forgotten = self.service.memory.grants.forgotten();
        self.once().has(name, Instant::now(), forgotten)
    }
}

/// Whether a person may say yes for the future. Nobody can know who answers at an http origin
/// tomorrow, or whose script an interpreter runs then; and a PIN is changed once.
fn may_last(caller: &Caller, scope: Scope) -> bool {
    let changes_hands = match caller {
        Caller::Site(site) => site.is_plain(),
        Caller::Program(file) => programs::runs_others_work(file),
        Caller::SelfTest => true,
    };
    !changes_hands && scope != Scope::ChangePin
}

fn allowed(allow: &[(Origin, Scope)], site: &Origin, scope: Scope) -> Standing {
    let covers = |(origin, of): &(Origin, Scope)| origin == site && of.covers(scope);
    match scope != Scope::ChangePin && allow.iter().any(covers) {
        true => Standing::Allowed,
        false => Standing::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use chop_protocol::Plain;

    use super::*;

    #[test]
    fn a_yes_for_good_is_for_https_sites_and_programs_that_stay_the_same() {
        let site = |text| Caller::Site(Origin::parse(text, Plain::Everywhere).unwrap());
        let program = |file: &str| Caller::Program(file.into());
        for (caller, scope, may) in [
            (site("https://bank.example"), Scope::Sign, true),
            (site("https://bank.example"), Scope::ChangePin, false),
            (site("http://intranet.example"), Scope::Read, false),
            (site("http://localhost:8080"), Scope::Read, false),
            (program("/opt/card-tool/card-tool"), Scope::Sign, true),
            (program("/usr/bin/python3.11"), Scope::Sign, false),
            (program("/usr/bin/curl"), Scope::Read, false),
        ] {
            assert_eq!(may_last(&caller, scope), may, "{caller:?} {scope:?}");
        }
    }
}
