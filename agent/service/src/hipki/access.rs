//! Whether a caller may: by policy, by what the person has said before, by asking the person.
//!
//! Spec: docs/hicos.md, "Who may".

use chop_protocol::Origin;

use super::{
    Room,
    code::{Fault, Major},
    programs,
};
use crate::{Caller, Consent, Keys, Scope, memory::Standing};

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

/// Said while another window is open.
pub(super) const BUSY: &str = "Chop 的另一個視窗正在等您處理，請完成後再試一次";
/// Said to who has annoyed the person.
pub(super) const COOLING_DOWN: &str = "此網站的視窗太常沒有人回應，或 PIN 碼錯誤太多次，請稍後再試";

impl<C: Consent, K: Keys> Room<C, K> {
    /// Lets the caller do this, or says why not. The person is asked where nobody has decided yet.
    pub(super) async fn let_in(&self, caller: &Caller, scope: Scope) -> Result<(), Refusal> {
        match self.standing(caller, scope) {
            Standing::Allowed => Ok(()),
            Standing::Blocked => Err(Major::Untrusted.into()),
            Standing::Unknown if self.questions.was_answered(&caller.name(), scope) => Ok(()),
            Standing::Unknown => self.questions.ask(caller, scope).await,
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
            Standing::Unknown if scope == Scope::Read && self.questions.was_let_in(&name) => {
                Standing::Allowed
            }
            standing => standing,
        }
    }
}

/// Whether a person may say yes for the future. Nobody can know who answers at an http origin
/// tomorrow, or whose script an interpreter runs then; and a PIN is changed once.
pub(super) fn may_last(caller: &Caller, scope: Scope) -> bool {
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
