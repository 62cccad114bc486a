//! A PKCS #11 module, loaded.

use std::{collections::HashMap, path::Path};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Function, Pkcs11},
    error::{Error, Rv, RvError},
    session::Session,
};

use crate::wire::{Call, Failure};

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
    /// `CKA_ALWAYS_AUTHENTICATE` of the keys that have signed, by `CKA_ID`.
    pub(super) always: HashMap<Vec<u8>, bool>,
}

impl Open {
    pub(super) fn new(token: &str, session: Session) -> Self {
        Self {
            token: token.to_owned(),
            session,
            always: HashMap::new(),
        }
    }
}

impl Module {
    /// Loads and initializes it, or says in English why that cannot be done.
    pub(super) fn load(path: &Path) -> Result<Self, String> {
        let pkcs11 = Pkcs11::new(path).map_err(|error| reason(&error))?;
        pkcs11
            .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
            .map_err(|error| reason(&error))?;
        Ok(Self {
            pkcs11,
            open: HashMap::new(),
            in_use: None,
        })
    }
}

/// Why a module cannot be used, in English, for doctor and the log.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::LibraryLoading(cause) => format!("it cannot be loaded: {cause}"),
        Error::MissingSymbol(name) => format!("it is not a PKCS #11 module: it has no {name}"),
        // cryptoki does not fall back to C_GetFunctionList.
        Error::Pkcs11(value, Function::GetInterface) => format!(
            "its C_GetInterface fails ({:#010x}), so its functions cannot be found",
            code(*value)
        ),
        Error::Pkcs11(value, function) => {
            format!("its C_{function:?} fails ({:#010x})", code(*value))
        }
        Error::NullFunctionPointer => "it lacks a function that is needed".to_owned(),
        _ => "it returned what is no answer".to_owned(),
    }
}

/// Sorts what went wrong.
pub(super) fn failure(error: &Error) -> Failure {
    match error {
        Error::Pkcs11(RvError::PinIncorrect, Function::Login | Function::SetPIN) => {
            Failure::PinWrong
        }
        Error::Pkcs11(RvError::PinLocked, Function::Login | Function::SetPIN) => Failure::PinLocked,
        Error::Pkcs11(
            RvError::PinLenRange | RvError::PinInvalid,
            Function::SetPIN | Function::InitPIN,
        ) => Failure::PinRefused,
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
        assert_eq!(said_by(Function::Login), Failure::PinWrong);
        assert_eq!(
            said_by(Function::Sign),
            Failure::Module {
                call: Call::Sign,
                code: 0xa0
            }
        );
    }

    #[test]
    fn what_is_no_library_is_said_to_be_none() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let reason = Module::load(file.path()).err().unwrap();
        assert!(reason.starts_with("it cannot be loaded"), "{reason}");
    }

    #[test]
    fn a_library_that_is_no_module_is_said_to_be_none() {
        let reason = Module::load(Path::new("libm.so.6")).err().unwrap();
        assert_eq!(
            reason,
            "it is not a PKCS #11 module: it has no C_GetFunctionList"
        );
    }
}
