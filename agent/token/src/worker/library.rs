//! What a file is, before it is loaded: the system's loader says the same of many faults.

use std::{
    fs::File,
    io::{ErrorKind, Read, Seek, SeekFrom},
    path::Path,
};

use crate::{Fault, certificate::name::printable, fault::Processor};

/// Checks that the file is a library for this system and processor.
///
/// # Errors
/// The [`Fault`].
pub(super) fn check(path: &Path) -> Result<(), Fault> {
    let made = File::open(path).and_then(|mut file| made_for(&mut file));
    let made = made.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Fault::Missing,
        ErrorKind::UnexpectedEof | ErrorKind::IsADirectory => Fault::NotALibrary,
        _ => Fault::Loader {
            message: error.to_string(),
        },
    })?;
    match made.ok_or(Fault::NotALibrary)? {
        (format, _) if format != Format::OURS => Err(Fault::OtherSystem),
        (_, None | Some(Processor::OURS)) => imports::check(path),
        (_, Some(made_for)) => Err(Fault::OtherProcessor {
            made_for,
            ours: Processor::OURS,
        }),
    }
}

/// What the system's loader complains of, in its own words.
pub(super) fn refused(path: &Path, message: &str) -> Fault {
    // glibc: "libx.so.1: cannot open shared object file: …"; musl: "Error loading shared library
    // libx.so.1: …". Of the module itself it is known that it is there.
    let name = message
        .split_once(": cannot open shared object file")
        .map(|(name, _)| name)
        .or_else(|| {
            let rest = message.strip_prefix("Error loading shared library ")?;
            rest.split_once(':').map(|(name, _)| name)
        })
        .filter(|name| Path::new(name) != path);
    match name {
        Some(name) => Fault::Dependency {
            library: printable(name),
        },
        None => Fault::Loader {
            message: printable(message),
        },
    }
}

/// Kinds of libraries.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Elf,
    Pe,
    MachO,
}

impl Format {
    const OURS: Self = if cfg!(windows) {
        Self::Pe
    } else if cfg!(target_os = "macos") {
        Self::MachO
    } else {
        Self::Elf
    };
}

/// A library's format, and whose it is where that is told in one word.
pub(crate) type Made = (Format, Option<Processor>);

/// `None` for what is no library.
pub(crate) fn made_for(file: &mut (impl Read + Seek)) -> std::io::Result<Option<Made>> {
    let mut start = [0; 64];
    file.read_exact(&mut start)?;
    match start {
        [0x7f, b'E', b'L', b'F', bits, order, ..] => {
            let [low, high] = [18, 19].map(|at| start.get(at).copied().unwrap_or_default());
            let machine = match order {
                2 => u16::from_be_bytes([low, high]),
                _ => u16::from_le_bytes([low, high]),
            };
            Ok(Some((Format::Elf, Some(elf(bits, machine)))))
        }
        [b'M', b'Z', ..] => {
            let [.., a, b, c, d] = start;
            let mut header = [0; 6];
            file.seek(SeekFrom::Start(u32::from_le_bytes([a, b, c, d]).into()))?;
            file.read_exact(&mut header)?;
            let [signature @ .., low, high] = header;
            let machine = u16::from_le_bytes([low, high]);
            Ok((signature == *b"PE\0\0").then(|| (Format::Pe, Some(pe(machine)))))
        }
        // The magic numbers of one processor and of several, in both orders.
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..]
        | [0xca, 0xfe, 0xba, 0xbe | 0xbf, ..]
        | [0xfe, 0xed, 0xfa, 0xcf | 0xce, ..] => Ok(Some((Format::MachO, None))),
        _ => Ok(None),
    }
}

/// Spec: System V ABI, "ELF Header": `EI_CLASS` and `e_machine`.
fn elf(bits: u8, machine: u16) -> Processor {
    match (bits, machine) {
        (_, 3) => Processor::X86,
        (2, 62) => Processor::X86_64,
        // Code for 64 bits with pointers of 32.
        (1, 62) => Processor::X86,
        (_, 40) => Processor::Arm,
        (2, 183) => Processor::Arm64,
        (2, 243) => Processor::Riscv64,
        (_, other) => Processor::Other(other),
    }
}

