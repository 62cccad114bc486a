//! What of an inventory is shown; for programs its JSON is this structure.

use chop_token::{Certificate, Inventory, Reader, Readers, Source, Token, Use};
use serde::Serialize;
use time::OffsetDateTime;

use crate::text::{Words, cards as text};

/// All of it.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(super) struct Shown {
    pub(super) service: Service,
    /// Whether every module has answered.
    pub(super) settled: bool,
    pub(super) readers: Vec<ShownReader>,
    /// Tokens that are in no reader: files, and keys in software.
    pub(super) others: Vec<ShownToken>,
    pub(super) modules: Vec<ShownModule>,
}

/// The smart card service.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Service {
    Unknown,
    Down,
    Running,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
pub(super) struct ShownReader {
    pub(super) name: String,
    pub(super) card: Option<ShownCard>,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
pub(super) struct ShownCard {
    /// Its answer to reset, hexadecimal.
    pub(super) atr: String,
    pub(super) contactless: bool,
    /// What it is called; `null` if nobody knows it.
    pub(super) name: Option<Name>,
    /// What to do about a card that no module reads.
    pub(super) remedy: Option<Name>,
    pub(super) tokens: Vec<ShownToken>,
}

/// In both languages.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Name {
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
pub(super) struct ShownToken {
    pub(super) label: String,
    pub(super) manufacturer: String,
    pub(super) model: String,
    pub(super) serial: String,
    /// The module or file.
    pub(super) source: String,
    pub(super) pin: ShownPin,
    /// Whether it shows its certificates only to who knows the PIN.
    pub(super) hidden: bool,
    pub(super) certificates: Vec<ShownCertificate>,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
pub(super) struct ShownPin {
    /// `null` where the card does not tell.
    pub(super) tries_left: Option<u8>,
    pub(super) locked: bool,
    /// Entered on the reader.
    pub(super) keypad: bool,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
pub(super) struct ShownCertificate {
    pub(super) holder: String,
    pub(super) issuer: String,
    pub(super) key: Option<String>,
    /// Dates, as in 2026-01-31.
    pub(super) not_before: String,
    pub(super) not_after: String,
    /// Of `sign_in`, `sign` and `decrypt`.
    pub(super) uses: Vec<&'static str>,
}

/// A module, as programs are told of it.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct ShownModule {
    pub(super) path: String,
    /// What it says of itself.
    pub(super) description: Option<String>,
    pub(super) fault: Option<ShownFault>,
}

#[derive(Debug, Eq, PartialEq, Serialize)]
pub(crate) struct ShownFault {
    /// [`chop_token::Fault::code`].
    pub(super) code: &'static str,
    pub(super) what: Name,
    pub(super) remedy: Name,
}

impl Shown {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let (service, readers) = match &inventory.readers {
            Readers::Unknown => (Service::Unknown, &[][..]),
            Readers::ServiceDown => (Service::Down, &[][..]),
            Readers::Present(readers) => (Service::Running, readers.as_slice()),
        };
        let reader = |reader: &Reader| ShownReader {
            name: reader.name.clone(),
            card: card(inventory, reader),
        };
        let others = inventory.tokens.iter().filter(|it| it.reader.is_none());
        Self {
            service,
            settled: inventory.settled,
            readers: readers.iter().map(reader).collect(),
            others: others.map(token).collect(),
            modules: inventory.sources.iter().map(ShownModule::of).collect(),
        }
    }
}

fn card(inventory: &Inventory, reader: &Reader) -> Option<ShownCard> {
    let answer = reader.card.as_deref()?;
    let tokens: Vec<_> = inventory.tokens_in(&reader.name).map(token).collect();
    let remedy = text::what_to_install(inventory, reader);
    let model = inventory.model_in(reader);
    Some(ShownCard {
        atr: text::hexadecimal(answer),
        contactless: reader.is_contactless(),
        name: model.map(|model| name(&text::model(model))),
        remedy: remedy.map(|words| name(&words)),
        tokens,
    })
}

fn token(token: &Token) -> ShownToken {
    ShownToken {
        label: token.label.clone(),
        manufacturer: token.manufacturer.clone(),
        model: token.model.clone(),
        serial: token.id.serial.clone(),
        source: token.id.source.display().to_string(),
        pin: ShownPin {
            tries_left: token.pin.tries_left,
            locked: token.pin.locked,
            keypad: token.pin.keypad,
        },
        hidden: token.hidden,
        certificates: token.certificates.iter().map(certificate).collect(),
    }
}

fn certificate(certificate: &Certificate) -> ShownCertificate {
    let uses = [
        ("sign_in", Use::SignIn),
        ("sign", Use::Sign),
        ("decrypt", Use::Decrypt),
    ];
    let fits = |(name, wanted)| certificate.fits(wanted).then_some(name);
    ShownCertificate {
        holder: certificate.holder.clone(),
        issuer: certificate.issuer.clone(),
        key: certificate.key.map(text::key),
        not_before: day(certificate.not_before),
        not_after: day(certificate.not_after),
        uses: uses.into_iter().filter_map(fits).collect(),
    }
}

impl ShownModule {
    pub(crate) fn of(source: &Source) -> Self {
        let fault = source.fault.as_ref().map(|fault| {
            let (what, remedy) = text::fault(&source.path, fault);
            ShownFault {
                code: fault.code(),
                what: name(&what),
                remedy: name(&remedy),
            }
        });
        Self {
            path: source.path.display().to_string(),
            description: source.library.as_ref().map(text::library),
            fault,
        }
    }
}

fn name(words: &Words) -> Name {
    Name {
        zh: words.zh.clone().into_owned(),
        en: words.en.clone().into_owned(),
    }
}

fn day(seconds: i64) -> String {
    let moment = OffsetDateTime::from_unix_timestamp(seconds);
    moment.map_or_else(|_| seconds.to_string(), |moment| moment.date().to_string())
}
