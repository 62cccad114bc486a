//! What is asked of a card itself, past its module, because PKCS #11 cannot ask it.
//!
//! How many tries its PIN has left: the flags of a token know "low" and "last" at best, and some
//! modules set neither; a status word tells exactly. And to forget a login: OpenSC's `C_Logout`
//! leaves a PIV card open to every other program until it is reset (0.23).
//!
//! Each kind of card does this in its own way: it is a file here and a line in `KINDS`. Of
//! others nothing is known, and nothing is guessed. The application is selected in a transaction,
//! without a reset, while no worker of ours is logged in.

mod piv;

use std::{
    collections::HashSet,
    ffi::CString,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use pcsc::{Card, Context, Disposition, MAX_BUFFER_SIZE, Protocols, Scope, ShareMode};
use tokio::sync::oneshot;

/// What a card says of its PIN.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Tries {
    /// So many are left, at least one.
    Left(u8),
    /// None.
    Locked,
    /// Somebody is logged in, and so long the card does not tell.
    LoggedIn,
}

/// Asks the card in a reader; `None` if it is of no known kind, or not free within 2 s, or if
/// another question to it is still waiting for it to be free.
pub(super) async fn tries(reader: &str) -> Option<Tries> {
    with_card(reader, |card| {
        KINDS.iter().find_map(|kind| (kind.tries)(card))
    })
    .await
}

/// Makes the card forget that somebody is logged in; what it then says of its PIN.
pub(super) async fn log_out(reader: &str) -> Option<Tries> {
    with_card(reader, |card| {
        KINDS.iter().find_map(|kind| (kind.log_out)(card))
    })
    .await
}

/// How a kind of card is spoken to; each selects its application first, and answers `None` if there
/// is none.
struct Kind {
    tries: fn(&Card) -> Option<Tries>,
    log_out: fn(&Card) -> Option<Tries>,
}

const KINDS: &[Kind] = &[piv::KIND];

const PATIENCE: Duration = Duration::from_secs(2);

async fn with_card(reader: &str, ask: fn(&Card) -> Option<Tries>) -> Option<Tries> {
    let turn = Turn::take(CString::new(reader).ok()?)?;
    let (tell, told) = oneshot::channel();
    // A thread of its own: a card that another program holds may keep it waiting for ever.
    let thread = std::thread::Builder::new().name("card".to_owned());
    let work = move || {
        let tries = connected(&turn.0, ask);
        drop(turn);
        let _ = tell.send(tries);
    };
    thread.spawn(work).ok()?;
    tokio::time::timeout(PATIENCE, told).await.ok()?.ok()?
}

/// The right to ask the card in this reader. PC/SC cannot be called off while another program holds
/// a card, so one thread a reader may wait for it, and no more.
struct Turn(CString);

static ASKED: LazyLock<Mutex<HashSet<CString>>> = LazyLock::new(Mutex::default);

impl Turn {
    fn take(reader: CString) -> Option<Self> {
        let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
        match asked.insert(reader.clone()) {
            true => Some(Self(reader)),
            false => None,
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
        asked.remove(&self.0);
    }
}

fn connected(reader: &CString, ask: fn(&Card) -> Option<Tries>) -> Option<Tries> {
    let context = Context::establish(Scope::User).ok()?;
    let mut card = context
        .connect(reader, ShareMode::Shared, Protocols::ANY)
        .ok()?;
    let tries = card.transaction().ok().and_then(|transaction| {
        let tries = ask(&transaction);
        let _ = transaction.end(Disposition::LeaveCard);
        tries
    });
    // Dropping it would reset the card under everybody else who uses it.
    let _ = card.disconnect(Disposition::LeaveCard);
    tries
}

/// Sends a command; the status word.
fn transmit(card: &Card, command: &[u8]) -> Option<(u8, u8)> {
    let mut buffer = [0; MAX_BUFFER_SIZE];
    match card.transmit(command, &mut buffer).ok()? {
        [.., high, low] => Some((*high, *low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_question_at_a_time_waits_for_a_card() {
        let reader = |name: &str| CString::new(name).unwrap();
        let first = Turn::take(reader("held"));
        assert!(first.is_some());
        assert!(Turn::take(reader("held")).is_none());
        assert!(Turn::take(reader("free")).is_some());
        drop(first);
        assert!(Turn::take(reader("held")).is_some());
    }
}
