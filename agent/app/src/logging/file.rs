//! A log in a file that cannot fill a disk: of more than a megabyte the part before is kept as well,
//! and no more.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// How long it becomes, in bytes.
const FULL: u64 = 1 << 20;

/// The file. Nobody but its owner can read it.
#[derive(Debug)]
pub(super) struct Rolling {
    path: PathBuf,
    file: File,
    length: u64,
}

impl Rolling {
    /// Opens it at its end; makes it, and its folder, where there is none.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = open(path)?;
        Ok(Self {
            path: path.to_owned(),
            length: file.metadata()?.len(),
            file,
        })
    }

    /// What there is becomes the part before, and a new one begins.
    fn turn(&mut self) -> io::Result<()> {
        let mut before = self.path.clone().into_os_string();
        before.push(".1");
        let turned = fs::rename(&self.path, before).and_then(|()| open(&self.path));
        match turned {
            Ok(file) => self.file = file,
            // Rather no part before than a disk that fills.
            Err(_) => {
                File::options()
                    .write(true)
                    .truncate(true)
                    .open(&self.path)?;
                self.file = open(&self.path)?;
            }
        }
        self.length = 0;
        Ok(())
    }
}

impl Write for Rolling {
    /// A line is written as a whole, so it stands in one part.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length > 0 && self.length.saturating_add(bytes.len() as u64) > FULL {
            self.turn()?;
        }
        let written = self.file.write(bytes)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_goes_on_after_what_is_there_and_keeps_no_more_than_one_part_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/agent.log");
        let write = |text: &[u8]| Rolling::open(&path).unwrap().write_all(text).unwrap();
        let read = |name: &str| fs::read(path.with_file_name(name)).unwrap();
        write(b"first\n");
        write(b"second\n");
        assert_eq!(read("agent.log"), b"first\nsecond\n");

        let long = vec![b'x'; usize::try_from(FULL).unwrap() - 5];
        write(&long);
        assert_eq!(read("agent.log.1"), b"first\nsecond\n");
        let mut log = Rolling::open(&path).unwrap();
        log.write_all(b"third\n").unwrap();
        log.write_all(b"fourth\n").unwrap();
        assert_eq!(read("agent.log"), b"third\nfourth\n");
        assert_eq!(read("agent.log.1"), long);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 2);
    }

    #[test]
    fn nobody_else_reads_it_and_one_that_cannot_turn_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.log");
        let mut log = Rolling::open(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        // Something is in the way of the part before.
        fs::create_dir_all(folder.path().join("agent.log.1/in the way")).unwrap();
        log.write_all(&vec![b'x'; usize::try_from(FULL).unwrap()])
            .unwrap();
        log.write_all(b"next\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"next\n");
    }
}
