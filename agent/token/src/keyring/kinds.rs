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
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use pcsc::{
    Card, Context, Disposition, MAX_BUFFER_SIZE, Protocols, ReaderState, Scope, ShareMode, State,
};
use tokio::sync::oneshot;

use crate::Pin;

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

/// What comes of a PUK.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Change {
    /// The new PIN holds.
    Done,
    /// The PUK was wrong, and may be tried so often again; `None` if the card does not say.
    Wrong { left: Option<u8> },
    /// The PUK is locked.
    Locked,
    /// The card does not take the new PIN.
    Refused,
}

/// Why a card did not answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoAnswer {
    /// It is of no kind that is known here, or of one that cannot do it.
    UnknownKind,
    /// Another program holds it.
    NotFree,
    /// It is not there, or was lost before it answered.
    Failed,
    /// It answered with this status word, which says nothing that is known here.
    Status(u16),
    /// It did not answer in time.
    Silent,
}

/// Asks the card in a reader; `None` if it is of no known kind, or not free within 2 s, or if
/// another question to it is still waiting for it to be free.
pub(super) async fn tries(reader: &str) -> Option<Tries> {
    let ask = |card: &Card| first(card, |kind, card| known((kind.tries)(card)));
    with_card(reader, None, PATIENCE, ask).await.ok()
}

/// Makes the card forget that somebody is logged in; what it then says of its PIN.
pub(super) async fn log_out(reader: &str) -> Option<Tries> {
    let ask = |card: &Card| first(card, |kind, card| known((kind.log_out)(card)));
    with_card(reader, None, PATIENCE, ask).await.ok()
}

/// Sets a new PIN with the PUK, which is given to the card at most once: not at all after an error,
/// and to no other card than the one that [`Seat::count`](super::seats::Seat) tells from those
/// before and after it. Only [`NoAnswer::UnknownKind`] and [`NoAnswer::NotFree`] mean that the card
/// has not had it. `limit` is for the card, once it is free.
pub(super) async fn unblock(
    (reader, count): (&str, u64),
    puk: Pin,
    new: Pin,
    limit: Duration,
) -> Result<Change, NoAnswer> {
    let ask = move |card: &Card| first(card, |kind, card| (kind.unblock)(card, &puk, &new));
    with_card(reader, Some(count), limit, ask).await
}

/// How a kind of card is spoken to; each selects its application first. If there is none it answers
/// `None`, or [`NoAnswer::UnknownKind`], which it does for no other reason: a PUK that a card has had
/// would else be given to it again through its module.
struct Kind {
    tries: fn(&Card) -> Option<Tries>,
    log_out: fn(&Card) -> Option<Tries>,
    unblock: fn(&Card, &Pin, &Pin) -> Result<Change, NoAnswer>,
}

const KINDS: &[Kind] = &[piv::KIND];

fn first<T>(card: &Card, ask: impl Fn(&Kind, &Card) -> Result<T, NoAnswer>) -> Result<T, NoAnswer> {
    let answers = KINDS.iter().map(|kind| ask(kind, card));
    let known = |answer: &Result<T, NoAnswer>| !matches!(answer, Err(NoAnswer::UnknownKind));
    answers
        .into_iter()
        .find(known)
        .unwrap_or(Err(NoAnswer::UnknownKind))
}

fn known<T>(answer: Option<T>) -> Result<T, NoAnswer> {
    answer.ok_or(NoAnswer::UnknownKind)
}

/// How long a card may be held by another program.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks a card once it is free, which takes at most 2 s; then `limit` is for its answer.
async fn with_card<T: Send + 'static>(
    reader: &str,
    count: Option<u64>,
    limit: Duration,
    ask: impl FnOnce(&Card) -> Result<T, NoAnswer> + Send + 'static,
) -> Result<T, NoAnswer> {
    let reader = CString::new(reader).map_err(|_| NoAnswer::Failed)?;
    let turn = Turn::take(reader).ok_or(NoAnswer::NotFree)?;
    let (tell, mut told) = oneshot::channel();
    let decision = Decision::default();
    let theirs = decision.clone();
    // A thread of its own: a card that another program holds may keep it waiting for ever.
    let thread = std::thread::Builder::new().name("card".to_owned());
    let work = move || {
        // Who has given up does not want it to happen later.
        let wanted = || !tell.is_closed() && theirs.is_mine();
        let answer = connected(&turn.0, count, wanted, ask);
        drop(turn);
        let _ = tell.send(answer);
    };
    thread.spawn(work).map_err(|_| NoAnswer::Failed)?;
    let answer = match tokio::time::timeout(PATIENCE, &mut told).await {
        Ok(answer) => answer,
        Err(_) if decision.is_mine() => return Err(NoAnswer::NotFree),
        // The card is at work: that it was not free would be untrue.
        Err(_) => tokio::time::timeout(limit, told)
            .await
            .map_err(|_| NoAnswer::Silent)?,
    };
    answer.map_err(|_| NoAnswer::Failed)?
}

/// Whether a card is asked or given up: whoever comes first decides it.
#[derive(Clone, Default)]
struct Decision(Arc<AtomicBool>);

impl Decision {
    fn is_mine(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
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

fn connected<T>(
    reader: &CString,
    count: Option<u64>,
    wanted: impl FnOnce() -> bool,
    ask: impl FnOnce(&Card) -> Result<T, NoAnswer>,
) -> Result<T, NoAnswer> {
    let context = Context::establish(Scope::User).map_err(|_| NoAnswer::Failed)?;
    let mut card = context
        .connect(reader, ShareMode::Shared, Protocols::ANY)
        .map_err(|_| NoAnswer::Failed)?;
    let answer = match card.transaction() {
        Ok(transaction) => {
            // As long as the transaction lasts this card is the one that was counted.
            let meant = count.is_none_or(|count| is_the_one(&context, reader, count));
            let answer = match (meant, wanted()) {
                (_, false) => Err(NoAnswer::NotFree),
                (false, _) => Err(NoAnswer::Failed),
                (true, true) => ask(&transaction),
            };
            let _ = transaction.end(Disposition::LeaveCard);
            answer
        }
        Err(_) => Err(NoAnswer::Failed),
    };
    // Dropping it would reset the card under everybody else who uses it.
    let _ = card.disconnect(Disposition::LeaveCard);
    answer
}

/// Whether no card has gone in or out of the reader since it had counted so many.
fn is_the_one(context: &Context, reader: &CString, count: u64) -> bool {
    let mut states = [ReaderState::new(reader.clone(), State::UNAWARE)];
    let told = context.get_status_change(Duration::ZERO, &mut states);
    // The upper half is the watch's own, the lower one PC/SC's.
    let [state] = &states;
    told.is_ok() && u64::from(state.event_count()) == count & u64::from(u32::MAX)
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

    #[test]
    fn a_card_is_asked_or_given_up_and_never_both() {
        let (ours, theirs) = (Decision::default(), Decision::default());
        let same = ours.clone();
        assert!(ours.is_mine() && !same.is_mine() && !ours.is_mine());
        assert!(theirs.is_mine());
    }
}
