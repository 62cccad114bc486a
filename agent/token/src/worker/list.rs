//! What a module has.

use cryptoki::{
    object::{Attribute, AttributeInfo, AttributeType, CertificateType, ObjectClass, ObjectHandle},
    session::Session,
    slot::Slot,
};

use super::module::{Module, Open, fault};
use crate::{
    Certificate, Fault, Library,
    certificate::{LONGEST, name::printable},
    pin::LONGEST as LONGEST_PIN,
    wire::{Found, Listing, MOST},
};

impl Module {
    /// Looks at each token's certificates; needs no PIN. Tokens that cannot be read are left out.
    /// What was read already of the cards in `unchanged` slots, which have not moved since, is not
    /// read again.
    ///
    /// # Errors
    /// The [`Fault`], if the module does not even tell its slots.
    pub(super) fn list(&mut self, unchanged: &[u64]) -> Result<Listing, Fault> {
        // What else is open belongs to the tokens of before.
        self.open.retain(|slot, _| unchanged.contains(slot));
        let slots = self.pkcs11.get_slots_with_token();
        let slots = slots.map_err(|error| fault(&error))?;
        let mut listing = Listing {
            library: self.library(),
            ..Listing::default()
        };
        for slot in slots.into_iter().take(MOST) {
            let Ok(info) = self.pkcs11.get_slot_info(slot) else {
                continue;
            };
            listing.fixed |= !info.removable_device();
            // A card that the module does not know, or one that has just gone.
            let Ok(Some(found)) = self.list_slot(slot, &info) else {
                continue;
            };
            listing.tokens.push(found);
        }
        Ok(listing.cut())
    }

    fn library(&self) -> Option<Library> {
        let info = self.pkcs11.get_library_info().ok()?;
        let version = |it: cryptoki::types::Version| (it.major(), it.minor());
        Some(Library {
            cryptoki: version(info.cryptoki_version()),
            version: version(info.library_version()),
            description: printable(info.library_description()),
            manufacturer: printable(info.manufacturer_id()),
        })
    }

    fn list_slot(
        &mut self,
        slot: Slot,
        info: &cryptoki::slot::SlotInfo,
    ) -> cryptoki::error::Result<Option<Found>> {
        let token = self.pkcs11.get_token_info(slot)?;
        if !token.token_initialized() {
            return Ok(None);
        }
        let serial = token.serial_number();
        let open = match self.open.remove(&slot.id()) {
            // Alive, it is still the same card.
            Some(open) if open.token == serial && open.session.get_session_info().is_ok() => open,
            _ => {
                let session = self.pkcs11.open_ro_session(slot)?;
                let certificates = certificates(&session)?;
                Open {
                    certificates,
                    ..Open::new(serial, session)
                }
            }
        };
        let longest_pin = match token.max_pin_length() {
            0 => LONGEST_PIN,
            length => length.min(LONGEST_PIN),
        };
        let found = Found {
            slot: slot.id(),
            place: info.slot_description().to_owned(),
            serial: serial.to_owned(),
            label: printable(token.label()),
            manufacturer: printable(token.manufacturer_id()),
            model: printable(token.model()),
            certificates: open.certificates.clone(),
            hidden: false,
            shortest_pin: token.min_pin_length().min(longest_pin),
            longest_pin,
            locked: token.user_pin_locked(),
            keypad: token.protected_authentication_path(),
        };
        self.open.insert(slot.id(), open);
        Ok(Some(found))
    }
}

fn certificates(session: &Session) -> cryptoki::error::Result<Vec<Certificate>> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let objects: Vec<ObjectHandle> = session
        .iter_objects(&template)?
        .take(MOST)
        .collect::<Result<_, _>>()?;
    let mut certificates = Vec::new();
    for object in objects {
        certificates.extend(read(session, object)?);
    }
    Ok(certificates)
}

/// A certificate object, if it has a `CKA_ID` and a `CKA_VALUE` that is a certificate, both not too
/// long. Its label may be missing.
fn read(session: &Session, object: ObjectHandle) -> cryptoki::error::Result<Option<Certificate>> {
    let wanted = [
        AttributeType::Id,
        AttributeType::Value,
        AttributeType::Label,
    ];
    let fits = |info: &AttributeInfo| matches!(info, AttributeInfo::Available(0..=LONGEST));
    let there = session.get_attribute_info(object, &wanted)?;
    let read: Vec<AttributeType> = wanted
        .into_iter()
        .zip(&there)
        .filter_map(|(wanted, info)| fits(info).then_some(wanted))
        .collect();
    Ok(certificate_of(session.get_attributes(object, &read)?))
}

/// The certificate that these attributes describe.
pub(crate) fn certificate_of(attributes: Vec<Attribute>) -> Option<Certificate> {
    let (mut id, mut value, mut label) = (None, None, String::new());
    for attribute in attributes {
        match attribute {
            Attribute::Id(bytes) => id = Some(bytes),
            Attribute::Value(bytes) => value = Some(bytes),
            Attribute::Label(bytes) => label = printable(&String::from_utf8_lossy(&bytes)),
            _ => {}
        }
    }
    Some(Certificate {
        id: id?,
        label,
        ..Certificate::read(&value?)?
    })
}
