//! One cell: a mishap, and what came of it.

use std::{fmt, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use chop_token::{Error, Keyring, Signed, Signer};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use tokio::time::{Instant, timeout};

use super::{Kind, Signatures, Subject};
use crate::{
    card::PIN,
    keyring::{messages, pin, signer, until},
    namespace::Namespace,
    pki::{Credential, Holder, KeyKind, Pki, Request},
};

/// What happens to the token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cell {
    /// Nothing: it signs.
    Sign,
    /// The PIN is wrong.
    WrongPin,
    /// The PIN is wrong until the token locks, or ten times.
    Locked,
    /// It is gone when it is to sign.
    RemovedBefore,
    /// It goes while it signs.
    RemovedDuring,
    /// It is another one when it is to sign.
    Swapped,
    /// It takes ten seconds to sign.
    Slow,
    /// It answers 6F00.
    Broken,
}

impl Cell {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sign,
        Self::WrongPin,
        Self::Locked,
        Self::RemovedBefore,
        Self::RemovedDuring,
        Self::Swapped,
        Self::Slow,
        Self::Broken,
    ];
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sign => "sign",
            Self::WrongPin => "wrong PIN",
            Self::Locked => "locked",
            Self::RemovedBefore => "removed before",
            Self::RemovedDuring => "removed during",
            Self::Swapped => "swapped",
            Self::Slow => "slow (10 s)",
            Self::Broken => "6F00",
        })
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// In words, for the table.
    pub words: String,
    /// How long the operation took.
    pub time: Duration,
    /// Whether it is what it should be, and came in time.
    pub right: bool,
}

/// No operation may take longer, whatever happens; the agent's own deadline is 60 s.
const HANG: Duration = Duration::from_secs(75);
/// A card whose module has heard its last must have an answer by then.
const AFTER_REMOVAL: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(20);

/// Runs one cell in the namespace that the calling thread is in.
///
/// # Errors
/// When the scene cannot be set; what the agent makes of it is an outcome.
pub async fn run(
    kind: Kind,
    cell: Cell,
    namespace: &Namespace,
    kryoptic: Option<&Path>,
) -> Result<Outcome> {
    let credential = credential(&Holder::company())?;
    let mut subject = kind.subject(namespace, &credential, kryoptic)?;
    let spoilt = [Cell::RemovedDuring, Cell::Slow, Cell::Broken].contains(&cell);
    let keyring = subject.keyring(spoilt)?;
    keyring.look();
    let ready = until(&keyring, SOON, |it| it.settled && signer(it).is_some()).await?;
    let who = signer(&ready).context("no signer")?;
    let scene = Scene { keyring, who };
    let start = Instant::now();
    let found = timeout(HANG, scene.play(cell, subject.as_mut())).await;
    let (words, time, right) = match found {
        Ok(found) => found?,
        Err(_) => ("HANG".to_owned(), start.elapsed(), false),
    };
    Ok(Outcome { words, time, right })
}

fn credential(holder: &Holder) -> Result<Credential> {
    Ok(Pki::shared().credential(&Request::of(holder), KeyKind::Rsa(2048))?)
}

struct Scene {
    keyring: Keyring,
    who: Signer,
}

/// Words, time, and whether it is right.
type Found = (String, Duration, bool);

impl Scene {
    async fn play(&self, cell: Cell, subject: &mut dyn Subject) -> Result<Found> {
        match cell {
            Cell::Sign => Ok(judged(self.sign(PIN).await, signed)),
            Cell::WrongPin => self.wrong_pin(subject).await,
            Cell::Locked => self.locked(subject).await,
            Cell::RemovedBefore => {
                subject.remove()?;
                Ok(judged(self.sign(PIN).await, signed_or_gone))
            }
            Cell::RemovedDuring => self.removed_during(subject).await,
            Cell::Swapped => self.swapped(subject).await,
            Cell::Slow => {
                subject.signatures(Signatures::Take(10))?;
                let found = self.sign(PIN).await;
                let slow = found.1 >= Duration::from_secs(10);
                Ok(judged(found, |result| slow && signed(result)))
            }
            Cell::Broken => {
                subject.signatures(Signatures::Fail)?;
                let first = judged(self.sign(PIN).await, |it| {
                    matches!(it, Err(Error::Module { .. }))
                });
                // And once it is mended, it signs.
                subject.signatures(Signatures::Take(0))?;
                let mended = judged(self.sign(PIN).await, signed);
                Ok((
                    format!("{}, then {}", first.0, mended.0),
                    first.1,
                    first.2 && mended.2,
                ))
            }
        }
    }

