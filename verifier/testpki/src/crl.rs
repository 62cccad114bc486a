//! Certificate revocation lists.

use std::time::SystemTime;

use der::{
    Any, Decode as _, Encode as _, Sequence, Tag,
    asn1::{Int, Uint},
};

use crate::{
    Authority, Error, Extension, Scheme, Time, extension,
    template::{Written, element, explicit, signed, written},
};

/// A list before it is signed.
#[derive(Clone, Debug)]
pub struct List {
    this_update: Time,
    next_update: Option<Time>,
    entries: Vec<u8>,
    extensions: Vec<Extension>,
    key_id: bool,
    number: Option<Vec<u8>>,
    scheme: Option<Scheme>,
}

/// One revoked certificate.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    serial: &'a [u8],
    since: Time,
    extensions: Vec<Extension>,
}

/// Spec: RFC 5280 §5.1.
#[derive(Sequence)]
struct EntryWritten {
    serial: Int,
    since: Any,
    extensions: Option<Vec<Written>>,
}

impl<'a> Entry<'a> {
    /// Without a reason.
    #[must_use]
    pub fn new(serial: &'a [u8], since: SystemTime) -> Self {
        Self {
            serial,
            since: since.into(),
            extensions: Vec::new(),
        }
    }

    /// With a reason: 1 is keyCompromise, 6 certificateHold, 8 removeFromCRL.
    #[must_use]
    pub fn reason(self, number: u8) -> Self {
        self.with(Extension::new("2.5.29.21", false, [10, 1, number]))
    }

    /// With an extension.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }
}

impl List {
    /// An empty list, made at `now` and due again after a week, with number 1.
    #[must_use]
    pub fn new(now: SystemTime) -> Self {
        Self {
            this_update: now.into(),
            next_update: Some((now + std::time::Duration::from_secs(7 * 24 * 3600)).into()),
            entries: Vec::new(),
            extensions: Vec::new(),
            key_id: true,
            number: Some(vec![1]),
            scheme: None,
        }
    }

    /// When it is made, and when the next one is due.
    #[must_use]
    pub fn between(mut self, this: impl Into<Time>, next: Option<Time>) -> Self {
        self.this_update = this.into();
        self.next_update = next;
        self
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// [`Error::Der`].
    pub fn and(mut self, entry: &Entry<'_>) -> Result<Self, Error> {
        let extensions = (!entry.extensions.is_empty()).then(|| written(&entry.extensions));
        let entry = EntryWritten {
            serial: Int::new(entry.serial)?,
            since: entry.since.any()?,
            extensions: extensions.transpose()?,
        };
        entry.encode_to_vec(&mut self.entries)?;
        Ok(self)
    }

    /// Revokes this serial number at `since`, without a reason.
    ///
    /// # Errors
    /// [`Error::Der`].
    pub fn revoking(self, serial: &[u8], since: SystemTime) -> Result<Self, Error> {
        self.and(&Entry::new(serial, since))
    }

    /// The list's number, big-endian; `None` for none.
    #[must_use]
    pub fn number(mut self, number: Option<&[u8]>) -> Self {
        self.number = number.map(<[u8]>::to_vec);
        self
    }

    /// A delta to the list of this number.
    ///
    /// # Errors
    /// [`Error::Der`].
    pub fn delta_to(self, base: &[u8]) -> Result<Self, Error> {
        let value = Uint::new(base)?.to_der()?;
        Ok(self.with(Extension::new("2.5.29.27", true, value)))
    }

    /// With an extension.
    #[must_use]
    pub fn with(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// Another way of signing than the key's usual one.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }

    /// Signs it: DER.
    ///
    /// # Errors
    /// [`Error`], from keys or DER.
    pub fn sign(&self, issuer: &Authority) -> Result<Vec<u8>, Error> {
        let key = issuer.key();
        let scheme = self.scheme.unwrap_or(key.scheme());
        let algorithm = Any::from_der(&scheme.algorithm()?)?;
        let mut extensions = self.extensions.clone();
        if self.key_id {
            extensions.push(extension::authority_key(key.public_key())?);
        }
        if let Some(number) = &self.number {
            let value = Uint::new(number)?.to_der()?;
            extensions.push(Extension::new("2.5.29.20", false, value));
        }
        let mut body = Vec::new();
        1u8.encode_to_vec(&mut body)?;
        algorithm.encode_to_vec(&mut body)?;
        body.extend(issuer.name().der()?);
        self.this_update.any()?.encode_to_vec(&mut body)?;
        if let Some(next) = &self.next_update {
            next.any()?.encode_to_vec(&mut body)?;
        }
        if !self.entries.is_empty() {
            element(Tag::Sequence, &self.entries)?.encode_to_vec(&mut body)?;
        }
        if !extensions.is_empty() {
            let list = Any::encode_from(&written(&extensions)?)?;
            explicit(0, list)?.encode_to_vec(&mut body)?;
        }
        let body = element(Tag::Sequence, &body)?.to_der()?;
        let signature = key.sign(scheme, &body)?;
        signed(&body, algorithm, &signature)
    }
}
