//! The list of readers, and what is in them.

use std::{ffi::CString, time::Duration};

use pcsc::{Context, Error, PNP_NOTIFICATION, ReaderState, State};
use tokio::sync::watch;

use super::publish_if_new;
use crate::keyring::seats::{Seat, Seats};

/// Publishes each change until the service is gone (or the context cancelled). `starts` tells the
/// counters of one life of the service from those of another.
pub(super) fn follow(
    context: &Context,
    starts: u32,
    publish: &watch::Sender<Seats>,
) -> Result<(), Error> {
    let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    let mut look_again = true;
    loop {
        let new = update(&mut states, readers(context)?);
        if !new {
            let seats = states.iter().skip(1).map(|state| seat(state, starts));
            publish_if_new(publish, Seats::Known(seats.collect()));
        }
        for state in &mut states {
            state.sync_current_state();
        }
        // A reader that comes between the list and the wait goes unnoticed (pcscd 1.9): so there
        // is one more look a second after each change of the list, and then none.
        let limit = (!new && look_again).then_some(Duration::from_secs(1));
        look_again = new;
        match context.get_status_change(limit, &mut states) {
            Ok(()) | Err(Error::Timeout | Error::UnknownReader) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Those that a card can be put into.
fn readers(context: &Context) -> Result<Vec<CString>, Error> {
    match context.list_readers_owned() {
        Err(Error::NoReadersAvailable) => Ok(Vec::new()),
        Ok(all) => Ok(all.into_iter().filter(|name| !is_unreal(name)).collect()),
        Err(error) => Err(error),
    }
}

/// Readers that programs make up, with a "card" that nobody put in and nobody can take out: they
/// would be asked for certificates all day, and stand in the way of "put your card in".
const UNREAL: [&str; 3] = [
    // Windows' own, for the key that is behind a face or a finger.
    "Windows Hello for Business",
    // The telephone card in a notebook.
    "Microsoft UICC",
    // Of a remote desktop that has nothing behind it.
    "Microsoft IFD",
];

fn is_unreal(name: &CString) -> bool {
    let name = name.to_string_lossy();
    UNREAL.iter().any(|unreal| name.starts_with(unreal))
}

/// Follows the list of readers; whether there is a new one, whose state is not known.
fn update(states: &mut Vec<ReaderState>, readers: Vec<CString>) -> bool {
    states.retain(|state| {
        state.name() == PNP_NOTIFICATION()
            || readers.iter().any(|name| name.as_c_str() == state.name())
    });
    let before = states.len();
    for name in readers {
        if !states.iter().any(|state| state.name() == name.as_c_str()) {
            states.push(ReaderState::new(name, State::UNAWARE));
        }
    }
    states.len() > before
}

fn seat(state: &ReaderState, starts: u32) -> Seat {
    let present = state.event_state().contains(State::PRESENT);
    Seat {
        name: state.name().to_string_lossy().into_owned(),
        card: present.then(|| state.atr().to_vec()),
        count: u64::from(starts) << 32 | u64::from(state.event_count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_that_programs_make_up_are_left_out() {
        let is_unreal = |name: &str| is_unreal(&CString::new(name).unwrap());
        assert!(is_unreal("Windows Hello for Business 1"));
        assert!(is_unreal("Microsoft UICC ISO Reader 31ee5fcf 0"));
        assert!(!is_unreal("Virtual PCD 00 00"));
        assert!(!is_unreal("Identive CLOUD 2700 R Smart Card Reader 0"));
    }

    #[test]
    fn readers_come_and_go_and_the_one_that_tells_of_them_stays() {
        let names = |names: &[&str]| -> Vec<CString> {
            let name = |name: &&str| CString::new(*name).unwrap();
            names.iter().map(name).collect()
        };
        let mut states = vec![ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];

        assert!(update(&mut states, names(&["a", "b"])));
        assert!(!update(&mut states, names(&["b"])));
        assert!(update(&mut states, names(&["b", "c"])));

        let left: Vec<_> = states
            .iter()
            .map(|it| it.name().to_str().unwrap())
            .collect();
        assert_eq!(left, ["\\\\?PnP?\\Notification", "b", "c"]);
    }
}
