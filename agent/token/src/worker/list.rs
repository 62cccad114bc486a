//! Which keys of a module can sign a login.

use cryptoki::{
    object::{Attribute, AttributeInfo, AttributeType, CertificateType, ObjectClass, ObjectHandle},
    session::Session,
    slot::Slot,
};

use super::module::{Module, Open, reason};
use crate::{
    Certificate,
    certificate::{LONGEST, name::printable},
    wire::{Found, Listing},
};

/// More slots, or certificates in one, are not looked at.
const MOST: usize = 64;

/// No PIN is longer, whatever a token says.
const LONGEST_PIN: usize = 255;

impl Module {
    /// Looks at each token's certificates; needs no PIN. Tokens that cannot be read are left out.
    ///
    /// # Errors
    /// In English, if the module does not even tell its slots.
    pub(super) fn list(&mut self) -> Result<Listing, String> {
        // What is open belongs to the tokens of before.
        self.open.clear();
        let slots = self
            .pkcs11
            .get_slots_with_token()
            .map_err(|error| reason(&error))?;
        let mut listing = Listing::default();
        for slot in slots.into_iter().take(MOST) {
            let Ok(info) = self.pkcs11.get_slot_info(slot) else {
                continue;
            };
            listing.fixed |= !info.removable_device();
            // A card that the module does not know, or one that has just gone.
            let _ = self.list_slot(slot, &info, &mut listing.found);
        }
        Ok(listing)
    }

    fn list_slot(
        &mut self,
        slot: Slot,
        info: &cryptoki::slot::SlotInfo,
        found: &mut Vec<Found>,
    ) -> cryptoki::error::Result<()> {
        let token = self.pkcs11.get_token_info(slot)?;
        if !token.token_initialized() {
            return Ok(());
        }
        let session = self.pkcs11.open_ro_session(slot)?;
        let longest_pin = match token.max_pin_length() {
            0 => LONGEST_PIN,
            length => length.min(LONGEST_PIN),
        };
        let certificates = certificates(&session)?;
        if certificates.is_empty() {
            return Ok(());
        }
        for (id, certificate) in certificates {
            found.push(Found {
                slot: slot.id(),
                place: info.slot_description().to_owned(),
                token: token.serial_number().to_owned(),
                label: printable(token.label()),
                id,
                certificate: Some(certificate),
                shortest_pin: token.min_pin_length().min(longest_pin),
                longest_pin,
                locked: token.user_pin_locked(),
                keypad: token.protected_authentication_path(),
            });
        }
        let open = Open::new(token.serial_number(), session);
        self.open.insert(slot.id(), open);
        Ok(())
    }
}

fn certificates(session: &Session) -> cryptoki::error::Result<Vec<(Vec<u8>, Certificate)>> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let objects: Vec<ObjectHandle> = session
        .iter_objects(&template)?
        .take(MOST)
        .collect::<Result<_, _>>()?;
    let mut certificates: Vec<(Vec<u8>, Certificate)> = Vec::new();
    for object in objects {
        let Some((id, der)) = read(session, object)? else {
            continue;
        };
        let known = certificates.iter().any(|(other, _)| *other == id);
        if let (false, Some(certificate)) = (known, Certificate::for_login(&der)) {
            certificates.push((id, certificate));
        }
    }
    Ok(certificates)
}

/// `CKA_ID` and `CKA_VALUE`, if both are there and not too long.
fn read(
    session: &Session,
    object: ObjectHandle,
) -> cryptoki::error::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let wanted = [AttributeType::Id, AttributeType::Value];
    let fits = |info: &AttributeInfo| matches!(info, AttributeInfo::Available(1..=LONGEST));
    if !session
        .get_attribute_info(object, &wanted)?
        .iter()
        .all(fits)
    {
        return Ok(None);
    }
    let (mut id, mut value) = (None, None);
    for attribute in session.get_attributes(object, &wanted)? {
        match attribute {
            Attribute::Id(bytes) => id = Some(bytes),
            Attribute::Value(bytes) => value = Some(bytes),
            _ => {}
        }
    }
    Ok(id.zip(value))
}