    /// Once, and then the right one: a wrong one must not spoil what comes after.
    async fn wrong_pin(&self, subject: &dyn Subject) -> Result<Found> {
        let wrong = |it: &Result<Signed, Error>| matches!(it, Err(Error::PinWrong { .. }));
        let first = judged(self.sign(subject.wrong_pin()).await, wrong);
        let then = judged(self.sign(PIN).await, signed);
        Ok((
            format!("{}, then {}", first.0, then.0),
            first.1,
            first.2 && then.2,
        ))
    }

    async fn locked(&self, subject: &dyn Subject) -> Result<Found> {
        for tries in 1..=10 {
            let (result, _) = self.sign(subject.wrong_pin()).await;
            match result {
                Err(Error::PinWrong { .. }) => {}
                Err(Error::PinLocked) => {
                    let locked = |it: &Result<Signed, Error>| matches!(it, Err(Error::PinLocked));
                    let (words, time, right) = judged(self.sign(PIN).await, locked);
                    return Ok((format!("{words} after {tries}"), time, right));
                }
                other => return Ok(judged((other, Duration::ZERO), |_| false)),
            }
        }
        let (words, time, right) = judged(self.sign(PIN).await, signed);
        Ok((format!("never locks: {words}"), time, right))
    }

    async fn removed_during(&self, subject: &mut dyn Subject) -> Result<Found> {
        subject.signatures(Signatures::Take(3))?;
        let begun = self.sign(PIN);
        let pulled = async {
            tokio::task::block_in_place(|| subject.wait_for_signature())?;
            subject.remove()?;
            anyhow::Ok(Instant::now())
        };
        let (found, pulled) = tokio::join!(begun, pulled);
        let after = pulled?.elapsed();
        let (words, _, right) = judged(found, signed_or_gone);
        Ok((words, after, right && after < AFTER_REMOVAL))
    }

    async fn swapped(&self, subject: &mut dyn Subject) -> Result<Found> {
        let other = credential(&Holder::other_company())?;
        subject.swap(&other)?;
        let (words, time, right) = judged(self.sign(PIN).await, signed_or_gone);
        // Its PIN is not the other one's to hear.
        let heard = subject.pins_seen().unwrap_or(0);
        let words = match heard {
            0 => words,
            _ => format!("{words}, and the other one heard the PIN"),
        };
        Ok((words, time, right && heard == 0))
    }

    async fn sign(&self, text: &str) -> (Result<Signed, Error>, Duration) {
        let start = Instant::now();
        let (pin, messages) = (pin(text), messages());
        let signed = self.keyring.sign_in(&self.who.key, &pin, &messages).await;
        let time = start.elapsed();
        // A signature is one by the key that was shown, or none.
        let signed = signed.and_then(|signed| match self.verifies(&signed) {
            Ok(()) => Ok(signed),
            Err(_) => Err(Error::NotASignature),
        });
        (signed, time)
    }

    fn verifies(&self, signed: &Signed) -> Result<()> {
        let shown = self.who.certificate.as_ref().context("no certificate")?;
        ensure!(signed.certificate == shown.der, "another certificate");
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &shown.public_key);
        key.verify(&messages().sha256, &signed.signature)
            .map_err(|_| anyhow::anyhow!("no signature"))
    }
}

fn signed(result: &Result<Signed, Error>) -> bool {
    result.is_ok()
}

/// A token in software may keep its keys in memory when its files are gone: what it then gives is a
/// signature by the key that was shown, or an error that says that it is gone.
fn signed_or_gone(result: &Result<Signed, Error>) -> bool {
    use Error as E;
    matches!(
        result,
        Ok(_) | Err(E::CardRemoved | E::KeyGone | E::WorkerEnded | E::Module { .. })
    )
}

fn judged(
    (result, time): (Result<Signed, Error>, Duration),
    right: impl Fn(&Result<Signed, Error>) -> bool,
) -> Found {
    let right = right(&result);
    let words = match result {
        Ok(_) => "signed".to_owned(),
        Err(Error::PinWrong { left: Some(left) }) => format!("wrong PIN, {left} left"),
        Err(Error::PinWrong { left: None }) => "wrong PIN".to_owned(),
        Err(Error::PinLocked) => "locked".to_owned(),
        Err(Error::CardRemoved) => "card removed".to_owned(),
        Err(Error::KeyGone) => "key gone".to_owned(),
        Err(Error::WorkerEnded) => "worker ended".to_owned(),
        Err(Error::Module { call, code }) => format!("{call} {code:#x}"),
        Err(other) => other.to_string(),
    };
    (words, time, right)
}
