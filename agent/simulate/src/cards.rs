//! The cards together, as the service sees them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use chop_service::{Keys, Memory, Oblivion};
use chop_testpki::{Issuer, Pki};
use chop_token::{
    Certificate, Error as CardError, Inventory, KeyId, KeyKind, Messages, Padding, Pin, Reader,
    Readers, Scheme, Signed, Signing, TokenId, Use,
};
use tokio::{sync::watch, time::sleep};
use zeroize::Zeroizing;

use crate::{
    Error, Kind,
    card::Card,
    key::{Key, Unable},
};

/// How long a card that is pulled out stays away.
const AWAY: Duration = Duration::from_secs(1);

/// Cards of nobody. Clones are the same cards.
///
/// There is no other way to have some than [`SimulatedCards::make`]: none of them comes from a
/// file, a module or a reader.
#[derive(Clone)]
pub struct SimulatedCards(Arc<Shared>);

struct Shared {
    authorities: Pki,
    cards: Mutex<Cards>,
    inventory: watch::Sender<Arc<Inventory>>,
    /// Of the services that have these cards.
    remembered: Mutex<Vec<Oblivion>>,
}

#[derive(Default)]
struct Cards {
    /// Each in a reader of its own.
    all: Vec<Card>,
    /// How many there have ever been.
    made: u64,
}

impl SimulatedCards {
    /// Makes authorities and cards, valid at `now`; takes about half a second of computing. Without
    /// any kind there is a reader with nothing in it.
    ///
    /// # Errors
    /// [`Error::Made`].
    pub fn make(kinds: &[Kind], now: SystemTime) -> Result<Self, Error> {
        let shared = Shared {
            authorities: Pki::simulated(now, Key::of_an_authority)?,
            cards: Mutex::default(),
            inventory: watch::Sender::default(),
            remembered: Mutex::default(),
        };
        let cards = Self(Arc::new(shared));
        cards.insert(kinds)?;
        Ok(cards)
    }

    /// Takes all cards out, and puts new ones of these kinds in, of the same authorities. What was
    /// remembered of sites is forgotten, as if the program had begun anew: wrong PINs on cards that
    /// are no more would have sites wait.
    ///
    /// # Errors
    /// [`Error::Made`]; then those that are in stay.
    pub fn insert(&self, kinds: &[Kind]) -> Result<(), Error> {
        let first = self.lock().made;
        let numbers = (first..).zip(kinds).enumerate();
        let make = |(reader, (number, kind)): (usize, (u64, &Kind))| {
            Card::make(*kind, reader, number, &self.0.authorities)
        };
        let made: Vec<_> = numbers.map(make).collect::<Result<_, _>>()?;
        let mut cards = self.lock();
        cards.made += made.len() as u64;
        cards.all = made;
        self.publish(&cards);
        for memory in self.remembered().iter() {
            memory.forget();
        }
        Ok(())
    }

    /// The authority to trust, and those below it that issue, PEM.
    ///
    /// # Errors
    /// Never: they are short enough.
    pub(crate) fn authorities(&self) -> Result<(String, String), Error> {
        let pki = &self.0.authorities;
        let between = [Issuer::Companies, Issuer::Citizens].map(|one| pki.intermediate(one));
        let between: Result<String, _> = between.into_iter().map(chop_testpki::pem).collect();
        Ok((chop_testpki::pem(pki.root())?, between?))
    }

