//! Changing a PIN, and setting a new one with the PUK.

use cryptoki::{context::Pkcs11, session::UserType};

use super::{
    login::Secret,
    module::{Module, failure},
};
use crate::{
    Pin,
    wire::{Failure, Place},
};

impl Module {
    /// Changes the PIN from `old` to `new`.
    pub(super) fn change_pin(
        &mut self,
        place: &Place,
        old: &Pin,
        new: &Pin,
    ) -> Result<(), Failure> {
        // A session that can write, and no other: some modules take no second one.
        self.open.remove(&place.slot);
        let session = self.open_for(place, Pkcs11::open_rw_session)?;
        match (
            Secret::new(old, place.keypad),
            Secret::new(new, place.keypad),
        ) {
            (Secret::Text(old), Secret::Text(new)) => session.set_pin(&old, &new),
            // cryptoki takes texts alone here, and no keypad.
            _ => return Err(Failure::Unsupported),
        }
        .map_err(|error| failure(&error))
    }

    /// Sets a new PIN, with the PUK: what PKCS #11 calls the security officer's PIN.
    pub(super) fn unblock(&mut self, place: &Place, puk: &Pin, new: &Pin) -> Result<(), Failure> {
        // The security officer may not log in beside a session that only reads.
        self.open.remove(&place.slot);
        let session = self.open_for(place, Pkcs11::open_rw_session)?;
        let (puk, Secret::Text(new)) = (Secret::new(puk, place.keypad), Secret::new(new, false))
        else {
            return Err(Failure::Unsupported);
        };
        puk.log_in(&session, UserType::So)
            .and_then(|()| session.init_pin(&new))
            .map_err(|error| failure(&error))
    }
}
