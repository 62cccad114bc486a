//! What the window can offer of what is plugged in.

use std::time::{SystemTime, UNIX_EPOCH};

use chop_token::{Certificate, Inventory, KeyId, Readers, Signer, Use};

use crate::{Choice, ChoiceId, Notice, View};

/// The certificates that one window has offered. A certificate keeps its number while the window is
/// open, also when its card leaves and comes back.
#[derive(Default)]
pub(super) struct Offers {
    known: Vec<Offer>,
    /// The numbers in the view that was made last: only these can be taken.
    offered: Vec<ChoiceId>,
    /// Whether the person has been asked for a PIN already.
    asked: bool,
}

struct Offer {
    key: KeyId,
    certificate: Option<Vec<u8>>,
    /// What the card said after a try in this window, which is newer than the inventory.
    left: Option<u8>,
    locked: bool,
}

impl Offers {
    /// What the window shows at `now`.
    pub(super) fn view(
        &mut self,
        inventory: &Inventory,
        now: SystemTime,
        notice: Option<Notice>,
    ) -> View {
        self.offered.clear();
        // A list that changed under the person's hands could send a PIN to the wrong card.
        if !inventory.settled && !self.asked {
            return View::Looking;
        }
        let valid = |signer: &&Signer| signer.certificate.as_ref().is_none_or(|c| is_valid(c, now));
        let choices: Vec<_> = inventory
            .signers(Use::SignIn)
            .iter()
            .filter(valid)
            .map(|signer| self.choice(signer))
            .collect();
        if !choices.is_empty() {
            self.asked = true;
            self.offered = choices
                .iter()
                .filter(|choice| !choice.locked)
                .map(|c| c.id)
                .collect();
            return View::Ready { choices, notice };
        }
        if !inventory.settled {
            return View::Looking;
        }
        nothing_to_offer(inventory)
    }

    /// The key and certificate of a number, if the last view offered it and it is not locked.
    pub(super) fn take(&self, choice: ChoiceId) -> Option<(KeyId, Option<Vec<u8>>)> {
        let offer = self.known.get(choice.0 as usize)?;
        let offered = self.offered.contains(&choice);
        offered.then(|| (offer.key.clone(), offer.certificate.clone()))
    }

    /// The card said how many tries are left.
    pub(super) fn set_left(&mut self, choice: ChoiceId, left: Option<u8>) {
        if let Some(offer) = self.known.get_mut(choice.0 as usize) {
            offer.left = left;
        }
    }

    /// The card said that it is locked.
    pub(super) fn lock(&mut self, choice: ChoiceId) {
        if let Some(offer) = self.known.get_mut(choice.0 as usize) {
            (offer.left, offer.locked) = (Some(0), true);
        }
    }

    fn choice(&mut self, signer: &Signer) -> Choice {
        let (id, offer) = self.offer(signer);
        let certificate = signer.certificate.as_ref();
        Choice {
            id,
            holder: certificate.map(|certificate| certificate.holder.clone()),
            issuer: certificate
                .map(|certificate| certificate.issuer.clone())
                .unwrap_or_default(),
            not_after: certificate.map(|certificate| certificate.not_after),
            label: signer.label.clone(),
            reader: signer.reader.clone(),
            // Whichever is newer, the fewer is the safer: the last try must not go unsaid.
            tries_left: [offer.left, signer.pin.tries_left]
                .into_iter()
                .flatten()
                .min(),
            locked: offer.locked || signer.pin.locked,
            shortest: *signer.pin.length.start(),
            longest: *signer.pin.length.end(),
        }
    }

    fn offer(&mut self, signer: &Signer) -> (ChoiceId, &Offer) {
        let certificate = signer
            .certificate
            .as_ref()
            .map(|certificate| certificate.der.as_slice());
        let same =
            |offer: &Offer| offer.key == signer.key && offer.certificate.as_deref() == certificate;
        let at = self.known.iter().position(same).unwrap_or(self.known.len());
        if at == self.known.len() {
            self.known.push(Offer {
                key: signer.key.clone(),
                certificate: certificate.map(<[u8]>::to_vec),
                left: None,
                locked: false,
            });
        }
        let id = ChoiceId(u32::try_from(at).expect("nobody has 2³² certificates"));
        (id, self.known.get(at).expect("it was just found or added"))
    }
}

/// Why there is nothing to offer; the first that applies.
fn nothing_to_offer(inventory: &Inventory) -> View {
    if !inventory.signers(Use::SignIn).is_empty() {
        let fault = "the certificate is not valid at this time (expired, or not yet valid)";
        return View::NoCertificate {
            fault: Some(fault.to_owned()),
        };
    }
    match &inventory.readers {
        Readers::Unknown => View::Looking,
        Readers::ServiceDown => View::ServiceDown,
        Readers::Present(readers) if readers.is_empty() => View::NoReader,
        Readers::Present(readers) if readers.iter().all(|reader| reader.card.is_none()) => {
            View::NoCard
        }
        Readers::Present(_) => View::NoCertificate {
            fault: inventory
                .faults()
                .next()
                .map(|(_, reason)| reason.to_owned()),
        },
    }
}

fn is_valid(certificate: &Certificate, now: SystemTime) -> bool {
    let now = now
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    i64::try_from(now)
        .is_ok_and(|now| (certificate.not_before..=certificate.not_after).contains(&now))
}