    /// The lists of revoked cards of all authorities, on which there is none: name and DER.
    ///
    /// # Errors
    /// [`Error::Made`].
    pub(crate) fn lists(&self, now: SystemTime) -> Result<[(&'static str, Vec<u8>); 3], Error> {
        let pki = &self.0.authorities;
        Ok([
            ("root.crl", pki.authority_list(now)?),
            ("companies.crl", pki.list(Issuer::Companies, &[], now)?),
            ("citizens.crl", pki.list(Issuer::Citizens, &[], now)?),
        ])
    }

    /// Logs in to a card; what it does then is yours.
    async fn with<T>(
        &self,
        token: &TokenId,
        pin: &Pin,
        work: impl FnOnce(&Card) -> T,
    ) -> Result<T, CardError> {
        let time = {
            let mut cards = self.lock();
            let card = cards.of(token)?;
            let logged_in = card.log_in(pin);
            let time = card.kind.time();
            self.publish(&cards);
            logged_in?;
            time
        };
        sleep(time).await;
        let mut cards = self.lock();
        let card = cards.of(token)?;
        if card.kind == Kind::Pulled {
            card.is_in = false;
            self.publish(&cards);
            self.bring_back(token.clone());
            return Err(CardError::CardRemoved);
        }
        Ok(work(card))
    }

    fn bring_back(&self, token: TokenId) {
        let cards = self.clone();
        tokio::spawn(async move {
            sleep(AWAY).await;
            let mut all = cards.lock();
            if let Ok(card) = all.of(&token) {
                card.is_in = true;
            }
            cards.publish(&all);
        });
    }

    fn publish(&self, cards: &Cards) {
        self.0.inventory.send_replace(Arc::new(cards.inventory()));
    }

    /// What a service with these cards remembers of sites.
    pub(crate) fn memory(&self) -> Memory {
        let (memory, oblivion) = Memory::of_a_trial();
        self.remembered().push(oblivion);
        memory
    }

    fn remembered(&self) -> MutexGuard<'_, Vec<Oblivion>> {
        let remembered = self.0.remembered.lock();
        remembered.unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Cards> {
        self.0.cards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cards {
    fn of(&mut self, token: &TokenId) -> Result<&mut Card, CardError> {
        let found = self.all.iter_mut().find(|card| card.id == *token);
        found.ok_or(CardError::CardRemoved)
    }

    fn inventory(&self) -> Inventory {
        let mut readers: Vec<_> = self.all.iter().map(Card::reader).collect();
        if readers.is_empty() {
            readers.push(Reader {
                name: "Simulated reader 0".to_owned(),
                card: None,
            });
        }
        let tokens = self.all.iter().filter(|card| card.is_in);
        Inventory {
            settled: true,
            readers: Readers::Present(readers),
            tokens: tokens.map(Card::token).collect(),
            sources: Vec::new(),
        }
    }
}

impl Keys for SimulatedCards {
    const SIMULATED: bool = true;

    fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        self.0.inventory.subscribe()
    }

    fn look(&self) {}

    async fn sign_in(
        &self,
        key: &KeyId,
        pin: &Pin,
        messages: &Messages,
    ) -> Result<Signed, CardError> {
        let scheme = KeyKind::Rsa(2048).scheme();
        let sign = |card: &Card| {
            let token = card.token();
            let mut certificates = token.certificates.into_iter();
            let certificate = certificates.find(|it| it.id == key.id && it.fits(Use::SignIn));
            Ok(Signed {
                certificate: certificate.ok_or(CardError::KeyGone)?.der,
                key: KeyKind::Rsa(2048),
                signature: signed(card, scheme, &messages.sha256)?,
            })
        };
        self.with(&key.token, pin, sign).await?
    }

    async fn sign(
        &self,
        key: &KeyId,
        _: &Certificate,
        pin: &Pin,
        messages: &[Signing],
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<Vec<Vec<u8>>, CardError> {
        let one = |card: &Card, it: &Signing| signed(card, it.scheme, &it.message);
        let sign = |card: &Card| messages.iter().map(|it| one(card, it)).collect();
        let signatures: Result<Vec<_>, _> = self.with(&key.token, pin, sign).await?;
        progress(messages.len());
        signatures
    }

    async fn decrypt(
        &self,
        key: &KeyId,
        _: &Certificate,
        pin: &Pin,
        padding: Padding,
        block: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, CardError> {
        let decrypt = |card: &Card| card.decrypting.decrypt(padding, block);
        let decrypted = self.with(&key.token, pin, decrypt).await?;
        decrypted.map_err(|Unable| CardError::Unsupported)
    }

    async fn change_pin(&self, token: &TokenId, old: &Pin, new: &Pin) -> Result<(), CardError> {
        self.with(token, old, |_| ()).await?;
        self.lock().of(token)?.set_pin(new)
    }

    async fn reveal(&self, _: &KeyId, _: &Pin, _: Use) -> Result<Certificate, CardError> {
        // Nothing is hidden here.
        Err(CardError::KeyGone)
    }
}

fn signed(card: &Card, scheme: Scheme, message: &[u8]) -> Result<Vec<u8>, CardError> {
    card.signing
        .sign(scheme, message)
        .ok_or(CardError::Unsupported)
}
