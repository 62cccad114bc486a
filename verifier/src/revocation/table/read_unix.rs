//! Reads at a place of a file, for several threads at once.

use std::{fs::File, io, os::unix::fs::FileExt as _};

pub(super) fn read_at(file: &File, to: &mut [u8], at: u64) -> io::Result<()> {
    file.read_exact_at(to, at)
}
