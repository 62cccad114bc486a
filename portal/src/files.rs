//! How many files the system lets the portal open: each connection is one.

use crate::{Error, server};

/// For the database, mail, lists of revoked cards, and what the system opens by itself.
const RESERVE: u64 = 256;

/// Makes sure that the system lets the portal hold all the connections that it takes, and asks for
/// more files where it may.
///
/// # Errors
/// [`Error::FewFiles`].
#[cfg(unix)]
pub fn make_room_for_connections() -> Result<(), Error> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let needed = server::CONNECTIONS + RESERVE;
    let few = |limit| Error::FewFiles { limit, needed };
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).map_err(|_| few(0))?;
    if soft >= needed {
        return Ok(());
    }
    if hard < needed {
        return Err(few(hard));
    }
    setrlimit(Resource::RLIMIT_NOFILE, needed, hard).map_err(|_| few(soft))
}

/// This system sets no such limit.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn make_room_for_connections() -> Result<(), Error> {
    let _ = server::CONNECTIONS + RESERVE;
    Ok(())
}
