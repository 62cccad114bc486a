//! Cards that do as a test says, and what is on them.

use super::*;

#[derive(Debug)]
pub(crate) enum Asked<'a> {
    Sign(&'a [Signing]),
    Decrypt(Padding, &'a [u8]),
    Reveal,
    ChangePin,
}

/// What it made of it.
pub(crate) enum Done {
    Signatures(Vec<Vec<u8>>),
    Key(Option<Vec<u8>>),
    Certificate(Box<Certificate>),
    Changed,
}

pub(crate) struct Cards {
    pub(super) inventory: watch::Sender<Arc<Inventory>>,
    pub(super) card: Mutex<Box<Card>>,
    pub(super) work: Mutex<Box<Work>>,
    pub(super) record: Record,
}

impl Cards {
    async fn works(&self, pin: &Pin, asked: Asked<'_>) -> Result<Done, Error> {
        self.record.add("card");
        let working = Working(self.record.clone());
        let answer = self.work.lock().unwrap()(pin.expose(), asked);
        let Some(answer) = answer else {
            return std::future::pending().await;
        };
        // A card takes its time, in which others come.
        tokio::time::sleep(Duration::from_millis(5)).await;
        std::mem::forget(working);
        answer
    }
}

impl Keys for Cards {
    fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        self.inventory.subscribe()
    }

    fn look(&self) {
        self.record.add("look");
    }

    async fn sign_in(&self, key: &KeyId, pin: &Pin, messages: &Messages) -> Result<Signed, Error> {
        self.record.add("card");
        let working = Working(self.record.clone());
        let answer = self.card.lock().unwrap()(key, pin.expose(), messages);
        let Some(answer) = answer else {
            return std::future::pending().await;
        };
        std::mem::forget(working);
        answer
    }

    async fn sign(
        &self,
        _: &KeyId,
        _: &Certificate,
        pin: &Pin,
        messages: &[Signing],
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<Vec<Vec<u8>>, Error> {
        let done = self.works(pin, Asked::Sign(messages)).await?;
        let Done::Signatures(signatures) = done else {
            panic!("signatures were asked for")
        };
        for done in 1..=signatures.len() {
            progress(done);
            // Time for the window to show it.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(signatures)
    }

    async fn decrypt(
        &self,
        _: &KeyId,
        _: &Certificate,
        pin: &Pin,
        padding: Padding,
        block: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        match self.works(pin, Asked::Decrypt(padding, block)).await? {
            Done::Key(key) => Ok(key.map(Zeroizing::new)),
            _ => panic!("a key was asked for"),
        }
    }

    async fn change_pin(&self, _: &TokenId, old: &Pin, _: &Pin) -> Result<(), Error> {
        match self.works(old, Asked::ChangePin).await? {
            Done::Changed => Ok(()),
            _ => panic!("a change of the PIN was asked for"),
        }
    }

    async fn reveal(&self, _: &KeyId, pin: &Pin, _: Use) -> Result<Certificate, Error> {
        match self.works(pin, Asked::Reveal).await? {
            Done::Certificate(certificate) => Ok(*certificate),
            _ => panic!("a certificate was asked for"),
        }
    }
}

/// A card at work: dropping it stops it.
struct Working(Record);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.add("card stopped");
    }
}

/// Signs by handing back what was to be signed.
pub(crate) fn signed(messages: &Messages) -> Signed {
    Signed {
        certificate: b"certificate".to_vec(),
        key: KeyKind::P256,
        signature: messages.sha256.clone(),
    }
}

pub(crate) fn token() -> Token {
    Token {
        id: TokenId {
            source: "/module.so".into(),
            slot: 0,
            serial: "1".to_owned(),
        },
        label: "card".to_owned(),
        manufacturer: "maker".to_owned(),
        model: "model".to_owned(),
        reader: Some("reader".to_owned()),
        pin: PinState {
            tries_left: Some(3),
            locked: false,
            length: 6..=8,
            keypad: false,
        },
        certificates: vec![Certificate {
            id: vec![1],
            label: "cert1".to_owned(),
            der: b"certificate".to_vec(),
            holder: "王小明".to_owned(),
            issuer: "MOICA".to_owned(),
            subject_name: Vec::new(),
            issuer_name: Vec::new(),
            not_before: -10,
            not_after: 10,
            key: Some(KeyKind::P256),
            public_key: Vec::new(),
            uses: Uses {
                sign_in: true,
                sign: true,
                decrypt: false,
            },
        }],
        hidden: false,
    }
}

pub(crate) fn readers(cards: &[bool]) -> Readers {
    let reader = |card: &bool| Reader {
        name: "reader".to_owned(),
        card: card.then(|| vec![0x3B]),
    };
    Readers::Present(cards.iter().map(reader).collect())
}

pub(crate) fn card_in_reader() -> Inventory {
    Inventory {
        settled: true,
        readers: readers(&[true]),
        tokens: vec![token()],
        sources: Vec::new(),
    }
}
