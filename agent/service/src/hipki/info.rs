//! What there is: readers, cards, certificates and public keys, as pages read them.
//!
//! Spec: docs/hicos.md, "pkcs11info".

mod certificate;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chop_token::{Certificate, Inventory, KeyKind, Readers, Token};
use ring::digest;
use serde::Serialize;

use certificate::{CertificateInfo, is_authority, pasted};

/// The reader that is shown to callers who may not see the true ones, and that stands for whatever
/// reader has a card.
pub(super) const ANY_READER: &str = "Chop 0";

/// `version` of the component's list tool that answers are alike to.
const LIST_VERSION: &str = "2.2.6";

/// What is answered to `/pkcs11info`. In the component's order, which is the alphabet's, with what
/// its server adds at the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Info {
    cryptoki_version: f64,
    flags: u32,
    func: &'static str,
    #[serde(rename = "last_error")]
    last_error: i32,
    library_description: String,
    library_version: f64,
    #[serde(rename = "manufacturerID")]
    manufacturer_id: String,
    #[serde(rename = "ret_code")]
    ret_code: u32,
    slots: Vec<Slot>,
    version: &'static str,
    server_version: String,
    installed_module: [Module; 1],
}

#[derive(Debug, Serialize)]
struct Module {
    version: String,
    description: &'static str,
}

/// A reader.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Slot {
    firmware_version: u32,
    flags: u32,
    hardware_version: u32,
    #[serde(rename = "manufacturerID")]
    manufacturer_id: &'static str,
    slot_description: String,
    #[serde(rename = "slotID")]
    slot_id: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenInfo>,
}

/// A card.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct TokenInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    certs: Option<Vec<CertificateInfo>>,
    firmware_version: u32,
    flags: u32,
    hardware_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<Key>>,
    label: String,
    #[serde(rename = "manufacturerID")]
    manufacturer_id: String,
    model: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    ul_free_private_memory: u32,
    ul_free_public_memory: u32,
    ul_max_pin_len: usize,
    ul_max_rw_session_count: u32,
    ul_max_session_count: u32,
    ul_min_pin_len: usize,
    ul_session_count: u32,
    ul_total_private_memory: u32,
    ul_total_public_memory: u32,
    utc_time: &'static str,
}

/// A public key.
#[derive(Debug, Serialize)]
struct Key {
    id: String,
    keyb64: String,
    label: String,
    r#type: u32,
}

impl Info {
    /// What there is.
    pub(super) fn of(inventory: &Inventory, with_certificates: bool, version: &str) -> Self {
        let named = |(number, (name, token)): (usize, (String, Option<&Token>))| {
            let token = token.map(|it| TokenInfo::of(it, with_certificates));
            Slot::new(number, name, token)
        };
        let slots = slots(inventory).into_iter().enumerate();
        let slots = slots.map(named).collect();
        let library = inventory
            .sources
            .iter()
            .find_map(|source| source.library.as_ref());
        let number = |(major, minor): (u8, u8), parts| f64::from(major) + f64::from(minor) / parts;
        Self {
            cryptoki_version: library.map_or(2.4, |it| number(it.cryptoki, 100.0)),
            library_description: library.map_or("Chop".to_owned(), |it| pasted(&it.description)),
            library_version: library.map_or(1.0, |it| number(it.version, 1000.0)),
            manufacturer_id: library.map_or("Chop".to_owned(), |it| pasted(&it.manufacturer)),
            ..Self::new(slots, version)
        }
    }

    /// The same to a page that was shown [`ANY_READER`] before: pages look for a reader by the name
    /// that they had first.
    pub(super) fn named_as_before(mut self) -> Self {
        if let Some(first) = self.slots.iter_mut().find(|slot| slot.token.is_some()) {
            ANY_READER.clone_into(&mut first.slot_description);
        }
        self
    }

    /// What is said to whoever may not know what there is.
    pub(super) fn constant(version: &str) -> Self {
        let token = TokenInfo {
            ul_max_pin_len: 8,
            ul_min_pin_len: 6,
            ..TokenInfo::default()
        };
        Self::new(
            vec![Slot::new(0, ANY_READER.to_owned(), Some(token))],
            version,
        )
    }

    fn new(slots: Vec<Slot>, version: &str) -> Self {
        Self {
            cryptoki_version: 2.4,
            flags: 0,
            func: "pkcs11info",
            last_error: 0,
            library_description: "Chop".to_owned(),
            library_version: 1.0,
            manufacturer_id: "Chop".to_owned(),
            ret_code: 0,
            slots,
            version: LIST_VERSION,
            server_version: version.to_owned(),
            installed_module: [Module {
                version: version.to_owned(),
                description: "HiPKILocalSignServer",
            }],
        }
    }

