//! A PKCS #11 module, loaded.

use std::{collections::HashMap, ffi::CString, ptr::NonNull};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11},
    error::{Error, Rv, RvError},
    session::Session,
};

use super::library;
use crate::{
    Certificate, Fault,
    wire::{Call, Failure},
};

/// A module after `C_Initialize`.
pub(super) struct Module {
    pub(super) pkcs11: Pkcs11,
    /// An open session for each slot that was listed. It belongs to the token that was in the slot
    /// then: once that is swapped the session is dead, so no PIN can reach another card.
    pub(super) open: HashMap<u64, Open>,
    /// The one of them that is logged in: with its slot, between a result and its logout.
    pub(super) in_use: Option<(u64, Open)>,
}

/// See [`Module::open`].
pub(super) struct Open {
    /// The token's serial number.
    pub(super) token: String,
    pub(super) session: Session,
    /// What was read of the card, which has not left the reader for as long as the session lives.
    pub(super) certificates: Vec<Certificate>,
    /// `CKA_ALWAYS_AUTHENTICATE` of the keys that have signed, by `CKA_ID`.
    pub(super) always: HashMap<Vec<u8>, bool>,
}

impl Open {
    pub(super) fn new(token: &str, session: Session) -> Self {
        Self {
            token: token.to_owned(),
            session,
            certificates: Vec::new(),
            always: HashMap::new(),
        }
    }
}

impl Module {
    /// Loads and initializes it.
    ///
    /// # Errors
    /// The [`Fault`].
    pub(super) fn load(module: &crate::Module) -> Result<Self, Fault> {
        library::check(&module.path)?;
        let pkcs11 = Pkcs11::new(&module.path).map_err(|error| match error {
            Error::LibraryLoading(cause) => library::refused(&module.path, &cause.to_string()),
            other => fault(&other),
        })?;
        initialize(&pkcs11, module.parameters.as_deref())?;
        Ok(Self {
            pkcs11,
            open: HashMap::new(),
            in_use: None,
        })
    }
}

fn initialize(pkcs11: &Pkcs11, parameters: Option<&str>) -> Result<(), Fault> {
    // Kept for as long as the process lives: modules may keep what they are given.
    let reserved = match parameters.map(CString::new) {
        None => None,
        Some(Ok(text)) => NonNull::new(text.into_raw()),
        Some(Err(_)) => return Err(Fault::Parameters),
    };
    let arguments = |flags| match reserved {
        None => CInitializeArgs::new(flags),
        // SAFETY: it points to text that ends with a zero and is never freed. That text is what
        // this module takes here, the settings say.
        #[allow(unsafe_code, reason = "cryptoki cannot know what a module takes")]
        Some(text) => unsafe { CInitializeArgs::new_with_reserved(flags, text.cast()) },
    };
    match pkcs11.initialize(arguments(CInitializeFlags::OS_LOCKING_OK)) {
        // One that has no locks is called by one thread at a time all the same.
        Err(Error::Pkcs11(RvError::CantLock, _)) => {
            pkcs11.initialize(arguments(CInitializeFlags::empty()))
        }
        other => other,
    }
    .map_err(|error| match error {
        Error::Pkcs11(RvError::ArgumentsBad, _) if parameters.is_none() => Fault::Parameters,
        other => fault(&other),
    })
}

/// Why a module cannot be used.
pub(super) fn fault(error: &Error) -> Fault {
    match error {
        Error::MissingSymbol(_) => Fault::NotAModule,
        // cryptoki does not fall back to C_GetFunctionList.
        Error::Pkcs11(value, Function::GetInterface) => Fault::Interface { code: code(*value) },
        Error::Pkcs11(value, Function::Initialize) => Fault::Initialize { code: code(*value) },
        Error::Pkcs11(value, function) => Fault::Call {
            call: format!("C_{function:?}"),
            code: code(*value),
        },
        Error::NullFunctionPointer => Fault::Incomplete,
        _ => Fault::Nonsense,
    }
}

