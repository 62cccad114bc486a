//! Why a module or a file cannot be used.

use serde::{Deserialize, Serialize};

use crate::certificate::name::printable;

/// Why a module or a file cannot be used.
///
/// [`Fault::code`] names each cause for programs; printing one gives an English sentence that goes
/// on from "it", for the log.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is no such file.
    #[error("it is not there")]
    Missing,
    /// The settings have a list of modules that may be loaded, and it is not on it.
    #[error("it is not on the list of modules that are allowed")]
    NotAllowed,
    /// It is no library at all.
    #[error("it is not a library")]
    NotALibrary,
    /// It is a library for another system.
    #[error("it is a library for another system")]
    OtherSystem,
    /// It is a library for another processor; often one of 32 bits.
    #[error("it is made for {made_for} processors, and this program for {ours}")]
    OtherProcessor {
        /// Whose it is.
        made_for: Processor,
        /// What this program runs on.
        ours: Processor,
    },
    /// A library that it needs is not there.
    #[error("it needs {library}, which is not there")]
    Dependency {
        /// The file's name.
        library: String,
    },
    /// The system's loader does not take it, for another reason.
    #[error("it cannot be loaded: {message}")]
    Loader {
        /// The loader's own words.
        message: String,
    },
    /// It is a library, and not a PKCS #11 module.
    #[error("it is not a PKCS #11 module: it has no C_GetFunctionList")]
    NotAModule,
    /// It has `C_GetInterface`, which fails; there is no way around that.
    #[error("its C_GetInterface fails ({code:#010x}), so its functions cannot be found")]
    Interface {
        /// The `CK_RV`.
        code: u64,
    },
    /// It lacks functions that every module has.
    #[error("it lacks functions that are needed")]
    Incomplete,
    /// It wants to be told where its data are, as NSS does, and the settings do not say.
    #[error("it has to be given parameters, and there are none in the settings")]
    Parameters,
    /// `C_Initialize` fails.
    #[error("its C_Initialize fails ({code:#010x})")]
    Initialize {
        /// The `CK_RV`.
        code: u64,
    },
    /// It was loaded, and does not even tell its slots.
    #[error("its {call} fails ({code:#010x})")]
    Call {
        /// The function.
        call: String,
        /// The `CK_RV`.
        code: u64,
    },
    /// It crashed the process that it was loaded in.
    #[error("it crashed its worker process (signal {signal})")]
    Crashed {
        /// Which signal ended the process.
        signal: i32,
    },
    /// It ended the process that it was loaded in.
    #[error("it ended its worker process (exit code {code})")]
    Exited {
        /// With which code.
        code: i32,
    },
    /// It did not answer in time.
    #[error("it did not answer within {seconds} s")]
    Silent {
        /// How long it was given.
        seconds: u64,
    },
    /// It did not answer any more once a card was pulled.
    #[error("it did not answer after a card was removed")]
    SilentAfterRemoval,
    /// Its process said what makes no sense, or went without a word.
    #[error("its worker process stopped answering")]
    Nonsense,
    /// Its process could not be started.
    #[error("its worker process could not be started: {message}")]
    Spawn {
        /// The system's own words.
        message: String,
    },
    /// The PKCS #12 file.
    #[error("{0}")]
    File(FileFault),
}

/// What is wrong with a PKCS #12 file.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[non_exhaustive]
pub enum FileFault {
    /// There is none at its path.
    #[error("it does not exist")]
    NotFound,
    /// The system does not give it.
    #[error("it cannot be read")]
    Unreadable,
    /// It is too long.
    #[error("it is longer than 1 MiB")]
    TooLong,
    /// It is something else, or cut.
    #[error("it is not a whole PKCS #12 file")]
    NotPkcs12,
    /// Its encryption.
    #[error("its encryption is not supported, or costs too much to undo")]
    Unsupported,
    /// There is nothing in it.
    #[error("it has no key whose certificate is for this")]
    NoKey,
    /// It was replaced.
    #[error("its certificate is not the one that was shown")]
    Changed,
}

/// What a library is made for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Processor {
    /// i386 and later, 32 bits.
    X86,
    /// AMD64.
    X86_64,
    /// Arm of 32 bits.
    Arm,
    /// Arm of 64 bits.
    Arm64,
    /// RISC-V of 64 bits.
    Riscv64,
    /// Another, by its number in the library's own format.
    Other(u16),
}

impl Processor {
    /// What this program is made for.
    pub(crate) const OURS: Self = if cfg!(target_arch = "x86_64") {
        Self::X86_64
    } else if cfg!(target_arch = "aarch64") {
        Self::Arm64
    } else if cfg!(target_arch = "x86") {
        Self::X86
    } else if cfg!(target_arch = "riscv64") {
        Self::Riscv64
    } else {
        Self::Arm
    };
}

impl std::fmt::Display for Processor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::X86 => f.write_str("32-bit x86"),
            Self::X86_64 => f.write_str("64-bit x86"),
            Self::Arm => f.write_str("32-bit Arm"),
            Self::Arm64 => f.write_str("64-bit Arm"),
            Self::Riscv64 => f.write_str("64-bit RISC-V"),
            Self::Other(number) => write!(f, "other ({number:#06x})"),
        }
    }
}

impl Fault {
    /// The same with texts that are fit to be shown, whoever wrote them.
    pub(crate) fn fit_to_be_shown(self) -> Self {
        match self {
            Self::Dependency { library } => Self::Dependency {
                library: printable(&library),
            },
            Self::Loader { message } => Self::Loader {
                message: printable(&message),
            },
            Self::Call { call, code } => Self::Call {
                call: printable(&call),
                code,
            },
            Self::Spawn { message } => Self::Spawn {
                message: printable(&message),
            },
            fault => fault,
        }
    }

    /// Whether it may be over with the next process: one that was killed, or tripped over a card
    /// that was just being pulled.
    pub(crate) fn may_be_of_the_moment(&self) -> bool {
        matches!(
            self,
            Self::Crashed { .. } | Self::Exited { .. } | Self::Nonsense
        )
    }

    /// The cause's name, for programs. It never changes.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotAllowed => "not_allowed",
            Self::NotALibrary => "not_a_library",
            Self::OtherSystem => "other_system",
            Self::OtherProcessor { .. } => "other_processor",
            Self::Dependency { .. } => "dependency_missing",
            Self::Loader { .. } => "loader_refused",
            Self::NotAModule => "not_a_module",
            Self::Interface { .. } => "interface_failed",
            Self::Incomplete => "incomplete",
            Self::Parameters => "parameters_missing",
            Self::Initialize { .. } => "initialize_failed",
            Self::Call { .. } => "call_failed",
            Self::Crashed { .. } => "crashed",
            Self::Exited { .. } => "exited",
            Self::Silent { .. } => "silent",
            Self::SilentAfterRemoval => "silent_after_removal",
            Self::Nonsense => "nonsense",
            Self::Spawn { .. } => "not_started",
            Self::File(fault) => match fault {
                FileFault::NotFound => "file_not_found",
                FileFault::Unreadable => "file_unreadable",
                FileFault::TooLong => "file_too_long",
                FileFault::NotPkcs12 => "file_not_pkcs12",
                FileFault::Unsupported => "file_unsupported",
                FileFault::NoKey => "file_without_key",
                FileFault::Changed => "file_changed",
            },
        }
    }
}
