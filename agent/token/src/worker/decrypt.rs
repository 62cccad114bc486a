//! Decryption of one RSA block.

use cryptoki::{
    error::{Error, RvError},
    mechanism::{
        Mechanism, MechanismType,
        rsa::{PkcsMgfType, PkcsOaepParams, PkcsOaepSource},
    },
    session::UserType,
};

use super::{
    login::{Found, Secret},
    module::{Module, failure},
};
use crate::{
    Hash, KeyKind, Pin,
    wire::{Failure, Padding, Place},
};

impl Module {
    /// Decrypts one block; `None` if it is none of this key's, or its padding is wrong: modules
    /// return many codes for that, and a page must learn of no difference.
    pub(super) fn decrypt(
        &mut self,
        place: &Place,
        (id, kind): (&[u8], KeyKind),
        pin: &Pin,
        padding: Padding,
        block: &[u8],
    ) -> Result<Option<Pin>, Failure> {
        if !matches!(kind, KeyKind::Rsa(_)) {
            return Err(Failure::Unsupported);
        }
        let mut open = self.session(place)?;
        let pin = Secret::new(pin, place.keypad);
        open.log_in(&pin).map_err(|error| failure(&error))?;
        let Found { key, always } = open.find(id, kind)?;
        let mechanism = mechanism(padding);
        let session = &open.session;
        let decrypted = match always {
            false => session.decrypt(&mechanism, key, block),
            true => session
                .decrypt_init(&mechanism, key)
                .and_then(|()| pin.log_in(session, UserType::ContextSpecific))
                .and_then(|()| session.decrypt_update(block))
                .and_then(|start| Ok([start, session.decrypt_final()?].concat())),
        };
        match decrypted {
            Ok(plaintext) => {
                self.in_use = Some((place.slot, open));
                Ok(Some(plaintext.into()))
            }
            Err(error) => match says_it_is_no_block(&error) {
                // The session is closed: what state the operation is in nobody knows.
                true => Ok(None),
                false => Err(failure(&error)),
            },
        }
    }
}

fn says_it_is_no_block(error: &Error) -> bool {
    use RvError as Rv;
    use cryptoki::context::Function as F;
    match error {
        Error::Pkcs11(Rv::MechanismInvalid | Rv::MechanismParamInvalid, _) => false,
        Error::Pkcs11(
            Rv::EncryptedDataInvalid
            | Rv::EncryptedDataLenRange
            | Rv::DataInvalid
            | Rv::DataLenRange
            | Rv::ArgumentsBad
            | Rv::FunctionFailed
            | Rv::GeneralError,
            F::Decrypt | F::DecryptUpdate | F::DecryptFinal,
        ) => true,
        _ => false,
    }
}

fn mechanism(padding: Padding) -> Mechanism<'static> {
    let hash = match padding {
        Padding::Pkcs1 => return Mechanism::RsaPkcs,
        Padding::Oaep(hash) => hash,
    };
    let (hash, mask) = match hash {
        Hash::Sha1 => (MechanismType::SHA1, PkcsMgfType::MGF1_SHA1),
        Hash::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
        Hash::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
        Hash::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
    };
    Mechanism::RsaPkcsOaep(PkcsOaepParams::new(hash, mask, PkcsOaepSource::empty()))
}
