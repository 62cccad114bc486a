//! Reads at a place of a file. The position is moved for it, so threads take turns.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    sync::{Mutex, PoisonError},
};

static TURN: Mutex<()> = Mutex::new(());

pub(super) fn read_at(mut file: &File, to: &mut [u8], at: u64) -> io::Result<()> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(to)
}
