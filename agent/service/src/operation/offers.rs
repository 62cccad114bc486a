//! What the window can offer of what is plugged in.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use chop_token::{Certificate, Inventory, KeyId, Pin, Readers, Signer};

use super::{Entered, Operation};
use crate::{Asks, Choice, ChoiceId, Notice, View};

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
    certificate: Option<Certificate>,
    asks: Asks,
    /// What the card said after a try in this window, which is newer than the inventory.
    left: Option<u8>,
    locked: bool,
}

impl Offers {
    /// What the window shows at `now`. The certificate that `was_last` comes first.
    pub(super) fn view(
        &mut self,
        operation: &impl Operation,
        inventory: &Inventory,
        now: SystemTime,
        notice: Option<Notice>,
        was_last: impl Fn(&Certificate) -> bool,
    ) -> View {
        self.offered.clear();
        // A list that changed under the person's hands could send a PIN to the wrong card.
        if !inventory.settled && !self.asked {
            return View::Looking;
        }
        let all = operation.offers(inventory);
        let valid = |signer: &Signer| signer.certificate.as_ref().is_none_or(|c| is_valid(c, now));
        let (mut signers, invalid): (Vec<_>, Vec<_>) = all.into_iter().partition(valid);
        if signers.len() > 1 {
            let last = |signer: &Signer| signer.certificate.as_ref().is_some_and(&was_last);
            signers.sort_by_key(|signer| !last(signer));
        }
        let choices: Vec<_> = signers
            .iter()
            .map(|signer| self.choice(signer, operation.asks(signer)))
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
        nothing_to_offer(inventory, !invalid.is_empty())
    }

    /// What the person has chosen, if the last view offered it and it is not locked.
    pub(super) fn take(
        &self,
        choice: ChoiceId,
        pin: Pin,
        inventory: &Arc<Inventory>,
    ) -> Option<Entered> {
        let offer = self.known.get(choice.0 as usize)?;
        self.offered.contains(&choice).then(|| Entered {
            choice,
            key: offer.key.clone(),
            certificate: offer.certificate.clone(),
            inventory: Arc::clone(inventory),
            pin,
            asks: offer.asks,
        })
    }

    /// Whether the last view offered more than one.
    pub(super) fn had_a_choice(&self) -> bool {
        self.offered.len() > 1
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

    fn choice(&mut self, signer: &Signer, asks: Asks) -> Choice {
        let (id, offer) = self.offer(signer, asks);
        let certificate = signer.certificate.as_ref();
        // What needs no PIN does not mind that it is locked.
        let locked = asks != Asks::Agreement && (offer.locked || signer.pin.locked);
        Choice {
            id,
            holder: certificate.map(|certificate| certificate.holder.clone()),
            issuer: certificate
                .map(|certificate| certificate.issuer.clone())
                .unwrap_or_default(),
            not_after: certificate.map(|certificate| certificate.not_after),
            certificate: certificate.map(|certificate| certificate.der.clone()),
            label: signer.label.clone(),
            reader: signer.reader.clone(),
            // Whichever is newer, the fewer is the safer: the last try must not go unsaid.
            tries_left: [offer.left, signer.pin.tries_left]
                .into_iter()
                .flatten()
                .min(),
            locked,
            asks,
            shortest: *signer.pin.length.start(),
            longest: *signer.pin.length.end(),
        }
    }

    fn offer(&mut self, signer: &Signer, asks: Asks) -> (ChoiceId, &Offer) {
        let same =
            |offer: &Offer| offer.key == signer.key && offer.certificate == signer.certificate;
        let at = self.known.iter().position(same).unwrap_or(self.known.len());
        if at == self.known.len() {
            self.known.push(Offer {
                key: signer.key.clone(),
                certificate: signer.certificate.clone(),
                asks,
                left: None,
                locked: false,
            });
        }
        let id = ChoiceId(u32::try_from(at).expect("nobody has 2³² certificates"));
        (id, self.known.get(at).expect("it was just found or added"))
    }
}

/// Why there is nothing to offer; the first that applies.
fn nothing_to_offer(inventory: &Inventory, some_are_invalid: bool) -> View {
    if some_are_invalid {
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
                .map(|(_, fault)| fault.to_string()),
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
