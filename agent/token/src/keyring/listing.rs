//! Asking a worker what it has, and making tokens of the answer.

use std::{
    collections::HashMap,
    future::Future,
    path::Path,
    process::ExitStatus,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{
    child::Answer,
    host::{Host, Silence},
    kinds::{self, Tries},
    seats::Seats,
};
use crate::{
    Certificate, Fault, Library, PinState, Token, TokenId,
    certificate::name::printable,
    pin::LONGEST as LONGEST_PIN,
    wire::{Found, Listing, Reply, Request},
};

/// How long a module may take to tell what it has: a slow card with many certificates needs a few
/// seconds, and as long as one module is silent no window says that there is no card.
const LIMIT: Duration = Duration::from_secs(15);

/// What a module or file has.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) library: Option<Library>,
    pub(super) kept: Vec<Kept>,
    /// See [`Listing::fixed`].
    pub(super) fixed: bool,
}

impl Listed {
    /// The slots of cards whose reader is known: it tells when they move.
    pub(super) fn in_readers(&self) -> impl Iterator<Item = u64> {
        let kept = self.kept.iter().filter(|kept| kept.token.reader.is_some());
        kept.map(|kept| kept.token.id.slot)
    }
}

/// A token, and what the inventory does not show of it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) token: Token,
    /// The description of its slot.
    pub(super) place: String,
    /// The count of its reader when it was seen: see [`super::seats::Seat`].
    pub(super) count: u64,
    /// Whether its card is of a kind that can be asked for the tries left.
    pub(super) tells: bool,
}

impl Kept {
    /// Writes down what the card said of its PIN; whether that is news.
    pub(super) fn note(&mut self, tries: Option<Tries>) -> bool {
        let pin = &mut self.token.pin;
        let before = (pin.tries_left, pin.locked);
        (pin.tries_left, pin.locked) = match tries {
            Some(Tries::Left(left)) => (Some(left), false),
            Some(Tries::Locked) => (Some(0), true),
            // A login has just set the counter back, to what only the card knows.
            Some(Tries::LoggedIn) => (None, false),
            None => before,
        };
        self.tells |= tries.is_some();
        before != (pin.tries_left, pin.locked)
    }
}

/// Asks the worker. The cards in `unchanged` slots have not moved since it was last asked.
pub(super) async fn list(
    host: Arc<Host>,
    unchanged: Vec<u64>,
    mut seats: watch::Receiver<Seats>,
    grace: Duration,
) -> Result<Listed, Fault> {
    let begun = Instant::now();
    let before = seats.borrow_and_update().clone();
    let stop = a_card_goes(seats, grace);
    let first = |answer: Answer| Some(answer.reply);
    let request = Request::List { unchanged };
    let listing = match host.ask(&request, &[], LIMIT, stop, first).await {
        Ok(Reply::Listing(listing)) if listing.is_bounded() => listing,
        Ok(Reply::Listing(_)) => {
            // No worker of ours says so much: this one is not ours any more.
            host.restart();
            return Err(Fault::Nonsense);
        }
        Ok(Reply::Unusable(fault)) => return Err(fault.fit_to_be_shown()),
        Ok(_) => return Err(Fault::Nonsense),
        Err(silence) => return Err(fault(host.source().path(), &silence)),
    };
    let mut listed = tokens(host.source().path(), listing, &before);
    let left = LIMIT.saturating_sub(begun.elapsed());
    // What no card has told by then is not known.
    let _ = tokio::time::timeout(left, ask_tries(&host, &mut listed.kept)).await;
    Ok(listed)
}

fn tokens(source: &Path, listing: Listing, seats: &Seats) -> Listed {
    let kept = |found| kept(source, found, seats);
    Listed {
        library: listing.library.map(|it| Library {
            description: printable(&it.description),
            manufacturer: printable(&it.manufacturer),
            ..it
        }),
        kept: listing.tokens.into_iter().map(kept).collect(),
        fixed: listing.fixed,
    }
}

