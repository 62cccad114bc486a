//! SELECT and GET DATA: what can be read without a PIN.

use sha1::{Digest as _, Sha1};

use super::{
    Card, Slot,
    apdu::{Command, Status, status},
    tlv,
};

/// The PIV application with its version.
const APPLICATION: [u8; 11] = [
    0xa0, 0x00, 0x00, 0x03, 0x08, 0x00, 0x00, 0x10, 0x00, 0x01, 0x00,
];
/// The length of a registered application provider.
const PROVIDER: usize = 5;

/// A non-federal issuer's number, as vendors' test cards have it.
const FASC_N: [u8; 25] = [
    0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68, 0x58, 0x21, 0x08,
    0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb,
];

impl Card {
    /// Right-truncated names are allowed; after a wrong one the application stays selected.
    ///
    /// Spec: SP 800-73-4 part 2 §3.1.1.
    pub(super) fn select(&mut self, command: &Command<'_>, name: &[u8]) -> Result<Vec<u8>, Status> {
        if command.p1 != 0x04 || name.len() < PROVIDER || !APPLICATION.starts_with(name) {
            return Err(status::NOT_FOUND);
        }
        self.session.selected = true;
        let (provider, application) = APPLICATION.split_at(PROVIDER);
        let template = [
            tlv::write(0x4f, application),
            tlv::write(0x79, &tlv::write(0x4f, provider)),
            tlv::write(0x50, b"emulated PIV card"),
        ];
        Ok(tlv::write(0x61, &template.concat()))
    }

    /// Spec: SP 800-73-4 part 2 §3.1.2, part 1 table 3.
    pub(super) fn data_object(
        &mut self,
        command: &Command<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Status> {
        if (command.p1, command.p2) != (0x3f, 0xff) {
            return Err(status::WRONG_PARAMETERS);
        }
        let Some((0x5c, name, [])) = tlv::split(data) else {
            return Err(status::WRONG_DATA);
        };
        let body = match *name {
            [0x7e] => return Ok(discovery()),
            [0x5f, 0xc1, 0x02] => self.holder_id(),
            [0x5f, 0xc1, 0x07] => self.capabilities(),
            [0x5f, 0xc1, 0x05] => self.certificate(Slot::Authentication)?,
            [0x5f, 0xc1, 0x0a] => self.certificate(Slot::Signature)?,
            [0x5f, 0xc1, 0x0b] => self.certificate(Slot::KeyManagement)?,
            [0x5f, 0xc1, 0x01] => self.certificate(Slot::CardAuthentication)?,
            _ => return Err(status::NOT_FOUND),
        };
        Ok(tlv::write(0x53, &body))
    }

    fn certificate(&mut self, slot: Slot) -> Result<Vec<u8>, Status> {
        let (_, certificate) = self.slots.get(&(slot as u8)).ok_or(status::NOT_FOUND)?;
        self.counts.certificates += 1;
        let object = [
            tlv::write(0x70, certificate),
            tlv::write(0x71, &[0]),
            tlv::write(0xfe, &[]),
        ];
        Ok(object.concat())
    }

    /// The card holder unique identifier; OpenSC makes the token's serial number of it.
    fn holder_id(&self) -> Vec<u8> {
        let object = [
            tlv::write(0x30, &FASC_N),
            tlv::write(0x34, &self.guid()),
            tlv::write(0x35, b"20991231"),
            tlv::write(0x3e, &[]),
            tlv::write(0xfe, &[]),
        ];
        object.concat()
    }

    fn capabilities(&self) -> Vec<u8> {
        let mut id = vec![0xa0, 0x00, 0x00, 0x01, 0x16, 0xff, 0x02];
        id.extend(self.guid().into_iter().take(14));
        let mut object = tlv::write(0xf0, &id);
        for (tag, value) in [
            (0xf1, &[0x21][..]),
            (0xf2, &[0x21]),
            (0xf3, &[]),
            (0xf4, &[0x00]),
            (0xf5, &[0x10]),
        ] {
            object.extend(tlv::write(tag, value));
        }
        for tag in [0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe] {
            object.extend(tlv::write(tag, &[]));
        }
        object
    }

    /// Cards differ when their certificates do.
    fn guid(&self) -> [u8; 16] {
        let mut hash = Sha1::new();
        for (_, certificate) in self.slots.values() {
            hash.update(certificate);
        }
        let mut guid = [0; 16];
        for (place, byte) in guid.iter_mut().zip(hash.finalize()) {
            *place = byte;
        }
        guid
    }
}

/// Only the card's own PIN is there.
fn discovery() -> Vec<u8> {
    let policy = tlv::write(0x5f2f, &[0x40, 0x00]);
    tlv::write(0x7e, &[tlv::write(0x4f, &APPLICATION), policy].concat())
}