    /// Each reader's name, and its card's number if there is one.
    pub(super) fn readers(&self) -> impl Iterator<Item = (&str, Option<&str>, bool)> {
        self.slots.iter().map(|slot| {
            let token = slot.token.as_ref();
            let number = token.and_then(|token| token.serial_number.as_deref());
            (slot.slot_description.as_str(), number, token.is_some())
        })
    }
}

impl Slot {
    fn new(slot_id: usize, slot_description: String, token: Option<TokenInfo>) -> Self {
        Self {
            firmware_version: 0,
            flags: 7,
            hardware_version: 0,
            manufacturer_id: "unKnow",
            slot_description,
            slot_id,
            token,
        }
    }
}

impl TokenInfo {
    fn of(token: &Token, with_certificates: bool) -> Self {
        let certificates = in_order(&token.certificates);
        let leaves = certificates.iter().filter(|it| !is_authority(it));
        let keys = leaves
            .zip(1..)
            .filter_map(|(it, number)| Key::of(it, number));
        Self {
            certs: with_certificates.then(|| {
                let infos = certificates.iter().map(|it| CertificateInfo::of(it));
                infos.flatten().collect()
            }),
            // CKF_RNG, CKF_LOGIN_REQUIRED, CKF_USER_PIN_INITIALIZED, CKF_TOKEN_INITIALIZED.
            flags: 0x40d,
            keys: with_certificates.then(|| keys.collect()),
            label: pasted(&token.label),
            manufacturer_id: pasted(&token.manufacturer),
            model: pasted(&token.model),
            serial_number: Some(card_number(token)),
            ul_max_pin_len: *token.pin.length.end(),
            ul_min_pin_len: *token.pin.length.start(),
            ul_total_public_memory: u32::MAX,
            ..Self::default()
        }
    }
}

impl Key {
    /// `None` for keys of kinds that are used for nothing.
    fn of(certificate: &Certificate, number: usize) -> Option<Self> {
        Some(Self {
            id: STANDARD.encode(&certificate.id),
            keyb64: STANDARD.encode(&certificate.public_key),
            label: format!("K{number}"),
            r#type: match certificate.key? {
                KeyKind::Rsa(_) => 0,
                KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => 3,
            },
        })
    }
}

/// The readers, each with the card that is known in it; then cards and files that are in none. Those
/// with a card come first: there are pages that look into the first alone, and pages that count.
/// Names are unique: pages keep readers by them.
pub(super) fn slots(inventory: &Inventory) -> Vec<(String, Option<&Token>)> {
    let mut slots: Vec<(String, Option<&Token>)> = Vec::new();
    let mut add = |name: &str, token| {
        let name = pasted(name.trim_end());
        let taken = |name: &String| slots.iter().any(|(other, _)| other == name);
        let numbered = (1..).map(|number| match number {
            1 => name.clone(),
            _ => format!("{name} ({number})"),
        });
        let name = numbered.into_iter().find(|name| !taken(name));
        slots.push((name.unwrap_or_default(), token));
    };
    if let Readers::Present(readers) = &inventory.readers {
        for reader in readers {
            let in_it = |token: &&Token| token.reader.as_deref() == Some(&*reader.name);
            let mut tokens = inventory.tokens.iter().filter(in_it);
            add(&reader.name, tokens.next());
            for another in tokens {
                add(&reader.name, Some(another));
            }
        }
    }
    let known = |token: &Token| match &inventory.readers {
        Readers::Present(readers) => {
            let of = |name: &String| readers.iter().any(|reader| reader.name == *name);
            token.reader.as_ref().is_some_and(of)
        }
        _ => false,
    };
    for token in inventory.tokens.iter().filter(|token| !known(token)) {
        add(token.reader.as_deref().unwrap_or(&token.label), Some(token));
    }
    slots.sort_by_key(|(_, token)| token.is_none());
    slots
}

/// The card's number; of what has none, one that stays the same for its certificates.
pub(super) fn card_number(token: &Token) -> String {
    let number = pasted(token.id.serial.trim());
    if !number.is_empty() {
        return number;
    }
    let mut hash = digest::Context::new(&digest::SHA256);
    hash.update(token.id.source.to_string_lossy().as_bytes());
    for certificate in &token.certificates {
        hash.update(&certificate.der);
    }
    let hash = hash.finish();
    let digits = hash.as_ref().iter().take(8);
    digits.map(|byte| format!("{byte:02X}")).collect()
}

/// Roots, their authorities, what signs, what decrypts, each in the card's order: pages rely on it.
fn in_order(certificates: &[Certificate]) -> Vec<&Certificate> {
    let mut ordered: Vec<_> = certificates.iter().collect();
    let signs = |it: &Certificate| it.uses.sign_in || it.uses.sign;
    ordered.sort_by_key(|it| match (is_authority(it), signs(it)) {
        (true, _) if it.subject_name == it.issuer_name => 0,
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 3,
    });
    ordered
}