/// Asks the card in each reader once, however many tokens a module says to be in it.
async fn ask_tries(host: &Host, all: &mut [Kept]) {
    let mut told: HashMap<String, Option<Tries>> = HashMap::new();
    for kept in all {
        let Some(reader) = kept.token.reader.clone() else {
            continue;
        };
        let tries = match told.get(&reader) {
            Some(tries) => *tries,
            None => host.quietly(kinds::tries(&reader)).await,
        };
        told.insert(reader, tries);
        kept.note(tries);
    }
}

/// A worker shares its process with a module, which may have written any of this: nothing of it
/// reaches a window, a terminal or a log as it came.
fn kept(source: &Path, found: Found, seats: &Seats) -> Kept {
    let seat = seats.described_by(&found.place);
    let longest = found.longest_pin.min(LONGEST_PIN);
    let pin = PinState {
        tries_left: None,
        locked: found.locked,
        length: found.shortest_pin.min(longest)..=longest,
        keypad: found.keypad,
    };
    let id = TokenId {
        source: source.to_owned(),
        slot: found.slot,
        serial: found.serial,
    };
    Kept {
        token: Token {
            id,
            label: printable(&found.label),
            manufacturer: printable(&found.manufacturer),
            model: printable(&found.model),
            reader: seat.map(|seat| seat.name.clone()),
            pin,
            certificates: found
                .certificates
                .into_iter()
                .filter_map(Certificate::read_anew)
                .collect(),
            hidden: found.hidden,
        },
        count: seat.map_or(0, |seat| seat.count),
        place: found.place,
        tells: false,
    }
}

/// Returns `grace` after any card has left its reader.
fn a_card_goes(mut seats: watch::Receiver<Seats>, grace: Duration) -> impl Future<Output = ()> {
    let before = seats.borrow().clone();
    async move {
        if seats
            .wait_for(|now| before.loses_one_until(now))
            .await
            .is_err()
        {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(grace).await;
    }
}

fn fault(path: &Path, silence: &Silence) -> Fault {
    match silence {
        Silence::NotAllowed if !path.exists() => Fault::Missing,
        Silence::NotAllowed => Fault::NotAllowed,
        Silence::Spawn(cause) => Fault::Spawn {
            message: cause.to_string(),
        },
        Silence::Ended(status) => ended(*status),
        Silence::Deadline => Fault::Silent {
            seconds: LIMIT.as_secs(),
        },
        Silence::Stopped => Fault::SilentAfterRemoval,
    }
}

fn ended(status: Option<ExitStatus>) -> Fault {
    #[cfg(unix)]
    if let Some(signal) = status
        .as_ref()
        .and_then(std::os::unix::process::ExitStatusExt::signal)
    {
        return Fault::Crashed { signal };
    }
    match status.and_then(|status| status.code()) {
        Some(code) => Fault::Exited { code },
        None => Fault::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn what_a_module_wrote_in_its_worker_is_read_anew() {
        let der = fixture::certificate("P-256", "/CN=王小明", "keyAgreement", None);
        let true_one = Certificate::read(&der).unwrap();
        let wild = "\u{1b}[2J\u{202e}x".to_owned();
        let forged = Certificate {
            label: wild.clone(),
            holder: wild.clone(),
            public_key: vec![4; 65],
            uses: crate::Uses {
                sign_in: true,
                sign: true,
                decrypt: true,
            },
            ..true_one.clone()
        };
        let none = Certificate {
            der: vec![0x30; 100],
            ..true_one.clone()
        };
        let found = Found {
            slot: 0,
            place: String::new(),
            serial: "1".to_owned(),
            label: wild.clone(),
            manufacturer: wild.clone(),
            model: wild,
            certificates: vec![forged, none],
            hidden: false,
            shortest_pin: usize::MAX,
            longest_pin: usize::MAX,
            locked: false,
            keypad: false,
        };

        let token = kept(Path::new("module"), found, &Seats::Unknown).token;

        for text in [&token.label, &token.manufacturer, &token.model] {
            assert_eq!(text, "[2Jx");
        }
        assert_eq!(token.pin.length, LONGEST_PIN..=LONGEST_PIN);
        let read = Certificate {
            label: "[2Jx".to_owned(),
            ..true_one
        };
        assert_eq!(token.certificates, [read]);
    }
}
