//! Signatures: log in, sign one or several, log out.

use cryptoki::{
    error::Error,
    mechanism::{
        Mechanism, MechanismType,
        rsa::{PkcsMgfType, PkcsPssParams},
    },
    object::ObjectHandle,
    session::{Session, UserType},
};

use super::{
    login::{Found, Secret},
    module::{Module, failure},
};
use crate::{
    Hash, KeyKind, Pin, Scheme, Signing,
    wire::{Failure, Place},
};

impl Module {
    /// Signs each message, and hands each signature to `each` as soon as it is there. After a
    /// failure the session is closed, so that no half-done operation and no login stays.
    pub(super) fn sign(
        &mut self,
        place: &Place,
        (id, kind): (&[u8], KeyKind),
        pin: &Pin,
        messages: &[Signing],
        mut each: impl FnMut(Vec<u8>) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        if messages.iter().any(|message| !message.scheme.suits(kind)) {
            return Err(Failure::Unsupported);
        }
        let mut open = self.session(place)?;
        let pin = Secret::new(pin, place.keypad);
        open.log_in(&pin).map_err(|error| failure(&error))?;
        let Found { key, always } = open.find(id, kind)?;
        for message in messages {
            let signature = match always {
                true => {
                    let hashes = self.hashes(place, message.scheme);
                    with_second_login(&open.session, key, &input(message, kind, hashes), &pin)
                }
                false => {
                    let (mechanism, data) = over_digest(message, kind);
                    open.session.sign(&mechanism, key, &data)
                }
            };
            let signature = signature.map_err(|error| failure(&error))?;
            if signature.len() != kind.signature_width() {
                return Err(Failure::NotASignature);
            }
            // Nobody listens any more: the process is about to end.
            each(signature).map_err(|_| Failure::CardRemoved)?;
        }
        self.in_use = Some((place.slot, open));
        Ok(())
    }

    /// Whether the module hashes by itself for this scheme.
    fn hashes(&self, place: &Place, scheme: Scheme) -> bool {
        let Some(mechanism) = hashing(scheme) else {
            return false;
        };
        let listed = place
            .slot
            .try_into()
            .and_then(|slot| self.pkcs11.get_mechanism_list(slot));
        listed.is_ok_and(|list| list.contains(&mechanism.mechanism_type()))
    }

    /// Logs out what has just been used, after its result was handed over: on a card this takes as
    /// long as a PIN. A session that cannot log out is closed, which logs out too.
    pub(super) fn log_out(&mut self) {
        if let Some((slot, open)) = self.in_use.take()
            && open.session.logout().is_ok()
        {
            self.open.insert(slot, open);
        }
    }
}

/// A mechanism and what goes into it.
type Input = (Mechanism<'static>, Vec<u8>);

/// The same entry of the PIN is given to the card again, because it wants it for each signature.
///
/// cryptoki's `sign` has no room for a login between its parts, so the data go in by
/// `C_SignUpdate`. All modules that hash themselves take them so; of the others OpenSC does.
fn with_second_login(
    session: &Session,
    key: ObjectHandle,
    (mechanism, data): &Input,
    pin: &Secret,
) -> Result<Vec<u8>, Error> {
    session.sign_init(mechanism, key)?;
    pin.log_in(session, UserType::ContextSpecific)?;
    session.sign_update(data)?;
    session.sign_final()
}

fn input(message: &Signing, kind: KeyKind, hashes: bool) -> Input {
    match hashing(message.scheme) {
        Some(mechanism) if hashes => (mechanism, message.message.clone()),
        _ => over_digest(message, kind),
    }
}

/// The mechanism that hashes by itself.
fn hashing(scheme: Scheme) -> Option<Mechanism<'static>> {
    use Mechanism as M;
    Some(match scheme {
        Scheme::Pkcs1(Hash::Sha1) => M::Sha1RsaPkcs,
        Scheme::Pkcs1(Hash::Sha256) => M::Sha256RsaPkcs,
        Scheme::Pkcs1(Hash::Sha384) => M::Sha384RsaPkcs,
        Scheme::Pkcs1(Hash::Sha512) => M::Sha512RsaPkcs,
        Scheme::Ecdsa(Hash::Sha1) => M::EcdsaSha1,
        Scheme::Ecdsa(Hash::Sha256) => M::EcdsaSha256,
        Scheme::Ecdsa(Hash::Sha384) => M::EcdsaSha384,
        Scheme::Ecdsa(Hash::Sha512) => M::EcdsaSha512,
        Scheme::Pss(hash) => {
            let parameters = pss(hash);
            match hash {
                Hash::Sha1 => M::Sha1RsaPkcsPss(parameters),
                Hash::Sha256 => M::Sha256RsaPkcsPss(parameters),
                Hash::Sha384 => M::Sha384RsaPkcsPss(parameters),
                Hash::Sha512 => M::Sha512RsaPkcsPss(parameters),
            }
        }
        Scheme::Pkcs1Block => return None,
    })
}

/// What every module can: a digest that is made here.
fn over_digest(message: &Signing, kind: KeyKind) -> Input {
    let bytes = &message.message;
    match message.scheme {
        Scheme::Pkcs1(hash) => {
            let digest = hash.of(bytes);
            (Mechanism::RsaPkcs, hash.digest_info(digest.as_ref()))
        }
        Scheme::Pss(hash) => {
            let digest = hash.of(bytes).as_ref().to_vec();
            (Mechanism::RsaPkcsPss(pss(hash)), digest)
        }
        Scheme::Ecdsa(hash) => {
            // As many bits as the curve's order has count (FIPS 186-5 §6.4.1); some modules take
            // no more.
            let mut digest = hash.of(bytes).as_ref().to_vec();
            digest.truncate(kind.signature_width() / 2);
            (Mechanism::Ecdsa, digest)
        }
        Scheme::Pkcs1Block => (Mechanism::RsaPkcs, bytes.clone()),
    }
}

fn pss(hash: Hash) -> PkcsPssParams {
    let (hash_alg, mgf, s_len) = match hash {
        Hash::Sha1 => (MechanismType::SHA1, PkcsMgfType::MGF1_SHA1, 20),
        Hash::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32),
        Hash::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384, 48),
        Hash::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512, 64),
    };
    PkcsPssParams {
        hash_alg,
        mgf,
        s_len: s_len.into(),
    }
}