/// Sorts what went wrong.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::Pkcs11(RvError::PinIncorrect, Function::Login | Function::SetPIN) => {
            Failure::PinWrong { left: None }
        }
        Error::Pkcs11(
            RvError::VendorDefined(code),
            Function::Login | Function::SetPIN | Function::InitPIN,
        ) if let Some(left) = tries_left(*code) => Failure::PinWrong { left: Some(left) },
        Error::Pkcs11(RvError::PinLocked, Function::Login | Function::SetPIN) => Failure::PinLocked,
        Error::Pkcs11(
            RvError::PinLenRange | RvError::PinInvalid,
            Function::SetPIN | Function::InitPIN,
        ) => Failure::PinRefused,
        Error::Pkcs11(
            RvError::FunctionCanceled,
            Function::Login | Function::SetPIN | Function::InitPIN,
        ) => Failure::Cancelled,
        Error::Pkcs11(
            RvError::MechanismInvalid
            | RvError::MechanismParamInvalid
            | RvError::KeyTypeInconsistent
            | RvError::FunctionNotSupported,
            _,
        ) => Failure::Unsupported,
        Error::Pkcs11(RvError::PinLenRange | RvError::PinInvalid, Function::Login) => {
            Failure::PinLength
        }
        Error::Pkcs11(
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::SessionHandleInvalid
            | RvError::SessionClosed
            | RvError::SlotIdInvalid,
            _,
        ) => Failure::CardRemoved,
        Error::Pkcs11(value, function) => Failure::Module {
            call: call(*function),
            code: code(*value),
        },
        _ => Failure::Module {
            call: Call::Other,
            code: 0,
        },
    }
}

/// HiCOS' own module answers a wrong PIN with `CKR_VENDOR_DEFINED` and the tries left in it; where
/// a code is 64 bits wide (on Windows it has 32), its sign may have been carried up.
///
/// Spec: docs/hicos.md, "Errors".
fn tries_left(code: impl Into<u64>) -> Option<u8> {
    let code = code.into();
    let carried = matches!(code >> 32, 0 | 0xffff_ffff);
    let left = u8::try_from(code & 0x7fff_ffff).ok()?;
    (carried && (1..=15).contains(&left)).then_some(left)
}

fn call(function: Function) -> Call {
    match function {
        Function::GetTokenInfo => Call::GetTokenInfo,
        Function::OpenSession => Call::OpenSession,
        Function::Login => Call::Login,
        Function::Logout => Call::Logout,
        Function::FindObjectsInit | Function::FindObjects | Function::FindObjectsFinal => {
            Call::FindObjects
        }
        Function::GetAttributeValue => Call::GetAttributeValue,
        Function::SignInit => Call::SignInit,
        Function::Sign => Call::Sign,
        Function::SignUpdate => Call::SignUpdate,
        Function::SignFinal => Call::SignFinal,
        Function::DecryptInit => Call::DecryptInit,
        Function::Decrypt | Function::DecryptUpdate | Function::DecryptFinal => Call::Decrypt,
        Function::SetPIN => Call::SetPin,
        Function::InitPIN => Call::InitPin,
        _ => Call::Other,
    }
}

/// The number of a `CK_RV`, which cryptoki turns into names but not back.
#[allow(clippy::useless_conversion, reason = "it has 32 bits on some systems")]
fn code(value: RvError) -> u64 {
    match value {
        RvError::VendorDefined(code) | RvError::UnknownErrorCode(code) => code.into(),
        // The highest that PKCS #11 3.2 defines below the vendors' is 0x204.
        named => (1..=0x300)
            .find(|code| Rv::from(*code) == Rv::Error(named))
            .unwrap_or(0)
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_standards_numbers() {
        assert_eq!(code(RvError::GeneralError), 5);
        assert_eq!(code(RvError::PinIncorrect), 0xa0);
        assert_eq!(code(RvError::FunctionRejected), 0x200);
        assert_eq!(code(RvError::VendorDefined(0x8000_0001)), 0x8000_0001);
    }

    #[test]
    fn only_a_login_can_say_that_the_pin_is_wrong() {
        let said_by = |function| failure(&Error::Pkcs11(RvError::PinIncorrect, function));
        assert_eq!(said_by(Function::Login), Failure::PinWrong { left: None });
        assert_eq!(
            said_by(Function::Sign),
            Failure::Module {
                call: Call::Sign,
                code: 0xa0
            }
        );
    }

    #[test]
    fn a_vendors_code_at_a_login_tells_the_tries_left() {
        let said = |function, code| failure(&Error::Pkcs11(RvError::VendorDefined(code), function));
        for (code, left) in [(0x8000_0001, 1), (0x8000_0002, 2), (0x8000_000f, 15)] {
            let wrong = Failure::PinWrong { left: Some(left) };
            assert_eq!(said(Function::Login, code), wrong, "{code:#x}");
            assert_eq!(said(Function::SetPIN, code), wrong, "{code:#x}");
            let other = said(Function::Sign, code);
            assert!(matches!(other, Failure::Module { .. }), "{other:?}");
        }
        for code in [0x8000_0000, 0x8000_0010, 0x8000_0101] {
            let other = said(Function::Login, code);
            assert!(matches!(other, Failure::Module { .. }), "{code:#x}");
        }
    }

    #[test]
    fn a_vendors_code_of_64_bits_is_one_of_32_whose_sign_was_carried_up() {
        assert_eq!(tries_left(0xffff_ffff_8000_0002_u64), Some(2));
        assert_eq!(tries_left(0x1_8000_0001_u64), None);
    }
}