/// Spec: Microsoft's "PE Format", "Machine Types".
fn pe(machine: u16) -> Processor {
    match machine {
        0x014c => Processor::X86,
        0x8664 => Processor::X86_64,
        0x01c0 | 0x01c4 => Processor::Arm,
        0xaa64 => Processor::Arm64,
        0x5064 => Processor::Riscv64,
        other => Processor::Other(other),
    }
}

#[cfg(windows)]
mod imports;

/// Elsewhere the loader itself says which library is missing.
#[cfg(not(windows))]
mod imports {
    #[allow(clippy::unnecessary_wraps, reason = "on Windows it can fail")]
    pub(super) fn check(_: &std::path::Path) -> Result<(), crate::Fault> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A file of at least as many bytes as are looked at.
    fn fault(bytes: &[u8]) -> Option<Fault> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("module");
        let mut file = bytes.to_vec();
        file.resize(file.len().max(128), 0);
        std::fs::write(&path, file).unwrap();
        check(&path).err()
    }

    /// A header for a processor, as `e_machine` has it.
    fn elf(bits: u8, machine: u16) -> Vec<u8> {
        let mut header = vec![0x7f, b'E', b'L', b'F', bits, 1];
        header.resize(18, 0);
        header.extend(machine.to_le_bytes());
        header
    }

    fn pe(machine: u16) -> Vec<u8> {
        let mut header = vec![b'M', b'Z'];
        header.resize(60, 0);
        header.extend(64u32.to_le_bytes());
        header.extend(b"PE\0\0");
        header.extend(machine.to_le_bytes());
        header
    }

    fn made_for(header: &[u8]) -> Option<Processor> {
        match fault(header) {
            Some(Fault::OtherProcessor { made_for, ours }) => {
                assert_eq!(ours, Processor::OURS);
                Some(made_for)
            }
            _ => None,
        }
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn a_library_of_another_processor_is_said_to_be_one() {
        assert_eq!(made_for(&elf(1, 3)), Some(Processor::X86));
        assert_eq!(made_for(&elf(1, 62)), Some(Processor::X86));
        assert_eq!(made_for(&elf(1, 40)), Some(Processor::Arm));
        assert_eq!(made_for(&elf(2, 183)), Some(Processor::Arm64));
        assert_eq!(made_for(&elf(2, 21)), Some(Processor::Other(21)));
        assert_eq!(fault(&elf(2, 62)), None);
        assert_eq!(fault(&pe(0x8664)), Some(Fault::OtherSystem));
    }

    #[cfg(all(windows, target_arch = "x86_64"))]
    #[test]
    fn a_library_of_32_bits_is_said_to_be_one() {
        assert_eq!(made_for(&pe(0x14c)), Some(Processor::X86));
        assert_eq!(made_for(&pe(0xaa64)), Some(Processor::Arm64));
        assert_eq!(fault(&pe(0x8664)), None);
        assert_eq!(fault(&elf(2, 62)), Some(Fault::OtherSystem));
    }

    #[test]
    fn what_is_no_library_is_said_to_be_none() {
        assert_eq!(fault(b"#!/bin/sh\n"), Some(Fault::NotALibrary));
        assert_eq!(fault(b"MZ and no header"), Some(Fault::NotALibrary));
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(check(empty.path()), Err(Fault::NotALibrary));
        assert_eq!(check(Path::new("/none.so")), Err(Fault::Missing));
    }

    #[test]
    fn a_place_beyond_the_end_of_the_file_is_no_header() {
        let mut header = pe(0x8664);
        header[60..64].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(fault(&header), Some(Fault::NotALibrary));
    }

    #[test]
    fn the_library_that_is_missing_is_named() {
        let module = PathBuf::from("/lib/module.so");
        let says = |message: &str| refused(&module, message);
        let missing = |library: &str| Fault::Dependency {
            library: library.to_owned(),
        };
        let glibc = "libx.so.1: cannot open shared object file: No such file or directory";
        assert_eq!(says(glibc), missing("libx.so.1"));
        let musl =
            "Error loading shared library libx.so.1: No such file or directory (needed by a)";
        assert_eq!(says(musl), missing("libx.so.1"));
        let itself = "/lib/module.so: cannot open shared object file: Permission denied";
        let loader = |message: &str| Fault::Loader {
            message: message.to_owned(),
        };
        assert_eq!(says(itself), loader(itself));
        assert_eq!(says("undefined symbol: x"), loader("undefined symbol: x"));
    }
}
