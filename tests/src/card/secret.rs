//! PIN and PUK, their counters, and the commands about them.

use super::{
    Card,
    apdu::{Command, Status, status},
};

const PIN_REFERENCE: u8 = 0x80;
const PUK_REFERENCE: u8 = 0x81;

/// A PIN or PUK with its counter.
pub struct Secret {
    value: [u8; 8],
    max: u8,
    /// How many tries are left; 0 is blocked.
    pub left: u8,
}

impl Secret {
    /// A secret of at most eight bytes.
    #[must_use]
    pub fn new(text: &str, tries: u8) -> Self {
        let mut value = [0xff; 8];
        for (place, byte) in value.iter_mut().zip(text.bytes()) {
            *place = byte;
        }
        Self {
            value,
            max: tries,
            left: tries,
        }
    }

    /// A wrong one costs a try, a right one gives all of them back.
    fn check(&mut self, given: &[u8]) -> Result<(), Status> {
        if self.left == 0 {
            return Err(status::BLOCKED);
        }
        // Not a PIN at all: costs nothing.
        if given.len() != self.value.len() {
            return Err(status::WRONG_DATA);
        }
        if given != self.value {
            self.left -= 1;
            return Err(status::tries(self.left));
        }
        self.left = self.max;
        Ok(())
    }

    fn set(&mut self, value: [u8; 8]) {
        self.value = value;
        self.left = self.max;
    }
}

impl Card {
    pub(super) fn verify(&mut self, command: &Command<'_>, data: &[u8]) -> Result<Vec<u8>, Status> {
        match (command.p1, command.p2, data) {
            (0xff, PIN_REFERENCE, []) => {
                self.session.verified = false;
                self.session.fresh = false;
                Ok(Vec::new())
            }
            (0, PIN_REFERENCE, []) if self.session.verified => Ok(Vec::new()),
            (0, PIN_REFERENCE, []) => Err(status::tries(self.pin.left)),
            (0, PIN_REFERENCE, given) => {
                self.counts.verifies += 1;
                let checked = self.pin.check(given);
                self.session.verified = checked.is_ok();
                self.session.fresh = checked.is_ok();
                checked.map(|()| Vec::new())
            }
            (_, PIN_REFERENCE, _) => Err(status::WRONG_PARAMETERS),
            _ => Err(status::NO_SUCH_REFERENCE),
        }
    }

    pub(super) fn change_reference(
        &mut self,
        command: &Command<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Status> {
        let secret = match command.p2 {
            PIN_REFERENCE => &mut self.pin,
            PUK_REFERENCE => &mut self.puk,
            _ => return Err(status::NO_SUCH_REFERENCE),
        };
        let (old, new) = two_secrets(data)?;
        secret.check(old)?;
        secret.set(new);
        Ok(Vec::new())
    }

    pub(super) fn reset_retry_counter(
        &mut self,
        command: &Command<'_>,
        data: &[u8],
    ) -> Result<Vec<u8>, Status> {
        if command.p2 != PIN_REFERENCE {
            return Err(status::NO_SUCH_REFERENCE);
        }
        let (puk, pin) = two_secrets(data)?;
        self.counts.puks += 1;
        if let Some(code) = self.puk_fault {
            return Err(Status(code));
        }
        self.puk.check(puk)?;
        self.pin.set(pin);
        Ok(Vec::new())
    }
}

fn two_secrets(data: &[u8]) -> Result<(&[u8], [u8; 8]), Status> {
    let (first, second) = data.split_last_chunk::<8>().ok_or(status::WRONG_DATA)?;
    if first.len() != 8 {
        return Err(status::WRONG_DATA);
    }
    Ok((first, *second))
}
