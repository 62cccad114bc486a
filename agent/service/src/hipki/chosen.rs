//! Which card, and which of its certificates, a page means.

use chop_token::{Certificate, Inventory, KeyId, Signer, Token, Use};

use super::{
    code::{Fault, Major},
    info::{ANY_READER, slots},
};

/// What a page says of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Wish {
    /// The reader's name; empty for any.
    pub(super) reader: String,
    /// `CKA_ID`; `None` for the one that is for this.
    pub(super) key: Option<Vec<u8>>,
    /// Issuers that the machine's policy allows; empty for all.
    pub(super) issuers: Vec<String>,
}

/// What is meant.
#[derive(Clone, Debug)]
pub(super) struct Chosen<'a> {
    pub(super) token: &'a Token,
    pub(super) key: KeyId,
    /// `None` for a file that hides its certificates.
    pub(super) certificate: Option<&'a Certificate>,
}

/// The identifiers that keys have on the cards.
const OF_SIGNING: [&[u8]; 2] = [b"SIGN", b"SIGNEC"];
const OF_DECRYPTING: [&[u8]; 1] = [b"KEYX"];

impl Wish {
    /// Finds it.
    ///
    /// # Errors
    /// [`Major::NoReader`], [`Major::NoCard`], [`Major::NoCertificate`].
    pub(super) fn find<'a>(
        &self,
        inventory: &'a Inventory,
        wanted: Use,
    ) -> Result<Chosen<'a>, Fault> {
        let tokens = self.tokens(inventory)?;
        let found = tokens.iter().find_map(|token| self.of(token, wanted));
        found.ok_or(Major::NoCertificate.into())
    }

    /// The token alone, whatever is on it.
    ///
    /// # Errors
    /// [`Major::NoReader`], [`Major::NoCard`].
    pub(super) fn token<'a>(&self, inventory: &'a Inventory) -> Result<&'a Token, Fault> {
        let tokens = self.tokens(inventory)?;
        tokens.first().copied().ok_or(Major::NoCard.into())
    }

    /// Those in the readers that are meant; at least one.
    fn tokens<'a>(&self, inventory: &'a Inventory) -> Result<Vec<&'a Token>, Fault> {
        let slots = slots(inventory);
        if slots.is_empty() {
            return Err(Major::NoReader.into());
        }
        let reader = self.reader.trim_end();
        let any = matches!(reader, "" | "0" | ANY_READER);
        let tokens: Vec<_> = slots
            .iter()
            .filter(|(name, _)| any || name == reader)
            .filter_map(|(_, token)| *token)
            .collect();
        match tokens.is_empty() {
            true => Err(Major::NoCard.into()),
            false => Ok(tokens),
        }
    }

    /// Whether the machine's policy lets this certificate be used.
    pub(super) fn passes(&self, certificate: &Certificate) -> bool {
        self.issuers.is_empty() || self.issuers.contains(&certificate.issuer)
    }

    fn of<'a>(&self, token: &'a Token, wanted: Use) -> Option<Chosen<'a>> {
        let certificates = || token.certificates.iter().filter(|it| self.passes(it));
        let with_id = |id: &[u8]| certificates().find(|it| it.id == id);
        let certificate = match &self.key {
            // Any key signs that a page names. To decrypt is for keys that are for nothing else:
            // with many answers a signature can be had from what decrypts (Bleichenbacher).
            Some(id) => with_id(id).filter(|it| wanted != Use::Decrypt || it.fits(wanted)),
            None => {
                let ids: &[&[u8]] = match wanted {
                    Use::Decrypt => &OF_DECRYPTING,
                    Use::SignIn | Use::Sign => &OF_SIGNING,
                };
                let by_id = ids.iter().find_map(|id| with_id(id));
                let by_id = by_id.filter(|it| wanted != Use::Decrypt || it.fits(wanted));
                let fitting = certificates().filter(|it| it.fits(wanted));
                by_id.or_else(|| fitting.max_by_key(|it| it.not_before))
            }
        };
        match certificate {
            Some(certificate) => Some(Chosen {
                token,
                key: KeyId {
                    token: token.id.clone(),
                    id: certificate.id.clone(),
                },
                certificate: Some(certificate),
            }),
            None if token.hidden => Some(Chosen {
                token,
                key: KeyId {
                    token: token.id.clone(),
                    id: Vec::new(),
                },
                certificate: None,
            }),
            None => None,
        }
    }
}

impl Chosen<'_> {
    /// The same as the window takes it.
    pub(super) fn signer(&self) -> Signer {
        Signer {
            key: self.key.clone(),
            certificate: self.certificate.cloned(),
            label: self.token.label.clone(),
            reader: self.token.reader.clone(),
            pin: self.token.pin.clone(),
        }
    }

    /// Whether the certificate is valid at `now`, seconds since 1970.
    ///
    /// # Errors
    /// [`Major::NotYetValid`], [`Major::Expired`].
    pub(super) fn check_validity(&self, now: i64) -> Result<(), Fault> {
        match self.certificate {
            Some(certificate) if now < certificate.not_before => Err(Major::NotYetValid.into()),
            Some(certificate) if now > certificate.not_after => Err(Major::Expired.into()),
            _ => Ok(()),
        }
    }
}
