//! Lists and answers, by address.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use chop_verifier::{Anchors, Certificate, Crl, Evidence, OcspAnswer, OcspRequest, Sources};
use hyper::body::Bytes;

use crate::{
    Error, Settings,
    address::{Address, NamedBy},
    evidence,
    http::{Client, Question, Reply},
    lists::{self, Kept, Place},
};

/// How long an address is not tried again after it was.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Gets lists and OCSP answers, and keeps lists.
///
/// A clone has the same lists.
#[derive(Clone)]
pub struct Fetcher(Arc<Parts>);

struct Parts {
    settings: Settings,
    anchors: Arc<Anchors>,
    client: Arc<Client>,
    /// For each address, one at a time: whoever comes second finds what the first has fetched.
    lists: Mutex<HashMap<String, Arc<Slot>>>,
}

/// What we have from one address.
#[derive(Default)]
struct Slot {
    kept: Mutex<Option<Kept>>,
    /// One at a time; when it was tried last.
    fetching: Arc<tokio::sync::Mutex<Option<SystemTime>>>,
}

impl Slot {
    fn kept(&self) -> Option<Kept> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, kept: Kept) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }
}

impl Fetcher {
    /// Gets things as `settings` say; lists have to be signed by one of `anchors`.
    ///
    /// # Errors
    /// [`Error::Folder`], [`Error::ProxyAddress`], [`Error::Tls`].
    pub fn new(settings: Settings, anchors: impl Into<Arc<Anchors>>) -> Result<Self, Error> {
        lists::folder(&settings.folder)?;
        Ok(Self(Arc::new(Parts {
            client: Arc::new(Client::new(&settings)?),
            settings,
            anchors: anchors.into(),
            lists: Mutex::default(),
        })))
    }

    /// The list at an address of your configuration.
    ///
    /// One that we have is given at once while it counts; when it is older than an hour, a newer one is
    /// looked for in the background. When it is out of date, its successor is waited for, and if that
    /// does not come the old one is given: whether it counts is the verifier's decision.
    ///
    /// # Errors
    /// [`Error`], if there is none at all.
    pub async fn list(&self, address: &str, now: SystemTime) -> Result<Arc<Crl>, Error> {
        self.list_named_by(address, NamedBy::Operator, now).await
    }

    /// Fetches a list anew if its server has a newer one, and was not asked within the last 30 s; gives
    /// the newest that there is.
    ///
    /// # Errors
    /// [`Error`], also if there is an older one.
    pub async fn refresh(&self, address: &str, now: SystemTime) -> Result<Arc<Crl>, Error> {
        let slot = self.slot(address).await;
        let kept = self.fetch(address, NamedBy::Operator, &slot, now).await?;
        Ok(kept.list)
    }

    /// What the sources of a verified certificate say about it: an OCSP answer with a fresh nonce, its
    /// lists and deltas. All are asked at once. When the responder has answered, nothing else is waited
    /// for; when it cannot, a list that speaks of the certificate and the deltas are; nothing longer than
    /// [`Settings::evidence_limit`]. What cannot be got is left out, with a line in the log; whether the
    /// rest is enough is the verifier's decision.
    pub async fn evidence(
        &self,
        certificate: &Certificate,
        sources: &Sources,
        now: SystemTime,
    ) -> Evidence {
        let mut all = evidence::Gathering::new(self, certificate, sources, now);
        let limit = self.0.settings.evidence_limit;
        if tokio::time::timeout(limit, all.gather()).await.is_err() {
            tracing::warn!(?limit, "not everything that was asked answered in time");
        }
        all.into_evidence()
    }

    /// The newest list that we have from an address, in memory; nothing is fetched.
    #[must_use]
    pub fn newest(&self, address: &str) -> Option<Arc<Crl>> {
        let lists = self.0.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = lists.get(address)?.kept()?;
        Some(kept.list)
    }

    /// What the certificate's OCSP responder says; `None` if it names none. Responders are tried one
    /// after the other.
    ///
    /// # Errors
    /// [`Error`] of the last one.
    pub async fn answer(
        &self,
        certificate: &Certificate,
        sources: &Sources,
    ) -> Result<Option<OcspAnswer>, Error> {
        let mut outcome = Ok(None);
        for address in &sources.ocsp {
            outcome = self
                .answer_of(address, certificate, sources)
                .await
                .map(Some);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    async fn answer_of(
        &self,
        address: &str,
        certificate: &Certificate,
        sources: &Sources,
    ) -> Result<OcspAnswer, Error> {
        let mut nonce = [0; 32];
        getrandom::fill(&mut nonce).map_err(|_| Error::Random)?;
        let request = OcspRequest::new(certificate, &sources.issuer, nonce);
        let place = Address::read(address)?;
        let host_name = place.host().to_owned();
        let question = Question {
            address: place,
            named_by: NamedBy::Certificate,
            body: Some((
                "application/ocsp-request",
                Bytes::copy_from_slice(request.der()),
            )),
            validators: None,
            size: self.0.settings.answer_size,
            limit: self.0.settings.answer_limit,
        };
        let Reply::Body(bytes, _) = self.0.client.ask(question).await? else {
            let host = address.to_owned();
            return Err(Error::Status { host, status: 304 });
        };
        let answer = OcspAnswer::from_der(bytes).map_err(|source| Error::Answer {
            address: address.to_owned(),
            source,
        })?;
        if answer.has_nonce_of(&request) {
            return Ok(answer.to(&request));
        }
        let allowed = &self.0.settings.allow_no_nonce_from;
        if allowed
            .iter()
            .any(|host| host.eq_ignore_ascii_case(&host_name))
        {
            return Ok(answer);
        }
        tracing::warn!(
            address,
            "the OCSP answer has not our nonce; it does not count"
        );
        Err(Error::Nonce {
            address: address.to_owned(),
        })
    }

    pub(crate) async fn list_named_by(
        &self,
        address: &str,
        named_by: NamedBy,
        now: SystemTime,
    ) -> Result<Arc<Crl>, Error> {
        let slot = self.slot(address).await;
        let Some(kept) = slot.kept() else {
            return Ok(self.fetch(address, named_by, &slot, now).await?.list);
        };
        if kept.is_due(now) {
            return Ok(match self.fetch(address, named_by, &slot, now).await {
                Ok(new) => new.list,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        error,
                        address,
                        "a list is out of date, and there is no other"
                    );
                    kept.list
                }
            });
        }
        if kept.is_old(now, self.0.settings.refresh_after) {
            let (fetcher, address) = (self.clone(), address.to_owned());
            tokio::spawn(async move {
                if let Err(error) = fetcher.fetch(&address, named_by, &slot, now).await {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, address, "no newer list");
                }
            });
        }
        Ok(kept.list)
    }

    /// The place for an address; at first it holds what an earlier run has left.
    async fn slot(&self, address: &str) -> Arc<Slot> {
        let lists = || self.0.lists.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = lists().get(address) {
            return slot.clone();
        }
        let place = Place::of(&self.0.settings.folder, address);
        let kept = tokio::task::spawn_blocking(move || place.open()).await;
        let slot = Slot::default();
        if let Ok(Some(kept)) = kept {
            slot.keep(kept);
        }
        lists()
            .entry(address.to_owned())
            .or_insert(Arc::new(slot))
            .clone()
    }

    async fn fetch(
        &self,
        address: &str,
        named_by: NamedBy,
        slot: &Arc<Slot>,
        now: SystemTime,
    ) -> Result<Kept, Error> {
        let mut tried_at = slot.fetching.clone().lock_owned().await;
        // Somebody else has just tried: a server that is late, or down, is not asked by everybody.
        let recently = |tried| now.duration_since(tried).is_ok_and(|age| age < AGAIN_AFTER);
        if tried_at.is_some_and(recently) {
            return slot.kept().ok_or_else(|| Error::Recently {
                address: address.to_owned(),
            });
        }
        *tried_at = Some(now);
        // On a task of its own: whoever asked may leave, and the list comes nevertheless.
        let (fetcher, address, slot) = (self.clone(), address.to_owned(), slot.clone());
        let download = tokio::spawn(async move {
            let kept = fetcher.download(&address, named_by, slot.kept(), now).await;
            if let Ok(kept) = &kept {
                slot.keep(kept.clone());
            }
            drop(tried_at);
            kept
        });
        download
            .await
            .map_err(|error| Error::Folder(std::io::Error::other(error)))?
    }

    async fn download(
        &self,
        address: &str,
        named_by: NamedBy,
        old: Option<Kept>,
        now: SystemTime,
    ) -> Result<Kept, Error> {
        let settings = &self.0.settings;
        let question = Question {
            address: Address::read(address)?,
            named_by,
            body: None,
            validators: old.as_ref().map(|old| &old.validators),
            size: settings.list_size,
            limit: settings.list_limit,
        };
        let reply = self.0.client.ask(question).await?;
        let place = Place::of(&settings.folder, address);
        let anchors = self.0.anchors.clone();
        // Checking a signature over 20 MB and sorting a million entries is nothing for an async task.
        let kept = tokio::task::spawn_blocking(move || match (reply, old) {
            (Reply::Body(bytes, validators), old) => {
                place.put(&bytes, validators, &anchors, old.as_ref(), now)
            }
            (Reply::Unchanged, Some(old)) => place.confirm(&old, now),
            (Reply::Unchanged, None) => Err(lists::unreadable("", chop_verifier::CrlError::Der)),
        });
        kept.await
            .map_err(|error| Error::Folder(std::io::Error::other(error)))?
    }
}
